/* Places in sorted rows, and what follows from them. Contiguous operands of F32, F64 or I64. */
#ifndef TT_KERNEL_SEARCH_H
#define TT_KERNEL_SEARCH_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef struct search_rows {
    int64_t rows, n, m;
    tt_dtype dtype;
    const void *sorted; /* (rows, n), NaN last */
    const void *values; /* (rows, m) */
} search_rows;

/* out (rows, m): how many elements of the row are below the value, or, on the right, not above. */
void search_run(const exec *x, const search_rows *r, bool right, int64_t *out);

/* out (m): is the value in the sorted row? NaN is in none. rows is 1. */
void isin_run(const exec *x, const search_rows *r, bool *out);

/* Linear interpolation between the points (sorted[i], heights[i]); floats; rows is 1, n > 0. */
void interp_run(const exec *x, const search_rows *r, const void *heights, void *out);

/* The first place of a contiguous row where an element is below the one before it or is NaN (such
 * as a NaN at 0); n when there is none. */
int64_t first_fall(tt_dtype dtype, int64_t n, const void *row);

#endif
