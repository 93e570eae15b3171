/* Operations of the core, and steps of small networks, against PyTorch. */
#include "bench.h"

static tt_tensor *backward(tt_tensor *x, tt_tensor *loss)
{
    tt_zero_grad(1, &x);
    tt_backward(loss);
    return loss;
}

static tt_tensor *hundred(tt_tensor *x, tt_tensor *y)
{
    tt_tensor *z = x;
    for (int i = 0; i < 100; i++)
        z = tt_mul(z, y);
    tt_backward(tt_sum(z, TT_ALL_AXES, false));
    return z;
}

typedef struct net {
    int layers;
    tt_tensor *p[16];
    tt_optim *optim;
} net;
static net model;

static void net_make(tt_ctx *ctx, int layers, const int64_t *sizes)
{
    model.layers = layers;
    for (int i = 0; i < layers; i++) {
        model.p[2 * i] = tt_param(tt_empty(ctx, TT_F32, TT_SHAPE(sizes[i + 1], sizes[i])));
        model.p[2 * i + 1] = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(sizes[i + 1])));
        tt_init_kaiming_uniform_(model.p[2 * i], 0);
    }
    model.optim = tt_adamw(ctx, 2 * layers, model.p, 1e-3, NULL);
}

static void tiny_mlp(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    net_make(ctx, 3, (int64_t[]){2, 16, 16, 1});
}

static void fashion(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    net_make(ctx, 3, (int64_t[]){784, 256, 128, 10});
}

static tt_tensor *net_apply(tt_tensor *x)
{
    for (int i = 0; i < model.layers; i++) {
        x = tt_linear(x, model.p[2 * i], model.p[2 * i + 1]);
        x = i + 1 < model.layers ? tt_relu(x) : x;
    }
    return x;
}

static tt_tensor *net_step(tt_tensor *loss)
{
    tt_optim_zero_grad(model.optim);
    tt_backward(loss);
    tt_optim_step(model.optim);
    return loss;
}

#define ROWS "ops.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
