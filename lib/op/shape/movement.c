/* Views: the same memory under other shapes and strides. Input: a tensor; output: a handle on the
 * same storage. Invariant: nothing is copied here, except by reshape where strides cannot say it.
 */
#include <string.h>
#include <tinytensor/shape.h>
#include "op/core/op.h"

/* What every view op is given: the layout of its result, worked out by the public function. */
static tt_status view_infer(op_call *c)
{
    c->dtype = c->in[0]->dtype;
    c->view_of = 0;
    layout_copy(&c->at, c->attr);
    return TT_OK;
}

static void reshape_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_reshape(grads_out(g), c->in[0]->at.ndim, c->in[0]->at.shape));
}

static void reshape_jvp(const op_call *c, tt_tensor *const *tangent, tt_tensor **out)
{
    out[0] = tt_reshape(tangent[0], c->out->at.ndim, c->out->at.shape);
}

static const op reshape = {
    .name = "reshape", .infer = view_infer, .vjp = reshape_vjp, .jvp = reshape_jvp};

/* at need not be recorded: the way back is the input's shape. */
static tt_tensor *reshaped(tt_tensor *x, const layout *at)
{
    return op_apply(&reshape, 1, &x, at, 0);
}

/* Fills in the one size given as -1. */
static bool full_shape(const char *name, tt_tensor *x, int ndim, const int64_t *shape,
                       int64_t *full)
{
    layout whole; /* whose sizes must not overflow either where one of them is 0 */
    int64_t n = 1, numel = tensor_numel(x);
    int unknown = -1;
    bool ok = true;
    if (!op_can_have_axes(name, x, ndim))
        return false;
    for (int i = 0; ok && i < ndim; i++) {
        full[i] = shape[i];
        if (shape[i] == -1 && unknown < 0)
            unknown = i;
        else
            ok = mul_fits(n, shape[i], &n);
    }
    if (ok && unknown >= 0) {
        ok = n > 0 && numel % n == 0;
        full[unknown] = ok ? numel / n : 0;
        n = numel;
    }
    ok = ok && n == numel && layout_init(&whole, ndim, full);
    if (!ok)
        op_fail(x, TT_ERR_SHAPE, "%s: %s cannot become %s", name, describe(x).s,
                describe_shape(ndim, shape).s);
    return ok;
}

tt_tensor *tt_reshape(tt_tensor *x, int ndim, const int64_t *shape)
{
    layout at;
    int64_t full[LAYOUT_MAX_NDIM];
    int blocked;
    if (!op_context("reshape", 1, &x) || !full_shape("reshape", x, ndim, shape, full))
        return NULL;
    if (!layout_reshape(&at, &x->at, ndim, full, &blocked)) {
        x = tt_clone(x);
        if (!x)
            return NULL;
        layout_init(&at, ndim, full);
    }
    return reshaped(x, &at);
}

tt_tensor *tt_view(tt_tensor *x, int ndim, const int64_t *shape)
{
    layout at;
    int64_t full[LAYOUT_MAX_NDIM];
    int blocked = 0;
    if (!op_context("view", 1, &x) || !full_shape("view", x, ndim, shape, full))
        return NULL;
    if (!layout_reshape(&at, &x->at, ndim, full, &blocked)) {
        int next = blocked + 1; /* axes of size 1 are in nobody's way */
        while (next + 1 < x->at.ndim && x->at.shape[next] == 1)
            next++;
        return op_fail(x, TT_ERR_SHAPE,
                       "view: %s cannot be seen as %s: axes %d and %d do not lie one within the "
                       "other (strides %lld and %lld); use reshape",
                       describe(x).s, describe_shape(ndim, full).s, blocked, next,
                       (long long)x->at.stride[blocked], (long long)x->at.stride[next]);
    }
    return reshaped(x, &at);
}

tt_tensor *tt_flatten(tt_tensor *x, int from, int to)
{
    int64_t shape[LAYOUT_MAX_NDIM], n = 1;
    int out = 0;
    if (!op_context("flatten", 1, &x))
        return NULL;
    if (x->at.ndim == 0)
        return tt_reshape(x, TT_SHAPE(1));
    int a = op_axis("flatten", x, from, x->at.ndim), b = op_axis("flatten", x, to, x->at.ndim);
    if (a < 0 || b < 0)
        return NULL;
    if (a > b)
        return op_fail(x, TT_ERR_AXIS, "flatten: axis %d stands after axis %d", from, to);
    for (int i = 0; i < x->at.ndim; i++)
        if (i < a || i > b) {
            shape[out++] = x->at.shape[i];
        } else {
            n *= x->at.shape[i];
            if (i == b)
                shape[out++] = n;
        }
    return tt_reshape(x, out, shape);
}

