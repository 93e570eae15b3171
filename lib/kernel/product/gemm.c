/* Batched matrix product on any strides: brings the operands into a form that BLAS reads (views
 * where the strides allow, else one copy), cuts the products into tiles, and lets each thread
 * compute whole tiles with single-threaded BLAS. int64, small and oversized products go through our
 * own loop instead, tile by tile as well. Which elements are summed in which order never depends on
 * the number of threads. */
#include <limits.h>
#include "blas.h"
#include "packed.h"
#include "gemv.h"
#include "pack.h"
#include "kernel/walk/parallel.h"

/* The size of a product is m n k, its number of multiplications. */
enum {
    TINY = 64,            /* up to here our own loop is faster than kernels for small products, */
    SMALL = 4000,         /* and up to here than BLAS without such kernels, or with copies */
    TASK = 1 << 17,       /* the least that is worth handing to a thread: a few us */
    LEAST_TILE = 1 << 19, /* the least tile of a product */
    BIG = 1 << 27,        /* worth more tiles than others; 16 times as big, more still */
    SHALLOW = 256,        /* a sum this short and a b of this many elements stay in the L2 cache, */
    NARROW = 1 << 17,     /* while products are computed in tiles too small to be packed */
    EDGE = 32,            /* tiles begin at multiples of the blocks of BLAS's kernels */
    OWN_TILE = 128,       /* height and width of a tile of our own loop */
    MANY = 16,            /* enough products in a batch for any machine: none is cut */
};

typedef struct job {
    gemm_args g;
    const product_loops *loops;
    int64_t size;    /* of an element */
    blas_gemm *blas; /* NULL: our own loop */
    blas_matrix a, b;
    int64_t batches, rows, columns; /* products, tiles of each */
} job;

static double work(const gemm_args *g)
{
    return (double)g->m * (double)g->n * (double)g->k;
}

static int64_t magnitude(int64_t v)
{
    return v < 0 ? -v : v;
}

static bool nearly_by_rows(const gemm_strides *s)
{
    return magnitude(s->row) >= magnitude(s->col);
}

/* Can BLAS read (or write) the matrix as it lies in memory? */
static bool readable(int64_t rows, int64_t cols, const gemm_strides *s, blas_matrix *out)
{
    if ((s->col == 1 || cols == 1) && (s->row >= cols || rows == 1))
        *out = (blas_matrix){.ld = rows == 1 ? cols : s->row, .transposed = false};
    else if ((s->row == 1 || rows == 1) && (s->col >= rows || cols == 1))
        *out = (blas_matrix){.ld = cols == 1 ? rows : s->col, .transposed = true};
    else
        return false;
    return out->ld <= INT_MAX;
}

/* Large enough for a call of BLAS, and worth copies if it cannot read the operands. */
static bool wants_blas(const gemm_args *g)
{
    blas_matrix any;
    if (g->dtype == TT_I64 || g->m > INT_MAX || g->n > INT_MAX || g->k > INT_MAX)
        return false;
    return work(g) > SMALL ||
           (work(g) > TINY && blas_has_small_kernels() && readable(g->m, g->k, &g->sa, &any) &&
            readable(g->k, g->n, &g->sb, &any) && readable(g->m, g->n, &g->sc, &any));
}

/* c' = b' a', for a c whose columns are contiguous: BLAS writes rows. */
static void transpose(gemm_args *g)
{
    gemm_args t = *g;
    g->m = t.n;
    g->n = t.m;
    g->a = t.b;
    g->b = t.a;
    g->sa = t.sb;
    g->sb = t.sa;
    gemm_strides *const all[] = {&g->sa, &g->sb, &g->sc};
    for (int i = 0; i < 3; i++) {
        int64_t row = all[i]->row;
        all[i]->row = all[i]->col;
        all[i]->col = row;
    }
}

/* A copy of a or b, which holds elements of `dtype`, with contiguous rows or columns; axes of the
 * batch along which it is constant are not multiplied out. */
static void *copy_input(const exec *x, const gemm_args *g, int64_t rows, int64_t cols, bool by_rows,
                        const void *data, tt_dtype dtype, gemm_strides *s)
{
    pack p;
    pack_begin(&p);
    for (int i = 0; i < g->nbatch; i++)
        if (s->batch[i] != 0)
            pack_axis(&p, g->batch[i], &s->batch[i]);
    pack_axis(&p, by_rows ? rows : cols, by_rows ? &s->row : &s->col);
    pack_axis(&p, by_rows ? cols : rows, by_rows ? &s->col : &s->row);
    void *copy = pack_alloc(x, &p, g->dtype);
    if (copy)
        pack_cast_in(x, &p, g->dtype, copy, dtype, data);
    return copy;
}

