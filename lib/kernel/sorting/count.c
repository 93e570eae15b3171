/* Counting by bins. The elements are cut by their number into parts with a table of counts each,
 * which are added in order, so that sums of floats have the same bits for any number of threads. */
#include "count.h"
#include <string.h>
#include "base/inline.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "sorting_loops.h"

enum { PART = 1 << 16, MOST_PARTS = 32, TABLES = 4, FEW_BINS = 512 };

typedef struct histogram {
    int64_t bins;
    const void *edges;
    int64_t item; /* bytes of an element */
} histogram;

#define T       float
#define NAME(x) f32_##x
#include "count_typed.h"

#define T       double
#define NAME(x) f64_##x
#include "count_typed.h"

#define T       int64_t
#define NAME(x) i64_##x
#include "count_typed.h"

typedef void histogram_fn(const histogram *h, int64_t n, const void *in, int64_t *counts);

/* A table of counts, which may be sums of doubles. */
typedef union counter {
    int64_t i;
    double f;
} counter;

typedef struct parts {
    const exec *x;
    int64_t n, each, parts, bins;
    counter *table; /* (parts, bins) */
    const void *in, *weights;
    tt_dtype dtype; /* of the weights */
    const histogram *h;
    histogram_fn *fn;
} parts;

/* Parts are fewer where tables are large, lest adding them up be the work. */
static void parts_init(parts *p, const exec *x, int64_t n, const void *in, int64_t bins)
{
    *p = (parts){.x = x, .n = n, .in = in, .bins = bins};
    p->parts = larger(1, smaller(n / larger(PART, 4 * bins), MOST_PARTS));
    p->each = ceil_div(n, p->parts);
}

/* Adds the tables up into the first of them; false: there is no memory. */
static bool parts_run(parts *p, void (*task)(int64_t, int64_t, void *))
{
    const scratch *m = &p->x->mem;
    p->table = m->alloc(m->user, (size_t)(p->parts * p->bins) * sizeof *p->table);
    if (!p->table)
        return false;
    memset(p->table, 0, (size_t)(p->parts * p->bins) * sizeof *p->table);
    parallel_for(p->x, p->parts, 1, task, p);
    bool floats = p->weights && p->dtype != TT_I64;
    for (int64_t k = 1; k < p->parts; k++) {
        counter *to = p->table, *from = p->table + k * p->bins;
        for (int64_t b = 0; b < p->bins && floats; b++)
            to[b].f += from[b].f;
        for (int64_t b = 0; b < p->bins && !floats; b++)
            to[b].i = (int64_t)((uint64_t)to[b].i + (uint64_t)from[b].i);
    }
    return true;
}

static void parts_free(parts *p)
{
    p->x->mem.free(p->x->mem.user, p->table);
}

/* Several tables by turns: an element need not wait until the one before it was counted. */
static void count_few(int64_t n, const int64_t *in, int64_t bins, counter *table)
{
    uint32_t turns[TABLES][FEW_BINS] = {{0}};
    int64_t i = 0;
    for (; i + TABLES <= n; i += TABLES)
        for (int k = 0; k < TABLES; k++)
            turns[k][in[i + k]]++;
    for (; i < n; i++)
        turns[0][in[i]]++;
    for (int64_t b = 0; b < bins; b++)
        for (int k = 0; k < TABLES; k++)
            table[b].i += turns[k][b];
}

static void count_part(const parts *p, int64_t from, int64_t to, counter *table)
{
    const int64_t *in = p->in;
    if (p->bins <= FEW_BINS) {
        for (int64_t i = from; i < to; i += UINT32_MAX)
            count_few(smaller(UINT32_MAX, to - i), in + i, p->bins, table);
        return;
    }
    for (int64_t i = from; i < to; i++)
        table[in[i]].i++;
}

