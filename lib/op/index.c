/* Indexing by tensors: take, gather, scatter and the like, masks. Invariant: every index is checked
 * before a kernel sees it. */
#include "../kernel/copy.h"
#include "../kernel/gather.h"
#include "op.h"

static tt_status indices_in_range(op_call *c, tt_tensor *indices, int axis)
{
    const tt_tensor *x = c->in[0];
    int64_t bad = 0, size = x->at.shape[axis];
    if (indices->dtype != TT_I64)
        return op_error(c, TT_ERR_DTYPE, "indices are %s, not int64", describe(indices).s);
    if (!index_check(&c->ctx->ex, operand_of(indices), size, &bad))
        return op_error(c, TT_ERR_INDEX, "index %lld is out of range for axis %d of %s",
                        (long long)bad, axis, describe(x).s);
    return TT_OK;
}

static tt_tensor *apply(const op *o, int n, tt_tensor *const *in, int axis)
{
    if (!op_context(o->name, n, in))
        return NULL;
    int k = layout_axis(in[0]->at.ndim, axis);
    if (k < 0)
        return op_fail(in[0], TT_ERR_AXIS, "%s: axis %d is out of range for %s", o->name, axis,
                       describe(in[0]).s);
    return op_apply(o, n, in, &k, sizeof k);
}

/* ---- take: the indices' axes replace the axis ---- */

/* x's shape with the axis replaced by the indices' axes. */
static bool replaced(const layout *x, int axis, const layout *indices, layout *out)
{
    int64_t shape[2 * LAYOUT_MAX_NDIM];
    int n = 0;
    for (int i = 0; i < x->ndim; i++)
        for (int k = 0; k < (i == axis ? indices->ndim : 1); k++)
            shape[n++] = i == axis ? indices->shape[k] : x->shape[i];
    return layout_init(out, n, shape);
}

static tt_status take_infer(op_call *c)
{
    int axis = *(const int *)c->attr;
    if (indices_in_range(c, c->in[1], axis) < 0)
        return c->ctx->err.code;
    c->dtype = (tt_dtype)c->in[0]->dtype;
    if (!replaced(&c->in[0]->at, axis, &c->in[1]->at, &c->at))
        return op_error(c, TT_ERR_SHAPE, "%s by indices %s has too many axes or elements",
                        describe(c->in[0]).s, describe(c->in[1]).s);
    return TT_OK;
}

static void take_forward(op_call *c)
{
    take_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), *(const int *)c->attr,
             operand_of(c->in[1]));
}

static tt_tensor *take_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

static void take_vjp(const op_call *c, op_grads *g)
{
    int axis = *(const int *)c->attr;
    grads_add(g, 0, take_add(tt_zeros_like(c->in[0]), axis, c->in[1], grads_out(g)));
}

static const op take = {"take", take_infer, take_forward, take_vjp, SAVE_IN(1)};

tt_tensor *tt_take(tt_tensor *x, int axis, tt_tensor *indices)
{
    tt_tensor *in[] = {x, indices};
    return apply(&take, 2, in, axis);
}

/* ---- index_add: x plus src at the places the indices name ---- */

static tt_status same_dtype_at(op_call *c, int i)
{
    if (c->in[i]->dtype != c->in[0]->dtype)
        return op_error(c, TT_ERR_DTYPE, "dtypes differ: %s and %s; cast one with tt_cast",
                        describe(c->in[0]).s, describe(c->in[i]).s);
    return TT_OK;
}

static tt_status index_add_infer(op_call *c)
{
    int axis = *(const int *)c->attr;
    layout want;
    if (indices_in_range(c, c->in[1], axis) < 0 || same_dtype_at(c, 2) < 0)
        return c->ctx->err.code;
    if (!dtype_is_arithmetic((tt_dtype)c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s", describe(c->in[0]).s);
    if (!replaced(&c->in[0]->at, axis, &c->in[1]->at, &want) ||
        !layout_same_shape(&want, &c->in[2]->at))
        return op_error(c, TT_ERR_SHAPE, "the source is %s, indices %s into axis %d of %s",
                        describe(c->in[2]).s, describe(c->in[1]).s, axis, describe(c->in[0]).s);
    return infer_same_shape(c, (tt_dtype)c->in[0]->dtype);
}

static void index_add_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    take_add_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr, operand_of(c->in[1]),
                 operand_of(c->in[2]));
}

