/* Vector norms over any set of axes. Input: a tensor, axes and the order; output: the norm for each
 * combination of the other axes. Invariant: the order chooses the row of reduce.def. */
#include <math.h>
#include <tinytensor/ops.h>
#include "reduce.h"

static tt_status norm_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (isinf(a->parameter) && reduced_count(c->in[0], a->axis) == 0)
        return op_error(c, TT_ERR_ARG, "no elements to choose from in %s", describe(c->in[0]).s);
    return reduce_float_infer(c);
}

static void norm_forward(op_call *c)
{
    const reduce_attr *a = c->attr;
    layout at;
    reduce_args r = reduce_args_of(c, a->id, &at);
    reduce_run(&c->ctx->ex, &r);
}

/* d |x|_p / dx = sign(x) (|x| / |x|_p)^(p-1), 0 where the norm is 0; for the infinite norms the
 * elements that attain it share it. */
static void norm_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    double p = a->parameter;
    tt_tensor *x = c->in[0], *y = reduce_keep(c, c->out), *gy = reduce_keep(c, grads_out(g)), *d;
    if (p == 0) {
        grads_add(g, 0, tt_zeros_like(x));
        return;
    }
    if (isinf(p)) {
        tt_tensor *hit = tt_cast(tt_eq(tt_abs(x), y), x->dtype);
        d = tt_div(tt_mul(tt_sign(x), hit), reduce_sum(c, hit));
    } else {
        tt_tensor *safe = tt_masked_fill(y, tt_eq_scalar(y, 0), 1);
        tt_tensor *size = tt_div(tt_abs(x), safe);
        d = p == 1   ? tt_sign(x)
            : p == 2 ? tt_div(x, safe)
                     : tt_mul(tt_sign(x), tt_pow_scalar(size, p - 1));
        if (p < 1)
            d = tt_masked_fill(d, tt_eq_scalar(x, 0), 0);
    }
    grads_add(g, 0, tt_mul(gy, d));
}

static const op op_norm = {.name = "norm",
                           .infer = norm_infer,
                           .forward = norm_forward,
                           .vjp = norm_vjp,
                           .saves = SAVE_IN(0) | SAVE_OUT};

static reduce_id norm_id(double ord)
{
    if (isinf(ord))
        return ord > 0 ? REDUCE_norm_max : REDUCE_norm_min;
    return ord == 0   ? REDUCE_norm_count
           : ord == 1 ? REDUCE_norm_sum
           : ord == 2 ? REDUCE_norm_root
                      : REDUCE_norm_pow;
}

tt_tensor *tt_norm(tt_tensor *x, int naxes, const int *axes, double ord, bool keepdim)
{
    return reduce_apply(&op_norm, norm_id(ord), x, naxes, axes, keepdim, ord);
}