static void *alloc_output(const exec *x, gemm_args *g, pack *p)
{
    pack_begin(p);
    for (int i = 0; i < g->nbatch; i++)
        pack_axis(p, g->batch[i], &g->sc.batch[i]);
    pack_axis(p, g->m, &g->sc.row);
    pack_axis(p, g->n, &g->sc.col);
    return pack_alloc(x, p, g->dtype);
}

/* Where tile i of `count` begins along an axis of size n; the last one ends at n. */
static int64_t tile_begin(int64_t n, int64_t i, int64_t count)
{
    int64_t at = n / count * i + n % count * i / count;
    return i == count ? n : (at + EDGE / 2) / EDGE * EDGE;
}

static void run_tile(const job *j, int64_t tile)
{
    const gemm_args *g = &j->g;
    int64_t col = tile % j->columns, row = tile / j->columns % j->rows;
    int64_t batch = tile / j->columns / j->rows;
    int64_t top = tile_begin(g->m, row, j->rows), left = tile_begin(g->n, col, j->columns);
    int64_t m = tile_begin(g->m, row + 1, j->rows) - top;
    int64_t n = tile_begin(g->n, col + 1, j->columns) - left;
    int64_t a = top * g->sa.row, b = left * g->sb.col, c = top * g->sc.row + left * g->sc.col;
    for (int i = g->nbatch - 1; i >= 0; batch /= g->batch[i--]) {
        int64_t at = batch % g->batch[i];
        a += at * g->sa.batch[i];
        b += at * g->sb.batch[i];
        c += at * g->sc.batch[i];
    }
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
                            g->beta};
    if (m <= 0 || n <= 0)
        return;
    if (j->blas)
        j->blas(m, n, g->k, g->alpha, (blas_matrix){p.a, j->a.ld, j->a.transposed},
                (blas_matrix){p.b, j->b.ld, j->b.transposed}, g->beta, p.c, g->sc.row);
    else
        j->loops->product(&p);
}

static void run_tiles(int64_t begin, int64_t end, void *arg)
{
    for (int64_t i = begin; i < end; i++)
        run_tile(arg, i);
}

/* Into how many tiles each product should be cut: few, since each reads its rows and columns anew,
 * but enough for some threads; by the shape alone. */
static int64_t tiles_wanted(const job *j)
{
    double w = work(&j->g);
    int64_t most = 4, n = (int64_t)(w / LEAST_TILE);
    for (double big = BIG; w >= big && most < 64; big *= 16)
        most *= 2;
    return j->batches >= MANY || n < 1 ? 1 : n < most ? n : most;
}

static int64_t least(int64_t n, int64_t count)
{
    return count == 1 ? n : n / count - EDGE;
}

/* Cuts into rows * columns = count tiles such that BLAS reads least: every column of tiles reads
 * all of a, every row of tiles all of b. False where tiles would be too thin. */
static bool cut(job *j, int64_t count)
{
    const gemm_args *g = &j->g;
    double best = -1;
    for (int64_t rows = 1; rows <= count; rows++) {
        int64_t columns = count / rows, height = least(g->m, rows), width = least(g->n, columns);
        double reads = (double)columns * (double)g->m + (double)rows * (double)g->n;
        bool fits = (rows == 1 || height >= EDGE) && (columns == 1 || width >= EDGE);
        if (count % rows == 0 && fits && (best < 0 || reads < best)) {
            best = reads;
            j->rows = rows;
            j->columns = columns;
        }
    }
    return best >= 0;
}

/* A times b transposed, which the kernels for small products do not do. */
static bool needs_packing(const blas_matrix *a, const blas_matrix *b)
{
    return b->transposed && !a->transposed;
}

/* Is the product best cut into many tiles that BLAS computes without packing? */
static bool shallow(const gemm_args *g)
{
    blas_matrix a, b;
    return work(g) > BLAS_SMALL && g->k <= SHALLOW && g->m <= 4 * SHALLOW &&
           (double)g->n * (double)g->k <= NARROW && readable(g->m, g->k, &g->sa, &a) &&
           readable(g->k, g->n, &g->sb, &b) && blas_has_small_kernels() &&
           !(needs_packing(&a, &b) && blas_is_concurrent());
}

