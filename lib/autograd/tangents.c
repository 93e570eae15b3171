/* Forward mode along the tape, oldest node first. Input: tangents of tensors that the recorded
 * calls read; output: the tangent of one result. Invariant: sinks are as empty afterwards as
 * before, whatever happens: a tangent lies where the backward pass has its gradient. */
#include <tinytensor/tensor.h>
#include "grads.h"
#include "tangents.h"

static void put(tt_tensor *x, tt_tensor *tangent)
{
    sink *s = tensor_sink(x);
    tt_tensor *held = tangent ? tensor_private(tangent, true) : NULL;
    tensor_release(s->grad);
    s->grad = held;
}

/* Fills in the tangents of n's inputs; false when all are zero. */
static bool gather(const node *n, tt_tensor **tangent)
{
    bool any = false;
    for (int i = 0; i < n->n_in; i++) {
        tangent[i] = tensor_wants_grad(n->in[i]) ? tensor_sink(n->in[i])->grad : NULL;
        any = any || tangent[i];
    }
    return any;
}

static bool reached(const node *n)
{
    for (int i = 0; i < n->n_in; i++)
        if (tensor_wants_grad(n->in[i]) && tensor_sink(n->in[i])->grad)
            return true;
    return false;
}

/* The tangents of n's results from those of its inputs. */
static void step(tt_ctx *ctx, node *n)
{
    op_call c;
    tt_tensor *tangent[COMPOSED_MAX_IN], *out[OP_MAX_OUT] = {NULL};
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tape_call(&c, n, ctx);
    if (node_unwritten(ctx, "jvp", n) && gather(n, tangent))
        n->op->jvp(&c, tangent, out);
    for (int i = 0; i < n->n_out && !ctx->err.code; i++)
        if (out[i] && n->result[i].saved) {
            tensor_release(n->result[i].sink.grad);
            n->result[i].sink.grad = tensor_private(out[i], true);
        }
    tt_scope_end(ctx, s);
}

tt_tensor *tangents_through(tt_ctx *ctx, const node *before, int n, tt_tensor *const *x,
                            tt_tensor *const *dx, const tt_tensor *y, const char **unable)
{
    node *last = ctx->tape_last, *first = last;
    tt_tensor *out = NULL;
    *unable = NULL;
    while (first && first->prev && first->prev != before)
        first = first->prev;
    for (int i = 0; i < n; i++)
        put(x[i], dx[i]);
    for (node *at = first == before ? NULL : first; at; at = at->next) {
        if (ctx->err.code || *unable)
            break;
        if (!reached(at))
            continue;
        if (at->op->jvp && at->n_in <= COMPOSED_MAX_IN)
            step(ctx, at);
        else
            *unable = at->op->name;
    }
    const tt_tensor *held = tensor_wants_grad(y) ? tensor_sink(y)->grad : NULL;
    if (held && !ctx->err.code && !*unable)
        out = tensor_view((tt_tensor *)(uintptr_t)held, &held->at);
    for (int i = 0; i < n; i++)
        put(x[i], NULL);
    for (node *at = first; at; at = at->next)
        for (int i = 0; i < at->n_out; i++)
            if (at != before) {
                tensor_release(at->result[i].sink.grad);
                at->result[i].sink.grad = NULL;
            }
    return out;
}
