/* The tape: recorded calls as refcounted nodes in a list in creation order, which in define-by-run
 * is a topological order: backward walks it once in reverse. A node lives while a handle or a later
 * node needs it; it holds storage references in private handles, never users' handles. */
#ifndef TT_TAPE_H
#define TT_TAPE_H

#include "op.h"

typedef struct grad_hook {
    struct grad_hook *next;
    tt_tensor *(*fn)(tt_tensor *grad, void *user);
    void *user;
} grad_hook;

/* Where gradients arrive: a node's result or a leaf. */
typedef struct sink {
    tt_tensor *grad;  /* pending in the running backward pass; private */
    grad_hook *hooks; /* in order of registration */
    int capture;      /* tt_grads_of: position + 1 in its list */
} sink;

typedef struct node {
    const op *op;
    struct node *prev, *next;
    int refs, n_in;
    bool spent;  /* its saved tensors have been released by a backward pass */
    bool needed; /* scratch of one backward pass */
    sink sink;
    tt_tensor *out, *aux[OP_MAX_AUX]; /* private handles */
    void *attr;
    tt_tensor *in[]; /* private handles, carrying node/leaf links */
} node;

typedef struct leaf {
    int refs;
    sink sink;
    tt_tensor *grad; /* accumulated; private; what tt_grad returns */
    bool zeroed;     /* grad is NULL and stands for zeros */
    bool observed;   /* a user has seen the handle, so it must stay and stay true */
    struct leaf *next_touched;
    tt_tensor *shape; /* private handle without data: dtype and shape of the leaf */
} leaf;

bool tensor_wants_grad(const tt_tensor *t);
bool tape_record(op_call *c, size_t attr_size); /* links c->out to a new node; false: no memory */
node *node_ref(node *n);
void node_release_saved(tt_ctx *ctx, node *n);
leaf *leaf_new(tt_tensor *x); /* NULL: no memory, recorded */
leaf *leaf_ref(leaf *l);
sink *tensor_sink(const tt_tensor *t); /* of a tensor that wants grad */

#endif
