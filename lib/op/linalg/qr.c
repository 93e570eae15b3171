/* The QR decomposition. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/factor.h"
#include "linalg.h"

static tt_status qr_infer(op_call *c)
{
    const tt_tensor *a = c->in[0];
    bool complete = *(const bool *)c->attr;
    if (linalg_matrix(c, 0, "a") < 0)
        return c->ctx->err.code;
    int64_t m = rows_of(a), n = cols_of(a), k = complete ? m : smaller(m, n);
    c->dtype = a->dtype;
    if (!linalg_layout(&c->at, a, 2, m, k) || !linalg_layout(infer_also(c, a->dtype), a, 2, k, n))
        return linalg_too_many(c);
    return TT_OK;
}

static void qr_forward(op_call *c)
{
    linalg_report(
        c,
        qr_run(&c->ctx->ex, linalg_result_of(c, 0), linalg_result_of(c, 1), operand_of(c->in[0])),
        "a", &c->in[0]->at);
}

/* The gradient of a (m n), m not less than n, of those of q and r; NULL stands for zero. */
static tt_tensor *tall(tt_tensor *q, tt_tensor *r, tt_tensor *gq, tt_tensor *gr)
{
    tt_tensor *x = gr ? tt_matmul(gr, turned(r)) : NULL;
    tt_tensor *y = gq ? tt_matmul(turned(q), gq) : NULL;
    x = x && y ? tt_sub(x, y) : x ? x : tt_neg(y);
    /* of the upper triangle and its transpose, the diagonal once */
    tt_tensor *both = tt_add(tt_triu(x, 0), turned(tt_triu(x, 1)));
    tt_tensor *left = tt_matmul(q, both);
    if (gq)
        left = tt_add(gq, left);
    return turned(tt_solve_triangular(r, turned(left), true, false));
}

/* The first m columns a1 of a = q (r1 r2), the others being a2 = q r2. */
static tt_tensor *wide(tt_tensor *q, tt_tensor *r, tt_tensor *a, tt_tensor *gq, tt_tensor *gr)
{
    int64_t m = rows_of(a), rest = cols_of(a) - m;
    tt_tensor *r1 = tt_narrow(r, -1, 0, m), *gr1 = NULL, *g2;
    if (gr) {
        tt_tensor *gr2 = tt_narrow(gr, -1, m, rest);
        tt_tensor *more = tt_matmul(tt_narrow(a, -1, m, rest), turned(gr2));
        gr1 = tt_narrow(gr, -1, 0, m);
        gq = gq ? tt_add(gq, more) : more;
        g2 = tt_matmul(q, gr2);
    } else
        g2 = tt_zeros_like(tt_narrow(a, -1, m, rest));
    return tt_cat(TT_TENSORS(tall(q, r1, gq, gr1), g2), -1);
}

static void qr_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *q = c->result[0].tensor, *r = c->result[1].tensor, *a = c->in[0];
    tt_tensor *gq = grads_out_of(g, 0), *gr = grads_out_of(g, 1);
    if (cols_of(q) > cols_of(r))
        op_error(c, TT_ERR_UNSUPPORTED,
                 "no gradient of the complete form for %s: the last columns of q are any basis",
                 describe(a).s);
    else if (rows_of(q) < cols_of(r))
        grads_add(g, 0, wide(q, r, a, gq, gr));
    else
        grads_add(g, 0, tall(q, r, gq, gr));
}

static const op qr = {.name = "qr",
                      .infer = qr_infer,
                      .forward = qr_forward,
                      .vjp = qr_vjp,
                      .saves = SAVE_IN(0) | SAVE_RESULT(0) | SAVE_RESULT(1)};

static tt_status apply(tt_tensor *a, bool complete, tt_tensor **q, tt_tensor **r)
{
    tt_tensor **const out[] = {q, r};
    return op_apply_all(&qr, 1, &a, &complete, sizeof complete, 2, out) ? TT_OK : op_status(a);
}

tt_status tt_qr(tt_tensor *a, tt_tensor **q, tt_tensor **r)
{
    return apply(a, false, q, r);
}

tt_status tt_qr_complete(tt_tensor *a, tt_tensor **q, tt_tensor **r)
{
    return apply(a, true, q, r);
}
