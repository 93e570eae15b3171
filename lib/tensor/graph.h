/* The graph of recorded calls beside the handles that hold it: nodes (how a tensor was computed)
 * and leaves (where the gradient of a parameter arrives), counted by reference. The nodes of a
 * context are in a list in the order of their creation, the tape, which in define-by-run is a
 * topological order. What an operation is, the graph does not know: it keeps the pointer. A node
 * lives while a handle or a later node needs it; it holds storage in private handles, never users'
 * handles. */
#ifndef TT_GRAPH_H
#define TT_GRAPH_H

#include "object.h"

struct op;   /* op/core/op.h */
struct pass; /* autograd/grads.h */

typedef struct grad_hook {
    struct grad_hook *next;
    tt_tensor *(*fn)(tt_tensor *grad, void *user);
    void *user;
} grad_hook;

/* Where gradients arrive: a result of a node, or a leaf. */
typedef struct sink {
    tt_tensor *grad;  /* pending in the running backward pass; private */
    grad_hook *hooks; /* in order of registration */
    int capture;      /* tt_grads_of: position + 1 in its list, */
    int64_t captor;   /* and the mark of its pass */
} sink;

typedef struct node_result {
    sink sink;
    tt_tensor *saved; /* private handle; NULL: nothing is kept of it */
} node_result;

typedef struct node {
    const struct op *op;
    struct node *prev, *next;
    int refs, n_in, n_out;
    int due;                 /* results with a gradient pending, */
    const struct pass *pass; /* and the backward pass that it is pending in */
    bool spent;              /* its saved tensors have been released by a backward pass */
    bool needed;             /* scratch of one backward pass */
    size_t attr_size;
    void *attr;
    void (*release)(tt_ctx *ctx, const void *attr); /* of what attr owns; NULL: nothing */
    node_result *result;                            /* n_out of them */
    tt_tensor *in[]; /* private handles, carrying links into the graph */
} node;

typedef struct leaf {
    int refs;
    sink sink;
    const struct pass *pass; /* in which the gradient of the sink is pending */
    tt_tensor *grad;         /* accumulated; private; what tt_grad returns */
    bool zeroed;             /* grad is NULL and stands for zeros */
    bool observed;           /* a user has seen the handle, so it must stay and stay true */
    struct leaf *next_touched;
    tt_tensor *shape; /* private handle without data: dtype and shape of the leaf */
} leaf;

bool tensor_wants_grad(const tt_tensor *t);
sink *tensor_sink(const tt_tensor *t); /* of a tensor that wants grad */

/* An empty node with one reference at the end of the tape, with room for its inputs and results and
 * a copy of attr. NULL: no memory, nothing recorded. */
node *node_new(tt_ctx *ctx, int n_in, int n_out, const void *attr, size_t attr_size);
static inline node *node_ref(node *n)
{
    n->refs++;
    return n;
}
void node_unref(tt_ctx *ctx, node *n);
void node_release_saved(node *n);

leaf *leaf_new(tt_tensor *x); /* NULL: no memory, recorded */
static inline leaf *leaf_ref(leaf *l)
{
    l->refs++;
    return l;
}
void leaf_unref(tt_ctx *ctx, leaf *l);

/* t, which has no place in the graph, takes that of `from`. */
static inline void tensor_link(tt_tensor *t, const tt_tensor *from)
{
    t->node = from->node ? node_ref(from->node) : NULL;
    t->leaf = from->leaf ? leaf_ref(from->leaf) : NULL;
    t->result = from->result;
}

void tape_clear(tt_ctx *ctx); /* at the end of the context: what reference cycles kept */

#endif
