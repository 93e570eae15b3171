/* Big products out of small ones: tiles of HEIGHT rows and WIDTH columns, DEPTH terms of the sum at
 * a time, which BLAS's kernels for small products reach a tenth faster than BLAS a large product. A
 * task is a strip of b's columns with a group of a's rows. It copies the strip, one block of the
 * sum after the other, to memory of its own, which stays in the cache for all of the rows; a is
 * read where it lies. Tiles and blocks lie at fixed places, so that the bits do not depend on which
 * thread computes which. */
#include "blas.h"
#include "packed.h"
#include "gemv.h"
#include "kernel/walk/tiles.h"

enum {
    HEIGHT = 32,
    WIDTH = 64,
    DEPTH = 384, /* of floats; half of that of doubles: a tile is less than BLAS_SMALL */
    LEAST_ROWS = 2,
    LEAST_EDGE = 128,        /* columns; half as many terms */
    LEAST = 1 << 22,         /* multiplications; below, BLAS is as fast */
    LEAST_OF_MANY = 1 << 25, /* in a batch, whose other products keep the threads busy */
    NEAR = 1 << 18,          /* elements of a contiguous b that stay in the cache without a copy */
    WORTH = 4,               /* tiles that a strip is copied for, at least */
    GROUP = 32,              /* and at most: these rows of a stay near for all of the strips; */
    COLUMNS = 16,            /* fewer where they are columns, whose parts lie far apart */
    TASKS = 4,               /* per thread, that all end at about the same time */
    MANY = 16,               /* products in a batch: enough tasks for any machine */
};

typedef struct packed {
    const gemm_args *g;
    const product_loops *loops; /* of b's elements */
    blas_gemm *blas;
    blas_matrix a;                 /* as BLAS reads it */
    bool near;                     /* b is read where it lies, too */
    int64_t size, b_size;          /* of an element, of one of b */
    int64_t tiles, strips, blocks; /* of the rows, the columns, the sum */
    int64_t groups;                /* of tiles */
} packed;

typedef struct place { /* where a product of the batch begins */
    const char *a, *b;
    char *c;
} place;

static bool contiguous(int64_t cols, const gemm_strides *s)
{
    return s->col == 1 && s->row == cols;
}

bool gemm_packed_suits(const gemm_args *g)
{
    double work = (double)g->m * (double)g->n * (double)g->k;
    return g->m >= LEAST_ROWS && g->n >= LEAST_EDGE && g->k >= LEAST_EDGE / 2 &&
           work >= (gemm_batches(g) == 1 || !blas_is_concurrent() ? LEAST : LEAST_OF_MANY) &&
           blas_has_small_kernels();
}

bool gemm_packed_suits_many(const gemm_args *g)
{
    return gemm_batches(g) >= MANY && g->m >= 2 * HEIGHT && g->n >= WIDTH / 2 && g->k >= HEIGHT &&
           g->sa.col == 1 && g->sa.row > 0 && !contiguous(g->n, &g->sb) && blas_has_small_kernels();
}

static place place_of(const packed *p, int64_t number)
{
    const gemm_args *g = p->g;
    int64_t a = 0, b = 0, c = 0;
    gemm_add_batch(g, number, &a, &b, &c);
    return (place){(const char *)g->a + a * p->size, (const char *)g->b + b * p->b_size,
                   (char *)g->c + c * p->size};
}

/* A tile of c += `depth` terms of its sum from k on; the first ones bring beta. a and c are where
 * the tile's rows begin. */
static void multiply(const packed *p, int64_t m, int64_t n, int64_t k, int64_t depth, const char *a,
                     blas_matrix b, char *c)
{
    p->blas(m, n, depth, p->g->alpha,
            (blas_matrix){a + k * p->g->sa.col * p->size, p->a.ld, p->a.transposed}, b,
            k ? 1 : p->g->beta, c, p->g->sc.row);
}

/* copy: room for a block of a strip. */
static void run_task(const packed *p, int64_t task, char *copy)
{
    const gemm_args *g = p->g;
    int64_t strip = task % p->strips, group = task / p->strips % p->groups;
    int64_t left = strip * WIDTH, n = smaller(WIDTH, g->n - left);
    place at = place_of(p, task / p->groups / p->strips);
    for (int64_t block = 0; block < p->blocks; block++) {
        int64_t k = g->k * block / p->blocks, depth = g->k * (block + 1) / p->blocks - k;
        blas_matrix b = {at.b + (k * g->sb.row + left * g->sb.col) * p->b_size, g->sb.row, false};
        if (!p->near) {
            p->loops->pack(depth, n, n, b.data, g->sb.row, g->sb.col, copy);
            b = (blas_matrix){copy, n, false};
        }
        for (int64_t i = p->tiles * group / p->groups; i < p->tiles * (group + 1) / p->groups; i++)
            multiply(p, smaller(HEIGHT, g->m - i * HEIGHT), n, k, depth,
                     at.a + i * HEIGHT * g->sa.row * p->size, b,
                     at.c + (i * HEIGHT * g->sc.row + left) * p->size);
    }
}

static void run_tasks(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        run_task(arg, i, memory);
}

bool gemm_packed_run(const exec *x, const gemm_args *g, blas_gemm *blas, blas_matrix a)
{
    tt_dtype b_dtype = g->half_b ? g->half_b : g->dtype;
    packed p = {.g = g,
                .loops = product_loops_of(x, b_dtype),
                .blas = blas,
                .a = a,
                .near =
                    !g->half_b && contiguous(g->n, &g->sb) && (double)g->n * (double)g->k <= NEAR,
                .size = element_size(g->dtype),
                .b_size = element_size(b_dtype),
                .tiles = ceil_div(g->m, HEIGHT),
                .strips = ceil_div(g->n, WIDTH),
                .blocks = ceil_div(g->k, g->dtype == TT_F32 ? DEPTH : DEPTH / 2)};
    int64_t tasks = gemm_batches(g) * p.strips, wanted = (int64_t)TASKS * x->num_threads;
    p.groups = smaller(ceil_div(wanted, tasks), ceil_div(p.tiles, p.near ? 1 : WORTH));
    p.groups = larger(p.groups, ceil_div(p.tiles, a.transposed ? COLUMNS : GROUP));
    int64_t copied = p.near ? 0 : smaller(WIDTH, g->n) * ceil_div(g->k, p.blocks) * p.size;
    return parallel_tiles(x, tasks * p.groups, 1, (size_t)copied, run_tasks, &p);
}
