/* Joining and repeating: cat is the one op, its gradient the parts; the rest is made of views and
 * cat. */
#include <math.h>
#include <tinytensor/shape.h>
#include "kernel/elementwise/elementwise.h"
#include "kernel/walk/copy.h"
#include "op/core/op.h"

static tt_status cat_infer(op_call *c)
{
    int axis = *(const int *)c->attr;
    int64_t shape[LAYOUT_MAX_NDIM], total = 0;
    const tt_tensor *x = c->in[0];
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    for (int i = 0; i < c->n_in; i++) {
        const layout *l = &c->in[i]->at;
        bool fits = l->ndim == x->at.ndim;
        for (int k = 0; fits && k < l->ndim; k++)
            fits = k == axis || l->shape[k] == x->at.shape[k];
        if (!fits)
            return op_error(c, TT_ERR_SHAPE, "along axis %d: tensor 0 is %s, tensor %d is %s", axis,
                            describe(x).s, i, describe(c->in[i]).s);
        if (l->shape[axis] > INT64_MAX / 16 - total)
            return op_error(c, TT_ERR_SHAPE, "the result is too large");
        total += l->shape[axis];
    }
    for (int k = 0; k < x->at.ndim; k++)
        shape[k] = k == axis ? total : x->at.shape[k];
    c->dtype = x->dtype;
    if (!layout_init(&c->at, x->at.ndim, shape))
        return op_error(c, TT_ERR_SHAPE, "the result is too large");
    return TT_OK;
}

static void cat_forward(op_call *c)
{
    int axis = *(const int *)c->attr;
    int64_t item = element_size(c->dtype), start = 0;
    for (int i = 0; i < c->n_in; i++) {
        int64_t n = c->in[i]->at.shape[axis];
        layout at;
        layout_copy(&at, &c->out->at);
        at.shape[axis] = n;
        char *data = c->out->data + start * c->out->at.stride[axis] * item;
        copy_run(&c->ctx->ex, (operand){data, &at, c->dtype}, operand_of(c->in[i]));
        start += n;
    }
}

static void cat_vjp(const op_call *c, op_grads *g)
{
    int axis = *(const int *)c->attr;
    int64_t start = 0;
    for (int i = 0; i < c->n_in; i++) {
        int64_t n = c->in[i]->at.shape[axis];
        if (grads_need(g, i))
            grads_add(g, i, tt_narrow(grads_out(g), axis, start, n));
        start += n;
    }
}

static const op cat = {.name = "cat", .infer = cat_infer, .forward = cat_forward, .vjp = cat_vjp};

tt_tensor *tt_cat(int n, tt_tensor *const *tensors, int axis)
{
    tt_ctx *ctx = n > 0 ? op_context("cat", n, tensors) : NULL;
    if (!ctx)
        return NULL;
    int k = op_axis("cat", tensors[0], axis, tensors[0]->at.ndim);
    return k < 0 ? NULL : op_apply(&cat, n, tensors, &k, sizeof k);
}

/* cat of n tensors with a new axis each; the handles stand in memory of the context. */
static tt_tensor *cat_new_axis(tt_ctx *ctx, int n, tt_tensor *const *tensors, int axis)
{
    tt_tensor **in = tt_ctx_alloc(ctx, (size_t)n * sizeof *in);
    if (!in)
        return NULL;
    for (int i = 0; i < n; i++)
        in[i] = tt_unsqueeze(tensors[i], axis);
    tt_tensor *out = ctx->err.code ? NULL : tt_cat(n, in, axis);
    tt_ctx_dealloc(ctx, in);
    return out;
}

tt_tensor *tt_stack(int n, tt_tensor *const *tensors, int axis)
{
    tt_ctx *ctx = n > 0 ? op_context("stack", n, tensors) : NULL;
    if (!ctx)
        return NULL;
    int k = op_axis("stack", tensors[0], axis, tensors[0]->at.ndim + 1);
    if (k < 0 || !op_can_have_axes("stack", tensors[0], tensors[0]->at.ndim + 1))
        return NULL;
    for (int i = 1; i < n; i++) {
        bool fits = layout_same_shape(&tensors[i]->at, &tensors[0]->at);
        if (!fits || tensors[i]->dtype != tensors[0]->dtype)
            return op_fail(tensors[0], fits ? TT_ERR_DTYPE : TT_ERR_SHAPE,
                           "stack: tensor 0 is %s, tensor %d is %s", describe(tensors[0]).s, i,
                           describe(tensors[i]).s);
    }
    return cat_new_axis(ctx, n, tensors, k);
}

