/* What the operations of this family share. Attribute of most: the axis. Operands: x, indices, and
 * what is written. */
#ifndef TT_OP_INDEX_H
#define TT_OP_INDEX_H

#include "op/core/op.h"

/* The parts of tt_take(), also for an operation that is one under another name (op/nn/embedding.c).
 */
tt_status take_infer(op_call *c);
void take_forward(op_call *c);
void take_vjp(const op_call *c, op_grads *g);

/* Those of tt_index_add(): the source has the shape that tt_take() would give. */
void index_add_forward(op_call *c);
void index_add_vjp(const op_call *c, op_grads *g);

/* Applies an operation whose one attribute is the axis, which may be negative. */
tt_tensor *index_apply(const op *o, int n, tt_tensor *const *in, int axis);

tt_status index_dtype(op_call *c); /* are the indices int64 */
/* For forward: what a kernel said of the indices; an error says which is out of range, and where.
 */
void index_done(op_call *c, bool in_range);
/* Where a value stands first among the indices, as "(1, 0)". */
described index_place(const tt_tensor *indices, int64_t value);
/* x's shape with the axis replaced by the indices' axes. */
bool index_replaced(const layout *x, int axis, const layout *indices, layout *out);
/* Operand i has the dtype of operand 0. */
tt_status index_same_dtype(op_call *c, int i);

/* The way back of reading: zeros of the shape in the attributes, plus the gradient at the places
 * the indices name. in: gradient, indices (in range). */
typedef struct back_attr {
    int axis;
    layout at;
} back_attr;

tt_status back_infer(op_call *c);
void back_clear(op_call *c); /* for forward: the result becomes 0 */
/* For the vjp of c, whose attribute is the axis: applies such an operation. */
void back_apply(const op *o, const op_call *c, op_grads *g);

#endif
