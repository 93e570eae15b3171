/* Views whose elements may be the same memory several times: sliding windows, and any strides
 * within bounds. Invariant: the gradient of an element is the sum over all places where it is
 * seen. */
#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>
#include "kernel/index/overlap.h"
#include "kernel/walk/copy.h"
#include "op/core/op.h"

/* Two ways to see a stretch of memory: what is seen one way, added up where elements meet, is read
 * the other way. Both are layouts within the stretch. */
typedef struct sight {
    layout from, to;
    int64_t extent;
} sight;

static tt_status restride_infer(op_call *c)
{
    const sight *a = c->attr;
    c->dtype = c->in[0]->dtype;
    layout_init(&c->at, a->to.ndim, a->to.shape);
    return TT_OK;
}

static void restride_forward(op_call *c)
{
    const sight *a = c->attr;
    const exec *x = &c->ctx->ex;
    int64_t size = element_size(c->dtype), zero[1] = {0};
    layout all;
    /* where the result is the whole stretch, it is added to at once */
    bool direct = layout_is_contiguous(&a->to) && layout_numel(&a->to) == a->extent;
    char *memory = direct ? c->out->data : x->mem.alloc(x->mem.user, (size_t)(a->extent * size));
    if (!memory)
        return;
    layout_init(&all, 1, &a->extent);
    fill_run(x, (operand){memory, &all, c->dtype}, zero);
    overlap_add_run(x, (operand){memory + a->from.offset * size, &a->from, c->dtype},
                    operand_of(c->in[0]));
    if (direct)
        return;
    copy_run(x, operand_of(c->out), (operand){memory + a->to.offset * size, &a->to, c->dtype});
    x->mem.free(x->mem.user, memory);
}

static void restride_vjp(const op_call *c, op_grads *g);
static const op restride = {
    .name = "restride", .infer = restride_infer, .forward = restride_forward, .vjp = restride_vjp};

static tt_tensor *restrided(tt_tensor *x, const layout *from, const layout *to, int64_t extent)
{
    sight a = {.extent = extent};
    layout_copy(&a.from, from);
    layout_copy(&a.to, to);
    return op_apply(&restride, 1, &x, &a, sizeof a);
}

static void restride_vjp(const op_call *c, op_grads *g)
{
    const sight *a = c->attr;
    grads_add(g, 0, restrided(grads_out(g), &a->to, &a->from, a->extent));
}

/* at: the result in the storage. */
typedef struct strided_attr {
    layout at;
    sight s; /* from: the result, to: x */
} strided_attr;

static tt_status strided_infer(op_call *c)
{
    const strided_attr *a = c->attr;
    c->dtype = c->in[0]->dtype;
    c->view_of = 0;
    layout_copy(&c->at, &a->at);
    return TT_OK;
}

/* Where elements of x are the same memory, what comes back to it is shared among them. */
static void strided_vjp(const op_call *c, op_grads *g)
{
    const sight *s = &((const strided_attr *)c->attr)->s;
    tt_tensor *gx = restrided(grads_out(g), &s->from, &s->to, s->extent);
    if (layout_overlaps(&s->to)) {
        tt_tensor *ones = tt_ones(c->ctx, c->in[0]->dtype, s->to.ndim, s->to.shape);
        gx = tt_div(gx, restrided(ones, &s->to, &s->to, s->extent));
    }
    grads_add(g, 0, gx);
}

static const op sliding_window = {
    .name = "sliding_window", .infer = strided_infer, .vjp = strided_vjp};
static const op as_strided = {.name = "as_strided", .infer = strided_infer, .vjp = strided_vjp};

/* Windows of an axis: it counts them, and a new last axis goes through each. */
static void windows(layout *l, int axis, int64_t size, int64_t step, int64_t count)
{
    l->shape[l->ndim] = size;
    l->stride[l->ndim++] = l->stride[axis];
    l->shape[axis] = count;
    if (count > 1) /* else the stride says nothing, and a huge step would overflow it */
        l->stride[axis] *= step;
}

tt_tensor *tt_sliding_window(tt_tensor *x, int axis, int64_t size, int64_t step)
{
    strided_attr a;
    if (!op_context("sliding_window", 1, &x))
        return NULL;
    int k = op_axis("sliding_window", x, axis, x->at.ndim);
    if (k < 0 || !op_can_have_axes("sliding_window", x, x->at.ndim + 1))
        return NULL;
    int64_t n = x->at.shape[k];
    if (size < 0 || size > n)
        return op_fail(x, TT_ERR_SHAPE, "sliding_window: no windows of %lld in axis %d of %s",
                       (long long)size, axis, describe(x).s);
    if (step < 1)
        return op_fail(x, TT_ERR_ARG, "sliding_window: the step is %lld, not positive",
                       (long long)step);
    int64_t count = (n - size) / step + 1;
    layout_copy(&a.at, &x->at);
    layout_init(&a.s.to, x->at.ndim, x->at.shape);
    layout_copy(&a.s.from, &a.s.to);
    a.s.extent = layout_numel(&a.s.to);
    windows(&a.at, k, size, step, count);
    windows(&a.s.from, k, size, step, count);
    return op_apply(&sliding_window, 1, &x, &a, sizeof a);
}

tt_tensor *tt_as_strided(tt_tensor *x, int ndim, const int64_t *shape, const int64_t *strides,
                         int64_t offset)
{
    static const char name[] = "as_strided";
    strided_attr a;
    int64_t lo, hi, first = 0, last = 0; /* from the first element of x on */
    layout seen;
    tt_ctx *ctx = op_context(name, 1, &x);
    if (!ctx || !op_layout(ctx, name, ndim, shape, &a.at))
        return NULL;
    if (ndim && !strides)
        return op_fail(x, TT_ERR_ARG, "%s: the strides are NULL", name);
    layout_copy(&seen, &x->at);
    seen.offset = 0;
    if (!layout_extent(&seen, &lo, &hi)) {
        lo = 0;
        hi = -1;
    }
    bool fits = layout_restride(&a.at, strides, element_size(x->dtype));
    bool any = fits && layout_extent(&a.at, &first, &last);
    if (!fits || (any && (offset < lo - first || offset > hi - last)))
        return op_fail(x, TT_ERR_INDEX,
                       "%s: %s with strides %s from %lld on leaves the memory that x %s lies in, "
                       "from %lld to %lld",
                       name, describe_shape(ndim, shape).s, describe_shape(ndim, strides).s,
                       (long long)offset, describe(x).s, (long long)lo, (long long)hi);
    layout_copy(&a.s.from, &a.at);
    layout_copy(&a.s.to, &seen);
    a.s.extent = hi - lo + 1;
    a.s.from.offset = any ? offset - lo : 0;
    a.s.to.offset = -lo;
    a.at.offset = any ? x->at.offset + offset : x->at.offset;
    return op_apply(&as_strided, 1, &x, &a, sizeof a);
}
