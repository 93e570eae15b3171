/* One backward pass: gradients travel from a node's result to its inputs' sinks. */
#ifndef TT_GRADS_H
#define TT_GRADS_H

#include "op/core/tape.h"

typedef struct pass {
    tt_ctx *ctx;
    bool recording;  /* TT_CREATE_GRAPH: the pass is itself recorded */
    bool retain;     /* saved tensors stay for another pass */
    bool select;     /* tt_grads_of: only what leads to a captured sink */
    bool cut;        /* ... and a node was met whose inputs an earlier pass has released */
    int64_t pending; /* nodes that hold a gradient and have not been visited */
    leaf *touched;   /* leaves that hold a gradient */
    tt_tensor **out; /* tt_grads_of: results by capture number */
} pass;

struct op_grads {
    const op_call *call;
    node *node;
    pass *pass;
};

/* Does a selecting pass want the gradient of x? Also where a way ends in what an earlier pass has
 * released, so that it can be reported. */
bool handle_is_needed(const tt_tensor *x);
/* Adds t to what is pending for x (a tensor that wants grad). */
void sink_add(pass *p, const tt_tensor *x, tt_tensor *t);
/* Calls the hooks on the pending gradient, which they may replace. */
void sink_hooks(pass *p, sink *s);
void sink_clear(sink *s);
/* Adds grad to what is pending for y, and visits the nodes that were recorded after `last`: what a
 * vjp has recorded itself. */
void pass_through(pass *p, tt_tensor *y, tt_tensor *grad, const node *last);

#endif
