/* The logarithm of a sum of exponentials. Input: a tensor and axes; output: the value for each
 * combination of the other axes. Invariant: the gradient reads maximum and sum apart, for their
 * joint logarithm has only the digits that its size leaves it. */
#include <tinytensor/ops.h>
#include "reduce.h"

/* Results: the logarithm, and while it is recorded the maximum m, a constant, and the sum of
 * exp(x - m), with axes of size 1 where they were reduced. */
enum { TOP = 1, SUM = 2 };

static tt_status logsumexp_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (reduce_float_infer(c) < 0)
        return c->ctx->err.code;
    for (int i = TOP; i <= SUM && c->recording; i++)
        reduced_layout(c->in[0], a->axis, true, infer_also(c, c->dtype));
    return TT_OK;
}

static void logsumexp_forward(op_call *c)
{
    layout at;
    reduce_args r = reduce_args_of(c, REDUCE_logsumexp, &at);
    if (c->recording) {
        r.mid = operand_of(c->result[TOP].tensor);
        r.rest = operand_of(c->result[SUM].tensor);
    }
    reduce_run(&c->ctx->ex, &r);
}

/* d y / dx = exp(x - m) / s. A sum of 0 is one of -inf alone, which has no gradient. */
static void logsumexp_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *m = c->result[TOP].tensor, *s = c->result[SUM].tensor;
    tt_tensor *gy = grads_out_of(g, 0), *gs = grads_out_of(g, SUM), *k = NULL;
    m = tt_masked_fill(m, tt_logical_not(tt_isfinite(m)), 0);
    if (gy)
        k = tt_div(reduce_keep(c, gy), tt_masked_fill(s, tt_eq_scalar(s, 0), 1));
    if (gs)
        k = k ? tt_add(k, gs) : gs;
    grads_add(g, 0, tt_mul(tt_exp(tt_sub(c->in[0], m)), k));
}

static const op op_logsumexp = {.name = "logsumexp",
                                .infer = logsumexp_infer,
                                .forward = logsumexp_forward,
                                .vjp = logsumexp_vjp,
                                .saves = SAVE_IN(0) | SAVE_RESULT(TOP) | SAVE_RESULT(SUM) |
                                         CONSTANT_RESULT(TOP)};

tt_tensor *tt_logsumexp(tt_tensor *x, int naxes, const int *axes, bool keepdim)
{
    return reduce_apply(&op_logsumexp, REDUCE_logsumexp, x, naxes, axes, keepdim, 0);
}
