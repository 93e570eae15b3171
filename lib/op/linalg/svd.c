/* The singular value decomposition. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/spectral.h"
#include "linalg.h"

/* Results; vectors are there where they are wanted, and while the call is recorded. */
enum { S, U, VH };

static tt_status svd_infer(op_call *c)
{
    const tt_tensor *a = c->in[0];
    bool full = *(const bool *)c->attr;
    if (linalg_matrix(c, 0, "a") < 0)
        return c->ctx->err.code;
    int64_t m = rows_of(a), n = cols_of(a), k = smaller(m, n);
    c->dtype = a->dtype;
    bool ok = linalg_layout(&c->at, a, 1, k, 0);
    if (c->recording || c->wanted >> U)
        ok = ok && linalg_layout(infer_also(c, a->dtype), a, 2, m, full ? m : k) &&
             linalg_layout(infer_also(c, a->dtype), a, 2, full ? n : k, n);
    return ok ? TT_OK : linalg_too_many(c);
}

static void svd_forward(op_call *c)
{
    linalg_report(c,
                  svd_run(&c->ctx->ex, linalg_result_of(c, S), linalg_result_of(c, U),
                          linalg_result_of(c, VH), operand_of(c->in[0])),
                  "a", &c->in[0]->at);
}

static const op svd = {.name = "svd", .infer = svd_infer, .forward = svd_forward};
static const op svdvals = {.name = "svdvals", .infer = svd_infer, .forward = svd_forward};

tt_status tt_svd(tt_tensor *a, bool full, tt_tensor **u, tt_tensor **s, tt_tensor **vh)
{
    tt_tensor **const out[] = {s, u, vh};
    return op_apply_all(&svd, 1, &a, &full, sizeof full, 3, out) ? TT_OK : op_status(a);
}

tt_tensor *tt_svdvals(tt_tensor *a)
{
    bool full = false;
    return op_apply(&svdvals, 1, &a, &full, sizeof full);
}
