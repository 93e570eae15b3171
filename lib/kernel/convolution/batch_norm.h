/* Normalisation of channels: (x - mean) / sqrt(var + eps) weight + bias, each of one channel. F32
 * and F64; x is (n c s), contiguous. A channel is one task, whose elements stay in the cache from
 * one pass to the next; sums are in double precision. The same bits for any number of threads. */
#ifndef TT_KERNEL_BATCH_NORM_H
#define TT_KERNEL_BATCH_NORM_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef struct batch_norm_args {
    tt_dtype dtype;
    int64_t n, c, s;
    bool training; /* the statistics are those of x */
    double eps;
    const void *x;
    operand weight, bias, mean, var; /* (c), or data NULL; the latter two where not training */
    double *stats;                   /* (c 3): mean, 1 / deviation, variance */
} batch_norm_args;

/* y (n c s); fills stats. */
void batch_norm_run(const exec *x, const batch_norm_args *a, void *y);
/* From the gradient g of y: gx (n c s), and sums (2 c), the gradients of weight and bias; reads
 * stats. */
void batch_norm_backward_run(const exec *x, const batch_norm_args *a, void *gx, void *sums,
                             const void *g);

#endif
