/* An index for each element, along an axis: gather, scatter and its adding form, and the two of
 * NumPy's names, which broadcast. The kernels check the indices as they go. */
#include <tinytensor/ops.h>
#include "kernel/walk/copy.h"
#include "kernel/index/gather.h"
#include "op/index/index.h"

/* indices fit: ndim as x, no larger than x off the axis; and than src everywhere, if there is one.
 */
static tt_status elementwise_check(op_call *c, const tt_tensor *src)
{
    int axis = *(const int *)c->attr;
    const layout *x = &c->in[0]->at, *i = &c->in[1]->at;
    bool fits = x->ndim == i->ndim && (!src || src->at.ndim == i->ndim);
    for (int k = 0; fits && k < x->ndim; k++)
        fits =
            (k == axis || i->shape[k] <= x->shape[k]) && (!src || i->shape[k] <= src->at.shape[k]);
    if (!fits)
        return op_error(c, TT_ERR_SHAPE, "indices %s do not fit axis %d of %s%s%s",
                        describe(c->in[1]).s, axis, describe(c->in[0]).s,
                        src ? " and the source " : "", src ? describe(src).s : "");
    return index_dtype(c);
}

static tt_status gather_infer(op_call *c)
{
    if (elementwise_check(c, NULL) < 0)
        return c->ctx->err.code;
    c->dtype = c->in[0]->dtype;
    layout_init(&c->at, c->in[1]->at.ndim, c->in[1]->at.shape);
    return TT_OK;
}

static void gather_forward(op_call *c)
{
    index_done(c, gather_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]),
                             *(const int *)c->attr, operand_of(c->in[1])));
}

static void gather_back_forward(op_call *c)
{
    const back_attr *a = c->attr;
    back_clear(c);
    scatter_add_run(&c->ctx->ex, operand_of(c->out), a->axis, operand_of(c->in[1]),
                    operand_of(c->in[0]));
}

static void gather_back_vjp(const op_call *c, op_grads *g)
{
    const back_attr *a = c->attr;
    grads_add(g, 0, tt_gather(grads_out(g), a->axis, c->in[1]));
}

static const op gather_back = {.name = "gather_backward",
                               .infer = back_infer,
                               .forward = gather_back_forward,
                               .vjp = gather_back_vjp,
                               .saves = SAVE_IN(1)};

static void gather_vjp(const op_call *c, op_grads *g)
{
    back_apply(&gather_back, c, g);
}

static const op gather = {.name = "gather",
                          .infer = gather_infer,
                          .forward = gather_forward,
                          .vjp = gather_vjp,
                          .saves = SAVE_IN(1)};

tt_tensor *tt_gather(tt_tensor *x, int axis, tt_tensor *indices)
{
    tt_tensor *in[] = {x, indices};
    return index_apply(&gather, 2, in, axis);
}

static tt_status scatter_infer(op_call *c)
{
    if (elementwise_check(c, c->in[2]) < 0 || index_same_dtype(c, 2) < 0)
        return c->ctx->err.code;
    return infer_same_shape(c, c->in[0]->dtype);
}

static void scatter_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    index_done(c, scatter_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr,
                              operand_of(c->in[1]), operand_of(c->in[2])));
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
        tt_tensor *none = tt_zeros(c->ctx, gy->dtype, at->at.ndim, at->at.shape);
        grads_add(g, 0, tt_scatter(gy, axis, at, none));
    }
    if (!grads_need(g, 2))
        return;
    /* where an index repeats, the last source stayed: number the places, scatter the numbers, and
     * see whose number is found again */
    layout order;
    layout_init(&order, at->at.ndim, at->at.shape);
    int64_t n = layout_numel(&order);
    tt_tensor *number =
        tt_reshape(tt_arange(c->ctx, TT_I64, 0, (double)n, 1), order.ndim, order.shape);
    tt_tensor *board = tt_full(c->ctx, TT_I64, c->in[0]->at.ndim, c->in[0]->at.shape, -1);
    tt_tensor *won = tt_eq(tt_gather(tt_scatter(board, axis, at, number), axis, at), number);
    tt_tensor *gs = tt_mul(tt_gather(gy, axis, at), tt_cast(won, gy->dtype));
    grads_add(g, 2, covered(gs, &c->in[2]->at));
}

static const op scatter = {.name = "scatter",
                           .infer = scatter_infer,
                           .forward = scatter_forward,
                           .vjp = scatter_vjp,
                           .saves = SAVE_IN(1)};

tt_tensor *tt_scatter(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    tt_tensor *in[] = {x, indices, src};
    return index_apply(&scatter, 3, in, axis);
}

