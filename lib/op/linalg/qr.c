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

static const op qr = {.name = "qr", .infer = qr_infer, .forward = qr_forward};

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
