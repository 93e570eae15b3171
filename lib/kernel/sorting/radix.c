/* Radix sort. Invariant: the order of equal keys stays, so the result does not depend on how a row
 * is cut, nor on who works on which cut. Each pass counts the digits of every cut, and then moves
 * each cut's elements behind those of the same digit from the cuts before it. */
#include <stdbool.h>
#include <string.h>
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
};

typedef struct pass {
    const void *from;
    void *to;
    int64_t n, cut, cuts, digits; /* digits: how many values one has */
    int shift;
    int64_t *counters; /* (cuts, digits) */
} pass;

static int64_t cut_end(const pass *p, int64_t c)
{
    return smaller((c + 1) * p->cut, p->n);
}

#define T       uint32_t
#define BITS(e) ((uint64_t)(e))
#define NAME(x) k32_##x
#include "radix_typed.h"

#define T       uint64_t
#define BITS(e) (e)
#define NAME(x) k64_##x
#include "radix_typed.h"

#define T       key_pair
#define BITS(e) ((e).key)
#define NAME(x) pair_##x
#include "radix_typed.h"

typedef void cuts_fn(int64_t begin, int64_t end, void *arg);

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
static bool places(pass *p)
{
    int64_t sum = 0;
    for (int64_t d = 0; d < p->digits; d++) {
        int64_t before = sum;
        for (int64_t c = 0; c < p->cuts; c++) {
            int64_t *at = p->counters + c * p->digits + d, count = *at;
            *at = sum;
            sum += count;
        }
        if (sum - before == p->n)
            return false;
    }
    return true;
}

void *radix_sort(const exec *x, radix_kind kind, int64_t n, void *a, void *b, uint64_t varying,
                 int64_t *counters)
{
    static cuts_fn *const count[] = {k32_count, k64_count, pair_count};
    static cuts_fn *const scatter[] = {k32_scatter, k64_scatter, pair_scatter};
    if (n < 2 || !varying)
        return a;
    if (n <= SHORT)
        return kind == RADIX_32   ? k32_merge_sort(n, a, b)
               : kind == RADIX_64 ? k64_merge_sort(n, a, b)
                                  : pair_merge_sort(n, a, b);
    int low = lowest_bit(varying), bits = bits_of(varying) - low,
        most = n <= MIDDLE ? NARROW : WIDE;
    int passes = (bits + most - 1) / most, width = (bits + passes - 1) / passes;
    pass p = {.n = n, .cuts = radix_cuts(n), .digits = (int64_t)1 << width, .counters = counters};
    p.cut = ceil_div(n, p.cuts);
    for (int i = 0; i < passes; i++) {
        p.from = a;
        p.to = b;
        p.shift = low + i * width;
        parallel_for(x, p.cuts, 1, count[kind], &p);
        if (!places(&p))
            continue;
        parallel_for(x, p.cuts, 1, scatter[kind], &p);
        a = p.to;
        b = (void *)(uintptr_t)p.from;
    }
    return a;
}
