/* Patterns against PyTorch and NumPy. */
#include "bench.h"

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
#define NORMAL(...) tt_randn(ctx, TT_F32, TT_SHAPE(__VA_ARGS__))

SETUP(heads, t[0] = NORMAL(4, 256, 12, 64); t[1] = NORMAL(4, 256, 12, 64);)
SETUP(weighted, t[0] = NORMAL(4, 12, 256, 256); t[1] = NORMAL(4, 256, 12, 64);)
SETUP(batch, t[0] = NORMAL(48, 64, 64); t[1] = NORMAL(48, 64, 64);)
SETUP(square, t[0] = NORMAL(1024, 1024); t[1] = NORMAL(1024, 1024);)
SETUP(four_axes, t[0] = NORMAL(32, 32, 32, 32); t[1] = NORMAL(32, 32, 32, 32);)
SETUP(thin, t[0] = NORMAL(512, 512); t[1] = NORMAL(512, 8); t[2] = NORMAL(8, 512);)
SETUP(cube, t[0] = NORMAL(256, 256, 256);)
SETUP(images, t[0] = NORMAL(32, 224, 224, 3);)
SETUP(pooled, t[0] = NORMAL(32, 64, 112, 112);)
SETUP(small, t[0] = NORMAL(2, 2); t[1] = NORMAL(2, 2);)
SETUP(small_heads, t[0] = NORMAL(1, 2, 1, 2); t[1] = NORMAL(1, 2, 1, 2);)

RUN(scores, tt_einsum("bqhd,bkhd->bhqk", 2, t))
RUN(values, tt_einsum("bhqk,bkhd->bqhd", 2, t))
RUN(batch_product, tt_einsum("bij,bjk->bik", 2, t))
RUN(product, tt_einsum("ij,jk->ik", 2, t))
RUN(two_sums, tt_einsum("ijkl,klmn->ijmn", 2, t))
RUN(three, tt_einsum("ij,jk,kl->il", 3, t))
RUN(turned, tt_contiguous(tt_einsum("abc->cab", 1, t)))
RUN(diagonal, tt_einsum("ii->i", 1, t))
RUN(trace, tt_einsum("ii->", 1, t))
RUN(channels_first, tt_contiguous(tt_rearrange(t[0], "b h w c -> b c h w")))
RUN(channels_view, tt_rearrange(t[0], "b h w c -> b c h w"))
RUN(patches, tt_rearrange(t[0], "b (h p) (w q) c -> b (h w) (p q c), p=16, q=16"))
RUN(side_by_side, tt_rearrange(t[0], "b h w c -> h (b w) c"))
RUN(pool, tt_reduce(t[0], "b c (h 2) (w 2) -> b c h w", TT_MAX))
RUN(upsample, tt_repeat(t[0], "b c h w -> b c (h 2) (w 2)"))
RUN(matmul, tt_matmul(t[0], t[1]))

#define IMAGE (2 * 32.0 * 224 * 224 * 3 * 4)
#define MAP   (32.0 * 64 * 112 * 112 * 4)
static const bench cases[] = {
    {"bqhd,bkhd->bhqk", heads, scores, 0, 2.0 * 4 * 12 * 256 * 256 * 64, TT_NO_GRAD},
    {"bhqk,bkhd->bqhd", weighted, values, 0, 2.0 * 4 * 12 * 256 * 256 * 64, TT_NO_GRAD},
    {"bij,bjk->bik 48x64x64", batch, batch_product, 0, 2.0 * 48 * 64 * 64 * 64, TT_NO_GRAD},
    {"ij,jk->ik 1024", square, product, 0, 2.0 * 1024 * 1024 * 1024, TT_NO_GRAD},
    {"ijkl,klmn->ijmn 32", four_axes, two_sums, 0, 2.0 * 1024 * 1024 * 1024, TT_NO_GRAD},
    {"ij,jk,kl->il", thin, three, 0, 4.0 * 512 * 512 * 8, TT_NO_GRAD},
    {"ij,jk,kl->il (NumPy)", thin, three, 0, 4.0 * 512 * 512 * 8, TT_NO_GRAD},
    {"bqhd,bkhd->bhqk (NumPy)", heads, scores, 0, 2.0 * 4 * 12 * 256 * 256 * 64, TT_NO_GRAD},
    {"abc->cab contiguous 256^3", cube, turned, 8.0 * 256 * 256 * 256, 0, TT_NO_GRAD},
    {"ii->i", square, diagonal, 0, 0, TT_NO_GRAD},
    {"ii-> of 2x2", small, trace, 0, 0, TT_NO_GRAD},
    {"b h w c -> b c h w contiguous", images, channels_first, IMAGE, 0, TT_NO_GRAD},
    {"b h w c -> b c h w view", images, channels_view, 0, 0, TT_NO_GRAD},
    {"patches of 16", images, patches, IMAGE, 0, TT_NO_GRAD},
    {"images side by side", images, side_by_side, IMAGE, 0, TT_NO_GRAD},
    {"max pooling 2x2", pooled, pool, 1.25 * MAP, 0, TT_NO_GRAD},
    {"repeat 2x2", pooled, upsample, 5 * MAP, 0, TT_NO_GRAD},
    {"ij,jk->ik of 2x2", small, product, 0, 0, TT_NO_GRAD},
    {"bqhd,bkhd->bhqk, small", small_heads, scores, 0, 0, TT_NO_GRAD},
    {"matmul of 2x2", small, matmul, 0, 0, TT_NO_GRAD},
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, "einops", sizeof cases / sizeof *cases, cases);
}
