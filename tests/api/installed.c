/* A program of another project, which knows the installed header only: finds the slope and offset
 * of noisy points by gradient descent, and exits 0 when they are right and nothing is left over. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <tinytensor/tinytensor.h>

static size_t blocks;

static void *count_alloc(size_t bytes, void *user)
{
    void *p = malloc(bytes);
    *(size_t *)user += p != NULL;
    return p;
}

static void count_free(void *p, void *user)
{
    *(size_t *)user -= p != NULL;
    free(p);
}

int main(void)
{
    tt_ctx_options options = TT_CTX_OPTIONS_INIT;
    options.allocator = (tt_allocator){count_alloc, count_free, &blocks};
    tt_ctx *ctx = tt_ctx_new_with(&options);
    tt_tensor *x = tt_linspace(ctx, TT_F32, -1, 1, 256);
    tt_tensor *noise = tt_normal(ctx, TT_F32, TT_SHAPE(256), 0, 0.01);
    tt_tensor *y = tt_add(tt_add_scalar(tt_mul_scalar(x, 3), -1), noise);
    tt_tensor *a = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(1)));
    tt_tensor *b = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(1)));
    tt_optim *opt = tt_sgd(ctx, TT_TENSORS(a, b), 0.3, NULL);
    for (int step = 0; step < 200 && tt_ok(ctx); step++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(opt);
        tt_backward(tt_mse_loss(tt_add(tt_mul(x, a), b), y));
        tt_optim_step(opt);
        tt_scope_end(ctx, s);
    }
    double slope = tt_item(a), offset = tt_item(b);
    if (!tt_ok(ctx))
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    printf("y = %.2f x + %.2f, version %s, %zu blocks left\n", slope, offset, tt_version(), blocks);
    return fabs(slope - 3) < 0.01 && fabs(offset + 1) < 0.01 && blocks == 0 ? 0 : 1;
}
