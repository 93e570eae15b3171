/* Eigenvalues and eigenvectors of symmetric matrices. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/spectral.h"
#include "linalg.h"
#include "pairs.h"

enum { W, V };

static tt_status eigh_infer(op_call *c)
{
    const tt_tensor *a = c->in[0];
    if (linalg_square(c, 0, "a") < 0)
        return c->ctx->err.code;
    int64_t n = rows_of(a);
    c->dtype = a->dtype;
    linalg_layout(&c->at, a, 1, n, 0);
    if (c->recording || c->wanted >> V)
        linalg_layout(infer_also(c, a->dtype), a, 2, n, n);
    return TT_OK;
}

static void eigh_forward(op_call *c)
{
    linalg_report(
        c,
        eigh_run(&c->ctx->ex, linalg_result_of(c, W), linalg_result_of(c, V), operand_of(c->in[0])),
        "a", &c->in[0]->at);
}

static void eigh_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *w = c->result[W].tensor, *v = c->result[V].tensor;
    tt_tensor *gw = grads_out_of(g, W), *gv = grads_out_of(g, V), *inner = NULL;
    if (gv) {
        tt_tensor *x = tt_matmul(turned(v), gv);
        inner = tt_mul_scalar(pair_quotient(c->op->name, PAIR_DIFFERENCE, skew(x), w, x), 0.5);
    }
    if (gw && tensor_wants_grad(gw))
        v = pair_strict(c->op->name, PAIR_DIFFERENCE, v, w);
    if (gw)
        inner = inner ? tt_add(inner, diagonals(gw)) : diagonals(gw);
    grads_add(g, 0, tt_matmul(tt_matmul(v, inner), turned(v)));
}

static const op eigh = {.name = "eigh",
                        .infer = eigh_infer,
                        .forward = eigh_forward,
                        .vjp = eigh_vjp,
                        .saves = SAVE_RESULT(W) | SAVE_RESULT(V)};
static const op eigvalsh = {.name = "eigvalsh",
                            .infer = eigh_infer,
                            .forward = eigh_forward,
                            .vjp = eigh_vjp,
                            .saves = SAVE_RESULT(W) | SAVE_RESULT(V)};

tt_status tt_eigh(tt_tensor *a, tt_tensor **w, tt_tensor **v)
{
    tt_tensor **const out[] = {w, v};
    return op_apply_all(&eigh, 1, &a, NULL, 0, 2, out) ? TT_OK : op_status(a);
}

tt_tensor *tt_eigvalsh(tt_tensor *a)
{
    return op_apply(&eigvalsh, 1, &a, NULL, 0);
}
