/* Chooses how a product is computed. Input: shape and strides; output: a gemm_plan, which gemm.c
 * carries out. Invariant: the number of threads has no say. */
#include "choose.h"
#include <limits.h>
#include "packed.h"

/* The size of a product is m n k, its number of multiplications. */
enum {
    TINY = 64,            /* up to here our own loop is faster than kernels for small products, */
    SMALL = 4000,         /* and up to here than BLAS without such kernels, or with copies */
    LEAST_TILE = 1 << 19, /* the least tile of a product */
    BIG = 1 << 27,        /* worth more tiles than others; 16 times as big, more still */
    SHALLOW = 256,        /* a sum this short and a b of this many elements stay in the L2 cache, */
    NARROW = 1 << 17,     /* while products are computed in tiles too small to be packed */
    OWN_TILE = 128,       /* height and width of a tile of our own loop */
    MANY = 16,            /* enough products in a batch for any machine: none is cut */
};

/* Can BLAS read (or write) the matrix as it lies in memory? */
bool gemm_readable(int64_t rows, int64_t cols, const gemm_strides *s, blas_matrix *out)
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
    return gemm_work(g) > SMALL ||
           (gemm_work(g) > TINY && blas_has_small_kernels() &&
            gemm_readable(g->m, g->k, &g->sa, &any) && gemm_readable(g->k, g->n, &g->sb, &any) &&
            gemm_readable(g->m, g->n, &g->sc, &any));
}

/* c' = b' a', for a c whose columns are contiguous: BLAS writes rows. */
void gemm_transpose(gemm_args *g)
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

/* Into how many tiles each product should be cut: few, since each reads its rows and columns anew,
 * but enough for some threads; by the shape alone. */
static int64_t tiles_wanted(const gemm_args *g)
{
    double w = gemm_work(g);
    int64_t most = 4, n = (int64_t)(w / LEAST_TILE);
    for (double big = BIG; w >= big && most < 64; big *= 16)
        most *= 2;
    return gemm_batches(g) >= MANY || n < 1 ? 1 : n < most ? n : most;
}

static int64_t least(int64_t n, int64_t count)
{
    return count == 1 ? n : n / count - TILE_EDGE;
}

/* Cuts into rows * columns = count tiles such that BLAS reads least: every column of tiles reads
 * all of a, every row of tiles all of b. False where tiles would be too thin. */
static bool cut(const gemm_args *g, int64_t count, gemm_plan *p)
{
    double best = -1;
    for (int64_t rows = 1; rows <= count; rows++) {
        int64_t columns = count / rows, height = least(g->m, rows), width = least(g->n, columns);
        double reads = (double)columns * (double)g->m + (double)rows * (double)g->n;
        bool fits = (rows == 1 || height >= TILE_EDGE) && (columns == 1 || width >= TILE_EDGE);
        if (count % rows == 0 && fits && (best < 0 || reads < best)) {
            best = reads;
            p->rows = rows;
            p->columns = columns;
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
    return gemm_work(g) > BLAS_SMALL && g->k <= SHALLOW && g->m <= 4 * SHALLOW &&
           (double)g->n * (double)g->k <= NARROW && gemm_readable(g->m, g->k, &g->sa, &a) &&
           gemm_readable(g->k, g->n, &g->sb, &b) && blas_has_small_kernels() &&
           !(needs_packing(&a, &b) && blas_is_concurrent());
}

static void cut_for_blas(const gemm_args *g, gemm_plan *p)
{
    if (shallow(g)) {
        int64_t height = g->k <= SHALLOW / 2 ? 2 * TILE_EDGE : TILE_EDGE;
        p->rows = ceil_div(g->m, height);
        p->columns = ceil_div(g->n, 2 * TILE_EDGE);
        return;
    }
    int64_t n = tiles_wanted(g);
    while (n > 1 && !cut(g, n, p))
        n--;
}

static void cut_for_own_loop(const gemm_args *g, gemm_plan *p)
{
    if (gemm_work(g) <= SMALL)
        return;
    p->rows = ceil_div(g->m, OWN_TILE);
    p->columns = ceil_div(g->n, OWN_TILE);
}

/* The copy that costs least to make. */
static gemm_lie nearest(const gemm_strides *s)
{
    return magnitude(s->row) >= magnitude(s->col) ? BY_ROWS : BY_COLUMNS;
}

/* The strides as the copy will have them, which keeps those of axes of size 1. */
static void lay(gemm_strides *s, int64_t rows, int64_t cols, gemm_lie how)
{
    if (how != AS_IS && rows != 1)
        s->row = how == BY_ROWS ? cols : 1;
    if (how != AS_IS && cols != 1)
        s->col = how == BY_ROWS ? 1 : rows;
}

static gemm_lie choose_b(const gemm_args *g)
{
    blas_matrix a, b;
    gemm_readable(g->m, g->k, &g->sa, &a);
    if (!gemm_readable(g->k, g->n, &g->sb, &b))
        return nearest(&g->sb);
    return needs_packing(&a, &b) && !blas_is_concurrent() ? BY_ROWS : AS_IS;
}

/* c is written where it lies if that is by rows, or by columns as its transpose. */
static void choose_c(const gemm_args *g, gemm_plan *p)
{
    blas_matrix c;
    bool direct = gemm_readable(g->m, g->n, &g->sc, &c) && !(c.transposed && g->half_b);
    p->c = direct ? AS_IS : BY_ROWS;
    p->transposed = direct && c.transposed;
}

static gemm_plan choose_for_blas(const gemm_args *given)
{
    gemm_plan p = {.path = TILES, .rows = 1, .columns = 1};
    gemm_args g = *given;
    blas_matrix any;
    choose_c(&g, &p);
    if (p.transposed)
        gemm_transpose(&g);
    p.a = gemm_readable(g.m, g.k, &g.sa, &any) ? AS_IS : nearest(&g.sa);
    if (g.half_b || gemm_packed_suits_many(&g) || (!shallow(&g) && gemm_packed_suits(&g))) {
        p.path = PACKED;
        return p;
    }
    lay(&g.sa, g.m, g.k, p.a);
    p.b = choose_b(&g);
    lay(&g.sb, g.k, g.n, p.b);
    cut_for_blas(&g, &p);
    return p;
}

/* The one place where the way of a product is chosen. */
gemm_plan gemm_choose(const gemm_args *g)
{
    gemm_plan p = {.path = OWN, .rows = 1, .columns = 1};
    if (g->k > 0 && (g->m == 1 || g->n == 1)) {
        p.path = g->m != 1 && g->half_b ? HALF_VECTOR : VECTOR;
        return p;
    }
    if (wants_blas(g) || (g->k > 0 && g->half_b))
        return choose_for_blas(g);
    cut_for_own_loop(g, &p);
    return p;
}
