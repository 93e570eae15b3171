/* GPT-2 124M, random weights: training steps and tokens with the cache, against the same model in
 * PyTorch; nanoGPT's small configuration. A case holds 2 GB, and those of PyTorch twice as much. */
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

static void train_124m(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    make(ctx, 12, 12, 768, 1024, 50257);
    optim = tt_adamw(ctx, model.n_params, model.leaves, 1e-4, NULL);
}

static void train_nano(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    make(ctx, 4, 4, 128, 64, 65);
    optim = tt_adamw(ctx, model.n_params, model.leaves, 1e-4, NULL);
}

static tt_tensor *step(tt_tensor *ids, tt_tensor *targets)
{
    tt_optim_zero_grad(optim);
    tt_tensor *loss = gpt2_loss(&model, ids, targets);
    tt_backward(loss);
    tt_optim_step(optim);
    return loss;
}

/* The ceiling of training: the products of a step and nothing else. Of each linear layer x (n in),
 * w (in out) and the gradient (n out) of its result; 12 blocks with four layers each, and the head.
 */
#define STEP_FLOPS        (6 * 123.6e6) /* of one token */
#define LAYER(N, IN, OUT) N "x" IN "; " IN "x" OUT "; " N "x" OUT
#define BLOCK_LAYERS(N)                                                                            \
    LAYER(N, "768", "2304")                                                                        \
    "; " LAYER(N, "768", "768") "; " LAYER(N, "768", "3072") "; " LAYER(N, "3072", "768")
#define PRODUCTS(N) BLOCK_LAYERS(N) "; " LAYER(N, "768", "50257")

static tt_tensor *products(tt_ctx *ctx, tt_tensor **t)
{
    static const int times[] = {12, 12, 12, 12, 1};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < times[i]; k++) {
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            tt_matmul(t[3 * i], t[3 * i + 1]);
            tt_matmul(t[3 * i + 2], tt_transpose(t[3 * i + 1], 0, 1));
            tt_matmul(tt_transpose(t[3 * i], 0, 1), t[3 * i + 2]);
            tt_scope_end(ctx, s);
        }
    return NULL;
}

static void generate_as(tt_ctx *ctx, tt_dtype dtype)
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
    tt_scope_end(ctx, s);
}
static void generate_f32(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    generate_as(ctx, TT_F32);
}
static void generate_bf16(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    generate_as(ctx, TT_BF16);
}
static void generate_f16(tt_ctx *ctx, tt_tensor **t)
{
    (void)t;
    generate_as(ctx, TT_F16);
}

/* 64 tokens after a prompt of 16 */
static tt_tensor *generate(tt_ctx *ctx, tt_tensor *prompt, tt_tensor *next)
{
    cache.length = 0;
    gpt2_hidden(&model, prompt, &cache);
    for (int i = 0; i < 64; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_tensor *h = gpt2_hidden(&model, next, &cache);
        tt_argmax(gpt2_logits(&model, tt_narrow(h, 1, 0, 1)), -1, false);
        tt_scope_end(ctx, s);
    }
    return NULL;
}

/* The ceiling of generation: the bytes of the weights, read by one reduction on all threads. */
static tt_tensor *read_64_times(tt_tensor *x)
{
    for (int i = 0; i < 64; i++)
        tt_max(x, TT_ALL_AXES, false);
    return NULL;
}

#define ROWS "gpt2.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
