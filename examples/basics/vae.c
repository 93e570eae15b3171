/* A variational autoencoder (D. Kingma and M. Welling, 2014): pictures of a bright spot go through
 * two numbers, and come out again. It finds by itself what two numbers say everything: where the
 * spot is. Then the plane of these numbers is drawn. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, HIDDEN = 48, BATCH = 64, STEPS = 1200 };
enum { W1, B1, W2, B2, W3, B3, W4, B4, PARAMS };

/* Spots at random places: e^(-|pixel - centre|^2 / 2) (n PIXELS). */
static tt_tensor *spots(tt_ctx *ctx, int64_t n)
{
    tt_tensor *centre = tt_uniform(ctx, TT_F64, TT_SHAPE(n, 2), 1, SIDE - 2);
    tt_tensor *axis = tt_arange(ctx, TT_F64, 0, SIDE, 1);
    tt_tensor *e = tt_square(tt_sub(axis, tt_unsqueeze(centre, 2))); /* (n 2 SIDE) */
    tt_tensor *d = tt_exp(tt_mul_scalar(e, -0.5));
    return tt_einsum("n h, n w -> n (h w)", TT_TENSORS(tt_select(d, 1, 0), tt_select(d, 1, 1)));
}

static tt_tensor *decode(tt_tensor *const p[PARAMS], tt_tensor *z)
{
    return tt_linear(tt_tanh(tt_linear(z, p[W3], p[B3])), p[W4], p[B4]);
}

/* What the pictures cost: how badly they come back, and how far the two numbers are from normal
 * ones. The numbers are drawn as mean + e^(log_std) noise, through which a gradient flows. */
static tt_tensor *loss_of(tt_ctx *ctx, tt_tensor *const p[PARAMS], tt_tensor *x, double *bits)
{
    tt_tensor *half[2], *h = tt_tanh(tt_linear(x, p[W1], p[B1]));
    tt_chunk(tt_linear(h, p[W2], p[B2]), 1, 2, half);
    tt_tensor *mean = half[0], *log_std = half[1], *std = tt_exp(log_std);
    tt_tensor *z = tt_add(mean, tt_mul(std, tt_randn(ctx, TT_F64, TT_SHAPE(BATCH, 2))));
    tt_tensor *picture = tt_bce_with_logits_with(decode(p, z), x, TT_LOSS_SUM);
    tt_tensor *kl = tt_sub(tt_add(tt_square(mean), tt_square(std)),
                           tt_add_scalar(tt_mul_scalar(log_std, 2), 1));
    tt_tensor *far = tt_mul_scalar(tt_sum(kl, TT_ALL_AXES, false), 0.5);
    *bits = tt_item(far) / BATCH / 0.6931;
    return tt_div_scalar(tt_add(picture, far), BATCH);
}

static void draw(tt_ctx *ctx, tt_tensor *const p[PARAMS])
{
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *at = tt_linspace(ctx, TT_F64, -1.5, 1.5, 5), *axes[2];
    tt_meshgrid(TT_TENSORS(at, at), axes);
    tt_tensor *z = tt_stack(TT_TENSORS(axes[0], axes[1]), -1); /* (5 5 2) */
    tt_tensor *page = tt_rearrange(tt_sigmoid(decode(p, z)), "a b (h w) -> (a h) (b w), h=8");
    for (int64_t i = 0; i < tt_size(page, 0); i += 2) { /* letters are twice as high as wide */
        for (int64_t j = 0; j < tt_size(page, 1); j++) {
            printf(j && j % SIDE == 0 ? "  " : "");
            putchar(" .:*#"[(int)(4.99 * tt_get(page, TT_INDEX(i, j)))]);
        }
        printf(i % SIDE == SIDE - 2 ? "\n\n" : "\n");
    }
    tt_scope_end(ctx, s);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    const int64_t sizes[] = {PIXELS, HIDDEN, 4, 2, HIDDEN, PIXELS};
    tt_tensor *p[PARAMS];
    for (int i = 0; i < 4; i++) {
        int64_t in = sizes[i < 2 ? i : i + 1], out = sizes[i < 2 ? i + 1 : i + 2];
        tt_tensor *w = tt_empty(ctx, TT_F64, TT_SHAPE(out, in));
        tt_init_xavier_uniform_(w, 1);
        p[2 * i] = tt_param(w);
        p[2 * i + 1] = tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(out)));
    }
    tt_optim *opt = tt_adam(ctx, PARAMS, p, 0.003, NULL);
    for (int step = 0; step <= STEPS && tt_ok(ctx); step++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        double bits = 0;
        tt_optim_zero_grad(opt);
        tt_tensor *loss = loss_of(ctx, p, spots(ctx, BATCH), &bits);
        tt_backward(loss);
        tt_optim_step(opt);
        if (step % 300 == 0)
            printf("step %3d: loss %.2f, of which %.2f bits say where\n", step, tt_item(loss),
                   bits);
        tt_scope_end(ctx, s);
    }
    puts("\nthe plane of the two numbers, from -1.5 to 1.5:\n");
    draw(ctx, p);
    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
