/* Sorting along the last axis, and the parts of it that need not sort everything. Operands are
 * contiguous. All dtypes. Order: NaN last, whether ascending or descending; -0 equals 0; equal
 * elements keep their order (stable). Places are int64. */
#ifndef TT_KERNEL_SORT_H
#define TT_KERNEL_SORT_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* A matrix of rows that are handled one by one. */
typedef struct sort_rows {
    int64_t rows, n;
    tt_dtype dtype;
    const void *in; /* (rows, n) */
    void *values;   /* results, of the dtype; NULL: not wanted */
    int64_t *places;
} sort_rows;

/* values, places: (rows, n) */
void sort_run(const exec *x, const sort_rows *r, bool descending);

/* The first k in that order, sorted. values, places: (rows, k) */
void topk_run(const exec *x, const sort_rows *r, int64_t k, bool largest);

/* Those that would stand at rank, rank + 1, ... (count of them, at most 2) in ascending order;
 * nan_wins: the first NaN of a row that has one instead. values, places: (rows, count) */
void rank_run(const exec *x, const sort_rows *r, int64_t rank, int count, bool nan_wins);

#endif
