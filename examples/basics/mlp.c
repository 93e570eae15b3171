/* A multi-layer perceptron that learns two half moons which no line can part. At the end the plane
 * is drawn as the network sees it. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

enum { POINTS = 200, HIDDEN = 16, STEPS = 300, WIDE = 60, HIGH = 18 };

/* Upper moon: (cos a, sin a); lower moon: (1 - cos a, 1/2 - sin a); a in [0, pi], with noise. */
static tt_tensor *moons(tt_ctx *ctx, tt_tensor **y)
{
    tt_tensor *a = tt_linspace(ctx, TT_F64, 0, 3.14159265, POINTS / 2);
    tt_tensor *c = tt_cos(a), *s = tt_sin(a);
    tt_tensor *upper = tt_stack(TT_TENSORS(c, s), 1);
    tt_tensor *lower = tt_stack(TT_TENSORS(tt_rsub_scalar(c, 1), tt_rsub_scalar(s, 0.5)), 1);
    tt_tensor *x = tt_cat(TT_TENSORS(upper, lower), 0);
    *y = tt_repeat_interleave(tt_arange(ctx, TT_I64, 0, 2, 1), POINTS / 2, 0);
    return tt_add(x, tt_mul_scalar(tt_randn(ctx, TT_F64, TT_SHAPE(POINTS, 2)), 0.1));
}

/* Two hidden layers. */
static tt_tensor *forward(tt_tensor *const p[6], tt_tensor *x)
{
    x = tt_tanh(tt_linear(x, p[0], p[1]));
    x = tt_tanh(tt_linear(x, p[2], p[3]));
    return tt_linear(x, p[4], p[5]);
}

static void make_params(tt_ctx *ctx, tt_tensor *p[6])
{
    const int64_t sizes[] = {2, HIDDEN, HIDDEN, 2};
    for (int i = 0; i < 3; i++) {
        p[2 * i] = tt_empty(ctx, TT_F64, TT_SHAPE(sizes[i + 1], sizes[i]));
        tt_init_xavier_uniform_(p[2 * i], 5.0 / 3);
        p[2 * i] = tt_param(p[2 * i]);
        p[2 * i + 1] = tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(sizes[i + 1])));
    }
}

static void draw(tt_ctx *ctx, tt_tensor *const p[6])
{
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *axes[2], *rows = tt_linspace(ctx, TT_F64, 1.5, -1, HIGH);
    tt_meshgrid(TT_TENSORS(tt_linspace(ctx, TT_F64, -1.5, 2.5, WIDE), rows), axes);
    tt_tensor *grid = tt_stack(TT_TENSORS(axes[0], axes[1]), -1); /* (HIGH, WIDE, 2): x and y */
    tt_tensor *sure = tt_select(tt_softmax(forward(p, grid), -1), -1, 0);
    for (int i = 0; i < HIGH; i++) {
        for (int j = 0; j < WIDE; j++)
            putchar(" .:*#"[(int)(4.99 * tt_get(sure, TT_INDEX(i, j)))]);
        putchar('\n');
    }
    tt_scope_end(ctx, s);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *p[6], *y, *x = moons(ctx, &y);
    make_params(ctx, p);
    tt_optim *opt = tt_adam(ctx, 6, p, 0.01, NULL);
    for (int step = 0; step <= STEPS && tt_ok(ctx); step++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(opt);
        tt_tensor *logits = forward(p, x), *loss = tt_cross_entropy(logits, y, -100);
        tt_backward(loss);
        tt_optim_step(opt);
        if (step % 50 == 0) {
            tt_tensor *right = tt_eq(tt_argmax(logits, 1, false), y);
            printf("step %3d: loss %.3f, %.1f%% right\n", step, tt_item(loss),
                   100 * tt_item(tt_mean(right, TT_ALL_AXES, false)));
        }
        tt_scope_end(ctx, s);
    }
    puts("\nwhere it sees the upper moon (#) and the lower one:");
    draw(ctx, p);

    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
