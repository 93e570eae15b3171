/* Distances between the rows of two matrices: one pass forward and one back over the pairs, in
 * which no differences are stored. They are taken as they are, which keeps the digits of near
 * points (the expansion into products does not). */
#include <tinytensor/tinytensor.h>
#include "kernel/product/cdist.h"
#include "op/core/op.h"

/* The leading axes of a and b broadcast, and behind them n and m. */
static bool pairs(const layout *a, const layout *b, int64_t n, int64_t m, layout *at)
{
    layout x, y;
    int64_t shape[LAYOUT_MAX_NDIM];
    layout_copy(&x, a);
    layout_copy(&y, b);
    x.shape[x.ndim - 1] = x.shape[x.ndim - 2] = y.shape[y.ndim - 1] = y.shape[y.ndim - 2] = 1;
    if (!layout_broadcast(at, &x, &y))
        return false;
    for (int i = 0; i < at->ndim - 2; i++)
        shape[i] = at->shape[i];
    shape[at->ndim - 2] = n;
    shape[at->ndim - 1] = m;
    return layout_init(at, at->ndim, shape);
}

static tt_status cdist_infer(op_call *c)
{
    const tt_tensor *a = c->in[0], *b = c->in[1];
    double p = *(const double *)c->attr;
    if (a->dtype != b->dtype || !dtype_is_float(a->dtype))
        return op_error(c, TT_ERR_DTYPE, "%s and %s; both are float32 or both float64",
                        describe(a).s, describe(b).s);
    c->dtype = a->dtype;
    if (a->at.ndim < 2 || b->at.ndim < 2 ||
        a->at.shape[a->at.ndim - 1] != b->at.shape[b->at.ndim - 1] ||
        !pairs(&a->at, &b->at, a->at.shape[a->at.ndim - 2], b->at.shape[b->at.ndim - 2], &c->at))
        return op_error(c, TT_ERR_SHAPE, "a (... n d) is %s, b (... m d) %s", describe(a).s,
                        describe(b).s);
    return p >= 0 ? TT_OK : op_error(c, TT_ERR_ARG, "p is %g, negative or no number", p);
}

/* t as it lies, with the leading axes of `shape`. */
static operand spread(tt_tensor *t, const layout *shape, layout *at)
{
    int64_t sizes[LAYOUT_MAX_NDIM];
    for (int i = 0; i < shape->ndim; i++)
        sizes[i] =
            i < shape->ndim - 2 ? shape->shape[i] : t->at.shape[t->at.ndim - shape->ndim + i];
    layout_init(at, shape->ndim, sizes);
    layout whole;
    layout_copy(&whole, at);
    return operand_expand(t, &whole, at);
}

static void cdist_forward(op_call *c)
{
    layout a, b;
    cdist_run(&c->ctx->ex, operand_of(c->out), spread(c->in[0], &c->at, &a),
              spread(c->in[1], &c->at, &b), *(const double *)c->attr);
}

/* in: g and y (... n m), a, b; the gradient of a, with the leading axes of g. */
static tt_status backward_infer(op_call *c)
{
    const layout *g = &c->in[0]->at, *a = &c->in[2]->at;
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < g->ndim; i++)
        shape[i] = i < g->ndim - 2 ? g->shape[i] : a->shape[a->ndim - g->ndim + i];
    c->dtype = c->in[0]->dtype;
    layout_init(&c->at, g->ndim, shape);
    return TT_OK;
}

static void backward_forward(op_call *c)
{
    layout a, b;
    const layout *shape = &c->in[0]->at;
    cdist_backward_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), operand_of(c->in[1]),
                       spread(c->in[2], shape, &a), spread(c->in[3], shape, &b),
                       *(const double *)c->attr);
}

static const op cdist_backward = {
    .name = "cdist_backward", .infer = backward_infer, .forward = backward_forward};

static void cdist_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    if (grads_need(g, 0)) {
        tt_tensor *in[] = {gy, c->out, c->in[0], c->in[1]};
        grads_add(g, 0, op_apply(&cdist_backward, 4, in, c->attr, sizeof(double)));
    }
    if (grads_need(g, 1)) {
        tt_tensor *in[] = {tt_transpose(gy, -1, -2), tt_transpose(c->out, -1, -2), c->in[1],
                           c->in[0]};
        grads_add(g, 1, op_apply(&cdist_backward, 4, in, c->attr, sizeof(double)));
    }
}

/* The norms of all differences; points without coordinates are all one. */
static void cdist_composed(const op_call *c, tt_tensor **out)
{
    tt_tensor *e = tt_sub(tt_unsqueeze(c->in[0], -2), tt_unsqueeze(c->in[1], -3));
    *out = tt_size(e, -1) == 0 ? tt_sum(e, TT_AXES(-1), false)
                               : tt_norm(e, TT_AXES(-1), *(const double *)c->attr, false);
}

static const op cdist = {.name = "cdist",
                         .infer = cdist_infer,
                         .forward = cdist_forward,
                         .vjp = cdist_vjp,
                         .saves = SAVE_IN(0) | SAVE_IN(1) | SAVE_OUT,
                         .composed = cdist_composed};

tt_tensor *tt_cdist(tt_tensor *a, tt_tensor *b, double p)
{
    tt_tensor *in[] = {a, b};
    return op_apply(&cdist, 2, in, &p, sizeof p);
}
