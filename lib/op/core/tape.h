/* Recording: a call that has run becomes a node at the end of the tape (tensor/graph.h). */
#ifndef TT_TAPE_H
#define TT_TAPE_H

#include "op.h"
#include "tensor/graph.h"

/* Links the results of c that the caller takes and that have a gradient to a new node. False: no
 * memory, recorded. With a node, recorded is set. */
bool tape_record(op_call *c);
/* The call that n is of, as vjp and jvp see it: layouts and dtypes are those of forward only. */
static inline void tape_call(op_call *c, const node *n, tt_ctx *ctx)
{
    op_call_init(c, n->op, n->n_in, n->in, n->attr, n->attr_size);
    c->ctx = ctx;
    c->recording = false;
    c->view_of = NOT_A_VIEW;
    c->n_out = n->n_out;
    for (int i = 0; i < n->n_out; i++)
        c->result[i].tensor = n->result[i].saved;
}
/* Does a gradient flow through result i of dtype. */
static inline bool result_has_gradient(const op *o, int i, tt_dtype dtype)
{
    return dtype_is_float(dtype) && !(o->saves & CONSTANT_RESULT(i));
}

#endif
