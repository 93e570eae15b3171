/* Accumulation of gradients. Input: a contribution to one input of a node; output: the sum, in the
 * shape of that input, pending in its sink. Invariant: broadcasting is undone here and nowhere
 * else, and a gradient is added to in place only when nobody else can see its memory. */
#include <tinytensor/ops.h>
#include "callback.h"
#include "grads.h"

tt_tensor *grads_out(const op_grads *g)
{
    return grads_out_of(g, 0);
}

tt_tensor *grads_out_of(const op_grads *g, int i)
{
    return g->node->result[i].sink.grad;
}

bool handle_is_needed(const tt_tensor *x)
{
    const node *n = x->node;
    return n ? n->needed || tensor_sink(x)->capture || n->spent : x->leaf && x->leaf->sink.capture;
}

bool grads_need(const op_grads *g, int i)
{
    const tt_tensor *x = g->call->in[i];
    if (!tensor_wants_grad(x))
        return false;
    return !g->pass->select || handle_is_needed(x);
}

static tt_tensor *sum_to(tt_tensor *t, const layout *at)
{
    int axes[LAYOUT_MAX_NDIM], n = 0, lead = t->at.ndim - at->ndim;
    if (layout_same_shape(&t->at, at))
        return t;
    for (int i = 0; i < t->at.ndim; i++)
        if (i < lead || (at->shape[i - lead] == 1 && t->at.shape[i] != 1))
            axes[n++] = i;
    if (n)
        t = tt_sum(t, n, axes, true);
    return tt_reshape(t, at->ndim, at->shape);
}

static bool is_finite(tt_tensor *t)
{
    tt_tensor *all = tt_all(tt_isfinite(t), TT_ALL_AXES, false);
    return !all || tt_item(all) != 0;
}

void grads_add(op_grads *g, int i, tt_tensor *t)
{
    if (!t || !grads_need(g, i))
        return;
    const op_call *c = g->call;
    t = sum_to(t, &c->in[i]->at);
    if (!t)
        return;
    if (c->ctx->anomaly && !is_finite(t)) {
        ctx_error(c->ctx, TT_ERR_GRAD, "backward: NaN or Inf in the gradient of input %d of %s", i,
                  c->op->name);
        return;
    }
    sink_add(g->pass, c->in[i], t);
}

/* A private handle on t, with its place in the graph when the pass is recorded. */
static tt_tensor *hold(pass *p, tt_tensor *t)
{
    tt_tensor *h = tensor_private(t, true);
    if (h && p->recording)
        tensor_link(h, t);
    return h;
}

static void replace(pass *p, sink *s, tt_tensor *t)
{
    tt_tensor *h = t ? hold(p, t) : NULL;
    if (!h)
        return;
    tensor_release(s->grad);
    s->grad = h;
}

const char *pass_name(const pass *p)
{
    return p->out ? "grads_of" : "backward";
}

const char pass_meets_another[] =
    "the pass that called this function is under way at the same tensors";

/* What the pass has pending for x. Another pass may, when it called the function that asked for
 * this one. */
static tt_tensor *pending(const pass *p, const tt_tensor *x)
{
    const pass *of = x->node ? x->node->pass : x->leaf->pass;
    return of == p ? tensor_sink(x)->grad : NULL;
}

/* Is nothing of another pass there? */
static bool is_free(const pass *p, const tt_tensor *x)
{
    const pass *of = x->node ? x->node->pass : x->leaf->pass;
    return of == p || !(x->node ? x->node->due > 0 : x->leaf->sink.grad != NULL);
}

static void first(pass *p, const tt_tensor *x, tt_tensor *t)
{
    sink *s = tensor_sink(x);
    s->grad = hold(p, t);
    if (!s->grad)
        return;
    if (x->node) {
        if (x->node->due++ == 0) {
            node_ref(x->node);
            x->node->pass = p;
            p->pending++;
        }
    } else {
        x->leaf->pass = p;
        x->leaf->next_touched = p->touched;
        p->touched = leaf_ref(x->leaf);
    }
}

/* May the pending gradient be added to in place: it is plain memory that nobody else sees. */
static bool is_own(const pass *p, const tt_tensor *grad)
{
    return !p->recording && !storage_is_shared(grad->store) && layout_is_contiguous(&grad->at) &&
           !grad->readonly;
}

bool grads_add_part(op_grads *g, int i, tt_tensor *t, const layout *inside)
{
    layout at;
    pass *p = g->pass;
    const tt_tensor *x = g->call->in[i];
    if (p->ctx->anomaly || !grads_need(g, i))
        return false;
    tt_tensor *whole = pending(p, x);
    if (!whole || !is_own(p, whole))
        return false;
    layout_copy(&at, inside);
    at.offset += whole->at.offset;
    tt_tensor *part = tensor_view(whole, &at);
    if (part)
        tt_add_(part, t);
    tensor_release(part);
    return true;
}

tt_tensor *grads_pending(op_grads *g, int i)
{
    if (g->pass->ctx->anomaly || !grads_need(g, i))
        return NULL;
    tt_tensor *whole = pending(g->pass, g->call->in[i]);
    return whole && is_own(g->pass, whole) ? whole : NULL;
}

void sink_add(pass *p, const tt_tensor *x, tt_tensor *t)
{
    sink *s = tensor_sink(x);
    if (!is_free(p, x))
        ctx_error(p->ctx, TT_ERR_GRAD, "%s: %s", pass_name(p), pass_meets_another);
    else if (!s->grad)
        first(p, x, t);
    else if (is_own(p, s->grad))
        tt_add_(s->grad, t);
    else
        replace(p, s, tt_add(s->grad, t));
}

/* What a hook returned in place of the gradient, or NULL. Gradients are written to later: what is
 * read-only is copied. */
static tt_tensor *replacement(const sink *s, const callback *c, tt_tensor *seen, tt_tensor *put)
{
    put = callback_end(c, put, true);
    if (!put || put == seen)
        return NULL;
    if (layout_same_shape(&put->at, &s->grad->at) && put->dtype == s->grad->dtype)
        return put->readonly ? tt_clone(put) : put;
    return ctx_fail(c->ctx, TT_ERR_GRAD, "on_grad: the hook put %s in place of %s", describe(put).s,
                    describe(s->grad).s);
}

void sink_hooks(pass *p, sink *s)
{
    const grad_hook *last = s->hooks; /* one that a hook adds is for the next pass */
    while (last && last->next)
        last = last->next;
    for (grad_hook *h = s->hooks; h && s->grad && !p->ctx->err.code; h = h->next) {
        callback c = callback_begin(p->ctx, "on_grad: the hook");
        tt_tensor *seen = tensor_view(s->grad, &s->grad->at);
        if (!seen)
            return;
        if (p->recording)
            tensor_link(seen, s->grad);
        replace(p, s, replacement(s, &c, seen, h->fn(seen, h->user)));
        if (h == last)
            return;
    }
}

void sink_capture(pass *p, sink *s)
{
    if (!s->capture || s->captor != p->mark || !s->grad)
        return;
    /* A user may write to it; that must not reach a tensor which has the same gradient. */
    bool own = p->recording || !storage_is_shared(s->grad->store);
    tt_tensor *t = own ? tensor_view(s->grad, &s->grad->at) : tt_clone(s->grad);
    if (!t)
        return;
    if (p->recording)
        tensor_link(t, s->grad);
    if (t->scope > ROOT)
        tensor_move(t, t->scope - 1); /* out of the pass's own scope */
    p->out[s->capture - 1] = t;
}

void sink_clear(sink *s)
{
    tensor_release(s->grad);
    s->grad = NULL;
}
