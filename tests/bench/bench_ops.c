/* Operations of the core against PyTorch. */
#include "bench.h"

#define N1M  (1 << 20)
#define N16M (1 << 24)

#define SETUP(name, ...)                                                                           \
    static void name(tt_ctx *ctx, tt_tensor **t)                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define RUN(name, expression)                                                                      \
    static tt_tensor *name(tt_ctx *ctx, tt_tensor **t)                                             \
    {                                                                                              \
        (void)ctx;                                                                                 \
        return expression;                                                                         \
    }

static tt_tensor *normal(tt_ctx *ctx, int64_t rows, int64_t columns)
{
    return tt_randn(ctx, TT_F32, TT_SHAPE(rows, columns));
}

SETUP(two_1m, t[0] = normal(ctx, 1, N1M); t[1] = normal(ctx, 1, N1M);)
SETUP(two_16m, t[0] = normal(ctx, 1, N16M); t[1] = normal(ctx, 1, N16M);)
SETUP(square_4096, t[0] = normal(ctx, 4096, 4096);)
SETUP(rows_16, t[0] = normal(ctx, 1 << 18, 16);)
SETUP(rows_1024, t[0] = normal(ctx, 4096, 1024);)
SETUP(square_1024, t[0] = normal(ctx, 1024, 1024); t[1] = normal(ctx, 1024, 1024);)
SETUP(logits, t[0] = normal(ctx, 1024, 50257); t[1] = tt_randint(ctx, TT_SHAPE(1024), 0, 50257);)
SETUP(logits_grad, logits(ctx, t); tt_param(t[0]);)
SETUP(four, t[0] = tt_randn(ctx, TT_F32, TT_SHAPE(4)); t[1] = tt_randn(ctx, TT_F32, TT_SHAPE(4));)
SETUP(four_grad, four(ctx, t); tt_param(t[0]);)

RUN(add, tt_add(t[0], t[1]))
RUN(mul, tt_mul(t[0], t[1]))
RUN(exp_, tt_exp(t[0]))
RUN(tanh_, tt_tanh(t[0]))
RUN(relu, tt_relu(t[0]))
RUN(row_add, tt_add(t[0], tt_select(t[0], 0, 0)))
RUN(add_transposed, tt_add(t[0], tt_transpose(t[0], 0, 1)))
RUN(transposed, tt_contiguous(tt_transpose(t[0], 0, 1)))
RUN(sum, tt_sum(t[0], TT_ALL_AXES, false))
RUN(sum_0, tt_sum(t[0], TT_AXES(0), false))
RUN(sum_1, tt_sum(t[0], TT_AXES(1), false))
RUN(max_1, tt_max(t[0], TT_AXES(1), false))
RUN(argmax_1, tt_argmax(t[0], 1, false))
RUN(cumsum_1, tt_cumsum(t[0], 1))
RUN(softmax, tt_softmax(t[0], 1))
RUN(log_softmax, tt_log_softmax(t[0], 1))
RUN(cross_entropy, tt_cross_entropy(t[0], t[1], -100))
RUN(matmul, tt_matmul(t[0], t[1]))
RUN(matmul_nt, tt_matmul(t[0], tt_transpose(t[1], 0, 1)))

static tt_tensor *cross_entropy_backward(tt_ctx *ctx, tt_tensor **t)
{
    tt_tensor *loss = cross_entropy(ctx, t);
    tt_zero_grad(1, t);
    tt_backward(loss);
    return loss;
}

static tt_tensor *hundred(tt_ctx *ctx, tt_tensor **t)
{
    tt_tensor *z = t[0];
    (void)ctx;
    for (int i = 0; i < 100; i++)
        z = tt_mul(z, t[1]);
    tt_backward(tt_sum(z, TT_ALL_AXES, false));
    return z;
}

/* ---- training steps ---- */

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

SETUP(tiny_mlp, net_make(ctx, 3, (int64_t[]){2, 16, 16, 1}); t[0] = normal(ctx, 32, 2);
      t[1] = normal(ctx, 32, 1);)
RUN(tiny_mlp_step, net_step(tt_mse_loss(net_apply(t[0]), t[1])))

