/* Recording: a call that has run becomes a node at the end of the tape (tensor/graph.h). */
#ifndef TT_TAPE_H
#define TT_TAPE_H

#include "op.h"
#include "tensor/graph.h"

bool tape_record(op_call *c, size_t attr_size); /* links c->out to a new node; false: no memory */

#endif
