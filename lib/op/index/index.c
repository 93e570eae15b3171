/* Indexing by tensors: take, gather, scatter and the like. Invariant: every index is checked
 * before a kernel sees it. */
#include <tinytensor/ops.h>
#include "kernel/walk/copy.h"
#include "kernel/index/gather.h"
#include "op/index/index.h"

static void unravel(const layout *at, int64_t k, int64_t *index)
{
    for (int i = at->ndim - 1; i >= 0; k /= at->shape[i--])
        index[i] = k % at->shape[i];
}

/* Names the first index that is out of range, and where it stands. */
static tt_status out_of_range(op_call *c, const tt_tensor *indices, int axis, int64_t bad)
{
    int64_t place[LAYOUT_MAX_NDIM] = {0}, n = tensor_numel(indices);
    layout at;
    layout_copy(&at, &indices->at);
    at.offset = 0; /* data points to the first element */
    for (int64_t k = 0; k < n; k++)
        if (((const int64_t *)(const void *)indices->data)[layout_at(&at, k)] == bad) {
            unravel(&at, k, place);
            break;
        }
    return op_error(c, TT_ERR_INDEX,
                    "index %lld, at %s of the indices, is out of range for axis %d "
                    "of size %lld",
                    (long long)bad, describe_shape(at.ndim, place).s, axis,
                    (long long)c->in[0]->at.shape[axis]);
}

static tt_status indices_in_range(op_call *c, tt_tensor *indices, int axis)
{
    int64_t bad = 0;
    if (indices->dtype != TT_I64)
        return op_error(c, TT_ERR_DTYPE, "indices are %s, not int64", describe(indices).s);
    if (!index_check(&c->ctx->ex, operand_of(indices), c->in[0]->at.shape[axis], &bad))
        return out_of_range(c, indices, axis, bad);
    return TT_OK;
}

tt_tensor *index_apply(const op *o, int n, tt_tensor *const *in, int axis)
{
    if (!op_context(o->name, n, in))
        return NULL;
    int k = op_axis(o->name, in[0], axis, in[0]->at.ndim);
    return k < 0 ? NULL : op_apply(o, n, in, &k, sizeof k);
}

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

tt_status take_infer(op_call *c)
{
    int axis = *(const int *)c->attr;
    if (indices_in_range(c, c->in[1], axis) < 0)
        return c->ctx->err.code;
    c->dtype = c->in[0]->dtype;
    if (!replaced(&c->in[0]->at, axis, &c->in[1]->at, &c->at))
        return op_error(c, TT_ERR_SHAPE, "%s by indices %s has too many axes or elements",
                        describe(c->in[0]).s, describe(c->in[1]).s);
    return TT_OK;
}

void take_forward(op_call *c)
{
    take_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), *(const int *)c->attr,
             operand_of(c->in[1]));
}

/* The way back of take and gather: zeros of the shape in the attributes, plus the gradient at the
 * places the indices name. in: gradient, indices (in range). */
typedef struct back_attr {
    int axis;
    layout at;
} back_attr;

static tt_status back_infer(op_call *c)
{
    const back_attr *a = c->attr;
    c->dtype = c->in[0]->dtype;
    layout_copy(&c->at, &a->at);
    return TT_OK;
}

static void clear(op_call *c)
{
    int64_t zero[1] = {0};
    fill_run(&c->ctx->ex, operand_of(c->out), zero);
}

static void back(const op *o, const op_call *c, op_grads *g)
{
    back_attr a;
    tt_tensor *in[] = {grads_out(g), c->in[1]};
    a.axis = *(const int *)c->attr;
    layout_init(&a.at, c->in[0]->at.ndim, c->in[0]->at.shape);
    grads_add(g, 0, op_apply(o, 2, in, &a, sizeof a));
}

static void take_back_forward(op_call *c)
{
    const back_attr *a = c->attr;
    clear(c);
    take_add_run(&c->ctx->ex, operand_of(c->out), a->axis, operand_of(c->in[1]),
                 operand_of(c->in[0]));
}

static void take_back_vjp(const op_call *c, op_grads *g)
{
    const back_attr *a = c->attr;
    grads_add(g, 0, tt_take(grads_out(g), a->axis, c->in[1]));
}

static const op take_back = {.name = "take_backward",
                             .infer = back_infer,
                             .forward = take_back_forward,
                             .vjp = take_back_vjp,
                             .saves = SAVE_IN(1)};

/* A table of embeddings is large and the rows taken are few: they are added to what is pending. */
void take_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *pending = grads_pending(g, 0);
    if (pending)
        take_add_run(&c->ctx->ex, operand_of(pending), *(const int *)c->attr, operand_of(c->in[1]),
                     operand_of(grads_out(g)));
    else
        back(&take_back, c, g);
}

static const op take = {.name = "take",
                        .infer = take_infer,
                        .forward = take_forward,
                        .vjp = take_vjp,
                        .saves = SAVE_IN(1)};

tt_tensor *tt_take(tt_tensor *x, int axis, tt_tensor *indices)
{
    tt_tensor *in[] = {x, indices};
    return index_apply(&take, 2, in, axis);
}

static tt_status same_dtype_at(op_call *c, int i)
{
    if (c->in[i]->dtype != c->in[0]->dtype)
        return op_error(c, TT_ERR_DTYPE, "dtypes differ: %s and %s; cast one with tt_cast",
                        describe(c->in[0]).s, describe(c->in[i]).s);
    return TT_OK;
}

/* index_add: x plus src at the places that the indices name. */
static tt_status index_add_infer(op_call *c)
{
    int axis = *(const int *)c->attr;
    layout want;
    if (indices_in_range(c, c->in[1], axis) < 0 || same_dtype_at(c, 2) < 0)
        return c->ctx->err.code;
    if (!dtype_is_arithmetic(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s", describe(c->in[0]).s);
    if (!replaced(&c->in[0]->at, axis, &c->in[1]->at, &want) ||
        !layout_same_shape(&want, &c->in[2]->at))
        return op_error(c, TT_ERR_SHAPE, "the source is %s, indices %s into axis %d of %s",
                        describe(c->in[2]).s, describe(c->in[1]).s, axis, describe(c->in[0]).s);
    return infer_same_shape(c, c->in[0]->dtype);
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

static const op index_add = {.name = "index_add",
                             .infer = index_add_infer,
                             .forward = index_add_forward,
                             .vjp = index_add_vjp,
                             .saves = SAVE_IN(1)};

tt_tensor *tt_index_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src)
{
    tt_tensor *in[] = {x, indices, src};
    return index_apply(&index_add, 3, in, axis);
}

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
    return indices_in_range(c, c->in[1], axis);
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
    gather_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), *(const int *)c->attr,
               operand_of(c->in[1]));
}

static void gather_back_forward(op_call *c)
{
    const back_attr *a = c->attr;
    clear(c);
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
    back(&gather_back, c, g);
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
    if (elementwise_check(c, c->in[2]) < 0 || same_dtype_at(c, 2) < 0)
        return c->ctx->err.code;
    return infer_same_shape(c, c->in[0]->dtype);
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
