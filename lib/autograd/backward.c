/* The backward pass: one reverse walk over the tape. Input: a tensor and the gradient with respect
 * to it; output: gradients in leaves, or in a list (tt_grads_of). Invariant: a pass that fails
 * leaves every accumulated gradient as it was. */
#include "grads.h"

#include <stdio.h>
#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>

/* As messages call the function. */
static const char *pass_name(const pass *p)
{
    return p->out ? "grads_of" : "backward";
}

/* Input i, or for negative i the results from the last one on. */
static const tt_tensor *saved(const node *n, int i)
{
    return i < 0 ? n->result[-1 - i].saved : n->in[i];
}

static bool versions_match(pass *p, const node *n)
{
    for (int i = -n->n_out; i < n->n_in; i++) {
        const tt_tensor *h = saved(n, i);
        if (!h || !h->store || h->version == h->store->version)
            continue;
        char what[32] = "its result";
        if (i >= 0)
            snprintf(what, sizeof what, "input %d", i);
        ctx_error(p->ctx, TT_ERR_GRAD,
                  "%s: %s of %s, %s, was written in place after it was saved (version %u, now %u)",
                  pass_name(p), what, n->op->name, describe(h).s, h->version, h->store->version);
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

/* Runs n's vjp on its pending gradients. */
static void differentiate(pass *p, node *n)
{
    op_call c; /* layouts and dtypes are those of forward only */
    c.ctx = p->ctx;
    c.op = n->op;
    c.n_in = n->n_in;
    c.in = n->in;
    c.attr = n->attr;
    c.attr_size = n->attr_size;
    c.recording = p->recording;
    c.wanted = 0;
    c.view_of = NOT_A_VIEW;
    c.n_out = n->n_out;
    for (int i = 0; i < n->n_out; i++)
        c.result[i].tensor = n->result[i].saved;
    op_grads g = {&c, n, p};
    if (p->recording)
        lend_links(n, true);
    n->op->vjp(&c, &g);
    if (p->recording)
        lend_links(n, false);
}

static void capture(pass *p, sink *s)
{
    if (!s->capture || !s->grad)
        return;
    tt_tensor *t = tensor_view(s->grad, &s->grad->at);
    if (!t)
        return;
    if (p->recording)
        tensor_link(t, s->grad);
    if (t->scope > ROOT)
        tensor_move(t, t->scope - 1); /* out of the pass's own scope */
    p->out[s->capture - 1] = t;
}

static void visit(pass *p, node *n)
{
    tt_scope s = tt_scope_begin(p->ctx, p->recording ? TT_GRAD : TT_NO_GRAD);
    for (int i = 0; i < n->n_out; i++) {
        sink_hooks(p, &n->result[i].sink);
        capture(p, &n->result[i].sink);
    }
    bool wanted = !p->select || n->needed;
    p->cut = p->cut || (!wanted && n->spent);
    if (wanted && n->spent)
        ctx_error(
            p->ctx, TT_ERR_GRAD,
            "%s: the graph of %s was released by an earlier pass; give that one TT_RETAIN_GRAPH",
            pass_name(p), n->op->name);
    else if (wanted && versions_match(p, n) && !p->ctx->err.code)
        differentiate(p, n);
    tt_scope_end(p->ctx, s);
    if (!p->retain && wanted && !p->ctx->err.code)
        node_release_saved(n);
}

/* Newest first, up to and without `end`; stops as soon as no node holds a gradient. After an error
 * it only empties them. */
static void walk(pass *p, node *n, const node *end)
{
    node_ref(n);
    while (n && n != end) {
        bool holds = n->due > 0;
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

void pass_through(pass *p, tt_tensor *y, tt_tensor *grad, const node *last)
{
    node *newest = p->ctx->tape_last;
    if (p->ctx->err.code || !tensor_wants_grad(y))
        return;
    for (node *n = newest; n && n != last; n = n->prev)
        n->needed = true;
    sink_add(p, y, grad);
    if (newest && newest != last)
        walk(p, newest, last);
}

/* Makes the pending gradient of a leaf its own: nobody else may see its memory. */
static void prepare(pass *p, leaf *l)
{
    sink_hooks(p, &l->sink);
    tt_tensor *g = l->sink.grad;
    if (p->ctx->err.code || !g || p->recording || l->grad)
        return;
    if (!storage_is_shared(g->store) && layout_is_contiguous(&g->at) && !g->readonly)
        return;
    tt_tensor *own = tt_clone(g);
    if (own)
        tensor_replace(g, tensor_private(own, true));
}

static void commit(pass *p, leaf *l)
{
    if (l->grad && p->recording) {
        tt_tensor *sum = tt_add(l->grad, l->sink.grad);
        tt_tensor *h = sum ? tensor_private(sum, true) : NULL;
        if (!h)
            return;
        tensor_link(h, sum);
        tensor_replace(l->grad, h);
    } else if (l->grad) {
        tt_add_(l->grad, l->sink.grad);
    } else {
        l->grad = l->sink.grad;
        l->sink.grad = NULL;
    }
    l->zeroed = false;
}

static void settle(pass *p)
{
    tt_scope s = tt_scope_begin(p->ctx, p->recording ? TT_GRAD : TT_NO_GRAD);
    for (leaf *l = p->touched; l && !p->ctx->err.code; l = l->next_touched)
        if (p->out) {
            sink_hooks(p, &l->sink);
            capture(p, &l->sink);
        } else {
            prepare(p, l);
        }
    for (leaf *l = p->touched, *next; l; l = next) {
        next = l->next_touched;
        if (!p->ctx->err.code && !p->out)
            commit(p, l);
        sink_clear(&l->sink);
        leaf_unref(p->ctx, l);
    }
    tt_scope_end(p->ctx, s);
}

static tt_tensor *seed(const pass *p, tt_tensor *y, tt_tensor *grad_y)
{
    if (!grad_y) {
        if (tensor_numel(y) != 1)
            return op_fail(
                y, TT_ERR_GRAD,
                "%s: %s has more than one element; give its gradient to tt_backward_with",
                pass_name(p), describe(y).s);
        return tt_ones_like(y);
    }
    if (!layout_same_shape(&y->at, &grad_y->at) || y->dtype != grad_y->dtype)
        return op_fail(y, y->dtype != grad_y->dtype ? TT_ERR_DTYPE : TT_ERR_SHAPE,
                       "backward: the result is %s, the gradient given is %s", describe(y).s,
                       describe(grad_y).s);
    return grad_y;
}

static tt_status run(pass *p, tt_tensor *y, tt_tensor *grad_y)
{
    tt_scope s = tt_scope_begin(p->ctx, p->recording ? TT_GRAD : TT_NO_GRAD);
    tt_tensor *g = seed(p, y, grad_y);
    if (g)
        sink_add(p, y, g);
    tt_scope_end(p->ctx, s);
    if (y->node && p->pending)
        walk(p, y->node, NULL);
    settle(p);
    return p->ctx->err.code;
}

static tt_ctx *check(const char *name, tt_tensor *y, tt_tensor *grad_y)
{
    tt_tensor *both[] = {y, grad_y};
    tt_ctx *ctx = op_context(name, grad_y ? 2 : 1, both);
    if (ctx && !tensor_wants_grad(y)) {
        ctx_error(ctx, TT_ERR_GRAD, "%s: %s does not depend on anything that requires grad", name,
                  describe(y).s);
        return NULL;
    }
    return ctx;
}

tt_status tt_backward_with(tt_tensor *y, tt_tensor *grad_y, unsigned flags)
{
    tt_ctx *ctx = check("backward", y, grad_y);
    if (!ctx)
        return op_status(y);
    bool recording = flags & TT_CREATE_GRAPH;
    pass p = {.ctx = ctx, .recording = recording, .retain = recording || flags & TT_RETAIN_GRAPH};
    return run(&p, y, grad_y);
}

tt_status tt_backward(tt_tensor *y)
{
    return tt_backward_with(y, NULL, 0);
}

/* Marks the nodes between y and the captured sinks, oldest first. */
static void mark_needed(const node *last)
{
    node *n = NULL;
    for (node *k = (node *)(uintptr_t)last; k; k = k->prev)
        n = k;
    for (; n; n = n == last ? NULL : n->next) {
        n->needed = false;
        for (int i = 0; i < n->n_in && !n->spent && !n->needed; i++)
            n->needed = handle_is_needed(n->in[i]);
    }
}

static bool set_captures(tt_ctx *ctx, int n, tt_tensor *const *xs)
{
    for (int i = 0; i < n; i++) {
        if (!tensor_wants_grad(xs[i])) {
            ctx_error(ctx, TT_ERR_GRAD, "grads_of: tensor %d, %s, does not require grad", i,
                      describe(xs[i]).s);
            return false;
        }
        if (tensor_sink(xs[i])->capture) {
            ctx_error(ctx, TT_ERR_ARG, "grads_of: tensors %d and %d are the same",
                      tensor_sink(xs[i])->capture - 1, i);
            return false;
        }
        tensor_sink(xs[i])->capture = i + 1;
    }
    return true;
}

tt_status tt_grads_of(tt_tensor *y, int n, tt_tensor *const *xs, unsigned flags, tt_tensor **out)
{
    for (int i = 0; i < n; i++)
        out[i] = NULL;
    tt_ctx *ctx = check("grads_of", y, NULL);
    if (!ctx || !op_context("grads_of", n, xs))
        return op_status(y);
    bool recording = flags & TT_CREATE_GRAPH;
    pass p = {.ctx = ctx,
              .recording = recording,
              .select = true,
              .out = out,
              .retain = recording || flags & TT_RETAIN_GRAPH};
    bool ok = set_captures(ctx, n, xs);
    if (ok && y->node)
        mark_needed(y->node);
    if (ok)
        run(&p, y, NULL);
    for (int i = 0; i < n && p.cut && !ctx->err.code; i++)
        if (!out[i])
            ctx_error(ctx, TT_ERR_GRAD,
                      "grads_of: no way leads to tensor %d in what an earlier pass has left of the "
                      "graph; give that one TT_RETAIN_GRAPH",
                      i);
    for (int i = 0; i < n; i++)
        if (tensor_wants_grad(xs[i]))
            tensor_sink(xs[i])->capture = 0;
    for (int i = 0; i < n && ctx->err.code; i++) {
        tensor_release(out[i]);
        out[i] = NULL;
    }
    return ctx->err.code;
}
