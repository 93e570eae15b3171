/* Sorting of whole rows: keys are made, sorted, and turned back. */
#include "sort.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/tiles.h"
#include "radix.h"
#include "sorting_loops.h"

enum { GRAIN = 4096 };

typedef struct job {
    const exec *x;
    const sort_rows *r;
    const sorting_loops *loops;
    bool descending;
    bool wide; /* keys of 64 bits */
    radix_kind kind;
    int64_t size, cut, cuts; /* size: of a key with what goes with it */
} job;

/* One row on its way. */
typedef struct row {
    const job *j;
    const char *in;
    char *keys; /* unsorted, then sorted */
    void *values;
    int64_t *places;
    key_facts facts[RADIX_MOST_CUTS];
} row;

static void make_keys(int64_t begin, int64_t end, void *arg)
{
    row *w = arg;
    const job *j = w->j;
    for (int64_t c = begin; c < end; c++) {
        int64_t from = c * j->cut, n = smaller(j->cut, j->r->n - from);
        const char *in = w->in + from * element_size(j->r->dtype);
        char *keys = w->keys + from * j->size;
        int64_t last = c > 0; /* the one before is looked at, too, to see whether all are sorted */
        j->loops->look(n + last, in - last * element_size(j->r->dtype), j->descending,
                       &w->facts[c]);
        if (w->places)
            j->loops->pairs(n, in, from, j->descending, keys);
        else
            j->loops->keys(n, in, j->descending, keys);
    }
}

static void write_results(int64_t begin, int64_t end, void *arg)
{
    row *w = arg;
    const job *j = w->j;
    for (int64_t c = begin; c < end; c++) {
        int64_t from = c * j->cut, n = smaller(j->cut, j->r->n - from);
        const char *keys = w->keys + from * j->size;
        char *to = w->values ? (char *)w->values + from * element_size(j->r->dtype) : NULL;
        if (w->places)
            j->loops->places(n, keys, w->places + from);
        if (to && w->places)
            j->loops->values_of_pairs(n, keys, j->descending, to);
        else if (to)
            j->loops->values_of_keys(n, keys, j->descending, to);
    }
}

static key_facts join_facts(const row *w)
{
    key_facts f = w->facts[0];
    for (int64_t c = 1; c < w->j->cuts; c++) {
        const key_facts *g = &w->facts[c];
        f.all &= g->all;
        f.any |= g->any;
        f.odd = f.odd || g->odd;
        f.sorted = f.sorted && g->sorted;
    }
    return f;
}

static void sort_row(const job *j, int64_t i, char *memory)
{
    int64_t n = j->r->n, item = element_size(j->r->dtype);
    size_t bytes = tile_bytes(n * j->size);
    row w = {.j = j, .in = (const char *)j->r->in + i * n * item, .keys = memory};
    w.places = j->r->places ? j->r->places + i * n : NULL;
    w.values = j->r->values ? (char *)j->r->values + i * n * item : NULL;
    parallel_for(j->x, j->cuts, 1, make_keys, &w);
    key_facts f = join_facts(&w);
    uint64_t varying = f.sorted ? 0 : f.any ^ f.all;
    if (j->kind == RADIX_64 && !j->wide)
        varying <<= 32;
    w.keys = radix_sort(j->x, j->kind, n, memory, memory + bytes, varying,
                        (int64_t *)(void *)(memory + 2 * bytes));
    parallel_for(j->x, j->cuts, 1, write_results, &w);
    if (f.odd && w.values)
        j->loops->restore(n, w.in, w.values);
}

static void task(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        sort_row(arg, i, memory);
}

void sort_run(const exec *x, const sort_rows *r, bool descending)
{
    job j = {.x = x, .r = r, .loops = &x->k->sorting->of[r->dtype], .descending = descending};
    if (r->rows == 0 || r->n == 0)
        return;
    j.wide = element_size(r->dtype) == 8;
    j.kind = r->places ? (j.wide ? RADIX_PAIR : RADIX_64) : j.wide ? RADIX_64 : RADIX_32;
    j.size = radix_size(j.kind);
    j.cuts = radix_cuts(r->n);
    j.cut = ceil_div(r->n, j.cuts);
    size_t bytes = 2 * tile_bytes(r->n * j.size) + (size_t)radix_counters(r->n) * sizeof(int64_t);
    parallel_tiles(x, r->rows, GRAIN / r->n + 1, bytes, task, &j);
}
