/* Equal elements and equal rows. A row becomes the bytes of its keys, most significant first, so
 * that memcmp compares rows. They are sorted by their first 8 bytes, and by the rest where these
 * are equal. */
#include "unique.h"
#include <string.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "radix.h"
#include "sorting_loops.h"

enum { HEAD = 8, GRAIN = 16384, BLOCK = 1024 };

typedef struct matrix {
    const exec *x;
    const sorting_loops *loops;
    int64_t n, m, item, bytes; /* bytes: of a row's keys, at least HEAD */
    const char *in;
    unsigned char *keys;
} matrix;

static void put_bytes(unsigned char *to, uint64_t key, int64_t item)
{
    for (int64_t b = 0; b < item; b++)
        to[b] = (unsigned char)(key >> 8 * (item - 1 - b));
}

static void keys_task(int64_t begin, int64_t end, void *arg)
{
    const matrix *a = arg;
    union {
        uint32_t narrow[BLOCK];
        uint64_t wide[BLOCK];
    } keys;
    for (int64_t i = begin; i < end; i++) {
        unsigned char *to = a->keys + i * a->bytes;
        memset(to, 0, HEAD); /* rows that are shorter have equal ends */
        for (int64_t k = 0; k < a->m; k += BLOCK) {
            int64_t count = smaller(BLOCK, a->m - k);
            a->loops->keys(count, a->in + (i * a->m + k) * a->item, false, &keys);
            for (int64_t j = 0; j < count; j++, to += a->item)
                put_bytes(to, a->item == 8 ? keys.wide[j] : keys.narrow[j], a->item);
        }
    }
}

static uint64_t head(const matrix *a, int64_t i)
{
    uint64_t v = 0;
    for (int b = 0; b < HEAD; b++)
        v = v << 8 | a->keys[i * a->bytes + b];
    return v;
}

static int compare(const matrix *a, int64_t i, int64_t j)
{
    return memcmp(a->keys + i * a->bytes, a->keys + j * a->bytes, (size_t)a->bytes);
}

/* Merge sort, bottom up, of rows whose heads are equal. */
static void refine(const matrix *a, int64_t n, int64_t *order, int64_t *spare)
{
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t from = 0; from < n; from += 2 * run) {
            int64_t i = from, middle = smaller(from + run, n), j = middle;
            int64_t end = smaller(from + 2 * run, n);
            for (int64_t k = from; k < end; k++) {
                bool right = i == middle || (j < end && compare(a, order[j], order[i]) < 0);
                spare[k] = right ? order[j++] : order[i++];
            }
        }
        memcpy(order, spare, (size_t)n * sizeof *order);
    }
}

static void sort_by_head(const matrix *a, key_pair *pairs, key_pair *spare, int64_t *counters,
                         int64_t *order)
{
    uint64_t any = 0, all = UINT64_MAX;
    for (int64_t i = 0; i < a->n; i++) {
        pairs[i] = (key_pair){head(a, i), (uint64_t)i};
        any |= pairs[i].key;
        all &= pairs[i].key;
    }
    pairs = radix_sort(a->x, RADIX_PAIR, a->n, pairs, spare, any ^ all, counters);
    for (int64_t i = 0; i < a->n; i++)
        order[i] = (int64_t)pairs[i].at;
}

static void sort(const matrix *a, key_pair *pairs, int64_t *order, int64_t *group)
{
    key_pair *spare = pairs + a->n;
    sort_by_head(a, pairs, spare, (int64_t *)(void *)(spare + a->n), order);
    int64_t from = 0;
    for (int64_t i = 1; i <= a->n && a->bytes > HEAD; i++) {
        if (i < a->n && head(a, order[i]) == head(a, order[from]))
            continue;
        refine(a, i - from, order + from, group);
        from = i;
    }
    group[0] = 0;
    for (int64_t i = 1; i < a->n; i++)
        group[i] = group[i - 1] + (compare(a, order[i - 1], order[i]) != 0);
}

void sort_rows_run(const exec *x, tt_dtype dtype, int64_t n, int64_t m, const void *in,
                   int64_t *order, int64_t *group)
{
    const scratch *s = &x->mem;
    matrix a = {.x = x, .loops = &x->k->sorting->of[dtype], .n = n, .m = m, .in = in};
    if (n == 0)
        return;
    a.item = element_size(dtype);
    a.bytes = larger(HEAD, m * a.item);
    key_pair *pairs = s->alloc(s->user, (size_t)n * 2 * sizeof *pairs +
                                            (size_t)radix_counters(n) * sizeof(int64_t));
    a.keys = pairs ? s->alloc(s->user, (size_t)(n * a.bytes)) : NULL;
    if (a.keys) {
        parallel_for(x, n, GRAIN / (m + 1) + 1, keys_task, &a);
        sort(&a, pairs, order, group);
        s->free(s->user, a.keys);
    }
    s->free(s->user, pairs);
}

int64_t groups_count(const exec *x, tt_dtype dtype, int64_t n, const void *sorted)
{
    return x->k->sorting->of[dtype].count_groups(n, sorted);
}

void groups_run(const exec *x, tt_dtype dtype, int64_t n, const void *sorted, int64_t count,
                const int64_t *places, void *first, int64_t *inverse, int64_t *counts)
{
    const scratch *s = &x->mem;
    int64_t *at = NULL;
    if (inverse || counts) {
        at = s->alloc(s->user, (size_t)(count + 1) * sizeof *at);
        if (!at)
            return;
    }
    x->k->sorting->of[dtype].groups(n, sorted, count, first, at);
    if (at)
        at[count] = n;
    for (int64_t k = 0; k < count && counts; k++)
        counts[k] = at[k + 1] - at[k];
    for (int64_t k = 0; k < count && inverse; k++)
        for (int64_t i = at[k]; i < at[k + 1]; i++)
            inverse[places[i]] = k;
    s->free(s->user, at);
}

void row_groups_run(int64_t n, const int64_t *order, const int64_t *group, int64_t *first,
                    int64_t *inverse, int64_t *counts)
{
    for (int64_t i = 0; i < n; i++) {
        bool begins = i == 0 || group[i] != group[i - 1];
        if (begins)
            first[group[i]] = order[i];
        if (counts)
            counts[group[i]] = begins ? 1 : counts[group[i]] + 1;
        if (inverse)
            inverse[order[i]] = group[i];
    }
}
