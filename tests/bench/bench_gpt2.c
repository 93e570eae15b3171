/* GPT-2 124M, random weights: training steps and tokens with the cache, against the same model in
 * PyTorch; nanoGPT's small configuration. One case at a time holds 2 GB: name one for its memory.
 */
#include <stdlib.h>

#include "bench.h"
#include "gpt2/model/forward.h"

static gpt2 model;
static gpt2_cache cache;
static tt_optim *optim;

static void make(tt_ctx *ctx, int64_t layers, int64_t heads, int64_t width, int64_t context,
                 int64_t vocabulary)
{
    gpt2_config c = gpt2_config_default();
    c.n_layer = layers;
    c.n_head = heads;
    c.n_embd = width;
    c.n_inner = 4 * width;
    c.n_positions = context;
    c.vocab_size = vocabulary;
    gpt2_free(&model);
    gpt2_make(&model, ctx, &c);
    gpt2_init(&model);
}

static void train(tt_ctx *ctx, tt_tensor **t, int64_t b, int64_t n)
{
    t[0] = tt_randint(ctx, TT_SHAPE(b, n), 0, model.config.vocab_size);
    t[1] = tt_randint(ctx, TT_SHAPE(b, n), 0, model.config.vocab_size);
    optim = tt_adamw(ctx, model.n_params, model.leaves, 1e-4, NULL);
}

#define TRAIN(name, b, n)                                                                          \
    static void name(tt_ctx *ctx, tt_tensor **t)                                                   \
    {                                                                                              \
        make(ctx, 12, 12, 768, 1024, 50257);                                                       \
        train(ctx, t, b, n);                                                                       \
    }
TRAIN(train_4_64, 4, 64)
TRAIN(train_4_256, 4, 256)
TRAIN(train_1_1024, 1, 1024)

/* The ceiling of training: the products of a step and nothing else. Of each linear layer x (n in),
 * w (in out) and the gradient (n out) of its result; 12 blocks with four layers each, and the head.
 */
static const int64_t layers[][3] = {
    {768, 2304, 12}, {768, 768, 12}, {768, 3072, 12}, {3072, 768, 12}, {768, 50257, 1}};
enum { LAYERS = sizeof layers / sizeof *layers };

static void products(tt_ctx *ctx, tt_tensor **t, int64_t n)
{
    for (int i = 0; i < LAYERS; i++) {
        t[3 * i] = tt_randn(ctx, TT_F32, TT_SHAPE(n, layers[i][0]));
        t[3 * i + 1] = tt_randn(ctx, TT_F32, TT_SHAPE(layers[i][0], layers[i][1]));
        t[3 * i + 2] = tt_randn(ctx, TT_F32, TT_SHAPE(n, layers[i][1]));
    }
}
static void products_256(tt_ctx *ctx, tt_tensor **t)
{
    products(ctx, t, 256);
}
static void products_1024(tt_ctx *ctx, tt_tensor **t)
{
    products(ctx, t, 1024);
}

static tt_tensor *multiply(tt_ctx *ctx, tt_tensor **t)
{
    for (int i = 0; i < LAYERS; i++)
        for (int64_t k = 0; k < layers[i][2]; k++) {
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            tt_matmul(t[3 * i], t[3 * i + 1]);
            tt_matmul(t[3 * i + 2], tt_transpose(t[3 * i + 1], 0, 1));
            tt_matmul(tt_transpose(t[3 * i], 0, 1), t[3 * i + 2]);
            tt_scope_end(ctx, s);
        }
    return NULL;
}

static void train_nano(tt_ctx *ctx, tt_tensor **t)
{
    make(ctx, 4, 4, 128, 64, 65);
    train(ctx, t, 12, 64);
}

static tt_tensor *step(tt_ctx *ctx, tt_tensor **t)
{
    (void)ctx;
    tt_optim_zero_grad(optim);
    tt_tensor *loss = gpt2_loss(&model, t[0], t[1]);
    tt_backward(loss);
    tt_optim_step(optim);
    return loss;
}

static void generate_as(tt_ctx *ctx, tt_tensor **t, tt_dtype dtype)
{
    make(ctx, 12, 12, 768, 1024, 50257);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    for (int i = 0; i < model.n_params; i++)
        if (dtype != TT_F32 && model.params[i].ndim == 2)
            model.params[i].x = tt_keep(tt_cast(model.params[i].x, dtype));
    gpt2_cache_free(&cache);
    cache = gpt2_cache_make(&model);
    for (int i = 0; i < model.config.n_layer; i++) {
        tt_keep(cache.k[i]);
        tt_keep(cache.v[i]);
    }
    t[0] = tt_keep(tt_randint(ctx, TT_SHAPE(1, 16), 0, 50257));
    t[1] = tt_keep(tt_randint(ctx, TT_SHAPE(1, 1), 0, 50257));
    tt_scope_end(ctx, s);
}
static void generate_f32(tt_ctx *ctx, tt_tensor **t)
{
    generate_as(ctx, t, TT_F32);
}
static void generate_bf16(tt_ctx *ctx, tt_tensor **t)
{
    generate_as(ctx, t, TT_BF16);
}
static void generate_f16(tt_ctx *ctx, tt_tensor **t)
{
    generate_as(ctx, t, TT_F16);
}

/* 64 tokens after a prompt of 16 */
static tt_tensor *generate(tt_ctx *ctx, tt_tensor **t)
{
    cache.length = 0;
    gpt2_hidden(&model, t[0], &cache);
    for (int i = 0; i < 64; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_tensor *h = gpt2_hidden(&model, t[1], &cache);
        tt_argmax(gpt2_logits(&model, tt_narrow(h, 1, 0, 1)), -1, false);
        tt_scope_end(ctx, s);
    }
    return NULL;
}

/* The ceiling of generation: the bytes of the weights, read by a sum on all threads. */
static void weights_f32(tt_ctx *ctx, tt_tensor **t)
{
    t[0] = tt_zeros(ctx, TT_F32, TT_SHAPE(124439808));
}
static tt_tensor *read_64_times(tt_ctx *ctx, tt_tensor **t)
{
    (void)ctx;
    for (int i = 0; i < 64; i++)
        tt_max(t[0], TT_ALL_AXES, false);
    return NULL;
}

static const bench cases[] = {
    {"train 124M B=4 T=64", train_4_64, step, 0, 6 * 123.6e6 * 256, TT_GRAD},
    {"train 124M B=4 T=256", train_4_256, step, 0, 6 * 123.6e6 * 1024, TT_GRAD},
    {"train 124M B=1 T=1024", train_1_1024, step, 0, 6 * 123.6e6 * 1024, TT_GRAD},
    {"products of 124M B=4 T=64", products_256, multiply, 0, 6 * 123.6e6 * 256, TT_NO_GRAD},
    {"products of 124M 1024 tokens", products_1024, multiply, 0, 6 * 123.6e6 * 1024, TT_NO_GRAD},
    {"train nano 4x128 B=12 T=64", train_nano, step, 0, 6 * 0.79e6 * 768, TT_GRAD},
    {"generate 124M 16+64 f32", generate_f32, generate, 64 * 497.8e6, 0, TT_NO_GRAD},
    {"generate 124M 16+64 bf16", generate_bf16, generate, 64 * 248.9e6, 0, TT_NO_GRAD},
    {"generate 124M 16+64 f16", generate_f16, generate, 64 * 248.9e6, 0, TT_NO_GRAD},
    {"read 124M f32 64 times", weights_f32, read_64_times, 64 * 497.8e6, 0, TT_NO_GRAD},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, "gpt2", sizeof cases / sizeof *cases, cases);
}
