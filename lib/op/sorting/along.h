/* What the operations of this family share: the axis that is worked on comes last, and operands
 * are contiguous. */
#ifndef TT_OP_SORTING_H
#define TT_OP_SORTING_H

#include "op/core/op.h"

/* Where the axis of x was that along_last() moved. */
typedef struct along {
    int axis; /* of a tensor of `ndim` axes */
    int ndim; /* 0: a scalar, that became a row of one element */
} along;

/* x, contiguous, with the axis last; NULL: an error. */
tt_tensor *along_last(const char *name, tt_tensor *x, int axis, along *a);
/* The last axis of y back to where it was. */
tt_tensor *along_back(tt_tensor *y, const along *a);

/* x as one row, contiguous, without a gradient. */
tt_tensor *as_row(tt_tensor *x);

/* Where only float32, float64 and int64 have loops, the one of them that holds all values of a
 * dtype; and x in it, contiguous. */
tt_dtype wide_dtype(tt_dtype d);
tt_tensor *as_wide(tt_tensor *x);

#endif
