/* Recording: a call that has run becomes a node at the end of the tape (tensor/graph.h). */
#ifndef TT_TAPE_H
#define TT_TAPE_H

#include "op.h"
#include "tensor/graph.h"

/* Links the results of c that the caller takes and that have a gradient to a new node. False: no
 * memory, recorded. With a node, recorded is set. */
bool tape_record(op_call *c);
/* Does a gradient flow through result i of dtype. */
static inline bool result_has_gradient(const op *o, int i, tt_dtype dtype)
{
    return dtype_is_float(dtype) && !(o->saves & CONSTANT_RESULT(i));
}

#endif
