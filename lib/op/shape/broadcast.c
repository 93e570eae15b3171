/* Broadcasting on its own: the shape that others have in common, and tensors stretched to it. */
#include <tinytensor/shape.h>
#include "op/core/op.h"

/* The shape in common with at, into at. False: there is none, recorded. */
static bool join(tt_ctx *ctx, const char *name, layout *at, const layout *next)
{
    layout both;
    if (!layout_broadcast(&both, at, next)) {
        ctx_error(ctx, TT_ERR_SHAPE, "%s: shapes do not broadcast: %s and %s", name,
                  describe_shape(at->ndim, at->shape).s, describe_shape(next->ndim, next->shape).s);
        return false;
    }
    layout_copy(at, &both);
    return true;
}

tt_status tt_broadcast_shapes(tt_ctx *ctx, int na, const int64_t *a, int nb, const int64_t *b,
                              int *ndim, int64_t *shape)
{
    static const char name[] = "broadcast_shapes";
    layout at, next;
    if (!op_layout(ctx, name, na, a, &at) || !op_layout(ctx, name, nb, b, &next) ||
        !join(ctx, name, &at, &next))
        return ctx ? ctx->err.code : TT_ERR_ARG;
    *ndim = at.ndim;
    for (int i = 0; i < at.ndim; i++)
        shape[i] = at.shape[i];
    return TT_OK;
}

tt_status tt_broadcast_tensors(int n, tt_tensor *const *tensors, tt_tensor **out)
{
    layout at;
    tt_ctx *ctx = n > 0 ? op_context("broadcast_tensors", n, tensors) : NULL;
    if (!ctx)
        return op_status(n > 0 ? tensors[0] : NULL);
    layout_copy(&at, &tensors[0]->at);
    for (int i = 1; i < n; i++)
        if (!join(ctx, "broadcast_tensors", &at, &tensors[i]->at))
            return ctx->err.code;
    for (int i = 0; i < n; i++)
        out[i] = tt_expand(tensors[i], at.ndim, at.shape);
    return ctx->err.code;
}
