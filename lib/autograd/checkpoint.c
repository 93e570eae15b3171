/* checkpoint: a part of a graph that is computed again in the backward pass instead of being kept.
 * It is one node; its vjp calls the function once more, recorded, and walks what that recorded with
 * the pass that is under way, so that gradients reach inputs and parameters as if the part had been
 * there all along. */
#include <tinytensor/autograd.h>
#include "callback.h"
#include "grads.h"

enum { CHECKPOINT_MAX = 15 };

typedef struct checkpoint_attr {
    tt_scalar_fn fn;
    void *user;
    uint64_t seed, counter; /* of the random numbers, so that dropout drops the same */
    bool training;
} checkpoint_attr;

/* in: what the function returned, then its inputs */
static tt_status infer(op_call *c)
{
    layout_copy(&c->at, &c->in[0]->at);
    c->dtype = c->in[0]->dtype;
    c->view_of = 0;
    return TT_OK;
}

static tt_tensor *call(tt_ctx *ctx, tt_scalar_fn fn, int n, tt_tensor *const *inputs, void *user)
{
    callback c = callback_begin(ctx, "checkpoint: the function");
    return callback_end(&c, fn(ctx, n, inputs, user), false);
}

static void vjp(const op_call *c, op_grads *g)
{
    const checkpoint_attr *a = c->attr;
    tt_ctx *ctx = c->ctx;
    uint64_t seed = ctx->seed, counter = ctx->counter;
    bool training = ctx->training;
    replay r = replay_begin(ctx);
    ctx->seed = a->seed;
    ctx->counter = a->counter;
    ctx->training = a->training;
    for (int k = 1; k < c->n_in; k++)
        c->in[k]->seen = true; /* the user's function gets them */
    tt_tensor *gy = grads_out(g), *y = call(ctx, a->fn, c->n_in - 1, c->in + 1, a->user);
    ctx->seed = seed;
    ctx->counter = counter;
    ctx->training = training;
    if (y && (!layout_same_shape(&y->at, &gy->at) || y->dtype != gy->dtype))
        ctx_error(ctx, TT_ERR_GRAD, "checkpoint: the function returned %s the second time, not %s",
                  describe(y).s, describe(gy).s);
    else if (y)
        pass_through(g->pass, &r, 1, &y, &gy);
    replay_end(&r);
}

static const op checkpoint = {
    .name = "checkpoint", .infer = infer, .vjp = vjp, .saves = SAVE_IN_ALL & ~SAVE_IN(0)};

tt_tensor *tt_checkpoint(tt_ctx *ctx, tt_scalar_fn fn, void *user, int n, tt_tensor *const *inputs)
{
    tt_tensor *in[CHECKPOINT_MAX + 1];
    if (!ctx)
        return NULL;
    if (!fn || !inputs || n < 1 || n > CHECKPOINT_MAX) {
        ctx_error(ctx, TT_ERR_ARG, "checkpoint: a function and 1 to %d inputs are needed",
                  CHECKPOINT_MAX);
        return NULL;
    }
    if (!op_context(checkpoint.name, n, inputs)) {
        if (!ctx->err.code)
            ctx_error(ctx, TT_ERR_ARG, "checkpoint: an operand is NULL");
        return NULL;
    }
    if (ctx->mode != TT_GRAD)
        return call(ctx, fn, n, inputs, user);
    const checkpoint_attr a = {fn, user, ctx->seed, ctx->counter, ctx->training};
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    /* A handle of its own: what fn returns may be an input or a parameter, which lives on. */
    tt_tensor *y = tt_keep(tt_detach(call(ctx, fn, n, inputs, user)));
    tt_scope_end(ctx, s);
    in[0] = y;
    for (int i = 0; i < n; i++)
        in[i + 1] = inputs[i];
    y = op_apply(&checkpoint, n + 1, in, &a, sizeof a);
    tensor_release(in[0]);
    return y;
}
