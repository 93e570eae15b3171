/* Softmax and its logarithm, forward and back. F32 and F64. The same bits for any number of
 * threads. Outputs overlap no input, except where said that they may be the very same view. */
#ifndef TT_KERNEL_SOFTMAX_H
#define TT_KERNEL_SOFTMAX_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* softmax along an axis, or its logarithm (log). Any strides; out may be in. A row of -inf gives 0s
 * (log: -inf); a row with NaN or +inf gives NaN. */
void softmax_run(const exec *x, bool log, operand out, operand in, int axis);
/* gx from the result y and the gradient gy: y (gy - sum(gy y)), log: gy - exp(y) sum(gy).
 * gx may be y or gy. A row of y that is all -inf (log) gives gx = gy. */
void softmax_backward_run(const exec *x, bool log, operand gx, operand y, operand gy, int axis);

#endif
