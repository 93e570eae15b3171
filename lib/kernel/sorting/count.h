/* Counting by bins. Contiguous operands. */
#ifndef TT_KERNEL_COUNT_H
#define TT_KERNEL_COUNT_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* The smallest and the largest of n > 0 numbers. */
void range_run(const exec *x, int64_t n, const int64_t *in, int64_t *low, int64_t *high);

/* out[b]: how many of the n numbers (in [0, bins)) are b; or, of F32, F64 or I64 as out is, the sum
 * of their weights. */
void bincount_run(const exec *x, int64_t n, const int64_t *in, const void *weights, int64_t bins,
                  tt_dtype dtype, void *out);

/* counts[b]: how many of the n elements, of F32, F64 or I64, are in [edges[b], edges[b + 1]), in
 * the last bin also at its end; NaN is in none. edges: bins + 1 of the same dtype, none below the
 * one before it. equal: of floats, all bins have one width. */
void histogram_run(const exec *x, int64_t n, tt_dtype dtype, const void *in, int64_t bins,
                   const void *edges, bool equal, int64_t *counts);

/* out[i]: the index along an axis of `size`, whose elements are `step` apart, of place in[i]. */
void unravel_run(const exec *x, int64_t n, const int64_t *in, int64_t step, int64_t size,
                 int64_t *out);

#endif
