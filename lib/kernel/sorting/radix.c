/* Sorting of keys by digits, lowest first (LSD radix sort); rows that are short are merged instead.
 * Invariant: the order of equal keys stays, so the result does not depend on how a row is cut, nor
 * on who works on which cut. Each pass counts the digits of every cut, and then moves each cut's
 * elements behind those of the same digit from the cuts before it.
 * Where vectors make it faster, there is a quicksort instead, of integers whose equals are the same
 * bits: keys, or keys above their places, which ascend when radix_sort is called. */
#include <stdbool.h>
#include <string.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "radix.h"
#include "sorting_loops.h"

enum {
    RUN = 12,      /* insertion sort up to here */
    SHORT = 160,   /* merging up to here */
    MIDDLE = 4096, /* digits of 8 bits up to here, of 11 beyond */
    CUT = 1 << 16, /* elements that a thread gets at least */
    NARROW = 8,
    WIDE = 11,
    LEVELS = 4,          /* even: a row is split so often for threads to work on the parts */
    PARTS = 1 << LEVELS, /* of a row of two cuts at least */
    BUDGET = 48,         /* steps of quicksort, of which a row of 2^32 needs about 25 */
};

#define T       uint32_t
#define BITS(e) ((uint64_t)(e))
#define NAME(x) k32_##x
#include "merge_typed.h"

#define T       uint64_t
#define BITS(e) (e)
#define NAME(x) k64_##x
#include "merge_typed.h"

#define T       key_pair
#define BITS(e) ((e).key)
#define NAME(x) pair_##x
#include "merge_typed.h"

int64_t radix_size(radix_kind kind)
{
    static const int64_t size[] = {sizeof(uint32_t), sizeof(uint64_t), sizeof(key_pair)};
    return size[kind];
}

int64_t radix_cuts(int64_t n)
{
    return larger(1, smaller(n / CUT, RADIX_MOST_CUTS));
}

int64_t radix_counters(int64_t n)
{
    return n <= SHORT ? 0 : radix_cuts(n) << (n <= MIDDLE ? NARROW : WIDE);
}

static int lowest_bit(uint64_t v)
{
    int k = 0;
    for (; !(v & 1); v >>= 1)
        k++;
    return k;
}

static int bits_of(uint64_t v)
{
    int k = 0;
    for (; v; v >>= 1)
        k++;
    return k;
}

/* Counters become places: of each digit, cut after cut. False: all elements have the same digit. */
static bool places(radix_pass *p)
{
    int64_t sum = 0;
    for (int64_t d = 0; d < p->digits; d++) {
        int64_t before = sum;
        for (int64_t c = 0; c < p->cuts; c++) {
            int64_t *at = radix_counters_of(p, c) + d, count = *at;
            *at = sum;
            sum += count;
        }
        if (sum - before == p->n)
            return false;
    }
    return true;
}

typedef struct quick_job {
    const radix_kernels *loops;
    radix_kind kind;
    char *from, *to;
    int64_t each;            /* edges from one part to the next, as the row is split so far */
    int64_t edge[PARTS + 1]; /* of parts: the first element of each, and the end */
} quick_job;

static void split_task(int64_t begin, int64_t end, void *arg)
{
    quick_job *j = arg;
    const int64_t size = radix_size(j->kind);
    for (int64_t i = begin; i < end; i++) {
        int64_t at = j->edge[i * j->each], n = j->edge[(i + 1) * j->each] - at, low = 0;
        if (n > 0)
            low = j->loops->split[j->kind](n, j->from + at * size, j->to + at * size, BUDGET);
        if (low == 0)
            memcpy(j->to + at * size, j->from + at * size, (size_t)(n * size));
        j->edge[i * j->each + j->each / 2] = at + low;
    }
}

static void quick_task(int64_t begin, int64_t end, void *arg)
{
    const quick_job *j = arg;
    const int64_t size = radix_size(j->kind);
    for (int64_t i = begin; i < end; i++) {
        int64_t at = j->edge[i];
        char *from = j->from + at * size;
        j->loops->quick[j->kind](j->edge[i + 1] - at, from, j->to + at * size, from, BUDGET);
    }
}

/* Leaves the sorted ones at a. */
static void quick_sort(const exec *x, radix_kind kind, int64_t n, void *a, void *b)
{
    const radix_kernels *loops = &x->k->sorting->radix;
    if (n < 2 * CUT) {
        loops->quick[kind](n, a, b, a, BUDGET);
        return;
    }
    quick_job j = {.loops = loops, .kind = kind, .from = a, .to = b, .edge = {[PARTS] = n}};
    for (j.each = PARTS; j.each > 1; j.each /= 2) {
        parallel_for(x, PARTS / j.each, 1, split_task, &j);
        char *t = j.from;
        j.from = j.to;
        j.to = t;
    }
    parallel_for(x, PARTS, 1, quick_task, &j);
}

void *radix_sort(const exec *x, radix_kind kind, int64_t n, void *a, void *b, uint64_t varying,
                 int64_t *counters)
{
    const radix_kernels *loops = &x->k->sorting->radix;
    if (n < 2 || !varying)
        return a;
    int low = lowest_bit(varying), bits = bits_of(varying) - low,
        most = n <= MIDDLE ? NARROW : WIDE;
    if (loops->quick[kind] && (n <= MIDDLE || bits > WIDE)) {
        quick_sort(x, kind, n, a, b);
        return a;
    }
    if (n <= SHORT)
        return kind == RADIX_32   ? k32_merge_sort(n, a, b)
               : kind == RADIX_64 ? k64_merge_sort(n, a, b)
                                  : pair_merge_sort(n, a, b);
    int passes = (bits + most - 1) / most, width = (bits + passes - 1) / passes;
    radix_pass p = {
        .n = n, .cuts = radix_cuts(n), .digits = (int64_t)1 << width, .counters = counters};
    p.cut = ceil_div(n, p.cuts);
    for (int i = 0; i < passes; i++) {
        p.from = a;
        p.to = b;
        p.shift = low + i * width;
        parallel_for(x, p.cuts, 1, loops->count[kind], &p);
        if (!places(&p))
            continue;
        parallel_for(x, p.cuts, 1, loops->scatter[kind], &p);
        a = p.to;
        b = (void *)(uintptr_t)p.from;
    }
    return a;
}