static void cut_shallow(job *j)
{
    const gemm_args *g = &j->g;
    int64_t height = g->k <= SHALLOW / 2 ? 2 * EDGE : EDGE;
    j->rows = (g->m + height - 1) / height;
    j->columns = (g->n + 2 * EDGE - 1) / (2 * EDGE);
}

static void plan_tiles(job *j)
{
    const gemm_args *g = &j->g;
    j->rows = j->columns = 1;
    if (!j->blas && work(g) > SMALL) {
        j->rows = (g->m + OWN_TILE - 1) / OWN_TILE;
        j->columns = (g->n + OWN_TILE - 1) / OWN_TILE;
    } else if (j->blas && shallow(g)) {
        cut_shallow(j);
    } else if (j->blas) {
        int64_t n = tiles_wanted(j);
        while (n > 1 && !cut(j, n))
            n--;
    }
}

static void run(const exec *x, job *j)
{
    plan_tiles(j);
    int64_t tiles = j->rows * j->columns;
    double each = (work(&j->g) + (double)j->g.m * (double)j->g.n) / (double)tiles;
    parallel_for(x, tiles * j->batches, each < TASK ? (int64_t)(TASK / each) : 1, run_tiles, j);
}

/* With a that BLAS reads where it is, and b there or in a copy. */
static bool run_unpacked(const exec *x, job *j)
{
    gemm_args *g = &j->g;
    void *copy = NULL;
    bool as_is = readable(g->k, g->n, &g->sb, &j->b);
    bool by_rows = as_is && needs_packing(&j->a, &j->b) && !blas_is_concurrent();
    if (!as_is || by_rows) {
        g->b = copy =
            copy_input(x, g, g->k, g->n, by_rows || nearly_by_rows(&g->sb), g->b, g->dtype, &g->sb);
        if (!copy)
            return false;
        readable(g->k, g->n, &g->sb, &j->b); /* the copy's strides */
    }
    run(x, j);
    if (copy)
        x->mem.free(x->mem.user, copy);
    return true;
}

/* With a that BLAS reads where it is or in a copy. */
static bool run_readable(const exec *x, job *j)
{
    gemm_args *g = &j->g;
    void *copy = NULL;
    bool ok = true,
         packed = g->half_b || gemm_packed_suits_many(g) || (!shallow(g) && gemm_packed_suits(g));
    if (!readable(g->m, g->k, &g->sa, &j->a)) {
        g->a = copy = copy_input(x, g, g->m, g->k, nearly_by_rows(&g->sa), g->a, g->dtype, &g->sa);
        if (!copy)
            return false;
        readable(g->m, g->k, &g->sa, &j->a);
    }
    if (packed)
        gemm_packed_run(x, g, j->blas, j->a);
    else
        ok = run_unpacked(x, j);
    if (copy)
        x->mem.free(x->mem.user, copy);
    return ok;
}

static bool run_blas(const exec *x, job *j)
{
    gemm_args *g = &j->g;
    blas_matrix c;
    pack p;
    void *out = g->c, *copy = NULL;
    if (!readable(g->m, g->n, &g->sc, &c) || (c.transposed && g->half_b)) {
        if (!(g->c = copy = alloc_output(x, g, &p)))
            return false;
        if (g->beta != 0)
            pack_copy_in(x, &p, g->dtype, copy, out);
    } else if (c.transposed) {
        transpose(g);
    }
    blas_guard guard = blas_enter();
    bool ok = run_readable(x, j);
    blas_leave(guard);
    if (copy && ok)
        pack_copy_out(x, &p, g->dtype, out, copy);
    if (copy)
        x->mem.free(x->mem.user, copy);
    return ok;
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

bool gemm_run(const exec *x, const gemm_args *g)
{
    job j = {.g = *g,
             .loops = product_loops_of(x, g->dtype),
             .size = (int64_t)product_size(g->dtype),
             .batches = 1};
    for (int i = 0; i < g->nbatch; i++)
        j.batches *= g->batch[i];
    if (g->m == 0 || g->n == 0 || j.batches == 0)
        return true;
    if (g->alpha == 0)
        j.g.k = 0;
    if (j.g.k > 0 && (g->m == 1 || (g->n == 1 && !g->half_b)))
        return gemv_run(x, &j.g);
    if (j.g.k > 0 && g->n == 1)
        return run_half_vector(x, &j.g);
    if (wants_blas(&j.g) || (j.g.k > 0 && g->half_b)) {
        j.blas = g->dtype == TT_F32 ? blas_sgemm : blas_dgemm;
        return run_blas(x, &j);
    }
    run(x, &j);
    return true;
}
