/* Attention, written in einsum, beside the fused function: who looks at whom, and that both are the
 * same, gradients included. */
#include <math.h>
#include <stdio.h>
#include <tinytensor/tinytensor.h>

enum { HEADS = 2, TOKENS = 6, DIM = 4 };

/* softmax(q k^T / sqrt(d)), where a token sees itself and those before it: (h t s). */
static tt_tensor *pattern(tt_tensor *q, tt_tensor *k)
{
    tt_tensor *scores = tt_einsum("h t d, h s d -> h t s", TT_TENSORS(q, k));
    tt_tensor *later = tt_triu(tt_ones(tt_ctx_of(q), TT_BOOL, TT_SHAPE(TOKENS, TOKENS)), 1);
    scores = tt_mul_scalar(scores, 0.5); /* 1 / sqrt(DIM) */
    return tt_softmax(tt_masked_fill(scores, later, -INFINITY), -1);
}

static tt_tensor *by_hand(tt_tensor *q, tt_tensor *k, tt_tensor *v)
{
    return tt_einsum("h t s, h s d -> h t d", TT_TENSORS(pattern(q, k), v));
}

static tt_tensor *fused(tt_tensor *q, tt_tensor *k, tt_tensor *v)
{
    return tt_scaled_dot_product_attention(q, k, v, NULL, true, 0);
}

/* The result, and the gradients of the sum of its squares. */
static void run(tt_tensor *(*f)(tt_tensor *, tt_tensor *, tt_tensor *), tt_tensor *const in[3],
                tt_tensor *out[4])
{
    out[3] = f(in[0], in[1], in[2]);
    tt_grads_of(tt_sum(tt_square(out[3]), TT_ALL_AXES, false), 3, in, 0, out);
}

int main(void)
{
    static const char *const words[TOKENS] = {"the", "cat", "sat", "on", "the", "mat"};
    tt_ctx *ctx = tt_ctx_new();
    tt_seed(ctx, 4);
    tt_tensor *in[3], *a[4], *b[4];
    for (int i = 0; i < 3; i++)
        in[i] = tt_param(tt_randn(ctx, TT_F64, TT_SHAPE(HEADS, TOKENS, DIM)));

    tt_tensor *p = pattern(in[0], in[1]);
    for (int h = 0; h < HEADS; h++) {
        printf("head %d: each row looks at\n%6s", h, "");
        for (int s = 0; s < TOKENS; s++)
            printf("%6s", words[s]);
        for (int t = 0; t < TOKENS; t++) {
            printf("\n%6s", words[t]);
            for (int s = 0; s <= t; s++)
                printf("%5.0f%%", 100 * tt_get(p, TT_INDEX(h, t, s)));
        }
        puts("\n");
    }

    static const char *const names[] = {"gradient of q", "gradient of k", "gradient of v",
                                        "result"};
    run(by_hand, in, a);
    run(fused, in, b);
    for (int i = 0; i < 4; i++)
        printf("%-14s the same: %s\n", names[i],
               tt_allclose(a[i], b[i], 1e-10, 1e-12, false) ? "yes" : "no");

    char path[512];
    tt_einsum_path("h t d, h s d, h s e -> h t e", TT_TENSORS(in[0], in[1], in[2]), path,
                   sizeof path);
    printf("\nWithout the softmax, the order of the products would be free:\n%s\n", path);

    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
