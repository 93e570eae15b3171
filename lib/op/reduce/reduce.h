/* What operations that reduce any set of axes have in common: attributes, axes, and the pieces of
 * their gradients. Invariant: inside, a reduced axis keeps its place with size 1; only the result's
 * layout may lack it. */
#ifndef TT_OP_REDUCE_H
#define TT_OP_REDUCE_H

#include "kernel/reduce/reduce.h"
#include "op/core/op.h"

typedef struct reduce_attr {
    reduce_id id;
    bool keepdim, axis[LAYOUT_MAX_NDIM]; /* axis: is it reduced */
    double parameter;                    /* correction of var, order of norm */
} reduce_attr;

/* The op of a reduction applied; naxes 0: all axes. */
tt_tensor *reduce_apply(const op *o, reduce_id id, tt_tensor *x, int naxes, const int *axes,
                        bool keepdim, double parameter);

/* How many elements go into each result, and the result's layout. */
int64_t reduced_count(const tt_tensor *x, const bool *reduced);
void reduced_layout(const tt_tensor *x, const bool *reduced, bool keepdim, layout *at);
/* infer of a reduction of floats to their type. */
tt_status reduce_float_infer(op_call *c);
/* The call as the kernel wants it: the result with axes of size 1 where it was reduced; at, which
 * must outlive that, receives its layout. */
reduce_args reduce_args_of(op_call *c, reduce_id id, layout *at);

/* For gradients: t, a result or its gradient, with the axes of size 1 put back; the sum of t, which
 * has x's shape, over the reduced axes; and t spread over them and added to x's gradient. */
tt_tensor *reduce_keep(const op_call *c, tt_tensor *t);
tt_tensor *reduce_sum(const op_call *c, tt_tensor *t);
void reduce_spread(op_grads *g, const op_call *c, tt_tensor *t);

#endif
