/* A pass of the radix sort: what its loops are told. */
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

typedef struct radix_kernels {
    radix_fn *count[RADIX_KINDS];   /* the counters become those of digits */
    radix_fn *scatter[RADIX_KINDS]; /* the counters are where the first of each digit goes */
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
