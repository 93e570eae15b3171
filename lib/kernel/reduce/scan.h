/* Running sums and their kin along one axis. out and in have the same shape and either may have any
 * strides; out may be in itself (same data and strides), but not overlap it otherwise. Parallel
 * over the other axes only, so that the bits do not depend on the number of threads. */
#ifndef TT_KERNEL_SCAN_H
#define TT_KERNEL_SCAN_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef enum scan_id {
    SCAN_SUM,      /* F32 F64 I64 -> same, BOOL -> I64; F32 is carried in double */
    SCAN_PROD,     /* as SCAN_SUM */
    SCAN_MAX,      /* F32 F64 I64 BOOL -> same; from the first NaN on all are NaN */
    SCAN_MIN,      /* as SCAN_MAX */
    SCAN_LOGSUMEXP /* F32 F64 -> same; leading -inf stay -inf */
} scan_id;

/* reverse: from the last element to the first (the gradient of a running sum is a reverse one). */
void scan_run(const exec *x, scan_id id, operand out, operand in, int axis, bool reverse);

/* For SCAN_MAX and SCAN_MIN: where along the axis the running extremum stands, to I64. Of equal
 * ones the first; from the first NaN on, the place of that NaN. */
void scan_index_run(const exec *x, scan_id id, operand out, operand in, int axis, bool reverse);

#endif
