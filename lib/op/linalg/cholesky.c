/* The Cholesky factor of symmetric positive definite matrices. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/factor.h"
#include "linalg.h"
#include "pairs.h"

static tt_status cholesky_infer(op_call *c)
{
    tt_status s = linalg_square(c, 0, "a");
    return s == TT_OK ? infer_same_shape(c, c->in[0]->dtype) : s;
}

static void cholesky_forward(op_call *c)
{
    linalg_report(c, cholesky_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0])), "a",
                  &c->in[0]->at);
}

/* l^-T f l^-1, made symmetric, for the lower triangle f of l^T g with half of its diagonal. */
static void cholesky_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *l = turned(c->out), *x = tt_matmul(l, grads_out(g));
    tt_tensor *f = tt_add(tt_tril(x, -1), diagonals(tt_mul_scalar(tt_diagonal(x, 0, -2, -1), 0.5)));
    tt_tensor *left = tt_solve_triangular(l, f, true, false);
    tt_tensor *s = tt_solve_triangular(l, turned(left), true, false);
    grads_add(g, 0, tt_mul_scalar(tt_add(s, turned(s)), 0.5));
}

static const op cholesky = {.name = "cholesky",
                            .infer = cholesky_infer,
                            .forward = cholesky_forward,
                            .vjp = cholesky_vjp,
                            .saves = SAVE_OUT};

tt_tensor *tt_cholesky(tt_tensor *a)
{
    return op_apply(&cholesky, 1, &a, NULL, 0);
}
