/* Rows of a matrix in order, and which of them are equal. */
#ifndef TT_KERNEL_UNIQUE_H
#define TT_KERNEL_UNIQUE_H

#include "kernel/walk/kernel.h"

/* in (n, m), contiguous, any dtype. order: the rows sorted by their first elements, among equals by
 * the second ones, and so on, stable. group: 0 for the first row of that order, and for each next
 * one more than for the row before unless it equals that one. NaN equals NaN and comes last. */
void sort_rows_run(const exec *x, tt_dtype dtype, int64_t n, int64_t m, const void *in,
                   int64_t *order, int64_t *group);

/* Of a sorted row with the places that its elements had: how many groups of equals there are, and
 * for each the first element and how many they are; inverse[place]: the group. Any but `first` may
 * be NULL. */
int64_t groups_count(const exec *x, tt_dtype dtype, int64_t n, const void *sorted);
void groups_run(const exec *x, tt_dtype dtype, int64_t n, const void *sorted, int64_t count,
                const int64_t *places, void *first, int64_t *inverse, int64_t *counts);

/* The same of rows that sort_rows_run has sorted. first: the places of the first rows of groups. */
void row_groups_run(int64_t n, const int64_t *order, const int64_t *group, int64_t *first,
                    int64_t *inverse, int64_t *counts);

#endif
