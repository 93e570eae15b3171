/* Batched matrix product on any strides: brings the operands into a form that BLAS reads (views
 * where the strides allow, else one copy), cuts the products into tiles, and lets each thread
 * compute whole tiles with single-threaded BLAS or our own loop, as choose.c has decided. Which
 * elements are summed in which order never depends on the number of threads. */
#include "blas.h"
#include "choose.h"
#include "packed.h"
#include "gemv.h"
#include "stage.h"
#include "kernel/walk/tiles.h"

enum { TASK = 1 << 17 }; /* multiplications worth handing to a thread: a few us */

typedef struct job {
    gemm_args g;
    gemm_plan p;
    const product_loops *loops;
    int64_t size; /* of an element */
    blas_gemm *blas;
    blas_matrix a, b;
    int64_t batches; /* products */
} job;

/* A copy of a or b, which holds elements of `dtype`, with contiguous rows or columns; axes of the
 * batch along which it is constant are not multiplied out. */
static void *copy_input(const exec *x, const gemm_args *g, int64_t rows, int64_t cols, bool by_rows,
                        const void *data, tt_dtype dtype, gemm_strides *s)
{
    stage p;
    stage_begin(&p);
    for (int i = 0; i < g->nbatch; i++)
        if (s->batch[i] != 0)
            stage_axis(&p, g->batch[i], &s->batch[i]);
    stage_axis(&p, by_rows ? rows : cols, by_rows ? &s->row : &s->col);
    stage_axis(&p, by_rows ? cols : rows, by_rows ? &s->col : &s->row);
    void *copy = stage_alloc(x, &p, g->dtype);
    if (copy)
        stage_cast_in(x, &p, g->dtype, copy, dtype, data);
    return copy;
}

static void *alloc_output(const exec *x, gemm_args *g, stage *p)
{
    stage_begin(p);
    for (int i = 0; i < g->nbatch; i++)
        stage_axis(p, g->batch[i], &g->sc.batch[i]);
    stage_axis(p, g->m, &g->sc.row);
    stage_axis(p, g->n, &g->sc.col);
    return stage_alloc(x, p, g->dtype);
}

/* Where tile i of `count` begins along an axis of size n; the last one ends at n. */
static int64_t tile_begin(int64_t n, int64_t i, int64_t count)
{
    int64_t at = n / count * i + n % count * i / count;
    return i == count ? n : (at + TILE_EDGE / 2) / TILE_EDGE * TILE_EDGE;
}

static void run_tile(const job *j, int64_t tile, char *memory)
{
    const gemm_args *g = &j->g;
    int64_t col = tile % j->p.columns, row = tile / j->p.columns % j->p.rows;
    int64_t batch = tile / j->p.columns / j->p.rows;
    int64_t top = tile_begin(g->m, row, j->p.rows), left = tile_begin(g->n, col, j->p.columns);
    int64_t m = tile_begin(g->m, row + 1, j->p.rows) - top;
    int64_t n = tile_begin(g->n, col + 1, j->p.columns) - left;
    int64_t a = top * g->sa.row, b = left * g->sb.col, c = top * g->sc.row + left * g->sc.col;
    gemm_add_batch(g, batch, &a, &b, &c);
    const product_args p = {m,
                            n,
                            g->k,
                            (const char *)g->a + a * j->size,
                            (const char *)g->b + b * j->size,
                            (char *)g->c + c * j->size,
                            g->sa.row,
                            g->sa.col,
                            g->sb.row,
                            g->sb.col,
                            g->sc.row,
                            g->sc.col,
                            g->alpha,
                            g->beta,
                            memory};
    if (m <= 0 || n <= 0)
        return;
    if (j->p.path == TILES)
        j->blas(m, n, g->k, g->alpha, (blas_matrix){p.a, j->a.ld, j->a.transposed},
                (blas_matrix){p.b, j->b.ld, j->b.transposed}, g->beta, p.c, g->sc.row);
    else
        j->loops->product(&p);
}

static void run_tiles(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        run_tile(arg, i, memory);
}

static bool run_in_tiles(const exec *x, job *j)
{
    int64_t tiles = j->p.rows * j->p.columns;
    size_t bytes = j->p.path == OWN ? product_panel_bytes(j->g.n, j->g.k, j->size) : 0;
    double each = (gemm_work(&j->g) + (double)j->g.m * (double)j->g.n) / (double)tiles;
    return parallel_tiles(x, tiles * j->batches, each < TASK ? (int64_t)(TASK / each) : 1, bytes,
                          run_tiles, j);
}

/* Only matrices of 16-bit floats are read as they are. */
static bool run_half_vector(const exec *x, gemm_args *g)
{
    void *copy = copy_input(x, g, g->k, 1, true, g->b, g->half_b, &g->sb);
    if (!copy)
        return false;
    g->b = copy;
    g->half_b = (tt_dtype)0;
    bool ok = gemv_run(x, g);
    x->mem.free(x->mem.user, copy);
    return ok;
}

/* Copies a and b where the plan says so (into copy[0] and copy[1]), and has the product computed.
 */
static bool run_on_readable(const exec *x, job *j, void **copy)
{
    gemm_args *g = &j->g;
    const gemm_plan *p = &j->p;
    if (p->a != AS_IS) {
        copy[0] = copy_input(x, g, g->m, g->k, p->a == BY_ROWS, g->a, g->dtype, &g->sa);
        if (!(g->a = copy[0]))
            return false;
    }
    if (p->b != AS_IS) {
        copy[1] = copy_input(x, g, g->k, g->n, p->b == BY_ROWS, g->b, g->dtype, &g->sb);
        if (!(g->b = copy[1]))
            return false;
    }
    gemm_readable(g->m, g->k, &g->sa, &j->a);
    gemm_readable(g->k, g->n, &g->sb, &j->b);
    if (p->path == PACKED)
        return gemm_packed_run(x, g, j->blas, j->a);
    return run_in_tiles(x, j);
}

static bool run_blas(const exec *x, job *j)
{
    gemm_args *g = &j->g;
    stage p;
    void *out = g->c, *copy[3] = {NULL, NULL, NULL};
    j->blas = g->dtype == TT_F32 ? blas_sgemm : blas_dgemm;
    if (j->p.transposed)
        gemm_transpose(g);
    if (j->p.c != AS_IS) {
        if (!(g->c = copy[2] = alloc_output(x, g, &p)))
            return false;
        if (g->beta != 0)
            stage_copy_in(x, &p, g->dtype, copy[2], out);
    }
    blas_guard guard = blas_enter();
    bool ok = run_on_readable(x, j, copy);
    blas_leave(guard);
    if (copy[2] && ok)
        stage_copy_out(x, &p, g->dtype, out, copy[2]);
    for (int i = 0; i < 3; i++)
        if (copy[i])
            x->mem.free(x->mem.user, copy[i]);
    return ok;
}

bool gemm_run(const exec *x, const gemm_args *g)
{
    job j = {.g = *g,
             .loops = product_loops_of(x, g->dtype),
             .size = element_size(g->dtype),
             .batches = gemm_batches(g)};
    if (g->m == 0 || g->n == 0 || j.batches == 0)
        return true;
    if (g->alpha == 0)
        j.g.k = 0;
    j.p = gemm_choose(&j.g);
    switch (j.p.path) {
    case VECTOR:
        return gemv_run(x, &j.g);
    case HALF_VECTOR:
        return run_half_vector(x, &j.g);
    case OWN:
        return run_in_tiles(x, &j);
    default:
        return run_blas(x, &j);
    }
}
