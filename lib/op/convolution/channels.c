/* What is composed of other operations: normalisation of groups of channels, and upsampling. */
#include <tinytensor/convolution.h>
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "op/core/op.h"
#include "sizes.h"

static bool group_norm_fits(tt_tensor *x, int64_t groups, tt_tensor *weight, tt_tensor *bias)
{
    tt_tensor *in[3] = {x};
    int n = 1;
    if (weight)
        in[n++] = weight;
    if (bias)
        in[n++] = bias;
    if (!op_context("group_norm", n, in))
        return false;
    if (!dtype_is_float(x->dtype))
        op_fail(x, TT_ERR_DTYPE, "group_norm: x is %s; float32 or float64 is needed",
                describe(x).s);
    else if (x->at.ndim < 2)
        op_fail(x, TT_ERR_SHAPE, "group_norm: x is %s; (b c ...) is needed", describe(x).s);
    else if (size_is_between("group_norm", x, "groups", groups, 1) && x->at.shape[1] % groups)
        op_fail(x, TT_ERR_SHAPE,
                "group_norm: groups is %lld, which does not divide the channels: x is %s",
                (long long)groups, describe(x).s);
    return !x->ctx->err.code && is_of_channels("group_norm", x, weight, "the weight") &&
           is_of_channels("group_norm", x, bias, "the bias");
}

/* (c) as (c 1 ...), beside x. */
static tt_tensor *beside(tt_tensor *t, const tt_tensor *x)
{
    int64_t shape[LAYOUT_MAX_NDIM] = {x->at.shape[1]};
    for (int i = 1; i < x->at.ndim - 1; i++)
        shape[i] = 1;
    return tt_reshape(t, x->at.ndim - 1, shape);
}

tt_tensor *tt_group_norm(tt_tensor *x, int64_t groups, tt_tensor *weight, tt_tensor *bias,
                         double eps)
{
    if (!group_norm_fits(x, groups, weight, bias))
        return NULL;
    int64_t row = x->at.shape[1] / groups;
    for (int i = 2; i < x->at.ndim; i++)
        row *= x->at.shape[i];
    tt_tensor *y = tt_reshape(x, TT_SHAPE(x->at.shape[0], groups, row));
    y = tt_reshape(tt_layer_norm(y, NULL, NULL, eps), x->at.ndim, x->at.shape);
    if (weight)
        y = tt_mul(y, beside(weight, x));
    return bias ? tt_add(y, beside(bias, x)) : y;
}

tt_tensor *tt_upsample_nearest(tt_tensor *x, int64_t scale_h, int64_t scale_w)
{
    const char *name = "upsample_nearest";
    if (!op_context(name, 1, &x))
        return NULL;
    if (x->at.ndim < 2)
        return op_fail(x, TT_ERR_SHAPE, "%s: x is %s; (... h w) is needed", name, describe(x).s);
    if (!op_can_have_axes(name, x, x->at.ndim + 2) ||
        !size_is_between(name, x, "scale_h", scale_h, 1) ||
        !size_is_between(name, x, "scale_w", scale_w, 1))
        return NULL;
    int n = x->at.ndim;
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < n - 2; i++)
        shape[i] = x->at.shape[i];
    shape[n - 2] = x->at.shape[n - 2];
    shape[n - 1] = scale_h;
    shape[n] = x->at.shape[n - 1];
    shape[n + 1] = scale_w;
    tt_tensor *y = tt_expand(tt_unsqueeze(tt_unsqueeze(x, n - 1), n + 1), n + 2, shape);
    return tt_flatten(tt_flatten(y, n, n + 1), n - 2, n - 1);
}
