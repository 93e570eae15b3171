/* What a function of the user may have done to the context while it was called. Input: the scopes
 * before, the tensor that it returned; output: the tensor, or an error. Invariant: afterwards the
 * innermost scope is the one from before, unless the function ended it, which is an error. */
#include "callback.h"

callback callback_begin(tt_ctx *ctx, const char *name)
{
    return (callback){ctx, name, ctx->n_scopes, ctx->scopes[ctx->n_scopes - 1].mark};
}

static bool is_sound(const callback *c, const tt_tensor *y, bool may_be_null)
{
    tt_ctx *ctx = c->ctx;
    if (ctx->n_scopes < c->depth || ctx->scopes[c->depth - 1].mark != c->mark)
        ctx_error(ctx, TT_ERR_ARG, "%s ended a scope that it did not begin", c->name);
    else if (!y && !may_be_null)
        ctx_error(ctx, TT_ERR_ARG, "%s returned NULL", c->name);
    else if (y && !tensor_live(y))
        ctx_error(ctx, TT_ERR_DEAD, "%s returned a tensor whose scope has ended", c->name);
    else if (y && y->ctx != ctx)
        ctx_error(ctx, TT_ERR_CONTEXT, "%s returned a tensor of another context", c->name);
    return !ctx->err.code;
}

tt_tensor *callback_end(const callback *c, tt_tensor *y, bool may_be_null)
{
    tt_ctx *ctx = c->ctx;
    bool sound = is_sound(c, y, may_be_null);
    if (ctx->n_scopes <= c->depth)
        return sound ? y : NULL;
    if (sound && y && y->scope >= c->depth)
        tensor_move(y, c->depth - 1);
    tt_scope_end(ctx, (tt_scope){ctx->scopes[c->depth].mark});
    return sound ? y : NULL;
}
