/* Parts of tensors as views: select, narrow, diagonal, unbind, split, chunk (slices by text are in
 * slice.c). Invariant: the gradient of a part is zeros with the part's gradient in its place, and
 * that is differentiable in turn. */
#include <tinytensor/shape.h>
#include "part.h"
#include "kernel/walk/copy.h"

void part_begin(part *p, const tt_tensor *x)
{
    layout_copy(&p->at, &x->at);
    layout_init(&p->inside, x->at.ndim, x->at.shape);
}

static void range(layout *l, int axis, int64_t start, int64_t step, int64_t length)
{
    if (length > 0)
        l->offset += start * l->stride[axis];
    l->shape[axis] = length;
    if (length > 1) /* else the stride says nothing, and a huge step would overflow it */
        l->stride[axis] *= step;
}

void part_range(part *p, int axis, int64_t start, int64_t step, int64_t length)
{
    range(&p->at, axis, start, step, length);
    range(&p->inside, axis, start, step, length);
}

static void drop(layout *l, int axis)
{
    for (int i = axis; i + 1 < l->ndim; i++) {
        l->shape[i] = l->shape[i + 1];
        l->stride[i] = l->stride[i + 1];
    }
    l->ndim--;
}

void part_drop(part *p, int axis)
{
    drop(&p->at, axis);
    drop(&p->inside, axis);
}

static void insert(layout *l, int axis)
{
    for (int i = l->ndim; i > axis; i--) {
        l->shape[i] = l->shape[i - 1];
        l->stride[i] = l->stride[i - 1];
    }
    l->shape[axis] = 1;
    l->stride[axis] = 1;
    l->ndim++;
}

void part_insert(part *p, int axis)
{
    insert(&p->at, axis);
    insert(&p->inside, axis);
}

static void diagonal(layout *l, int i, int j, int64_t row, int64_t column, int64_t length)
{
    int64_t step = l->stride[i] + l->stride[j];
    if (length > 0)
        l->offset += row * l->stride[i] + column * l->stride[j];
    drop(l, i > j ? i : j);
    drop(l, i > j ? j : i);
    l->shape[l->ndim] = length;
    l->stride[l->ndim++] = step;
}

/* From (row, column) of axes i and j on: both go, the diagonal becomes the last axis. */
static void part_diagonal(part *p, int i, int j, int64_t row, int64_t column, int64_t length)
{
    diagonal(&p->at, i, j, row, column, length);
    diagonal(&p->inside, i, j, row, column, length);
}

static tt_status part_infer(op_call *c)
{
    const part *p = c->attr;
    c->dtype = c->in[0]->dtype;
    c->view_of = 0;
    layout_copy(&c->at, &p->at);
    return TT_OK;
}

typedef struct put_attr {
    layout whole, inside;
} put_attr;

/* Zeros of the whole's shape, with the input in the part's place. */
static tt_status put_infer(op_call *c)
{
    const put_attr *a = c->attr;
    c->dtype = c->in[0]->dtype;
    layout_copy(&c->at, &a->whole);
    return TT_OK;
}

static void put_forward(op_call *c)
{
    const put_attr *a = c->attr;
    int64_t zero[1] = {0};
    fill_run(&c->ctx->ex, operand_of(c->out), zero);
    char *data = c->out->data + a->inside.offset * element_size(c->dtype);
    copy_run(&c->ctx->ex, (operand){data, &a->inside, c->dtype}, operand_of(c->in[0]));
}

/* The part of the gradient where the input was put. */
static void put_vjp(const op_call *c, op_grads *g)
{
    const put_attr *a = c->attr;
    tt_tensor *whole = tt_contiguous(grads_out(g));
    part p;
    if (!whole)
        return;
    layout_copy(&p.at, &a->inside);
    layout_copy(&p.inside, &a->inside);
    p.at.offset += whole->at.offset;
    grads_add(g, 0, part_view(whole, &p));
}

static const op put = {.name = "put", .infer = put_infer, .forward = put_forward, .vjp = put_vjp};

static void part_vjp(const op_call *c, op_grads *g)
{
    const part *p = c->attr;
    put_attr a;
    tt_tensor *gy = grads_out(g);
    if (grads_add_part(g, 0, gy, &p->inside))
        return;
    layout_init(&a.whole, c->in[0]->at.ndim, c->in[0]->at.shape);
    layout_copy(&a.inside, &p->inside);
    grads_add(g, 0, op_apply(&put, 1, &gy, &a, sizeof a));
}

static const op part_op = {.name = "slice", .infer = part_infer, .vjp = part_vjp};

tt_tensor *part_view(tt_tensor *x, const part *p)
{
    return op_apply(&part_op, 1, &x, p, sizeof *p);
}

