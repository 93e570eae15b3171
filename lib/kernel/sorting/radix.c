/* Radix sort. Invariant: the order of equal keys stays, so the result does not depend on how a row
 * is cut, nor on who works on which cut. Each pass counts the digits of every cut, and then moves
 * each cut's elements behind those of the same digit from the cuts before it. */
#include <stdbool.h>
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

void *radix_sort(const exec *x, radix_kind kind, int64_t n, void *a, void *b, uint64_t varying,
                 int64_t *counters)
{
    const radix_kernels *loops = &x->k->sorting->radix;
    if (n < 2 || !varying)
        return a;
    if (n <= SHORT)
        return kind == RADIX_32   ? k32_merge_sort(n, a, b)
               : kind == RADIX_64 ? k64_merge_sort(n, a, b)
                                  : pair_merge_sort(n, a, b);
    int low = lowest_bit(varying), bits = bits_of(varying) - low,
        most = n <= MIDDLE ? NARROW : WIDE;
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
