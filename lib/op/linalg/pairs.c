/* Quotients by pairs of values as an operation, so that gradients that consist of them have
 * gradients, too, which again know what to do where values are equal. */
#include "pairs.h"

#include <tinytensor/tinytensor.h>
#include "kernel/linalg/pairs.h"
#include "linalg.h"

typedef struct pair_attr {
    const char *name;
    pair_kind kind;
} pair_attr;

static tt_status pair_infer(op_call *c)
{
    return infer_same_shape(c, c->in[0]->dtype);
}

static void complain(const op_call *c, linalg_result r)
{
    const pair_attr *a = c->attr;
    const layout *at = &c->in[0]->at;
    int64_t n = at->shape[at->ndim - 1];
    long long i = (long long)(r.place / n), j = (long long)(r.place % n);
    linalg_place p = linalg_place_of("a", at, r.matrix);
    if (a->kind == PAIR_ZERO)
        ctx_error(c->ctx, TT_ERR_NUMERIC,
                  "%s: no gradient: value %lld of %s is zero, and the result depends on its vector",
                  a->name, j, p.s);
    else
        ctx_error(c->ctx, TT_ERR_NUMERIC,
                  "%s: no gradient: values %lld and %lld of %s are %s, and the result depends on "
                  "the choice of their vectors",
                  a->name, i < j ? i : j, i < j ? j : i, p.s,
                  a->kind == PAIR_SUM ? "zero" : "equal");
}

static void pair_forward(op_call *c)
{
    const pair_attr *a = c->attr;
    layout w, scale;
    int lead = c->at.ndim - 2;
    linalg_result r = pairs_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]),
                                linalg_spread(c->in[1], 1, &c->at, lead, &w),
                                linalg_spread(c->in[2], 2, &c->at, lead, &scale), (int)a->kind);
    if (r.kind == LINALG_SINGULAR)
        complain(c, r);
    else
        linalg_report(c, r, "a", &c->in[0]->at);
}

static void pair_vjp(const op_call *c, op_grads *g)
{
    const pair_attr *a = c->attr;
    tt_tensor *gy = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, pair_quotient(a->name, a->kind, gy, c->in[1], gy));
    if (!grads_need(g, 1))
        return;
    tt_tensor *x = tt_mul(gy, c->out), *h = pair_quotient(a->name, a->kind, x, c->in[1], gy);
    tt_tensor *down = tt_neg(tt_sum(h, TT_AXES(-2), false));
    if (a->kind == PAIR_ZERO)
        grads_add(g, 1, down);
    else {
        tt_tensor *across = tt_sum(h, TT_AXES(-1), false);
        grads_add(g, 1, a->kind == PAIR_SUM ? tt_sub(down, across) : tt_add(down, across));
    }
}

static const op pair = {.name = "pair_quotient",
                        .infer = pair_infer,
                        .forward = pair_forward,
                        .vjp = pair_vjp,
                        .saves = SAVE_IN(1) | SAVE_OUT};

tt_tensor *pair_quotient(const char *name, pair_kind kind, tt_tensor *x, tt_tensor *w,
                         tt_tensor *scale)
{
    tt_tensor *in[] = {x, w, tt_detach(scale)};
    pair_attr a = {name, kind};
    return op_apply(&pair, 3, in, &a, sizeof a);
}

static tt_status strict_infer(op_call *c)
{
    c->dtype = c->in[0]->dtype;
    c->view_of = 0;
    layout_copy(&c->at, &c->in[0]->at);
    c->at.offset = c->in[0]->at.offset;
    return TT_OK;
}

/* Quotients of ones: there for all pairs, or an error. */
static void strict_vjp(const op_call *c, op_grads *g)
{
    const pair_attr *a = c->attr;
    tt_tensor *w = tt_detach(c->in[1]), *zeros = tt_zeros_like(w);
    tt_tensor *one = tt_add_scalar(tt_unsqueeze(zeros, -2), 1), *all;
    all = a->kind == PAIR_ZERO ? one : tt_add(one, tt_unsqueeze(zeros, -1));
    if (tt_numel(w) == 0 || pair_quotient(a->name, a->kind, all, w, all))
        grads_add(g, 0, grads_out(g));
}

static const op strict = {
    .name = "pair_strict", .infer = strict_infer, .vjp = strict_vjp, .saves = SAVE_IN(1)};

tt_tensor *pair_strict(const char *name, pair_kind kind, tt_tensor *v, tt_tensor *w)
{
    pair_attr a = {name, kind};
    return op_apply(&strict, 2, (tt_tensor *[]){v, tt_detach(w)}, &a, sizeof a);
}

tt_tensor *skew(tt_tensor *x)
{
    return tt_sub(x, turned(x));
}

tt_tensor *diagonals(tt_tensor *x)
{
    if (!x)
        return NULL;
    int64_t n = tt_size(x, -1);
    return tt_mul(tt_unsqueeze(x, -2), tt_eye(tt_ctx_of(x), tt_dtype_of(x), n, n));
}