static void index_add_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, grads_out(g));
    if (grads_need(g, 2))
        grads_add(g, 2, tt_take(grads_out(g), *(const int *)c->attr, c->in[1]));
}

static const op index_add = {"index_add", index_add_infer, index_add_forward, index_add_vjp,
                             SAVE_IN(1)};

static tt_tensor *take_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    tt_tensor *in[] = {x, indices, src};
    return apply(&index_add, 3, in, axis);
}

tt_tensor *tt_index_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    return take_add(x, axis, indices, src);
}

/* ---- gather, scatter, scatter_add: indices of x's ndim, one place per element ---- */

/* indices fit: ndim as x, no larger than x off the axis; and than src everywhere, if there is one. */
static tt_status elementwise_check(op_call *c, const tt_tensor *src)
{
    int axis = *(const int *)c->attr;
    const layout *x = &c->in[0]->at, *i = &c->in[1]->at;
    bool fits = x->ndim == i->ndim && (!src || src->at.ndim == i->ndim);
    for (int k = 0; fits && k < x->ndim; k++)
        fits = (k == axis || i->shape[k] <= x->shape[k]) &&
               (!src || i->shape[k] <= src->at.shape[k]);
    if (!fits)
        return op_error(c, TT_ERR_SHAPE, "indices %s do not fit axis %d of %s%s%s",
                        describe(c->in[1]).s, axis, describe(c->in[0]).s,
                        src ? " and the source " : "", src ? describe(src).s : "");
    return indices_in_range(c, c->in[1], axis);
}

static tt_status gather_infer(op_call *c)
{
    if (elementwise_check(c, NULL) < 0)
        return c->ctx->err.code;
    c->dtype = (tt_dtype)c->in[0]->dtype;
    layout_init(&c->at, c->in[1]->at.ndim, c->in[1]->at.shape);
    return TT_OK;
}

static void gather_forward(op_call *c)
{
    gather_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), *(const int *)c->attr,
               operand_of(c->in[1]));
}

static void gather_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_scatter_add(tt_zeros_like(c->in[0]), *(const int *)c->attr, c->in[1],
                                   grads_out(g)));
}

static const op gather = {"gather", gather_infer, gather_forward, gather_vjp, SAVE_IN(1)};

tt_tensor *tt_gather(tt_tensor *x, int axis, tt_tensor *indices)
{
    tt_tensor *in[] = {x, indices};
    return apply(&gather, 2, in, axis);
}

static tt_status scatter_infer(op_call *c)
{
    if (elementwise_check(c, c->in[2]) < 0 || same_dtype_at(c, 2) < 0)
        return c->ctx->err.code;
    return infer_same_shape(c, (tt_dtype)c->in[0]->dtype);
}

static void scatter_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    scatter_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr, operand_of(c->in[1]),
                operand_of(c->in[2]));
}

/* src may be larger than the indices: only the part they cover was used. */
static tt_tensor *covered(tt_tensor *g, const layout *src)
{
    int64_t zero[LAYOUT_MAX_NDIM] = {0}, after[LAYOUT_MAX_NDIM];
    for (int i = 0; g && i < src->ndim; i++)
        after[i] = src->shape[i] - g->at.shape[i];
    return g && !layout_same_shape(&g->at, src) ? tt_pad(g, src->ndim, zero, after, 0) : g;
}

static void scatter_vjp(const op_call *c, op_grads *g)
{
    int axis = *(const int *)c->attr;
    tt_tensor *gy = grads_out(g), *at = c->in[1];
    if (grads_need(g, 0)) {
        tt_tensor *none = tt_zeros(c->ctx, (tt_dtype)gy->dtype, at->at.ndim, at->at.shape);
        grads_add(g, 0, tt_scatter(gy, axis, at, none));
    }
    if (!grads_need(g, 2))
        return;
    /* where an index repeats, the last source stayed: number the places, scatter the numbers, and
     * see whose number is found again */
    layout order;
    layout_init(&order, at->at.ndim, at->at.shape);
    int64_t n = layout_numel(&order);
    tt_tensor *number = tt_reshape(tt_arange(c->ctx, TT_I64, 0, (double)n, 1), order.ndim,
                                   order.shape);
    tt_tensor *board = tt_full(c->ctx, TT_I64, c->in[0]->at.ndim, c->in[0]->at.shape, -1);
    tt_tensor *won = tt_eq(tt_gather(tt_scatter(board, axis, at, number), axis, at), number);
    tt_tensor *gs = tt_mul(tt_gather(gy, axis, at), tt_cast(won, (tt_dtype)gy->dtype));
    grads_add(g, 2, covered(gs, &c->in[2]->at));
}

