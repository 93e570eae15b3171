/* Dropout and the context's training mode. Input: x and a probability; output: x, with elements
 * zeroed and the rest scaled by 1/(1-p) while training. */
#include <tinytensor/nn.h>
#include "../kernel/random.h"
#include "op.h"

void tt_set_training(tt_ctx *ctx, bool training)
{
    if (ctx)
        ctx->training = training;
}

bool tt_is_training(const tt_ctx *ctx)
{
    return ctx && ctx->training;
}

tt_tensor *tt_dropout(tt_tensor *x, double p)
{
    layout at;
    tt_ctx *ctx = op_context("dropout", 1, &x);
    if (!ctx)
        return NULL;
    if (!(p >= 0 && p <= 1))
        return op_fail(x, TT_ERR_ARG, "dropout: p is %g, not in [0, 1]", p);
    if (!dtype_is_float((tt_dtype)x->dtype))
        return op_fail(x, TT_ERR_DTYPE, "dropout: x is %s; float32 or float64 is needed",
                       describe(x).s);
    if (!ctx->training || p == 0)
        return x;
    layout_init(&at, x->at.ndim, x->at.shape);
    tt_tensor *mask = tensor_new(ctx, (tt_dtype)x->dtype, &at);
    if (!mask)
        return NULL;
    rng r = {ctx->seed, ctx->counter};
    random_mask_run(&ctx->ex, &r, operand_of(mask), p, p < 1 ? 1 / (1 - p) : 0);
    ctx->counter = r.counter;
    return tt_mul(x, mask);
}
