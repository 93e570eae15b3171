/* The LU decomposition with row exchanges, and determinants, which are made of it. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/factor.h"
#include "linalg.h"
#include "pairs.h"

enum { P, L, U };

static tt_status lu_infer(op_call *c)
{
    const tt_tensor *a = c->in[0];
    if (linalg_matrix(c, 0, "a") < 0)
        return c->ctx->err.code;
    int64_t m = rows_of(a), n = cols_of(a), k = smaller(m, n);
    c->dtype = a->dtype;
    if (!linalg_layout(&c->at, a, 2, m, m) || !linalg_layout(infer_also(c, a->dtype), a, 2, m, k) ||
        !linalg_layout(infer_also(c, a->dtype), a, 2, k, n))
        return linalg_too_many(c);
    return TT_OK;
}

static void lu_forward(op_call *c)
{
    linalg_report(c,
                  lu_run(&c->ctx->ex, linalg_result_of(c, P), linalg_result_of(c, L),
                         linalg_result_of(c, U), operand_of(c->in[0])),
                  "a", &c->in[0]->at);
}

static tt_tensor *part(tt_tensor *x, int axis, int64_t start)
{
    return x ? tt_narrow(x, axis, start, tt_size(x, axis) - start) : NULL;
}

static tt_tensor *minus(tt_tensor *x, tt_tensor *y)
{
    return x ? tt_sub(x, y) : tt_neg(y);
}

/* With l1 and u1 the square parts, p^T times the gradient is l1^-T (tril(l1^T gl1, -1) +
 * triu(gu1 u1^T)) u1^-T; the columns of a wide a beyond them are l u2, the rows of a tall one l2 u,
 * and come off one of the triangles. */
static void lu_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *p = c->result[P].tensor, *l = c->result[L].tensor, *u = c->result[U].tensor;
    tt_tensor *gl = grads_out_of(g, L), *gu = grads_out_of(g, U), *lower = NULL, *upper = NULL;
    int64_t k = cols_of(l);
    bool tall = rows_of(l) > k, wide = cols_of(u) > k;
    tt_tensor *l1 = tt_narrow(l, -2, 0, k), *u1 = tt_narrow(u, -1, 0, k);
    if (gl)
        lower = tt_matmul(turned(l1), tt_narrow(gl, -2, 0, k));
    if (gu)
        upper = tt_matmul(tt_narrow(gu, -1, 0, k), turned(u1));
    if (wide && gu)
        lower = minus(lower, tt_matmul(part(gu, -1, k), turned(part(u, -1, k))));
    if (tall && gl)
        upper = minus(upper, tt_matmul(turned(part(l, -2, k)), part(gl, -2, k)));
    lower = lower ? tt_tril(lower, -1) : NULL;
    upper = upper ? tt_triu(upper, 0) : NULL;
    tt_tensor *x = lower && upper ? tt_add(lower, upper) : lower ? lower : upper;
    tt_tensor *y = tt_solve_triangular(turned(l1), x, true, true);
    tt_tensor *ga = turned(tt_solve_triangular(u1, turned(y), true, false));
    if (wide) {
        tt_tensor *more = gu ? tt_solve_triangular(turned(l1), part(gu, -1, k), true, true)
                             : tt_zeros_like(part(u, -1, k));
        ga = tt_cat(TT_TENSORS(ga, more), -1);
    }
    if (tall) {
        tt_tensor *more = gl ? turned(tt_solve_triangular(u1, turned(part(gl, -2, k)), true, false))
                             : tt_zeros_like(part(l, -2, k));
        ga = tt_cat(TT_TENSORS(ga, more), -2);
    }
    grads_add(g, 0, tt_matmul(p, ga));
}

static const op lu = {.name = "lu",
                      .infer = lu_infer,
                      .forward = lu_forward,
                      .vjp = lu_vjp,
                      .saves =
                          SAVE_RESULT(P) | SAVE_RESULT(L) | SAVE_RESULT(U) | CONSTANT_RESULT(P)};

tt_status tt_lu(tt_tensor *a, tt_tensor **p, tt_tensor **l, tt_tensor **u)
{
    tt_tensor **const out[] = {p, l, u};
    return op_apply_all(&lu, 1, &a, NULL, 0, 3, out) ? TT_OK : op_status(a);
}