/* n copies of x behind one another along an axis.
 * NOLINTNEXTLINE(misc-no-recursion): as deep as n can be halved */
static tt_tensor *tile_axis(tt_tensor *x, int axis, int64_t n)
{
    if (!x || n == 1)
        return x;
    if (n == 0)
        return tt_narrow(x, axis, 0, 0);
    tt_tensor *half = tile_axis(x, axis, n / 2);
    half = tt_cat(TT_TENSORS(half, half), axis);
    return n % 2 ? tt_cat(TT_TENSORS(half, x), axis) : half;
}

/* Where there is one repetition, or one element to be repeated, y is a view of x at first. */
static tt_tensor *in_new_memory(tt_tensor *x, tt_tensor *y)
{
    return tt_same_storage(x, y) ? tt_clone(y) : y;
}

tt_tensor *tt_tile(tt_tensor *x, int n, const int64_t *reps)
{
    int64_t split[2 * LAYOUT_MAX_NDIM], wide[2 * LAYOUT_MAX_NDIM], shape[LAYOUT_MAX_NDIM];
    layout at;
    if (!op_context("tile", 1, &x))
        return NULL;
    int ndim = n > x->at.ndim ? n : x->at.ndim;
    if (!op_can_have_axes("tile", x, n < 0 ? n : ndim))
        return NULL;
    for (int i = 0; i < n; i++)
        if (reps[i] < 0)
            return op_fail(x, TT_ERR_ARG, "tile: %lld repetitions", (long long)reps[i]);
    for (int i = 0; i < ndim; i++) {
        int k = i - (ndim - x->at.ndim), r = i - (ndim - n);
        int64_t size = k < 0 ? 1 : x->at.shape[k], times = r < 0 ? 1 : reps[r];
        split[2 * i] = 1;
        wide[2 * i] = times;
        split[2 * i + 1] = wide[2 * i + 1] = size;
        if (!mul_fits(size, times, &shape[i]))
            return op_fail(x, TT_ERR_SHAPE, "tile: the result is too large");
    }
    if (!layout_init(&at, ndim, shape))
        return op_fail(x, TT_ERR_SHAPE, "tile: the result is too large");
    if (2 * ndim <= LAYOUT_MAX_NDIM)
        return in_new_memory(
            x, tt_reshape(tt_expand(tt_reshape(x, 2 * ndim, split), 2 * ndim, wide), ndim, shape));
    tt_tensor *y = x;
    for (int i = 0; i < ndim; i++) /* too many axes to double: one after the other */
        split[i] = split[2 * i + 1];
    y = tt_reshape(y, ndim, split);
    for (int i = 0; i < ndim; i++)
        y = tile_axis(y, i, wide[2 * i]);
    return in_new_memory(x, y);
}

tt_tensor *tt_repeat_interleave(tt_tensor *x, int64_t n, int axis)
{
    int64_t shape[LAYOUT_MAX_NDIM], before = 1, behind = 1;
    if (!op_context("repeat_interleave", 1, &x))
        return NULL;
    int k = op_axis("repeat_interleave", x, axis, x->at.ndim);
    if (k < 0)
        return NULL;
    for (int i = 0; i < x->at.ndim; i++) {
        shape[i] = x->at.shape[i];
        *(i < k ? &before : &behind) *= shape[i];
    }
    if (!mul_fits(shape[k], n, &shape[k]))
        return op_fail(x, TT_ERR_ARG, "repeat_interleave: %lld times axis %d of %s", (long long)n,
                       axis, describe(x).s);
    int ndim = x->at.ndim;
    int64_t size = x->at.shape[k], inner = size ? behind / size : 0;
    tt_tensor *flat = tt_reshape(x, TT_SHAPE(before, size, 1, inner)); /* 16 axes may be taken */
    tt_tensor *wide = tt_expand(flat, TT_SHAPE(before, size, n, inner));
    return in_new_memory(x, tt_reshape(wide, ndim, shape));
}

tt_tensor *tt_roll(tt_tensor *x, int64_t n, int axis)
{
    if (!op_context("roll", 1, &x))
        return NULL;
    int k = op_axis("roll", x, axis, x->at.ndim);
    if (k < 0)
        return NULL;
    int64_t size = x->at.shape[k];
    int64_t by = size ? (n % size + size) % size : 0;
    if (by == 0)
        return tt_clone(x);
    return tt_cat(TT_TENSORS(tt_narrow(x, k, size - by, by), tt_narrow(x, k, 0, size - by)), k);
}

typedef struct pad_attr {
    int64_t before[LAYOUT_MAX_NDIM], after[LAYOUT_MAX_NDIM];
    double value;
} pad_attr;