tt_tensor *tt_unflatten(tt_tensor *x, int axis, int ndim, const int64_t *shape)
{
    int64_t full[LAYOUT_MAX_NDIM], known = 1;
    int out = 0, unknown = -1;
    if (!op_context("unflatten", 1, &x))
        return NULL;
    int a = op_axis("unflatten", x, axis, x->at.ndim);
    if (a < 0)
        return NULL;
    if (ndim < 1)
        return op_fail(x, TT_ERR_SHAPE, "unflatten: %s with axis %d as %d axes", describe(x).s,
                       axis, ndim);
    if (!op_can_have_axes("unflatten", x, x->at.ndim - 1 + ndim))
        return NULL;
    for (int i = 0; i < x->at.ndim; i++)
        for (int k = 0; k < (i == a ? ndim : 1); k++)
            full[out++] = i == a ? shape[k] : x->at.shape[i];
    for (int k = 0; k < ndim; k++)
        if (shape[k] == -1 && unknown < 0)
            unknown = a + k;
        else if (!mul_fits(known, shape[k], &known))
            known = -1;
    int64_t size = x->at.shape[a];
    bool fits = unknown < 0 ? known == size : known > 0 && size % known == 0;
    if (!fits)
        return op_fail(x, TT_ERR_SHAPE, "unflatten: axis %d of %s cannot become %s", axis,
                       describe(x).s, describe_shape(ndim, shape).s);
    if (unknown >= 0)
        full[unknown] = size / known;
    return tt_reshape(x, out, full);
}

static void permute_vjp(const op_call *c, op_grads *g);
static const op permute = {.name = "permute", .infer = view_infer, .vjp = permute_vjp};

typedef struct permute_attr {
    layout at;
    int axis[LAYOUT_MAX_NDIM];
} permute_attr;

static tt_tensor *permuted(tt_tensor *x, const int *axes)
{
    permute_attr a;
    layout_permute(&a.at, &x->at, axes);
    memcpy(a.axis, axes, (size_t)x->at.ndim * sizeof *axes);
    return op_apply(&permute, 1, &x, &a, sizeof a);
}

static void permute_vjp(const op_call *c, op_grads *g)
{
    const permute_attr *a = c->attr;
    int back[LAYOUT_MAX_NDIM];
    for (int i = 0; i < c->in[0]->at.ndim; i++)
        back[a->axis[i]] = i;
    grads_add(g, 0, permuted(grads_out(g), back));
}

tt_tensor *tt_permute(tt_tensor *x, int naxes, const int *axes)
{
    int order[LAYOUT_MAX_NDIM];
    bool seen[LAYOUT_MAX_NDIM] = {false};
    if (!op_context("permute", 1, &x))
        return NULL;
    if (naxes != x->at.ndim)
        return op_fail(x, TT_ERR_AXIS, "permute: %d axes for %s", naxes, describe(x).s);
    for (int i = 0; i < naxes; i++) {
        order[i] = op_axis("permute", x, axes[i], naxes);
        if (order[i] < 0)
            return NULL;
        if (seen[order[i]])
            return op_fail(x, TT_ERR_AXIS, "permute: axis %d is named twice", axes[i]);
        seen[order[i]] = true;
    }
    return permuted(x, order);
}

tt_tensor *tt_transpose(tt_tensor *x, int a, int b)
{
    int order[LAYOUT_MAX_NDIM];
    if (!op_context("transpose", 1, &x))
        return NULL;
    int i = op_axis("transpose", x, a, x->at.ndim), j = op_axis("transpose", x, b, x->at.ndim);
    if (i < 0 || j < 0)
        return NULL;
    for (int k = 0; k < x->at.ndim; k++)
        order[k] = k == i ? j : k == j ? i : k;
    return permuted(x, order);
}

tt_tensor *tt_moveaxis(tt_tensor *x, int from, int to)
{
    int order[LAYOUT_MAX_NDIM], next = 0;
    if (!op_context("moveaxis", 1, &x))
        return NULL;
    int a = op_axis("moveaxis", x, from, x->at.ndim), b = op_axis("moveaxis", x, to, x->at.ndim);
    if (a < 0 || b < 0)
        return NULL;
    for (int k = 0; k < x->at.ndim; k++) {
        if (next == a)
            next++;
        order[k] = k == b ? a : next++;
    }
    return permuted(x, order);
}

