/* Convolution (cross-correlation, as in every library of networks) over two axes, its transpose and
 * its gradient by the kernel. F32 and F64, any strides of what is read; what is written is
 * contiguous. The same bits for any number of threads.
 *
 *     y[b, (g o), i, j] = sum over c, k, l of
 *         w[(g o), c, k, l] x[b, (g c), i stride + k dilation - padding, likewise j] */
#ifndef TT_KERNEL_CONVOLUTION_H
#define TT_KERNEL_CONVOLUTION_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"
#include "taps.h"

typedef struct conv_args {
    operand x;    /* (b, (g c), h, w) */
    operand w;    /* ((g o), c, kh, kw) */
    operand y;    /* (b, (g o), h, w) */
    operand bias; /* of the channels of what is written, or data NULL */
    int64_t groups;
    conv_axis axis[2]; /* of the height and the width */
} conv_args;

/* Each is false when there is no scratch memory, which is recorded. */
bool conv_run(const exec *x, const conv_args *a);            /* writes y */
bool conv_transposed_run(const exec *x, const conv_args *a); /* writes x = sum of w y */
bool conv_weight_run(const exec *x, const conv_args *a);     /* writes w = sum of y x */

#endif
