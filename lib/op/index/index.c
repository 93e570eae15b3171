/* Indices of one axis: take, and index_add, its reverse; with what the other files of this family
 * share. The kernels check the
 * indices as they go; what is wrong with one, its place, is looked for here. */
#include <tinytensor/ops.h>
#include "kernel/walk/copy.h"
#include "kernel/index/gather.h"
#include "op/index/index.h"

static void unravel(const layout *at, int64_t k, int64_t *index)
{
    for (int i = at->ndim - 1; i >= 0; k /= at->shape[i--])
        index[i] = k % at->shape[i];
}

described index_place(const tt_tensor *indices, int64_t value)
{
    int64_t place[LAYOUT_MAX_NDIM] = {0}, n = tensor_numel(indices);
    layout at;
    layout_copy(&at, &indices->at);
    at.offset = 0; /* data points to the first element */
    for (int64_t k = 0; k < n; k++)
        if (((const int64_t *)(const void *)indices->data)[layout_at(&at, k)] == value) {
            unravel(&at, k, place);
            break;
        }
    return describe_shape(at.ndim, place);
}

tt_status index_dtype(op_call *c)
{
    if (c->in[1]->dtype != TT_I64)
        return op_error(c, TT_ERR_DTYPE, "indices are %s, not int64", describe(c->in[1]).s);
    return TT_OK;
}

void index_done(op_call *c, bool in_range)
{
    int axis = *(const int *)c->attr;
    int64_t bad = 0;
    if (!in_range &&
        !index_check(&c->ctx->ex, operand_of(c->in[1]), c->in[0]->at.shape[axis], &bad))
        op_error(c, TT_ERR_INDEX,
                 "index %lld, at %s of the indices, is out of range for axis %d of size %lld",
                 (long long)bad, index_place(c->in[1], bad).s, axis,
                 (long long)c->in[0]->at.shape[axis]);
}

tt_tensor *index_apply(const op *o, int n, tt_tensor *const *in, int axis)
{
    if (!op_context(o->name, n, in))
        return NULL;
    int k = op_axis(o->name, in[0], axis, in[0]->at.ndim);
    return k < 0 ? NULL : op_apply(o, n, in, &k, sizeof k);
}

bool index_replaced(const layout *x, int axis, const layout *indices, layout *out)
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
    c->dtype = c->in[0]->dtype;
    if (index_dtype(c) < 0)
        return c->ctx->err.code;
    if (!index_replaced(&c->in[0]->at, *(const int *)c->attr, &c->in[1]->at, &c->at))
        return op_error(c, TT_ERR_SHAPE, "%s by indices %s has too many axes or elements",
                        describe(c->in[0]).s, describe(c->in[1]).s);
    return TT_OK;
}

void take_forward(op_call *c)
{
    index_done(c, take_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]),
                           *(const int *)c->attr, operand_of(c->in[1])));
}

tt_status back_infer(op_call *c)
{
    const back_attr *a = c->attr;
    c->dtype = c->in[0]->dtype;
    layout_copy(&c->at, &a->at);
    return TT_OK;
}

void back_clear(op_call *c)
{
    int64_t zero[1] = {0};
    fill_run(&c->ctx->ex, operand_of(c->out), zero);
}

void back_apply(const op *o, const op_call *c, op_grads *g)
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
    back_clear(c);
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
        back_apply(&take_back, c, g);
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

tt_status index_same_dtype(op_call *c, int i)
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
    if (index_dtype(c) < 0 || index_same_dtype(c, 2) < 0)
        return c->ctx->err.code;
    if (!dtype_is_arithmetic(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s", describe(c->in[0]).s);
    if (!index_replaced(&c->in[0]->at, axis, &c->in[1]->at, &want) ||
        !layout_same_shape(&want, &c->in[2]->at))
        return op_error(c, TT_ERR_SHAPE, "the source is %s, indices %s into axis %d of %s",
                        describe(c->in[2]).s, describe(c->in[1]).s, axis, describe(c->in[0]).s);
    return infer_same_shape(c, c->in[0]->dtype);
}

void index_add_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    index_done(c, take_add_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr,
                               operand_of(c->in[1]), operand_of(c->in[2])));
}

void index_add_vjp(const op_call *c, op_grads *g)
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