tt_tensor *tt_squeeze(tt_tensor *x, int naxes, const int *axes)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    bool drop[LAYOUT_MAX_NDIM] = {false};
    int n = 0;
    if (!op_context("squeeze", 1, &x))
        return NULL;
    for (int i = 0; i < x->at.ndim && naxes == 0; i++)
        drop[i] = x->at.shape[i] == 1;
    for (int i = 0; i < naxes; i++) {
        int k = op_axis("squeeze", x, axes[i], x->at.ndim);
        if (k < 0)
            return NULL;
        if (x->at.shape[k] != 1)
            return op_fail(x, TT_ERR_SHAPE, "squeeze: axis %d of %s is not of size 1", axes[i],
                           describe(x).s);
        drop[k] = true;
    }
    for (int i = 0; i < x->at.ndim; i++)
        if (!drop[i])
            shape[n++] = x->at.shape[i];
    return tt_reshape(x, n, shape);
}

tt_tensor *tt_unsqueeze(tt_tensor *x, int axis)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    if (!op_context("unsqueeze", 1, &x) || !op_can_have_axes("unsqueeze", x, x->at.ndim + 1))
        return NULL;
    int k = op_axis("unsqueeze", x, axis, x->at.ndim + 1);
    if (k < 0)
        return NULL;
    for (int i = 0; i <= x->at.ndim; i++)
        shape[i] = i < k ? x->at.shape[i] : i == k ? 1 : x->at.shape[i - 1];
    return tt_reshape(x, x->at.ndim + 1, shape);
}

static void expand_vjp(const op_call *c, op_grads *g)
{
    (void)c;
    grads_add(g, 0, grads_out(g)); /* which sums the stretched axes back */
}

static const op expand = {.name = "expand", .infer = view_infer, .vjp = expand_vjp};

tt_tensor *tt_expand(tt_tensor *x, int ndim, const int64_t *shape)
{
    layout at;
    int64_t full[LAYOUT_MAX_NDIM];
    if (!op_context("expand", 1, &x) || !op_can_have_axes("expand", x, ndim))
        return NULL;
    bool ok = ndim >= x->at.ndim;
    for (int i = 0; ok && i < ndim; i++) { /* -1: as it is, as in PyTorch */
        int k = i - (ndim - x->at.ndim);
        full[i] = shape[i] == -1 && k >= 0 ? x->at.shape[k] : shape[i];
    }
    if (!ok || !layout_expand(&at, &x->at, ndim, full))
        return op_fail(x, TT_ERR_SHAPE, "expand: %s does not broadcast to %s", describe(x).s,
                       describe_shape(ndim, shape).s);
    return op_apply(&expand, 1, &x, &at, 0);
}

typedef struct flip_attr {
    layout at;
    int naxes, axis[LAYOUT_MAX_NDIM];
} flip_attr;

static void flip_vjp(const op_call *c, op_grads *g)
{
    const flip_attr *a = c->attr;
    grads_add(g, 0, tt_flip(grads_out(g), a->naxes, a->axis));
}

static const op flip = {.name = "flip", .infer = view_infer, .vjp = flip_vjp};

tt_tensor *tt_flip(tt_tensor *x, int naxes, const int *axes)
{
    flip_attr a;
    bool seen[LAYOUT_MAX_NDIM] = {false};
    if (!op_context("flip", 1, &x))
        return NULL;
    a.naxes = 0;
    layout_copy(&a.at, &x->at);
    for (int i = 0; i < (naxes ? naxes : x->at.ndim); i++) {
        int k = op_axis("flip", x, naxes ? axes[i] : i, x->at.ndim);
        if (k < 0)
            return NULL;
        if (seen[k])
            return op_fail(x, TT_ERR_AXIS, "flip: axis %d is named twice", axes[i]);
        seen[k] = true;
        a.axis[a.naxes++] = k;
        if (a.at.shape[k] > 0)
            a.at.offset += (a.at.shape[k] - 1) * a.at.stride[k];
        a.at.stride[k] = -a.at.stride[k];
    }
    return op_apply(&flip, 1, &x, &a, sizeof a);
}
