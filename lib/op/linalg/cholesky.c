/* The Cholesky factor of symmetric positive definite matrices. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/factor.h"
#include "linalg.h"

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

static const op cholesky = {
    .name = "cholesky", .infer = cholesky_infer, .forward = cholesky_forward};

tt_tensor *tt_cholesky(tt_tensor *a)
{
    return op_apply(&cholesky, 1, &a, NULL, 0);
}
