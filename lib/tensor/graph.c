/* The lifetime of nodes and leaves. Input: handles that let go of their place in the graph; output:
 * memory back in the context's pool. Invariant: releasing never recurses, however deep the graph.
 */
#include "graph.h"

#include <string.h>

bool tensor_wants_grad(const tt_tensor *t)
{
    return t->node || t->leaf;
}

sink *tensor_sink(const tt_tensor *t)
{
    return t->node ? &t->node->sink : &t->leaf->sink;
}

node *node_ref(node *n)
{
    n->refs++;
    return n;
}

leaf *leaf_ref(leaf *l)
{
    l->refs++;
    return l;
}

node *node_new(tt_ctx *ctx, int n_in, const void *attr, size_t attr_size)
{
    size_t handles = sizeof(node) + (size_t)n_in * sizeof(tt_tensor *);
    handles = (handles + 15) / 16 * 16; /* so that the attributes are aligned */
    node *n = block_alloc(ctx->pool, handles + attr_size);
    if (!n)
        return NULL;
    memset(n, 0, handles);
    n->n_in = n_in;
    n->refs = 1;
    if (attr_size) {
        n->attr = (char *)n + handles;
        memcpy(n->attr, attr, attr_size);
    }
    n->prev = ctx->tape_last;
    if (n->prev)
        n->prev->next = n;
    ctx->tape_last = n;
    return n;
}

void node_release_saved(node *n)
{
    n->spent = true;
    for (int i = 0; i < n->n_in; i++) {
        tensor_release(n->in[i]);
        n->in[i] = NULL;
    }
    for (int i = 0; i < NODE_MAX_AUX; i++) {
        tensor_release(n->aux[i]);
        n->aux[i] = NULL;
    }
    tensor_release(n->out);
    n->out = NULL;
}

static void free_hooks(tt_ctx *ctx, grad_hook *h)
{
    for (grad_hook *next; h; h = next) {
        next = h->next;
        block_free(ctx->pool, h);
    }
}

static void unlink_node(tt_ctx *ctx, node *n)
{
    if (n->prev)
        n->prev->next = n->next;
    if (n->next)
        n->next->prev = n->prev;
    else if (ctx->tape_last == n)
        ctx->tape_last = n->prev;
}

/* The last reference puts the node on a list; whoever is first there empties the list, so that a
 * chain of a million nodes is released in a loop. */
void node_unref(tt_ctx *ctx, node *n)
{
    if (--n->refs > 0)
        return;
    unlink_node(ctx, n);
    n->next = ctx->dying;
    ctx->dying = n;
    if (ctx->draining)
        return;
    ctx->draining = true;
    while ((n = ctx->dying)) {
        ctx->dying = n->next;
        node_release_saved(n);
        tensor_release(n->sink.grad);
        free_hooks(ctx, n->sink.hooks);
        block_free(ctx->pool, n);
    }
    ctx->draining = false;
}

/* A gradient that was itself recorded (TT_CREATE_GRAPH) may lead back to its own leaf. */
void tape_clear(tt_ctx *ctx)
{
    while (ctx->tape_last) {
        node *n = node_ref(ctx->tape_last);
        node_release_saved(n);
        node_unref(ctx, n);
        if (ctx->tape_last == n) /* still held by a handle of a leaf's gradient */
            unlink_node(ctx, n), n->prev = n->next = NULL;
    }
}

leaf *leaf_new(tt_tensor *x)
{
    tt_ctx *ctx = x->ctx;
    leaf *l = block_alloc(ctx->pool, sizeof *l);
    if (!l) {
        ctx_error(ctx, TT_ERR_NOMEM, "out of memory for a leaf");
        return NULL;
    }
    memset(l, 0, sizeof *l);
    l->refs = 1;
    l->shape = tensor_private(x, false);
    if (!l->shape) {
        block_free(ctx->pool, l);
        return NULL;
    }
    return l;
}

void leaf_unref(tt_ctx *ctx, leaf *l)
{
    if (--l->refs > 0)
        return;
    tensor_release(l->grad);
    tensor_release(l->sink.grad);
    tensor_release(l->shape);
    free_hooks(ctx, l->sink.hooks);
    block_free(ctx->pool, l);
}
