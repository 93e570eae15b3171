/* Views of a part of a tensor: slices, selections, diagonals. The gradient is put back into zeros.
 */
#ifndef TT_PART_H
#define TT_PART_H

#include "op/core/op.h"

/* How the part lies in a contiguous tensor of the input's shape, so that the gradient can be put
 * there; and how it lies in the input itself. */
typedef struct part {
    layout at;     /* in the input's storage */
    layout inside; /* in a contiguous tensor of the input's shape */
} part;

/* Starts as the whole of x. Each step below changes both layouts alike. */
void part_begin(part *p, const tt_tensor *x);
/* Elements start, start + step, ... (length of them) of an axis. */
void part_range(part *p, int axis, int64_t start, int64_t step, int64_t length);
void part_drop(part *p, int axis);   /* an axis of length 1 goes */
void part_insert(part *p, int axis); /* an axis of length 1 comes */
tt_tensor *part_view(tt_tensor *x, const part *p);

#endif
