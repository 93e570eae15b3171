/* Pseudo-inverses and least squares. The rank counts as constant: the gradients are those of
 * Golub and Pereyra (The differentiation of pseudo-inverses, 1973). */
#include <tinytensor/tinytensor.h>
#include <math.h>
#include "kernel/linalg/spectral.h"
#include "linalg.h"

tt_tensor *linalg_pinv_grad(tt_tensor *a, tt_tensor *p, tt_tensor *g)
{
    tt_tensor *pt = turned(p), *gt = turned(g);
    tt_tensor *x = tt_matmul(gt, tt_matmul(p, pt)); /* (1 - a p) g^T p p^T */
    tt_tensor *y = tt_matmul(tt_matmul(pt, p), gt); /* p^T p g^T (1 - p a) */
    x = tt_sub(x, tt_matmul(a, tt_matmul(p, x)));
    y = tt_sub(y, tt_matmul(tt_matmul(y, p), a));
    tt_tensor *ga = tt_sub(tt_add(x, y), tt_matmul(pt, tt_matmul(g, pt)));
    return ga;
}

static double default_rcond(const tt_tensor *a)
{
    return (double)larger(rows_of(a), cols_of(a)) * tt_dtype_limits(a->dtype).eps;
}

static const op pinv_svd = {
    .name = "pinv", .infer = linalg_svd_infer, .forward = linalg_svd_forward};

/* v diag(1 / s) u^T, without the values that count as zero. */
static tt_tensor *pinv_value(tt_tensor *a, double rcond)
{
    tt_tensor *s, *u, *vh, **const out[] = {&s, &u, &vh};
    bool full = false;
    if (!op_apply_all(&pinv_svd, 1, &a, &full, sizeof full, 3, out))
        return NULL;
    if (tt_numel(s) == 0)
        return tt_zeros_like(turned(a));
    if (rcond < 0)
        rcond = default_rcond(a);
    tt_tensor *least = tt_mul_scalar(tt_narrow(s, -1, 0, 1), rcond),
              *zero = tt_logical_or(tt_le(s, least), tt_eq_scalar(s, 0));
    tt_tensor *inverse = tt_masked_fill(tt_reciprocal(tt_masked_fill(s, zero, 1)), zero, 0);
    return tt_matmul(tt_mul(turned(vh), tt_unsqueeze(inverse, -2)), turned(u));
}

/* The value has been computed: what is recorded is that it belongs to a. */
static tt_status pinv_infer(op_call *c)
{
    c->dtype = c->in[1]->dtype;
    c->view_of = 1;
    layout_copy(&c->at, &c->in[1]->at);
    c->at.offset = c->in[1]->at.offset;
    return TT_OK;
}

static void pinv_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, linalg_pinv_grad(c->in[0], c->out, grads_out(g)));
}

static const op pinv = {
    .name = "pinv", .infer = pinv_infer, .vjp = pinv_vjp, .saves = SAVE_IN(0) | SAVE_OUT};

tt_tensor *tt_pinv(tt_tensor *a, double rcond)
{
    tt_ctx *ctx = op_context("pinv", 1, &a);
    if (!ctx)
        return NULL;
    if (isnan(rcond))
        return op_fail(a, TT_ERR_ARG, "pinv: rcond is not a number");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *p = tt_keep(pinv_value(a, rcond));
    tt_scope_end(ctx, s);
    return p ? op_apply(&pinv, 2, (tt_tensor *[]){a, p}, NULL, 0) : NULL;
}

/* x (... n k) for a (... m n) and b (... m k). */
static tt_status lstsq_infer(op_call *c)
{
    return linalg_matrix(c, 0, "a") < 0 ? c->ctx->err.code : linalg_system(c, "m n", "m");
}

static void lstsq_forward(op_call *c)
{
    layout a, b;
    int lead = c->at.ndim - 2;
    operand oa = linalg_spread(c->in[0], 2, &c->at, lead, &a);
    operand ob = linalg_spread(c->in[1], 2, &c->at, lead, &b);
    linalg_result r = lstsq_run(&c->ctx->ex, operand_of(c->out), oa, ob, default_rcond(c->in[0]));
    bool of_b = r.kind == LINALG_NOT_FINITE && r.place;
    linalg_report(c, r, of_b ? "b" : "a", of_b ? &b : &a);
}

static void lstsq_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *a = c->in[0], *p = tt_pinv(a, -1), *gx = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, linalg_pinv_grad(a, p, tt_matmul(gx, turned(c->in[1]))));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_matmul(turned(p), gx));
}

static const op lstsq = {.name = "lstsq",
                         .infer = lstsq_infer,
                         .forward = lstsq_forward,
                         .vjp = lstsq_vjp,
                         .saves = SAVE_IN(0) | SAVE_IN(1)};

tt_tensor *tt_lstsq(tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    if (!op_context("lstsq", 2, in))
        return NULL;
    bool vector = b->at.ndim == 1;
    if (vector)
        in[1] = tt_unsqueeze(b, 1);
    tt_tensor *y = op_apply(&lstsq, 2, in, NULL, 0);
    return vector ? tt_squeeze(y, TT_AXES(-1)) : y;
}
