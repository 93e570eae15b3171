/* The backward pass: seed, walk (walk.c), settle. Input: a tensor and the gradient with respect
 * to it; output: gradients in leaves, or in a list (tt_grads_of). Invariant: a pass that fails
 * leaves every accumulated gradient as it was. */
#include "grads.h"

#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>

/* Makes the pending gradient of a leaf its own: nobody else may see its memory. In a recorded pass
 * it may even be a leaf, which would then hold itself. */
static void prepare(pass *p, leaf *l)
{
    sink_hooks(p, &l->sink);
    tt_tensor *g = l->sink.grad;
    if (p->ctx->err.code || !g || l->grad)
        return;
    if (!storage_is_shared(g->store) && layout_is_contiguous(&g->at) && !g->readonly)
        return;
    tt_tensor *own = tt_clone(g), *h = own ? tensor_private(own, true) : NULL;
    if (!h)
        return;
    if (p->recording)
        tensor_link(h, own);
    tensor_replace(g, h);
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
            sink_capture(p, &l->sink);
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

/* What the walk has left, when a function that was called again has used what came after it. */
static void empty_newer(pass *p)
{
    ctx_error(p->ctx, TT_ERR_GRAD,
              "%s: the function of a checkpoint uses a tensor that was computed after it",
              pass_name(p));
    pass_walk(p, p->ctx->tape_last, NULL);
}

static tt_status run(pass *p, tt_tensor *y, tt_tensor *grad_y)
{
    tt_scope s = tt_scope_begin(p->ctx, p->recording ? TT_GRAD : TT_NO_GRAD);
    tt_tensor *g = seed(p, y, grad_y);
    if (g)
        sink_add(p, y, g);
    tt_scope_end(p->ctx, s);
    p->outer = p->ctx->pass;
    p->ctx->pass = p;
    if (y->node && p->pending)
        pass_walk(p, y->node, NULL);
    if (p->pending)
        empty_newer(p);
    settle(p);
    p->ctx->pass = p->outer;
    return p->ctx->err.code;
}

static tt_ctx *check(const char *name, tt_tensor *y, tt_tensor *grad_y)
{
    tt_tensor *both[] = {y, grad_y};
    tt_ctx *ctx = op_context(name, grad_y ? 2 : 1, both);
    if (ctx && !tensor_wants_grad(y)) {
        ctx_error(ctx, TT_ERR_GRAD, "%s: %s does not depend on anything that requires grad%s", name,
                  describe(y).s,
                  ctx->mode == TT_NO_GRAD
                      ? "; the scope is TT_NO_GRAD, and what is computed in one is not recorded"
                      : "");
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

static bool is_under_way(const tt_ctx *ctx, int64_t mark)
{
    const pass *p = ctx->pass;
    while (p && p->mark != mark)
        p = p->outer;
    return p != NULL;
}

/* How many could be set: fewer than n after an error. */
static int set_captures(const pass *p, int n, tt_tensor *const *xs)
{
    tt_ctx *ctx = p->ctx;
    for (int i = 0; i < n; i++) {
        if (!tensor_wants_grad(xs[i])) {
            ctx_error(ctx, TT_ERR_GRAD, "grads_of: tensor %d, %s, does not require grad", i,
                      describe(xs[i]).s);
            return i;
        }
        sink *s = tensor_sink(xs[i]);
        if (s->capture && is_under_way(ctx, s->captor)) {
            ctx_error(ctx, TT_ERR_GRAD, "grads_of: %s", pass_meets_another);
            return i;
        }
        if (s->capture && s->captor == p->mark) {
            ctx_error(ctx, TT_ERR_ARG, "grads_of: tensors %d and %d are the same", s->capture - 1,
                      i);
            return i;
        }
        s->capture = i + 1;
        s->captor = p->mark;
    }
    return n;
}

/* Ends the captures of the first n. A selecting pass that called the function which asked for this
 * one marks again what it visits. */
static void reset_captures(tt_ctx *ctx, int n, tt_tensor *const *xs)
{
    for (int i = 0; i < n; i++)
        if (tensor_live(xs[i]) && tensor_wants_grad(xs[i]))
            tensor_sink(xs[i])->capture = 0;
    if (ctx->pass && ctx->pass->select && ctx->tape_last)
        mark_needed(NULL, ctx->tape_last);
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
              .mark = ctx->next_mark++,
              .recording = recording,
              .select = true,
              .out = out,
              .retain = recording || flags & TT_RETAIN_GRAPH};
    int set = set_captures(&p, n, xs);
    if (set == n && y->node)
        mark_needed(NULL, y->node);
    if (set == n)
        run(&p, y, NULL);
    for (int i = 0; i < n && p.cut && !ctx->err.code; i++)
        if (!out[i])
            ctx_error(ctx, TT_ERR_GRAD,
                      "grads_of: no way leads to tensor %d in what an earlier pass has left of the "
                      "graph; give that one TT_RETAIN_GRAPH",
                      i);
    reset_captures(ctx, set, xs);
    for (int i = 0; i < n && ctx->err.code; i++) {
        if (tensor_live(out[i])) /* a function may have ended its scope */
            tensor_release(out[i]);
        out[i] = NULL;
    }
    return ctx->err.code;
}
