/* Big products out of small ones: a and b are copied into contiguous blocks, HEIGHT rows of a and
 * WIDTH columns of b, DEPTH terms of the sum each, and BLAS multiplies block by block with its
 * kernels for small products, which reach about a tenth more than its own blocking of a large one.
 * The smaller operand is copied beforehand, for all threads; of the larger one each task copies one
 * strip at a time, which stays in its cache. In a batch of many products a task is a strip of b's
 * columns instead, and a is read where it lies. Blocks lie at fixed places, so that the bits do not
 * depend on which thread computes which. */
#include "blas.h"
#include "gemm_packed.h"
#include "gemv.h"
#include "parallel.h"

enum {
    HEIGHT = 32,
    WIDTH = 64,
    DEPTH = 256, /* of floats; half of that of doubles */
    STRIP = 64,  /* rows or columns of the larger operand in a task, a multiple of both */
    LEAST_EDGE = 128,
    LEAST = 1 << 22,         /* multiplications; below, copying costs more than it saves */
    LEAST_OF_MANY = 1 << 25, /* in a batch, whose other products keep the threads busy */
    TASKS = 4,               /* per thread, that all end at about the same time */
    CLASH = 2048,            /* lines so many bytes apart share few sets of a cache */
    MANY = 16,               /* products in a batch: enough tasks for any machine */
};

typedef struct side { /* of a: strips of rows; of b: strips of columns */
    const char *data;
    int64_t n, thick; /* size of its axis, of a strip */
    int64_t step, k_step;
} side;

typedef struct packed {
    const gemm_args *g;
    const product_loops *loops;
    blas_gemm *blas;
    int64_t size;   /* of an element */
    int64_t depth;  /* of a block, at most */
    int64_t blocks; /* of the sum */
    side s[2];      /* a and b */
    int shared;     /* which of the two is copied beforehand, to: */
    char *copy;
    char *c;
    int64_t groups; /* parts of the shared side: a task is a strip of the other with a group */
} packed;

static int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t batches(const gemm_args *g)
{
    int64_t n = 1;
    for (int i = 0; i < g->nbatch; i++)
        n *= g->batch[i];
    return n;
}

bool gemm_packed_suits(const gemm_args *g)
{
    double work = (double)g->m * (double)g->n * (double)g->k;
    return g->m >= LEAST_EDGE && g->n >= LEAST_EDGE && g->k >= LEAST_EDGE / 2 &&
           work >= (batches(g) == 1 || !blas_is_concurrent() ? LEAST : LEAST_OF_MANY) &&
           blas_has_small_kernels();
}

/* Where block i of the sum begins; they are of about equal size. */
static int64_t block_begin(const packed *p, int64_t i)
{
    return p->g->k * i / p->blocks;
}

static int64_t strip_thickness(const side *s, int64_t strip)
{
    return smaller(s->thick, s->n - strip * s->thick);
}

/* Copies one block to dst: of a (thickness, depth), of b (depth, thickness), contiguous. */
static void copy_block(const packed *p, int which, int64_t strip, int64_t block, char *dst)
{
    const side *s = &p->s[which];
    int64_t k = block_begin(p, block), depth = block_begin(p, block + 1) - k;
    int64_t n = strip_thickness(s, strip);
    const char *src = s->data + (strip * s->thick * s->step + k * s->k_step) * p->size;
    if (which == 0)
        p->loops->pack(n, depth, depth, src, s->step, s->k_step, dst);
    else
        p->loops->pack(depth, n, n, src, s->k_step, s->step, dst);
}

/* Strips follow each other in the copy, and in a strip its blocks. */
static char *shared_block(const packed *p, int64_t strip, int64_t block)
{
    const side *s = &p->s[p->shared];
    int64_t at = strip * s->thick * p->g->k + strip_thickness(s, strip) * block_begin(p, block);
    return p->copy + at * p->size;
}

static void copy_shared(int64_t begin, int64_t end, void *arg)
{
    const packed *p = arg;
    for (int64_t u = begin; u < end; u++)
        copy_block(p, p->shared, u / p->blocks, u % p->blocks,
                   shared_block(p, u / p->blocks, u % p->blocks));
}

/* c's tile += block of a, its rows lda apart, times block of b; the first one brings beta. */
static void multiply(const packed *p, const int64_t strip[2], int64_t block, const char *a,
                     int64_t lda, const char *b)
{
    const gemm_args *g = p->g;
    int64_t depth = block_begin(p, block + 1) - block_begin(p, block);
    int64_t m = strip_thickness(&p->s[0], strip[0]), n = strip_thickness(&p->s[1], strip[1]);
    int64_t at = strip[0] * p->s[0].thick * g->sc.row + strip[1] * p->s[1].thick;
    p->blas(m, n, depth, g->alpha, (blas_matrix){a, lda, false}, (blas_matrix){b, n, false},
            block ? 1 : g->beta, p->c + at * p->size, g->sc.row);
}

/* Where a strip of a lies from a block of the sum on. */
static const char *row_block(const packed *p, int64_t strip, int64_t block)
{
    const side *a = &p->s[0];
    return a->data + (strip * a->thick * a->step + block_begin(p, block)) * p->size;
}

/* May rows of a be read where they lie? Not where they share a few sets of the cache. */
static bool rows_readable(const packed *p)
{
    const side *a = &p->s[0];
    return a->k_step == 1 && a->step > 0 && a->step * p->size % CLASH != 0;
}

/* A strip of the larger operand, some of its own strips thick, with a group of the shared strips.
 */
