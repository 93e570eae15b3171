/* The walk of a backward pass along the tape, newest node first. Input: gradients pending in nodes;
 * output: gradients in leaves and captures. Invariant: a node is visited once, when all that was
 * recorded after it has been. */
#include <stdio.h>
#include <tinytensor/tensor.h>
#include "grads.h"

/* Input i, or for negative i the results from the last one on. */
static const tt_tensor *saved(const node *n, int i)
{
    return i < 0 ? n->result[-1 - i].saved : n->in[i];
}

bool node_unwritten(tt_ctx *ctx, const char *who, const node *n)
{
    for (int i = -n->n_out; i < n->n_in; i++) {
        const tt_tensor *h = saved(n, i);
        if (!h || !h->store || h->version == h->store->version)
            continue;
        char what[32] = "its result";
        if (i >= 0)
            snprintf(what, sizeof what, "input %d", i);
        ctx_error(ctx, TT_ERR_GRAD,
                  "%s: %s of %s, %s, was written in place after it was saved (version %u, now %u)",
                  who, what, n->op->name, describe(h).s, h->version, h->store->version);
        return false;
    }
    return true;
}

/* For a recorded pass: second derivatives flow through the saved results. The links are borrowed:
 * they count as no reference. */
static void lend_links(node *n, bool on)
{
    for (int i = 0; i < n->n_out; i++) {
        tt_tensor *t = n->result[i].saved;
        if (t && result_has_gradient(n->op, i, t->dtype)) {
            t->node = on ? n : NULL;
            t->result = (uint8_t)i;
        }
    }
}

replay replay_begin(tt_ctx *ctx)
{
    node *last = ctx->tape_last;
    return (replay){ctx, tt_scope_begin(ctx, TT_GRAD), last ? node_ref(last) : NULL};
}

void replay_end(const replay *r)
{
    tt_scope_end(r->ctx, r->scope);
    if (r->last)
        node_unref(r->ctx, r->last);
}

/* Zeros in the place of an input that was not saved: no derivative depends on its values. */
static tt_tensor *stand_in(tt_tensor *x)
{
    tt_tensor *z = tt_zeros(x->ctx, x->dtype, x->at.ndim, x->at.shape);
    if (z)
        tensor_link(z, x);
    return z;
}

/* NOLINTBEGIN(misc-no-recursion): a walk within the walk, as deep as compositions nest */

/* Computes the call again by its composition, recorded, and walks through what that recorded. */
static void differentiate_composed(pass *p, op_call *c, const node *n)
{
    tt_tensor *in[COMPOSED_MAX_IN], *out[OP_MAX_OUT] = {NULL}, *grads[OP_MAX_OUT];
    replay r = replay_begin(p->ctx);
    for (int i = 0; i < n->n_in; i++)
        in[i] = n->in[i]->store ? n->in[i] : stand_in(n->in[i]);
    for (int i = 0; i < n->n_out; i++)
        grads[i] = n->result[i].sink.grad;
    c->in = in;
    if (!p->ctx->err.code)
        n->op->composed(c, out);
    pass_through(p, &r, n->n_out, out, grads);
    replay_end(&r);
}

/* Runs n's vjp on its pending gradients; or its composition, where the pass is recorded and the vjp
 * has no gradient of its own. */
static void differentiate(pass *p, node *n)
{
    op_call c;
    tape_call(&c, n, p->ctx);
    c.recording = p->recording;
    if (!n->op->vjp || (p->recording && n->op->composed && !n->op->plain_vjp)) {
        differentiate_composed(p, &c, n);
        return;
    }
    op_grads g = {&c, n, p};
    if (p->recording)
        lend_links(n, true);
    n->op->vjp(&c, &g);
    if (p->recording)
        lend_links(n, false);
}

static void visit(pass *p, node *n)
{
    tt_scope s = tt_scope_begin(p->ctx, p->recording ? TT_GRAD : TT_NO_GRAD);
    for (int i = 0; i < n->n_out; i++) {
        sink_hooks(p, &n->result[i].sink);
        sink_capture(p, &n->result[i].sink);
    }
    bool wanted = !p->select || n->needed;
    p->cut = p->cut || (!wanted && n->spent);
    if (wanted && n->spent)
        ctx_error(
            p->ctx, TT_ERR_GRAD,
            "%s: the graph of %s was released by an earlier pass; give that one TT_RETAIN_GRAPH",
            pass_name(p), n->op->name);
    else if (wanted && node_unwritten(p->ctx, pass_name(p), n) && !p->ctx->err.code)
        differentiate(p, n);
    tt_scope_end(p->ctx, s);
    if (!p->retain && wanted && !p->ctx->err.code)
        node_release_saved(n);
}

void pass_walk(pass *p, node *n, const node *end)
{
    node_ref(n);
    while (n && n != end) {
        bool holds = n->due > 0 && n->pass == p;
        if (holds && !p->ctx->err.code)
            visit(p, n);
        node *prev = n->prev;
        if (prev)
            node_ref(prev); /* before n, which may hold the last reference on it, goes */
        if (holds) {
            for (int i = 0; i < n->n_out; i++)
                sink_clear(&n->result[i].sink);
            n->due = 0;
            p->pending--;
            node_unref(p->ctx, n);
        }
        node_unref(p->ctx, n);
        n = prev;
        if (p->pending == 0)
            break;
    }
    if (n)
        node_unref(p->ctx, n);
}

/* Oldest first, after `before`: a node is needed when one of its inputs leads to a capture. */
void mark_needed(const node *before, node *newest)
{
    node *n = newest;
    while (n->prev && n->prev != before)
        n = n->prev;
    for (;; n = n->next) {
        n->needed = false;
        for (int i = 0; i < n->n_in && !n->spent && !n->needed; i++)
            n->needed = handle_is_needed(n->in[i]);
        if (n == newest)
            return;
    }
}

void pass_through(pass *p, const replay *r, int n, tt_tensor *const *ys, tt_tensor *const *grads)
{
    node *newest = p->ctx->tape_last;
    if (p->ctx->err.code)
        return;
    if (p->select && newest != r->last)
        mark_needed(r->last, newest);
    for (int i = 0; i < n; i++)
        if (ys[i] && grads[i] && tensor_wants_grad(ys[i]))
            sink_add(p, ys[i], grads[i]);
    if (newest != r->last)
        pass_walk(p, newest, r->last);
}

/* NOLINTEND(misc-no-recursion) */
