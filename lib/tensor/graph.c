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
    return t->node ? &t->node->result[t->result].sink : &t->leaf->sink;
}

node *node_new(tt_ctx *ctx, int n_in, int n_out, const void *attr, size_t attr_size)
{
    size_t results = sizeof(node) + (size_t)n_in * sizeof(tt_tensor *);
    size_t end = results + (size_t)n_out * sizeof(node_result);
    end = (end + 15) / 16 * 16; /* so that the attributes are aligned */
    node *n = block_alloc(ctx->pool, end + attr_size);
    if (!n)
        return NULL;
    memset(n, 0, end);
    n->n_in = n_in;
    n->n_out = n_out;
    n->result = (node_result *)(void *)((char *)n + results);
    n->refs = 1;
    if (attr_size) {
        n->attr = (char *)n + end;
        n->attr_size = attr_size;
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
    for (int i = 0; i < n->n_out; i++) {
        tensor_release(n->result[i].saved);
        n->result[i].saved = NULL;
    }
}

static void free_hooks(tt_ctx *ctx, grad_hook *h)
{
    for (grad_hook *next; h; h = next) {
        next = h->next;
        block_free(ctx->pool, h);
    }
}

static void free_node(tt_ctx *ctx, node *n)
{
    node_release_saved(n);
    for (int i = 0; i < n->n_out; i++) {
        tensor_release(n->result[i].sink.grad);
        free_hooks(ctx, n->result[i].sink.hooks);
    }
    if (n->release)
        n->release(ctx, n->attr);
    block_free(ctx->pool, n);
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
        free_node(ctx, n);
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
