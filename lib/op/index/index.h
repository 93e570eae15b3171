/* The parts of tt_take() for an operation that is one under another name (op/nn/embedding.c).
 * Attribute of the operation: the axis. Operands: x, indices. */
#ifndef TT_OP_INDEX_H
#define TT_OP_INDEX_H

#include "op/core/op.h"

tt_status take_infer(op_call *c);
void take_forward(op_call *c);
void take_vjp(const op_call *c, op_grads *g);

/* Applies an operation whose one attribute is the axis, which may be negative. */
tt_tensor *index_apply(const op *o, int n, tt_tensor *const *in, int axis);

#endif
