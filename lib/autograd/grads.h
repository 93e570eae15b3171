/* One backward pass: gradients travel from a node's result to its inputs' sinks. */
#ifndef TT_GRADS_H
#define TT_GRADS_H

#include "op/core/tape.h"

typedef struct pass {
    tt_ctx *ctx;
    struct pass *outer; /* that called a function which asked for this one */
    int64_t mark;       /* tells it from every other one of the context */
    bool recording;     /* TT_CREATE_GRAPH: the pass is itself recorded */
    bool retain;        /* saved tensors stay for another pass */
    bool select;        /* tt_grads_of: only what leads to a captured sink */
    bool cut;           /* ... and a node was met whose inputs an earlier pass has released */
    int64_t pending;    /* nodes that hold a gradient and have not been visited */
    leaf *touched;      /* leaves that hold a gradient */
    tt_tensor **out;    /* tt_grads_of: results by capture number */
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
/* Hands the pending gradient to tt_grads_of, if it is asked for. */
void sink_capture(pass *p, sink *s);
void sink_clear(sink *s);

/* How messages call the function whose pass it is. */
const char *pass_name(const pass *p);
/* Whether what n saved is as it was; else with the error recorded, in the name of `who`. */
bool node_unwritten(tt_ctx *ctx, const char *who, const node *n);
/* Of a pass that a hook or another called function asks for, where both would be mixed up. */
extern const char pass_meets_another[];
/* Marks what a selecting pass visits: the nodes after `before`, up to newest, from which a way
 * leads to a capture. */
void mark_needed(const node *before, node *newest);
/* Visits the nodes from n on, newest first, up to and without `end`; stops as soon as none holds a
 * gradient. After an error it only empties them. */
void pass_walk(pass *p, node *n, const node *end);

/* Something is computed again in the middle of a pass, recorded, and the pass goes through what
 * that recorded: between begin and end what is made lies in a scope of its own. */
typedef struct replay {
    tt_ctx *ctx;
    tt_scope scope;
    node *last; /* the newest node before it */
} replay;

replay replay_begin(tt_ctx *ctx);
/* Adds grads[i] to what is pending for ys[i] (either may be NULL), and visits the new nodes. */
void pass_through(pass *p, const replay *r, int n, tt_tensor *const *ys, tt_tensor *const *grads);
void replay_end(const replay *r);

#endif
