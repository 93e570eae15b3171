/* Convolution as three operations, each of which is the gradient of another: y of x and w, x of y
 * and w (transposed), w of x and y. So gradients of any order are made of them. */
#ifndef TT_OP_CONVOLUTION_CONV_H
#define TT_OP_CONVOLUTION_CONV_H

#include "kernel/convolution/convolution.h"
#include "op/core/op.h"

typedef struct conv_attr {
    int64_t groups;
    conv_axis axis[2]; /* of the height and the width, complete */
} conv_attr;

/* x (b c h w), or for the transposed sum y; w as in PyTorch; bias may be NULL. All has been
 * checked; NULL operands give NULL. */
tt_tensor *conv_sum(tt_tensor *x, tt_tensor *w, tt_tensor *bias, const conv_attr *a);
tt_tensor *conv_sum_transposed(tt_tensor *y, tt_tensor *w, tt_tensor *bias, const conv_attr *a);

#endif