static tt_status det_infer(op_call *c)
{
    tt_status s = linalg_square(c, 0, "a");
    c->dtype = c->in[0]->dtype;
    if (s == TT_OK)
        linalg_layout(&c->at, c->in[0], 0, 0, 0);
    return s;
}

static void det_forward(op_call *c)
{
    linalg_report(c, det_run(&c->ctx->ex, operand_of(c->out), (operand){0}, operand_of(c->in[0])),
                  "a", &c->in[0]->at);
}

/* The cofactors of a, which exist where a is singular, too: det(u vh) u diag(products of the other
 * values) vh. */
static tt_tensor *cofactors(tt_tensor *a)
{
    tt_tensor *u, *s, *vh;
    int64_t n = rows_of(a);
    if (tt_svd(a, false, &u, &s, &vh) < 0)
        return NULL;
    if (n > 1) { /* of two zeros the second derivative is not seen in the vectors */
        tt_tensor *last = tt_narrow(s, -1, n - 2, 2);
        u = pair_strict("det", PAIR_DIFFERENCE, u, last);
        vh = pair_strict("det", PAIR_DIFFERENCE, vh, last);
    }
    tt_tensor *own = tt_gt_scalar(tt_eye(a->ctx, a->dtype, n, n), 0);
    tt_tensor *others = tt_where(own, tt_scalar(a->ctx, a->dtype, 1), tt_unsqueeze(s, -2));
    others = tt_prod(others, TT_AXES(-1), false);
    tt_tensor *sign = tt_mul(tt_det(tt_detach(u)), tt_det(tt_detach(vh)));
    sign = tt_unsqueeze(tt_unsqueeze(tt_sign(sign), -1), -1);
    return tt_mul(sign, tt_matmul(tt_mul(u, tt_unsqueeze(others, -2)), vh));
}

static void det_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *d = tt_unsqueeze(tt_unsqueeze(c->out, -1), -1), *a = c->in[0];
    tt_tensor *gd = tt_unsqueeze(tt_unsqueeze(grads_out(g), -1), -1), *bad;
    if (rows_of(a) == 0) {
        grads_add(g, 0, tt_zeros_like(a));
        return;
    }
    /* zero, or beyond the range of the dtype, which its cofactors need not be */
    tt_tensor *out = tt_detach(c->out);
    bad = tt_any(tt_logical_or(tt_eq_scalar(out, 0), tt_logical_not(tt_isfinite(out))), TT_ALL_AXES,
                 false);
    if (!bad)
        return;
    tt_tensor *x = tt_item(bad) != 0 ? cofactors(a) : tt_mul(d, turned(tt_inv(a)));
    grads_add(g, 0, tt_mul(gd, x));
}

static const op det = {.name = "det",
                       .infer = det_infer,
                       .forward = det_forward,
                       .vjp = det_vjp,
                       .saves = SAVE_IN(0) | SAVE_OUT};

tt_tensor *tt_det(tt_tensor *a)
{
    return op_apply(&det, 1, &a, NULL, 0);
}

static tt_status slogdet_infer(op_call *c)
{
    tt_status s = det_infer(c);
    if (s == TT_OK)
        linalg_layout(infer_also(c, c->dtype), c->in[0], 0, 0, 0);
    return s;
}

static void slogdet_forward(op_call *c)
{
    linalg_report(c,
                  det_run(&c->ctx->ex, operand_of(c->result[1].tensor), operand_of(c->out),
                          operand_of(c->in[0])),
                  "a", &c->in[0]->at);
}

static void slogdet_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = tt_unsqueeze(tt_unsqueeze(grads_out_of(g, 0), -1), -1);
    grads_add(g, 0, tt_mul(gy, turned(tt_inv(c->in[0]))));
}

static const op slogdet = {.name = "slogdet",
                           .infer = slogdet_infer,
                           .forward = slogdet_forward,
                           .vjp = slogdet_vjp,
                           .saves = SAVE_IN(0) | CONSTANT_RESULT(1)};

tt_tensor *tt_slogdet(tt_tensor *a, tt_tensor **sign)
{
    tt_tensor *log, **const out[] = {&log, sign};
    return op_apply_all(&slogdet, 1, &a, NULL, 0, 2, out) ? log : NULL;
}