static void run_task(const packed *p, int64_t task)
{
    double buffer[STRIP * DEPTH / 2]; /* or floats: 64 KiB */
    bool in_place = p->shared == 1 && rows_readable(p);
    int own = 1 - p->shared;
    const side *fixed = &p->s[p->shared], *s = &p->s[own];
    int64_t per_task = STRIP / s->thick, first = task / p->groups * per_task;
    int64_t last = smaller(first + per_task, ceil_div(s->n, s->thick));
    int64_t strips = ceil_div(fixed->n, fixed->thick), group = task % p->groups;
    for (int64_t block = 0; block < p->blocks; block++) {
        int64_t bytes = s->thick * p->depth * p->size;
        for (int64_t i = first; i < last && !in_place; i++)
            copy_block(p, own, i, block, (char *)buffer + (i - first) * bytes);
        for (int64_t j = strips * group / p->groups; j < strips * (group + 1) / p->groups; j++)
            for (int64_t i = first; i < last; i++) {
                const char *mine = in_place ? row_block(p, i, block)
                                            : (char *)buffer + (i - first) * bytes;
                const char *other = shared_block(p, j, block);
                int64_t depth = block_begin(p, block + 1) - block_begin(p, block);
                if (own == 0)
                    multiply(p, (int64_t[]){i, j}, block, mine, in_place ? s->step : depth, other);
                else
                    multiply(p, (int64_t[]){j, i}, block, other, depth, mine);
            }
    }
}

static void run_tasks(int64_t begin, int64_t end, void *arg)
{
    for (int64_t i = begin; i < end; i++)
        run_task(arg, i);
}

static void run_one(const exec *x, packed *p)
{
    const side *fixed = &p->s[p->shared], *own = &p->s[1 - p->shared];
    int64_t shared_strips = ceil_div(fixed->n, fixed->thick);
    int64_t own_tasks = ceil_div(own->n, STRIP), wanted = (int64_t)TASKS * x->num_threads;
    p->groups = smaller(ceil_div(wanted, own_tasks), ceil_div(shared_strips, 4));
    parallel_for(x, shared_strips * p->blocks, 2, copy_shared, p);
    parallel_for(x, own_tasks * p->groups, 1, run_tasks, p);
}

/* The product of that number in the batch. */
static void go_to(packed *p, int64_t number)
{
    const gemm_args *g = p->g;
    int64_t a = 0, b = 0, c = 0;
    for (int i = g->nbatch - 1; i >= 0; number /= g->batch[i--]) {
        int64_t at = number % g->batch[i];
        a += at * g->sa.batch[i];
        b += at * g->sb.batch[i];
        c += at * g->sc.batch[i];
    }
    p->s[0].data = (const char *)g->a + a * p->size;
    p->s[1].data = (const char *)g->b + b * p->size;
    p->c = (char *)g->c + c * p->size;
}

static packed packed_of(const exec *x, const gemm_args *g, blas_gemm *blas)
{
    packed p = {.g = g,
                .loops = product_loops_of(x, g->dtype),
                .blas = blas,
                .size = (int64_t)product_size(g->dtype),
                .depth = g->dtype == TT_F32 ? DEPTH : DEPTH / 2,
                .s = {{.n = g->m, .thick = HEIGHT, .step = g->sa.row, .k_step = g->sa.col},
                      {.n = g->n, .thick = WIDTH, .step = g->sb.col, .k_step = g->sb.row}},
                .shared = g->m > g->n};
    p.blocks = ceil_div(g->k, p.depth);
    return p;
}

bool gemm_packed_run(const exec *x, const gemm_args *g, blas_gemm *blas)
{
    packed p = packed_of(x, g, blas);
    p.copy = x->mem.alloc(x->mem.user, (size_t)(smaller(g->m, g->n) * g->k * p.size));
    if (!p.copy)
        return false;
    for (int64_t i = 0, n = batches(g); i < n; i++) {
        go_to(&p, i);
        run_one(x, &p);
    }
    x->mem.free(x->mem.user, p.copy);
    return true;
}

/* ---- many products ---- */

static bool rows_contiguous(const gemm_strides *s)
{
    return s->col == 1 && s->row > 0;
}

bool gemm_packed_suits_many(const gemm_args *g)
{
    return batches(g) >= MANY && g->m >= 2 * HEIGHT && g->n >= WIDTH / 2 && g->k >= HEIGHT &&
           rows_contiguous(&g->sa) && (g->sb.col != 1 || g->sb.row != g->n) &&
           blas_has_small_kernels();
}

/* A strip of b in one product of the batch. */
static void run_strip(packed *p, int64_t strip)
{
    double buffer[WIDTH * DEPTH / 2];
    const side *a = &p->s[0];
    int64_t strips = ceil_div(a->n, a->thick);
    for (int64_t block = 0; block < p->blocks; block++) {
        copy_block(p, 1, strip, block, (char *)buffer);
        for (int64_t i = 0; i < strips; i++)
            multiply(p, (int64_t[]){i, strip}, block, row_block(p, i, block), a->step,
                     (const char *)buffer);
    }
}

static void run_strips(int64_t begin, int64_t end, void *arg)
{
    packed p = *(const packed *)arg;
    int64_t strips = ceil_div(p.s[1].n, p.s[1].thick);
    for (int64_t i = begin; i < end; i++) {
        go_to(&p, i / strips);
        run_strip(&p, i % strips);
    }
}

void gemm_packed_run_many(const exec *x, const gemm_args *g, blas_gemm *blas)
{
    packed p = packed_of(x, g, blas);
    parallel_for(x, batches(g) * ceil_div(g->n, WIDTH), 1, run_strips, &p);
}