static void fashion(tt_ctx *ctx, tt_tensor **t, int64_t batch)
{
    net_make(ctx, 3, (int64_t[]){784, 256, 128, 10});
    t[0] = normal(ctx, batch, 784);
    t[1] = tt_randint(ctx, TT_SHAPE(batch), 0, 10);
}
SETUP(fashion_64, fashion(ctx, t, 64);)
SETUP(fashion_128, fashion(ctx, t, 128);)
RUN(fashion_step, net_step(tt_cross_entropy(net_apply(t[0]), t[1], -100)))

#define M 1048576.0
static const bench cases[] = {
    {"add 1M", two_1m, add, 12 * M, 0, TT_NO_GRAD},
    {"mul 1M", two_1m, mul, 12 * M, 0, TT_NO_GRAD},
    {"exp 1M", two_1m, exp_, 8 * M, 0, TT_NO_GRAD},
    {"tanh 1M", two_1m, tanh_, 8 * M, 0, TT_NO_GRAD},
    {"relu 1M", two_1m, relu, 8 * M, 0, TT_NO_GRAD},
    {"add 16M", two_16m, add, 192 * M, 0, TT_NO_GRAD},
    {"mul 16M", two_16m, mul, 192 * M, 0, TT_NO_GRAD},
    {"exp 16M", two_16m, exp_, 128 * M, 0, TT_NO_GRAD},
    {"tanh 16M", two_16m, tanh_, 128 * M, 0, TT_NO_GRAD},
    {"relu 16M", two_16m, relu, 128 * M, 0, TT_NO_GRAD},
    {"x + x[0] 4096x4096", square_4096, row_add, 128 * M, 0, TT_NO_GRAD},
    {"x + x^T 4096x4096", square_4096, add_transposed, 192 * M, 0, TT_NO_GRAD},
    {"x^T contiguous 4096x4096", square_4096, transposed, 128 * M, 0, TT_NO_GRAD},
    {"sum 1M", two_1m, sum, 4 * M, 0, TT_NO_GRAD},
    {"sum 16M", two_16m, sum, 64 * M, 0, TT_NO_GRAD},
    {"sum axis 0 4096x4096", square_4096, sum_0, 64 * M, 0, TT_NO_GRAD},
    {"sum axis 1 4096x4096", square_4096, sum_1, 64 * M, 0, TT_NO_GRAD},
    {"sum axis 1 262144x16", rows_16, sum_1, 16 * M, 0, TT_NO_GRAD},
    {"max axis 1 4096x4096", square_4096, max_1, 64 * M, 0, TT_NO_GRAD},
    {"argmax axis 1 4096x4096", square_4096, argmax_1, 64 * M, 0, TT_NO_GRAD},
    {"cumsum axis 1 4096x1024", rows_1024, cumsum_1, 32 * M, 0, TT_NO_GRAD},
    {"softmax 4096x1024", rows_1024, softmax, 32 * M, 0, TT_NO_GRAD},
    {"log_softmax 4096x1024", rows_1024, log_softmax, 32 * M, 0, TT_NO_GRAD},
    {"cross_entropy 1024x50257", logits, cross_entropy, 4 * 1024.0 * 50257, 0, TT_NO_GRAD},
    {"cross_entropy + backward 1024x50257", logits_grad, cross_entropy_backward,
     16 * 1024.0 * 50257, 0, TT_GRAD},
    {"matmul 1024", square_1024, matmul, 0, 2 * 1024 * M, TT_NO_GRAD},
    {"matmul A B^T 1024", square_1024, matmul_nt, 0, 2 * 1024 * M, TT_NO_GRAD},
    {"add of 4", four, add, 0, 0, TT_NO_GRAD},
    {"add of 4, recorded", four_grad, add, 0, 0, TT_GRAD},
    {"100 muls of 4, forward + backward", four_grad, hundred, 0, 0, TT_GRAD},
    {"step of MLP 2-16-16-1, batch 32, AdamW", tiny_mlp, tiny_mlp_step, 0, 0, TT_GRAD},
    {"step of MLP 784-256-128-10, batch 64", fashion_64, fashion_step, 0, 6 * 64 * 234752.0,
     TT_GRAD},
    {"step of MLP 784-256-128-10, batch 128", fashion_128, fashion_step, 0, 6 * 128 * 234752.0,
     TT_GRAD},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, "ops", sizeof cases / sizeof *cases, cases);
}