static const op scatter = {"scatter", scatter_infer, scatter_forward, scatter_vjp, SAVE_IN(1)};

tt_tensor *tt_scatter(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    tt_tensor *in[] = {x, indices, src};
    return apply(&scatter, 3, in, axis);
}

static tt_status scatter_add_infer(op_call *c)
{
    if (!dtype_is_arithmetic((tt_dtype)c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s", describe(c->in[0]).s);
    return scatter_infer(c);
}

static void scatter_add_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    scatter_add_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr, operand_of(c->in[1]),
                    operand_of(c->in[2]));
}

static void scatter_add_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    grads_add(g, 0, gy);
    if (grads_need(g, 2))
        grads_add(g, 2, covered(tt_gather(gy, *(const int *)c->attr, c->in[1]), &c->in[2]->at));
}

static const op scatter_add = {"scatter_add", scatter_add_infer, scatter_add_forward,
                               scatter_add_vjp, SAVE_IN(1)};

tt_tensor *tt_scatter_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    tt_tensor *in[] = {x, indices, src};
    return apply(&scatter_add, 3, in, axis);
}

/* ---- masks ---- */

static tt_status masked_select_infer(op_call *c)
{
    layout_init(&c->at, 1, (int64_t[]){nonzero_count(&c->ctx->ex, operand_of(c->in[1]))});
    c->dtype = (tt_dtype)c->in[0]->dtype;
    return TT_OK;
}

static void masked_select_forward(op_call *c)
{
    masked_select_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), operand_of(c->in[1]));
}

/* in: values (1-D), mask: zeros of the mask's shape with the values where it is true. */
static tt_status masked_put_infer(op_call *c)
{
    c->dtype = (tt_dtype)c->in[0]->dtype;
    layout_init(&c->at, c->in[1]->at.ndim, c->in[1]->at.shape);
    return TT_OK;
}

static void masked_put_forward(op_call *c)
{
    int64_t zero[1] = {0};
    fill_run(&c->ctx->ex, operand_of(c->out), zero);
    masked_scatter_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[1]),
                       operand_of(c->in[0]));
}

static void masked_put_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_masked_select(grads_out(g), c->in[1]));
}

static const op masked_put = {"masked_put", masked_put_infer, masked_put_forward, masked_put_vjp,
                              SAVE_IN(1)};

static void masked_select_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *in[] = {grads_out(g), c->in[1]};
    grads_add(g, 0, op_apply(&masked_put, 2, in, NULL, 0));
}

static const op masked_select = {"masked_select", masked_select_infer, masked_select_forward,
                                 masked_select_vjp, SAVE_IN(1)};

tt_tensor *tt_masked_select(tt_tensor *x, tt_tensor *mask)
{
    layout both;
    tt_tensor *in[] = {x, mask};
    if (!op_context("masked_select", 2, in))
        return NULL;
    if (mask->dtype != TT_BOOL)
        return op_fail(x, TT_ERR_DTYPE, "masked_select: the mask is %s, not bool",
                       describe(mask).s);
    if (!layout_broadcast(&both, &x->at, &mask->at))
        return op_fail(x, TT_ERR_SHAPE, "masked_select: shapes do not broadcast: %s and %s",
                       describe(x).s, describe(mask).s);
    in[0] = tt_expand(x, both.ndim, both.shape);
    in[1] = tt_expand(mask, both.ndim, both.shape);
    return op_apply(&masked_select, 2, in, NULL, 0);
}

static tt_status nonzero_infer(op_call *c)
{
    int64_t n = nonzero_count(&c->ctx->ex, operand_of(c->in[0]));
    layout_init(&c->at, 2, (int64_t[]){n, c->in[0]->at.ndim});
    c->dtype = TT_I64;
    return TT_OK;
}

static void nonzero_forward(op_call *c)
{
    nonzero_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
}

static const op nonzero = {"nonzero", nonzero_infer, nonzero_forward, NULL, 0};

tt_tensor *tt_nonzero(tt_tensor *x)
{
    return op_apply(&nonzero, 1, &x, NULL, 0);
}