static tt_status pad_infer(op_call *c)
{
    const pad_attr *a = c->attr;
    const tt_tensor *x = c->in[0];
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < x->at.ndim; i++)
        shape[i] = x->at.shape[i] + a->before[i] + a->after[i];
    c->dtype = x->dtype;
    if (!layout_init(&c->at, x->at.ndim, shape))
        return op_error(c, TT_ERR_SHAPE, "%s cannot become %s", describe(x).s,
                        describe_shape(x->at.ndim, shape).s);
    return TT_OK;
}

static void pad_forward(op_call *c)
{
    const pad_attr *a = c->attr;
    int64_t element[1], at = 0;
    layout inner, source;
    element_store(element, c->dtype, a->value);
    fill_run(&c->ctx->ex, operand_of(c->out), element);
    layout_copy(&inner, &c->out->at);
    layout_copy(&source, &c->in[0]->at);
    int64_t from = 0;
    for (int i = 0; i < inner.ndim; i++) { /* a negative pad cuts off */
        int64_t cut = a->before[i] < 0 ? -a->before[i] : 0;
        int64_t cut_end = a->after[i] < 0 ? -a->after[i] : 0;
        int64_t n = source.shape[i] - cut - cut_end;
        inner.shape[i] = source.shape[i] = n < 0 ? 0 : n;
        at += (a->before[i] > 0 ? a->before[i] : 0) * inner.stride[i];
        from += cut * source.stride[i];
    }
    int64_t item = element_size(c->dtype);
    if (layout_numel(&inner))
        copy_run(&c->ctx->ex, (operand){c->out->data + at * item, &inner, c->dtype},
                 (operand){c->in[0]->data + from * item, &source, c->dtype});
}

static void pad_vjp(const op_call *c, op_grads *g)
{
    const pad_attr *a = c->attr;
    int64_t before[LAYOUT_MAX_NDIM], after[LAYOUT_MAX_NDIM];
    int ndim = c->in[0]->at.ndim;
    for (int i = 0; i < ndim; i++) {
        before[i] = -a->before[i];
        after[i] = -a->after[i];
    }
    grads_add(g, 0, tt_pad(grads_out(g), ndim, before, after, 0));
}

static const op pad = {.name = "pad", .infer = pad_infer, .forward = pad_forward, .vjp = pad_vjp};

tt_tensor *tt_pad(tt_tensor *x, int naxes, const int64_t *before, const int64_t *after,
                  double value)
{
    pad_attr a;
    if (!op_context("pad", 1, &x))
        return NULL;
    if (dtype_is_integer(x->dtype) && !dtype_holds(x->dtype, value))
        return op_fail(x, TT_ERR_DTYPE, "pad: %g is no %s", value, tt_dtype_name(x->dtype));
    a.value = value;
    if (naxes != x->at.ndim)
        return op_fail(x, TT_ERR_AXIS, "pad: %d axes for %s", naxes, describe(x).s);
    for (int i = 0; i < naxes; i++) {
        if (before[i] < -INT64_MAX / 4 || before[i] > INT64_MAX / 4 || after[i] < -INT64_MAX / 4 ||
            after[i] > INT64_MAX / 4)
            return op_fail(x, TT_ERR_ARG, "pad: %lld before and %lld after axis %d",
                           (long long)before[i], (long long)after[i], i);
        a.before[i] = before[i];
        a.after[i] = after[i];
    }
    return op_apply(&pad, 1, &x, &a, sizeof a);
}

/* In NumPy's default order: the first two axes are exchanged. */
tt_status tt_meshgrid(int n, tt_tensor *const *tensors, tt_tensor **out)
{
    int64_t shape[LAYOUT_MAX_NDIM], line[LAYOUT_MAX_NDIM];
    tt_ctx *ctx = n > 0 ? op_context("meshgrid", n, tensors) : NULL;
    if (!ctx)
        return op_status(n > 0 ? tensors[0] : NULL);
    if (n > LAYOUT_MAX_NDIM)
        return ctx_error(ctx, TT_ERR_SHAPE, "meshgrid: %d tensors, at most %d", n, LAYOUT_MAX_NDIM);
    for (int i = 0; i < n; i++) {
        int place = n > 1 && i < 2 ? 1 - i : i;
        shape[place] = tensor_numel(tensors[i]);
    }
    for (int i = 0; i < n; i++) {
        int place = n > 1 && i < 2 ? 1 - i : i;
        for (int k = 0; k < n; k++)
            line[k] = k == place ? shape[k] : 1;
        out[i] = tt_expand(tt_reshape(tensors[i], n, line), n, shape);
    }
    return ctx->err.code;
}
