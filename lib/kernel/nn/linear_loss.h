/* The cross entropy of x w^T against class numbers, a block of rows at a time, so that the logits
 * of all rows are never held. F32 and F64; w may also be of 16-bit floats beside a float32 x. The
 * same bits for any number of threads. */
#ifndef TT_KERNEL_LINEAR_LOSS_H
#define TT_KERNEL_LINEAR_LOSS_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef struct linear_loss_args {
    operand x;       /* (n, in) */
    operand w;       /* (classes, in) */
    operand targets; /* (n) I64, in [0, classes) or ignore_index */
    int64_t ignore_index;
    void *gx, *gw; /* the gradients of the mean, contiguous, of x's dtype; NULL: not wanted */
} linear_loss_args;

/* *mean: over the rows that count. False when scratch memory is refused. */
bool linear_loss_run(const exec *x, const linear_loss_args *a, double *mean);

#endif
