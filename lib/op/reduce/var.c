/* Variance and standard deviation. Input: a tensor, axes and the correction; output: the value for
 * each combination of the other axes. Invariant: the mean that the gradient reads has the digits of
 * two elements: rounded to one, it would be off by much of the deviations where it is large. */
#include <tinytensor/ops.h>
#include "reduce.h"

/* Results: the variance, and while it is recorded the mean, with axes of size 1 where it was
 * reduced, and what the mean lacks. */
enum { MEAN = 1, REST = 2 };

static tt_status var_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (reduce_float_infer(c) < 0)
        return c->ctx->err.code;
    for (int i = MEAN; i <= REST && c->recording; i++)
        reduced_layout(c->in[0], a->axis, true, infer_also(c, c->dtype));
    return TT_OK;
}

static void var_forward(op_call *c)
{
    layout at;
    reduce_args r = reduce_args_of(c, REDUCE_var, &at);
    if (c->recording) {
        r.mid = operand_of(c->result[MEAN].tensor);
        r.rest = operand_of(c->result[REST].tensor);
    }
    reduce_run(&c->ctx->ex, &r);
}

static void var_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    double n = (double)reduced_count(c->in[0], a->axis);
    tt_tensor *gv = grads_out_of(g, 0), *gm = grads_out_of(g, MEAN);
    if (gv) {
        tt_tensor *d = tt_sub(c->in[0], c->result[MEAN].tensor);
        tt_tensor *k = tt_mul_scalar(reduce_keep(c, gv), 2 / (n - a->parameter));
        grads_add(g, 0, tt_mul(k, tt_sub(d, c->result[REST].tensor)));
    }
    if (gm)
        reduce_spread(g, c, tt_div_scalar(gm, n));
}

static const op op_var = {.name = "var",
                          .infer = var_infer,
                          .forward = var_forward,
                          .vjp = var_vjp,
                          .saves = SAVE_IN(0) | SAVE_RESULT(MEAN) | SAVE_RESULT(REST) |
                                   CONSTANT_RESULT(REST)};
static const op op_var_of_std = {.name = "std",
                                 .infer = var_infer,
                                 .forward = var_forward,
                                 .vjp = var_vjp,
                                 .saves = SAVE_IN(0) | SAVE_RESULT(MEAN) | SAVE_RESULT(REST) |
                                          CONSTANT_RESULT(REST)};

tt_tensor *tt_var(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim)
{
    return reduce_apply(&op_var, REDUCE_var, x, naxes, axes, keepdim, correction);
}

tt_tensor *tt_std(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim)
{
    tt_tensor *v = reduce_apply(&op_var_of_std, REDUCE_var, x, naxes, axes, keepdim, correction);
    /* nothing flows, and not 0 / 0, where all elements are equal */
    if (v && tensor_wants_grad(v))
        v = tt_masked_fill(v, tt_eq_scalar(v, 0), 0);
    return tt_sqrt(v);
}
