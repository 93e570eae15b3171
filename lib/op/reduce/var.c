/* Variance and standard deviation. Input: a tensor, axes and the correction; output: the value for
 * each combination of the other axes. Invariant: the mean is a second result, which the gradient
 * reads. */
#include <tinytensor/ops.h>
#include "reduce.h"

/* Results: the variance, and the mean with axes of size 1 where it was reduced. */
enum { MEAN = 1 };

static tt_status var_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (reduce_float_infer(c) < 0)
        return c->ctx->err.code;
    reduced_layout(c->in[0], a->axis, true, infer_also(c, c->dtype));
    return TT_OK;
}

static void var_forward(op_call *c)
{
    const reduce_attr *a = c->attr;
    layout at;
    reduce_run(&c->ctx->ex, REDUCE_var, reduce_out(c, &at), operand_of(c->result[MEAN].tensor),
               operand_of(c->in[0]), a->axis, a->parameter);
}

static void var_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    double n = (double)reduced_count(c->in[0], a->axis);
    tt_tensor *gv = grads_out_of(g, 0), *gm = grads_out_of(g, MEAN);
    if (gv) {
        tt_tensor *d = tt_sub(c->in[0], c->result[MEAN].tensor);
        grads_add(g, 0, tt_mul(reduce_keep(c, gv), tt_mul_scalar(d, 2 / (n - a->parameter))));
    }
    if (gm)
        reduce_spread(g, c, tt_div_scalar(gm, n));
}

static const op op_var = {.name = "var",
                          .infer = var_infer,
                          .forward = var_forward,
                          .vjp = var_vjp,
                          .saves = SAVE_IN(0) | SAVE_RESULT(MEAN)};
static const op op_var_of_std = {.name = "std",
                                 .infer = var_infer,
                                 .forward = var_forward,
                                 .vjp = var_vjp,
                                 .saves = SAVE_IN(0) | SAVE_RESULT(MEAN)};

tt_tensor *tt_var(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim)
{
    return reduce_apply(&op_var, REDUCE_var, x, naxes, axes, keepdim, correction);
}

tt_tensor *tt_std(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim)
{
    return tt_sqrt(reduce_apply(&op_var_of_std, REDUCE_var, x, naxes, axes, keepdim, correction));
}
