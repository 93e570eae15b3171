/* Pooling: the largest or the mean of each window of a plane. F32 and F64; what is read and what is
 * written is contiguous, (planes h w). The same bits for any number of threads. */
#ifndef TT_KERNEL_POOL_H
#define TT_KERNEL_POOL_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"
#include "taps.h"

typedef struct pool_args {
    tt_dtype dtype;
    int64_t planes;
    conv_axis axis[2]; /* of the height and the width */
    bool adaptive;     /* window i is [i x / y, (i + 1) x / y), rounded outwards */
    bool include_pad;  /* padding counts as elements of a mean */
    int64_t divisor;   /* of a mean, or 0: as many as there are */
} pool_args;

/* y, and where in its plane of x each was: the last NaN, or the first of the largest. */
void pool_max_run(const exec *x, const pool_args *a, const void *from, void *y, int64_t *at);
/* False when there is no scratch memory, which is recorded. */
bool pool_mean_run(const exec *x, const pool_args *a, const void *from, void *y);
/* gx from the gradient g of the means. */
bool pool_mean_backward_run(const exec *x, const pool_args *a, const void *g, void *gx);

#endif