static tt_status scatter_add_infer(op_call *c)
{
    if (!dtype_is_arithmetic(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s", describe(c->in[0]).s);
    return scatter_infer(c);
}

static void scatter_add_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    index_done(c, scatter_add_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr,
                                  operand_of(c->in[1]), operand_of(c->in[2])));
}

static void scatter_add_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    grads_add(g, 0, gy);
    if (grads_need(g, 2))
        grads_add(g, 2, covered(tt_gather(gy, *(const int *)c->attr, c->in[1]), &c->in[2]->at));
}

static const op scatter_add = {.name = "scatter_add",
                               .infer = scatter_add_infer,
                               .forward = scatter_add_forward,
                               .vjp = scatter_add_vjp,
                               .saves = SAVE_IN(1)};

tt_tensor *tt_scatter_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    tt_tensor *in[] = {x, indices, src};
    return index_apply(&scatter_add, 3, in, axis);
}

/* The last two: as NumPy, x and the indices broadcast against each other, but along the axis. */
static const op take_along = {.name = "take_along_axis",
                              .infer = gather_infer,
                              .forward = gather_forward,
                              .vjp = gather_vjp,
                              .saves = SAVE_IN(1)};
static const op put_along = {.name = "put_along_axis",
                             .infer = scatter_infer,
                             .forward = scatter_forward,
                             .vjp = scatter_vjp,
                             .saves = SAVE_IN(1)};

/* The shape of the broadcast, with size 1 along the axis. */
static bool both_along(const char *name, tt_tensor *x, int axis, tt_tensor *indices, layout *both)
{
    layout a, b;
    layout_init(&a, x->at.ndim, x->at.shape);
    layout_init(&b, indices->at.ndim, indices->at.shape);
    if (a.ndim == b.ndim) {
        a.shape[axis] = b.shape[axis] = 1;
        if (layout_broadcast(both, &a, &b))
            return true;
    }
    return op_fail(x, TT_ERR_SHAPE,
                   "%s: indices %s do not broadcast with x %s off axis %d, or have other axes",
                   name, describe(indices).s, describe(x).s, axis);
}

static tt_tensor *expand_along(tt_tensor *x, const layout *both, int axis)
{
    layout at;
    layout_copy(&at, both);
    at.shape[axis] = x->at.shape[axis];
    return layout_same_shape(&at, &x->at) ? x : tt_expand(x, at.ndim, at.shape);
}

tt_tensor *tt_take_along_axis(tt_tensor *x, int axis, tt_tensor *indices)
{
    layout both;
    tt_tensor *in[] = {x, indices};
    if (!op_context(take_along.name, 2, in))
        return NULL;
    int k = op_axis(take_along.name, x, axis, x->at.ndim);
    if (k < 0 || !both_along(take_along.name, x, k, indices, &both))
        return NULL;
    in[0] = expand_along(x, &both, k);
    in[1] = expand_along(indices, &both, k);
    return index_apply(&take_along, 2, in, k);
}

/* Where x has one element and the indices several: a list of indices for all axes says it. */
static tt_tensor *put_repeated(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *values)
{
    tt_tensor *list[LAYOUT_MAX_NDIM];
    for (int i = 0; i < x->at.ndim; i++) {
        int64_t shape[LAYOUT_MAX_NDIM], n = x->at.shape[i];
        for (int k = 0; k < x->at.ndim; k++)
            shape[k] = k == i ? n : 1;
        list[i] = i == axis
                      ? indices
                      : tt_reshape(tt_arange(x->ctx, TT_I64, 0, (double)n, 1), x->at.ndim, shape);
    }
    return tt_index_put(x, x->at.ndim, list, values, false);
}

tt_tensor *tt_put_along_axis(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *values)
{
    layout both, whole;
    tt_tensor *in[] = {x, indices, values};
    const char *name = put_along.name;
    if (!op_context(name, 3, in))
        return NULL;
    int k = op_axis(name, x, axis, x->at.ndim);
    if (k < 0 || !both_along(name, x, k, indices, &both))
        return NULL;
    in[1] = expand_along(indices, &both, k);
    if (!in[1])
        return NULL;
    const layout *at = &in[1]->at;
    if (!layout_expand(&whole, &values->at, at->ndim, at->shape))
        return op_fail(x, TT_ERR_SHAPE, "%s: the values are %s, which do not broadcast to %s", name,
                       describe(values).s, describe_shape(at->ndim, at->shape).s);
    in[2] = tt_expand(values, at->ndim, at->shape);
    both.shape[k] = x->at.shape[k];
    return layout_same_shape(&both, &x->at) ? index_apply(&put_along, 3, in, k)
                                            : put_repeated(x, k, in[1], in[2]);
}