static void weigh_part(const parts *p, int64_t from, int64_t to, counter *table)
{
    const int64_t *in = p->in;
    if (p->dtype == TT_F32)
        for (int64_t i = from; i < to; i++)
            table[in[i]].f += (double)((const float *)p->weights)[i];
    else if (p->dtype == TT_F64)
        for (int64_t i = from; i < to; i++)
            table[in[i]].f += ((const double *)p->weights)[i];
    else
        for (int64_t i = from; i < to; i++)
            table[in[i]].i =
                (int64_t)((uint64_t)table[in[i]].i + (uint64_t)((const int64_t *)p->weights)[i]);
}

static void bincount_task(int64_t begin, int64_t end, void *arg)
{
    const parts *p = arg;
    for (int64_t k = begin; k < end; k++)
        (p->weights ? weigh_part : count_part)(p, k * p->each, smaller((k + 1) * p->each, p->n),
                                               p->table + k * p->bins);
}

void bincount_run(const exec *x, int64_t n, const int64_t *in, const void *weights, int64_t bins,
                  tt_dtype dtype, void *out)
{
    parts p;
    if (bins == 0)
        return;
    parts_init(&p, x, n, in, bins);
    p.weights = weights;
    p.dtype = dtype;
    if (!parts_run(&p, bincount_task))
        return;
    for (int64_t b = 0; b < bins; b++)
        if (!weights || dtype == TT_I64)
            ((int64_t *)out)[b] = p.table[b].i;
        else if (dtype == TT_F32)
            ((float *)out)[b] = (float)p.table[b].f;
        else
            ((double *)out)[b] = p.table[b].f;
    parts_free(&p);
}

static void histogram_task(int64_t begin, int64_t end, void *arg)
{
    const parts *p = arg;
    for (int64_t k = begin; k < end; k++)
        p->fn(p->h, smaller(p->each, p->n - k * p->each),
              (const char *)p->in + k * p->each * p->h->item, &p->table[k * p->bins].i);
}

void histogram_run(const exec *x, int64_t n, tt_dtype dtype, const void *in, int64_t bins,
                   const void *edges, bool equal, int64_t *counts)
{
    static histogram_fn *const fn[][2] = {[TT_F32] = {f32_any, f32_equal},
                                          [TT_F64] = {f64_any, f64_equal},
                                          [TT_I64] = {i64_any, i64_equal}};
    histogram h = {bins, edges, element_size(dtype)};
    parts p;
    if (bins == 0)
        return;
    parts_init(&p, x, n, in, bins);
    p.h = &h;
    p.fn = fn[dtype][equal];
    if (!parts_run(&p, histogram_task))
        return;
    memcpy(counts, p.table, (size_t)bins * sizeof *counts);
    parts_free(&p);
}

typedef struct ends {
    int64_t n, each, low[MOST_PARTS], high[MOST_PARTS];
    const int64_t *in;
    const sorting_kernels *loops;
} ends;

static void range_task(int64_t begin, int64_t end, void *arg)
{
    ends *e = arg;
    for (int64_t k = begin; k < end; k++)
        e->loops->range(smaller(e->each, e->n - k * e->each), e->in + k * e->each, &e->low[k],
                        &e->high[k]);
}

void range_run(const exec *x, int64_t n, const int64_t *in, int64_t *low, int64_t *high)
{
    int64_t cuts = larger(1, smaller(n / PART, MOST_PARTS));
    ends e = {.n = n, .each = ceil_div(n, cuts), .in = in, .loops = x->k->sorting};
    parallel_for(x, cuts, 1, range_task, &e);
    *low = e.low[0];
    *high = e.high[0];
    for (int64_t k = 1; k < cuts; k++) {
        *low = smaller(*low, e.low[k]);
        *high = larger(*high, e.high[k]);
    }
}

typedef struct unravel {
    const int64_t *in;
    int64_t step, size, *out;
} unravel;

static void unravel_task(int64_t begin, int64_t end, void *arg)
{
    const unravel *u = arg;
    for (int64_t i = begin; i < end; i++)
        u->out[i] = u->in[i] / u->step % u->size;
}

void unravel_run(const exec *x, int64_t n, const int64_t *in, int64_t step, int64_t size,
                 int64_t *out)
{
    parallel_for(x, n, PART, unravel_task, &(unravel){in, step, size, out});
}
