/* Normalisation of rows: (x - mean) / sqrt(var + eps), or x / sqrt(mean of squares + eps), times a
 * weight, plus a bias. F32 and F64; rows lie one behind the other. The same bits for any number of
 * threads. */
#ifndef TT_KERNEL_LAYER_NORM_H
#define TT_KERNEL_LAYER_NORM_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef struct layer_norm_args {
    tt_dtype dtype;
    int64_t rows, n; /* all arrays are contiguous */
    bool centred;    /* the mean is subtracted */
    double eps;
    const void *x;
    const void *weight, *bias; /* (n), or NULL */
    void *stats; /* (rows, 3): mean (0 if not centred), 1 / standard deviation, and what the mean
                    lacks by its rounding */
} layer_norm_args;

/* y (rows, n); fills stats. */
void layer_norm_run(const exec *x, const layer_norm_args *a, void *y);
/* gx (rows, n) from the gradient g of y; reads stats. */
void layer_norm_backward_run(const exec *x, const layer_norm_args *a, void *gx, const void *g);
/* out (2, n): the gradients of weight and bias. False when there is no scratch memory. */
bool layer_norm_weights_run(const exec *x, const layer_norm_args *a, void *out, const void *g);

#endif
