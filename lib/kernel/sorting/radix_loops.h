/* Loops of sorting keys: a pass of the radix sort, and what it is told; quicksort. */
#ifndef TT_KERNEL_RADIX_LOOPS_H
#define TT_KERNEL_RADIX_LOOPS_H

#include <stdint.h>
#include "base/integer.h"

enum { RADIX_KINDS = 3 };

typedef struct radix_pass {
    const void *from;
    void *to;
    int64_t n, cut, cuts, digits; /* cut: elements of one; digits: how many values one has */
    int shift;
    int64_t *counters; /* (cuts, digits) */
} radix_pass;

/* For parallel_for over cuts; arg is the pass. */
typedef void radix_fn(int64_t begin, int64_t end, void *arg);

/* Quicksort of n at `from` to `to`, which may be the same; all three are overwritten. budget: after
 * so many steps the worst case is guarded against. */
typedef void quick_fn(int64_t n, void *from, void *spare, void *to, int budget);
/* Its first step: those below some pivot to the front of `to`, the others behind them; how many are
 * below. 0: all are equal, and `to` is not written. */
typedef int64_t quick_split_fn(int64_t n, const void *from, void *to, int budget);

typedef struct radix_kernels {
    radix_fn *count[RADIX_KINDS];   /* the counters become those of digits */
    radix_fn *scatter[RADIX_KINDS]; /* the counters are where the first of each digit goes */
    /* of uint32_t and uint64_t, where the instruction set has what makes it faster than digits */
    quick_fn *quick[RADIX_KINDS];
    quick_split_fn *split[RADIX_KINDS];
} radix_kernels;

static inline int64_t *radix_counters_of(const radix_pass *p, int64_t c)
{
    return p->counters + c * p->digits;
}

static inline int64_t radix_cut_end(const radix_pass *p, int64_t c)
{
    return smaller((c + 1) * p->cut, p->n);
}

#endif