tt_tensor *tt_select(tt_tensor *x, int axis, int64_t index)
{
    part p;
    if (!op_context("select", 1, &x))
        return NULL;
    int k = op_axis("select", x, axis, x->at.ndim);
    if (k < 0)
        return NULL;
    int64_t n = x->at.shape[k], i = index < 0 ? index + n : index;
    if (i < 0 || i >= n)
        return op_fail(x, TT_ERR_INDEX, "select: index %lld is out of range for axis %d of %s",
                       (long long)index, axis, describe(x).s);
    part_begin(&p, x);
    part_range(&p, k, i, 1, 1);
    part_drop(&p, k);
    return part_view(x, &p);
}

tt_tensor *tt_narrow(tt_tensor *x, int axis, int64_t start, int64_t length)
{
    part p;
    if (!op_context("narrow", 1, &x))
        return NULL;
    int k = op_axis("narrow", x, axis, x->at.ndim);
    if (k < 0)
        return NULL;
    int64_t n = x->at.shape[k], s = start < 0 ? start + n : start;
    if (s < 0 || s > n || length < 0 || length > n - s)
        return op_fail(x, TT_ERR_INDEX,
                       "narrow: %lld elements from %lld are not within axis %d of %s",
                       (long long)length, (long long)start, axis, describe(x).s);
    part_begin(&p, x);
    part_range(&p, k, s, 1, length);
    return part_view(x, &p);
}

tt_tensor *tt_diagonal(tt_tensor *x, int64_t offset, int a, int b)
{
    part p;
    if (!op_context("diagonal", 1, &x))
        return NULL;
    int i = op_axis("diagonal", x, a, x->at.ndim),
        j = i < 0 ? -1 : op_axis("diagonal", x, b, x->at.ndim);
    if (i < 0 || j < 0)
        return NULL;
    if (i == j)
        return op_fail(x, TT_ERR_AXIS, "diagonal: axis %d is named twice", a);
    int64_t far = x->at.shape[i] > x->at.shape[j] ? x->at.shape[i] : x->at.shape[j];
    offset = offset < -far ? -far : offset > far ? far : offset; /* outside is outside */
    int64_t row = offset < 0 ? -offset : 0, column = offset > 0 ? offset : 0;
    int64_t rows = x->at.shape[i] - row, columns = x->at.shape[j] - column;
    int64_t n = rows < columns ? rows : columns;
    part_begin(&p, x);
    part_diagonal(&p, i, j, row, column, n < 0 ? 0 : n);
    return part_view(x, &p);
}

int tt_unbind(tt_tensor *x, int axis, int max, tt_tensor **out)
{
    tt_ctx *ctx = op_context("unbind", 1, &x);
    if (!ctx)
        return op_status(x);
    int k = op_axis("unbind", x, axis, x->at.ndim);
    if (k >= 0 && x->at.shape[k] > max)
        ctx_error(ctx, TT_ERR_ARG, "unbind: axis %d of %s does not fit into %d places", axis,
                  describe(x).s, max);
    for (int64_t i = 0; !ctx->err.code && i < x->at.shape[k]; i++)
        out[i] = tt_select(x, k, i);
    return ctx->err.code ? (int)ctx->err.code : (int)x->at.shape[k];
}

tt_status tt_split(tt_tensor *x, int axis, int n, const int64_t *sizes, tt_tensor **out)
{
    int64_t start = 0, total = 0;
    tt_ctx *ctx = op_context("split", 1, &x);
    if (!ctx)
        return op_status(x);
    int k = op_axis("split", x, axis, x->at.ndim);
    for (int i = 0; i < n && total >= 0; i++)
        total = sizes[i] < 0 || sizes[i] > INT64_MAX - total ? -1 : total + sizes[i];
    if (k >= 0 && total != x->at.shape[k])
        ctx_error(ctx, TT_ERR_SHAPE, "split: the sizes do not add up to axis %d of %s", axis,
                  describe(x).s);
    for (int i = 0; !ctx->err.code && i < n; start += sizes[i++])
        out[i] = tt_narrow(x, k, start, sizes[i]);
    return ctx->err.code;
}

tt_status tt_chunk(tt_tensor *x, int axis, int n, tt_tensor **out)
{
    tt_ctx *ctx = op_context("chunk", 1, &x);
    if (!ctx)
        return op_status(x);
    int k = op_axis("chunk", x, axis, x->at.ndim);
    if (k >= 0 && n < 1)
        ctx_error(ctx, TT_ERR_ARG, "chunk: %d parts", n);
    if (ctx->err.code)
        return ctx->err.code;
    int64_t size = x->at.shape[k], each = (size + n - 1) / n, start = 0;
    for (int i = 0; i < n; i++, start += each) {
        int64_t left = size - start;
        out[i] = left > 0 || i == 0 ? tt_narrow(x, k, start, left < each ? left : each) : NULL;
    }
    return ctx->err.code;
}
