/* Several rows of float32 times a matrix of 16-bit floats: panels of the matrix are converted to
 * float32, one after the other in the same scratch memory, and multiplied like any other. Panels
 * depend on the shape alone, hence also the bits. */
#include "copy.h"
#include "gemm_half.h"

enum {
    PANEL = 1 << 19, /* elements of a panel: 2 MiB, which stay in cache until they are multiplied */
    DEPTH = 8192,    /* terms of a sum in a panel of several columns */
    EDGE = 64        /* panels begin at multiples of the blocks of BLAS's kernels */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t magnitude(int64_t v)
{
    return v < 0 ? -v : v;
}

/* The part of b from (k, n) on, of the size of p, as float32; and its strides. The copy lies as b
 * does, rows or columns contiguous. */
static void convert(const exec *x, const gemm_args *g, const uint16_t *b, gemm_args *p,
                    float *panel)
{
    bool by_rows = magnitude(g->sb.row) >= magnitude(g->sb.col);
    int64_t size[2] = {p->k, p->n}, from[2] = {g->sb.row, g->sb.col};
    layout src = {.ndim = 2}, dst;
    for (int i = 0; i < 2; i++) {
        src.shape[i] = size[by_rows ? i : 1 - i];
        src.stride[i] = from[by_rows ? i : 1 - i];
    }
    layout_init(&dst, 2, src.shape);
    p->sb.row = dst.stride[by_rows ? 0 : 1];
    p->sb.col = dst.stride[by_rows ? 1 : 0];
    p->b = panel;
    copy_run(x, (operand){panel, &dst, TT_F32}, (operand){(void *)(uintptr_t)b, &src, g->half_b});
}

/* One matrix of the batch, whose panels are `width` columns of `depth` terms of the sum. */
static bool run_panels(const exec *x, const gemm_args *g, const float *a, const uint16_t *b,
                       float *c, int64_t width, int64_t depth, float *panel)
{
    bool ok = true;
    for (int64_t j = 0; j < g->n && ok; j += width)
        for (int64_t k = 0; k < g->k && ok; k += depth) {
            gemm_args p = *g;
            p.half_b = (tt_dtype)0;
            p.nbatch = 0;
            p.n = smaller(width, g->n - j);
            p.k = smaller(depth, g->k - k);
            p.beta = k ? 1 : g->beta;
            p.a = a + k * g->sa.col;
            p.c = c + j * g->sc.col;
            convert(x, g, b + k * g->sb.row + j * g->sb.col, &p, panel);
            ok = gemm_run(x, &p);
        }
    return ok;
}

bool gemm_half_run(const exec *x, const gemm_args *g)
{
    int64_t depth = smaller(g->k, g->n == 1 ? PANEL : DEPTH), batches = 1;
    int64_t width = smaller(g->n, (PANEL / depth + EDGE - 1) / EDGE * EDGE);
    float *panel = x->mem.alloc(x->mem.user, (size_t)(depth * width) * sizeof *panel);
    bool ok = panel != NULL;
    for (int i = 0; i < g->nbatch; i++)
        batches *= g->batch[i];
    for (int64_t u = 0; u < batches && ok; u++) {
        int64_t rest = u, a = 0, b = 0, c = 0;
        for (int i = g->nbatch - 1; i >= 0; rest /= g->batch[i--]) {
            int64_t at = rest % g->batch[i];
            a += at * g->sa.batch[i];
            b += at * g->sb.batch[i];
            c += at * g->sc.batch[i];
        }
        ok = run_panels(x, g, (const float *)g->a + a, (const uint16_t *)g->b + b,
                        (float *)g->c + c, width, depth, panel);
    }
    if (panel)
        x->mem.free(x->mem.user, panel);
    return ok;
}
