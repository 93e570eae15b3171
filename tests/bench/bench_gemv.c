/* Products of one row with the weights of a model, as generation makes them: reading the weights is
 * all the work, so that the rate of a case is to be compared with that of the plain reader, the
 * first case. Weights are more than a cache holds: many layers, or the head of a large vocabulary.
 * Rates count the bytes of the weights as stored. */
#include "bench.h"
#include <omp.h>

enum { VOCABULARY = 50257, WIDTH = 768, HIDDEN = 3072, LAYERS = 20, PIECE = 1 << 15 };

#define HEAD_BYTES   (4.0 * VOCABULARY * WIDTH)
#define LAYERS_BYTES (4.0 * WIDTH * HIDDEN * LAYERS)

static tt_tensor *normal(tt_ctx *ctx, tt_dtype dtype, int64_t rows, int64_t columns)
{
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *x = tt_keep(tt_cast(tt_randn(ctx, TT_F32, TT_SHAPE(rows, columns)), dtype));
    tt_scope_end(ctx, s);
    return x;
}

/* t[0] is the row, the others are weights */
#define HEAD(NAME, DTYPE)                                                                          \
    static void NAME(tt_ctx *ctx, tt_tensor **t)                                                   \
    {                                                                                              \
        t[0] = normal(ctx, TT_F32, 1, WIDTH);                                                      \
        t[1] = normal(ctx, DTYPE, VOCABULARY, WIDTH);                                              \
    }
HEAD(head_f32, TT_F32)
HEAD(head_f16, TT_F16)
HEAD(head_bf16, TT_BF16)

#define LAYER_STACK(NAME, DTYPE, ROWS, IN, OUT)                                                    \
    static void NAME(tt_ctx *ctx, tt_tensor **t)                                                   \
    {                                                                                              \
        t[0] = normal(ctx, TT_F32, ROWS, WIDTH);                                                   \
        for (int i = 1; i <= LAYERS; i++)                                                          \
            t[i] = normal(ctx, DTYPE, IN, OUT);                                                    \
    }
LAYER_STACK(linear_f32, TT_F32, 1, HIDDEN, WIDTH)
LAYER_STACK(linear_f16, TT_F16, 1, HIDDEN, WIDTH)
LAYER_STACK(linear_bf16, TT_BF16, 1, HIDDEN, WIDTH)
LAYER_STACK(conv1d_f32, TT_F32, 1, WIDTH, HIDDEN)
LAYER_STACK(conv1d_f16, TT_F16, 1, WIDTH, HIDDEN)
LAYER_STACK(conv1d_bf16, TT_BF16, 1, WIDTH, HIDDEN)
LAYER_STACK(prompt_f32, TT_F32, 16, HIDDEN, WIDTH)
LAYER_STACK(prompt_f16, TT_F16, 16, HIDDEN, WIDTH)
LAYER_STACK(prompt_bf16, TT_BF16, 16, HIDDEN, WIDTH)

static tt_tensor *head(tt_ctx *ctx, tt_tensor **t)
{
    (void)ctx;
    return tt_linear(t[0], t[1], NULL);
}

static tt_tensor *linear(tt_ctx *ctx, tt_tensor **t)
{
    tt_tensor *y = NULL;
    (void)ctx;
    for (int i = 1; i <= LAYERS; i++)
        y = tt_linear(t[0], t[i], NULL);
    return y;
}

static tt_tensor *conv1d(tt_ctx *ctx, tt_tensor **t)
{
    tt_tensor *y = NULL;
    (void)ctx;
    for (int i = 1; i <= LAYERS; i++)
        y = tt_matmul(t[0], t[i]);
    return y;
}

/* Memory read in pieces, which the threads take as they come; many sums hide the additions. */
static float piece_sum(const float *x, int64_t n)
{
    float lane[64] = {0}, sum = 0;
    for (int64_t i = 0; i < n; i += 64)
        for (int l = 0; l < 64; l++)
            lane[l] += x[i + l];
    for (int l = 0; l < 64; l++)
        sum += lane[l];
    return sum;
}

/* All there is to reach: the same memory, summed. */
static tt_tensor *plain_reader(tt_ctx *ctx, tt_tensor **t)
{
    const float *x = tt_cdata(t[1]);
    int64_t pieces = tt_numel(t[1]) / PIECE;
    float sum = 0;
    int threads = tt_num_threads(ctx);
#pragma omp parallel for schedule(dynamic) reduction(+ : sum) num_threads(threads)
    for (int64_t i = 0; i < pieces; i++)
        sum += piece_sum(x + i * PIECE, PIECE);
    return tt_scalar(ctx, TT_F32, (double)sum);
}

static const bench cases[] = {
    {"plain reader", head_f32, plain_reader, HEAD_BYTES, 0, TT_NO_GRAD},
    {"linear (1, 768) (50257, 768) f32", head_f32, head, HEAD_BYTES, 0, TT_NO_GRAD},
    {"linear (1, 768) (50257, 768) f16", head_f16, head, HEAD_BYTES / 2, 0, TT_NO_GRAD},
    {"linear (1, 768) (50257, 768) bf16", head_bf16, head, HEAD_BYTES / 2, 0, TT_NO_GRAD},
    {"20 linear (1, 768) (3072, 768) f32", linear_f32, linear, LAYERS_BYTES, 0, TT_NO_GRAD},
    {"20 linear (1, 768) (3072, 768) f16", linear_f16, linear, LAYERS_BYTES / 2, 0, TT_NO_GRAD},
    {"20 linear (1, 768) (3072, 768) bf16", linear_bf16, linear, LAYERS_BYTES / 2, 0, TT_NO_GRAD},
    {"20 matmul (1, 768) (768, 3072) f32", conv1d_f32, conv1d, LAYERS_BYTES, 0, TT_NO_GRAD},
    {"20 matmul (1, 768) (768, 3072) f16", conv1d_f16, conv1d, LAYERS_BYTES / 2, 0, TT_NO_GRAD},
    {"20 matmul (1, 768) (768, 3072) bf16", conv1d_bf16, conv1d, LAYERS_BYTES / 2, 0, TT_NO_GRAD},
    {"20 linear (16, 768) (3072, 768) f32", prompt_f32, linear, LAYERS_BYTES, 0, TT_NO_GRAD},
    {"20 linear (16, 768) (3072, 768) f16", prompt_f16, linear, LAYERS_BYTES / 2, 0, TT_NO_GRAD},
    {"20 linear (16, 768) (3072, 768) bf16", prompt_bf16, linear, LAYERS_BYTES / 2, 0, TT_NO_GRAD},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, "gemv", sizeof cases / sizeof *cases, cases);
}
