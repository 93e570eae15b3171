/* Systems of linear equations, general and triangular, and inverses. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/factor.h"
#include "linalg.h"

static tt_status system_infer(op_call *c)
{
    return linalg_square(c, 0, "a") < 0 ? c->ctx->err.code : linalg_system(c, "n n", "n");
}

static void solve_forward(op_call *c)
{
    layout a, b;
    int lead = c->at.ndim - 2;
    operand oa = linalg_spread(c->in[0], 2, &c->at, lead, &a);
    operand ob = linalg_spread(c->in[1], 2, &c->at, lead, &b);
    linalg_report(c, solve_run(&c->ctx->ex, operand_of(c->out), oa, ob), "a", &a);
}

static void solve_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gb = tt_solve(turned(c->in[0]), grads_out(g));
    if (grads_need(g, 0))
        grads_add(g, 0, tt_neg(tt_matmul(gb, turned(c->out))));
    if (grads_need(g, 1))
        grads_add(g, 1, gb);
}

static const op solve = {.name = "solve",
                         .infer = system_infer,
                         .forward = solve_forward,
                         .vjp = solve_vjp,
                         .saves = SAVE_IN(0) | SAVE_OUT};

/* A vector is one column. */
static tt_tensor *apply(const op *o, tt_tensor *a, tt_tensor *b, const void *attr, size_t size)
{
    tt_tensor *in[] = {a, b};
    if (!op_context(o->name, 2, in))
        return NULL;
    bool vector = b->at.ndim == 1;
    if (vector)
        in[1] = tt_unsqueeze(b, 1);
    tt_tensor *y = op_apply(o, 2, in, attr, size);
    return vector ? tt_squeeze(y, TT_AXES(-1)) : y;
}

tt_tensor *tt_solve(tt_tensor *a, tt_tensor *b)
{
    return apply(&solve, a, b, NULL, 0);
}

static void triangular_forward(op_call *c)
{
    layout a, b;
    int lead = c->at.ndim - 2;
    operand oa = linalg_spread(c->in[0], 2, &c->at, lead, &a);
    operand ob = linalg_spread(c->in[1], 2, &c->at, lead, &b);
    linalg_report(
        c, triangular_run(&c->ctx->ex, operand_of(c->out), oa, ob, *(const triangle *)c->attr), "a",
        &a);
}

static void triangular_vjp(const op_call *c, op_grads *g)
{
    const triangle *t = c->attr;
    tt_tensor *gb = tt_solve_triangular(turned(c->in[0]), grads_out(g), !t->upper, t->unit);
    if (grads_need(g, 0)) {
        tt_tensor *ga = tt_neg(tt_matmul(gb, turned(c->out)));
        grads_add(g, 0, t->upper ? tt_triu(ga, t->unit) : tt_tril(ga, -t->unit));
    }
    if (grads_need(g, 1))
        grads_add(g, 1, gb);
}

static const op solve_triangular = {.name = "solve_triangular",
                                    .infer = system_infer,
                                    .forward = triangular_forward,
                                    .vjp = triangular_vjp,
                                    .saves = SAVE_IN(0) | SAVE_OUT};

tt_tensor *tt_solve_triangular(tt_tensor *a, tt_tensor *b, bool upper, bool unit)
{
    triangle t = {upper, unit};
    return apply(&solve_triangular, a, b, &t, sizeof t);
}

static void inv_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *y = turned(c->out);
    grads_add(g, 0, tt_neg(tt_matmul(y, tt_matmul(grads_out(g), y))));
}

/* What solves a y = 1. */
static const op inv = {.name = "inv",
                       .infer = system_infer,
                       .forward = solve_forward,
                       .vjp = inv_vjp,
                       .saves = SAVE_OUT};

tt_tensor *tt_inv(tt_tensor *a)
{
    if (!op_context("inv", 1, &a))
        return NULL;
    int64_t n = a->at.ndim ? a->at.shape[a->at.ndim - 1] : 0;
    tt_tensor *in[] = {a, tt_eye(a->ctx, dtype_is_float(a->dtype) ? a->dtype : TT_F32, n, n)};
    return op_apply(&inv, 2, in, NULL, 0);
}
