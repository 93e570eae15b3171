/* Reductions over any set of axes. Input: a tensor and the axes (none named: all); output: one
 * value for each combination of the others. Invariant: gradients are plain ops on the kept-dims
 * shape. */
#include <math.h>
#include <tinytensor/ops.h>
#include "kernel/reduce/reduce.h"
#include "op/core/op.h"

typedef struct reduce_attr {
    reduce_id id;
    bool keepdim, axis[LAYOUT_MAX_NDIM];
    double parameter; /* correction of var, order of norm */
} reduce_attr;

/* ---- axes ---- */

static bool set_axes(const char *name, tt_tensor *x, int n, const int *axes, bool *reduced)
{
    for (int i = 0; i < x->at.ndim; i++)
        reduced[i] = n == 0;
    for (int i = 0; i < n; i++) {
        int k = layout_axis(x->at.ndim, axes[i]);
        if (k < 0 || reduced[k]) {
            op_fail(x, TT_ERR_AXIS, "%s: axis %d is %s for %s", name, axes[i],
                    k < 0 ? "out of range" : "named twice", describe(x).s);
            return false;
        }
        reduced[k] = true;
    }
    return true;
}

static void kept_layout(const tt_tensor *x, const bool *reduced, bool keepdim, layout *at)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    int n = 0;
    for (int i = 0; i < x->at.ndim; i++)
        if (keepdim || !reduced[i])
            shape[n++] = reduced[i] ? 1 : x->at.shape[i];
    layout_init(at, n, shape);
}

static int64_t reduced_count(const tt_tensor *x, const bool *reduced)
{
    int64_t n = 1;
    for (int i = 0; i < x->at.ndim; i++)
        n *= reduced[i] ? x->at.shape[i] : 1;
    return n;
}

/* ---- the op ---- */

static tt_status reduce_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    tt_dtype d = c->in[0]->dtype;
    bool any_dtype = a->id == REDUCE_any || a->id == REDUCE_all || a->id == REDUCE_count_nonzero;
    bool only_float =
        a->id == REDUCE_logsumexp || a->id == REDUCE_nansum || a->id == REDUCE_nanmean;
    if (!any_dtype && !(dtype_is_float(d) || (!only_float && (d == TT_I64 || d == TT_BOOL))))
        return op_no_arithmetic(c);
    if ((a->id == REDUCE_max || a->id == REDUCE_min) && reduced_count(c->in[0], a->axis) == 0)
        return op_error(c, TT_ERR_ARG, "no elements to choose from in %s", describe(c->in[0]).s);
    c->dtype = d;
    if (a->id == REDUCE_any || a->id == REDUCE_all)
        c->dtype = TT_BOOL;
    else if (a->id == REDUCE_count_nonzero)
        c->dtype = TT_I64;
    else if (a->id == REDUCE_mean && !dtype_is_float(d))
        c->dtype = TT_F64;
    else if (d == TT_BOOL && a->id != REDUCE_max && a->id != REDUCE_min)
        c->dtype = TT_I64;
    kept_layout(c->in[0], a->axis, a->keepdim, &c->at);
    return TT_OK;
}

/* The result as the kernels want it: with axes of size 1 where it was reduced. */
static operand kept(op_call *c, const reduce_attr *a, layout *at)
{
    kept_layout(c->in[0], a->axis, true, at);
    return (operand){c->out->data, at, c->dtype};
}

static void reduce_forward(op_call *c)
{
    const reduce_attr *a = c->attr;
    layout at;
    operand out = kept(c, a, &at);
    reduce_run(&c->ctx->ex, a->id, out, out, operand_of(c->in[0]), a->axis, 0);
}

/* A reduced tensor (the result or its gradient) with the axes of size 1 put back. */
static tt_tensor *keep(const op_call *c, tt_tensor *t)
{
    const reduce_attr *a = c->attr;
    layout at;
    kept_layout(c->in[0], a->axis, true, &at);
    return tt_reshape(t, at.ndim, at.shape);
}

static void spread(op_grads *g, const op_call *c, tt_tensor *t)
{
    grads_add(g, 0, tt_expand(t, c->in[0]->at.ndim, c->in[0]->at.shape));
}

static int axes_of(const op_call *c, int *axes)
{
    const reduce_attr *a = c->attr;
    int n = 0;
    for (int i = 0; i < c->in[0]->at.ndim; i++)
        if (a->axis[i])
            axes[n++] = i;
    return n;
}

/* Sum over the reduced axes, kept; over no axes (a 0-d tensor) the tensor itself. */
static tt_tensor *sum_kept(const op_call *c, tt_tensor *t)
{
    int axes[LAYOUT_MAX_NDIM], n = axes_of(c, axes);
    return n ? tt_sum(t, n, axes, true) : t;
}

static void sum_vjp(const op_call *c, op_grads *g)
{
    spread(g, c, keep(c, grads_out(g)));
}

static void mean_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    double n = (double)reduced_count(c->in[0], a->axis);
    spread(g, c, tt_div_scalar(keep(c, grads_out(g)), n));
}

/* Equal largest elements share the gradient evenly. */
static void extreme_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *hit = tt_eq(c->in[0], keep(c, c->out));
    hit = tt_cast(hit, c->in[0]->dtype);
    grads_add(g, 0, tt_mul(hit, tt_div(keep(c, grads_out(g)), sum_kept(c, hit))));
}

static void logsumexp_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *y = keep(c, tt_detach(c->out)), *x = c->in[0];
    y = c->ctx->mode == TT_GRAD ? keep(c, c->out) : y;
    tt_tensor *p = tt_exp(tt_sub(x, tt_masked_fill(y, tt_isinf(y), 0)));
    grads_add(g, 0, tt_mul(keep(c, grads_out(g)), p));
}

/* Products of all but one: the total divided by the element, or, for the only zero of a group, the
 * product of the others; with two zeros nothing. */
static void prod_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    tt_tensor *x = c->in[0], *zero = tt_eq_scalar(x, 0);
    tt_dtype d = x->dtype;
    int axes[LAYOUT_MAX_NDIM], n = axes_of(c, axes);
    tt_tensor *ones = tt_cast(zero, d), *count = sum_kept(c, ones);
    tt_tensor *safe = tt_masked_fill(x, zero, 1);
    tt_tensor *others = n ? tt_prod(safe, n, axes, true) : safe;
    tt_tensor *none = tt_cast(tt_eq_scalar(count, 0), d), *one = tt_cast(tt_eq_scalar(count, 1), d);
    tt_tensor *plain = tt_mul(tt_div(others, safe), none);
    tt_tensor *at_zero = tt_mul(tt_mul(others, ones), one);
    (void)a;
    grads_add(g, 0, tt_mul(keep(c, grads_out(g)), tt_add(plain, at_zero)));
}

static void nan_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    tt_tensor *x = c->in[0], *number = tt_logical_not(tt_isnan(x)), *gy = keep(c, grads_out(g));
    number = tt_cast(number, x->dtype);
    if (a->id == REDUCE_nanmean)
        gy = tt_div(gy, sum_kept(c, number));
    grads_add(g, 0, tt_mul(gy, number));
}

static tt_tensor *reduce(const op *o, reduce_id id, tt_tensor *x, int naxes, const int *axes,
                         bool keepdim, double parameter)
{
    reduce_attr a = {.id = id, .keepdim = keepdim, .parameter = parameter};
    if (!op_context(o->name, 1, &x) || !set_axes(o->name, x, naxes, axes, a.axis))
        return NULL;
    return op_apply(o, 1, &x, &a, sizeof a);
}

#define REDUCE(name, id, gradient, kept)                                                           \
    static const op op_##name = {#name, .infer = reduce_infer, .forward = reduce_forward,          \
                                 .vjp = gradient, .saves = kept};                                  \
    tt_tensor *tt_##name(tt_tensor *x, int naxes, const int *axes, bool keepdim)                   \
    {                                                                                              \
        return reduce(&op_##name, id, x, naxes, axes, keepdim, 0);                                 \
    }

REDUCE(sum, REDUCE_sum, sum_vjp, 0)
REDUCE(mean, REDUCE_mean, mean_vjp, 0)
REDUCE(prod, REDUCE_prod, prod_vjp, SAVE_IN(0))
REDUCE(max, REDUCE_max, extreme_vjp, SAVE_IN(0) | SAVE_OUT)
REDUCE(min, REDUCE_min, extreme_vjp, SAVE_IN(0) | SAVE_OUT)
REDUCE(logsumexp, REDUCE_logsumexp, logsumexp_vjp, SAVE_IN(0) | SAVE_OUT)
REDUCE(all, REDUCE_all, NULL, 0)
REDUCE(any, REDUCE_any, NULL, 0)
REDUCE(count_nonzero, REDUCE_count_nonzero, NULL, 0)
REDUCE(nansum, REDUCE_nansum, nan_vjp, SAVE_IN(0))
REDUCE(nanmean, REDUCE_nanmean, nan_vjp, SAVE_IN(0))

/* ---- variance, standard deviation, norms ---- */

static tt_status float_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (!dtype_is_float(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "%s is no float; cast first", describe(c->in[0]).s);
    c->dtype = c->in[0]->dtype;
    kept_layout(c->in[0], a->axis, a->keepdim, &c->at);
    return TT_OK;
}

/* Results: the variance, and the mean with axes of size 1 where it was reduced. */
enum { MEAN = 1 };

static tt_status var_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (float_infer(c) < 0)
        return c->ctx->err.code;
    kept_layout(c->in[0], a->axis, true, infer_also(c, c->dtype));
    return TT_OK;
}

static void var_forward(op_call *c)
{
    const reduce_attr *a = c->attr;
    layout at;
    reduce_run(&c->ctx->ex, REDUCE_var, kept(c, a, &at), operand_of(c->result[MEAN].tensor),
               operand_of(c->in[0]), a->axis, a->parameter);
}

static void var_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    double n = (double)reduced_count(c->in[0], a->axis);
    tt_tensor *gv = grads_out_of(g, 0), *gm = grads_out_of(g, MEAN);
    if (gv) {
        tt_tensor *d = tt_sub(c->in[0], c->result[MEAN].tensor);
        grads_add(g, 0, tt_mul(keep(c, gv), tt_mul_scalar(d, 2 / (n - a->parameter))));
    }
    if (gm)
        spread(g, c, tt_div_scalar(gm, n));
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
    return reduce(&op_var, REDUCE_var, x, naxes, axes, keepdim, correction);
}

tt_tensor *tt_std(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim)
{
    return tt_sqrt(reduce(&op_var_of_std, REDUCE_var, x, naxes, axes, keepdim, correction));
}

static tt_status norm_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (isinf(a->parameter) && reduced_count(c->in[0], a->axis) == 0)
        return op_error(c, TT_ERR_ARG, "no elements to choose from in %s", describe(c->in[0]).s);
    return float_infer(c);
}

static void norm_forward(op_call *c)
{
    const reduce_attr *a = c->attr;
    layout at;
    operand out = kept(c, a, &at);
    reduce_run(&c->ctx->ex, a->id, out, out, operand_of(c->in[0]), a->axis, a->parameter);
}

/* d |x|_p / dx = sign(x) (|x| / |x|_p)^(p-1), 0 where the norm is 0; for the infinite norms the
 * elements that attain it share it. */
static void norm_vjp(const op_call *c, op_grads *g)
{
    const reduce_attr *a = c->attr;
    double p = a->parameter;
    tt_tensor *x = c->in[0], *y = keep(c, c->out), *gy = keep(c, grads_out(g)), *d;
    if (p == 0) {
        grads_add(g, 0, tt_zeros_like(x));
        return;
    }
    if (isinf(p)) {
        tt_tensor *hit = tt_cast(tt_eq(tt_abs(x), y), x->dtype);
        d = tt_div(tt_mul(tt_sign(x), hit), sum_kept(c, hit));
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
    return reduce(&op_norm, norm_id(ord), x, naxes, axes, keepdim, ord);
}

/* ---- argmax, argmin ---- */

typedef struct arg_attr {
    int axis;
    bool keepdim, largest;
} arg_attr;

static tt_status arg_infer(op_call *c)
{
    const arg_attr *a = c->attr;
    tt_dtype d = c->in[0]->dtype;
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    if (!dtype_is_arithmetic(d) && d != TT_BOOL)
        return op_no_arithmetic(c);
    if (c->in[0]->at.shape[a->axis] == 0)
        return op_error(c, TT_ERR_ARG, "no elements to choose from in %s", describe(c->in[0]).s);
    reduced[a->axis] = true;
    c->dtype = TT_I64;
    kept_layout(c->in[0], reduced, a->keepdim, &c->at);
    return TT_OK;
}

static void arg_forward(op_call *c)
{
    const arg_attr *a = c->attr;
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    layout at;
    reduced[a->axis] = true;
    kept_layout(c->in[0], reduced, true, &at);
    reduce_arg_run(&c->ctx->ex, a->largest, (operand){c->out->data, &at, TT_I64},
                   operand_of(c->in[0]), a->axis);
}

static const op op_argmax = {.name = "argmax", .infer = arg_infer, .forward = arg_forward};
static const op op_argmin = {.name = "argmin", .infer = arg_infer, .forward = arg_forward};

static tt_tensor *arg(const op *o, tt_tensor *x, int axis, bool keepdim, bool largest)
{
    if (!op_context(o->name, 1, &x))
        return NULL;
    arg_attr a = {layout_axis(x->at.ndim, axis), keepdim, largest};
    if (a.axis < 0)
        return op_fail(x, TT_ERR_AXIS, "%s: axis %d is out of range for %s", o->name, axis,
                       describe(x).s);
    return op_apply(o, 1, &x, &a, sizeof a);
}

tt_tensor *tt_argmax(tt_tensor *x, int axis, bool keepdim)
{
    return arg(&op_argmax, x, axis, keepdim, true);
}

tt_tensor *tt_argmin(tt_tensor *x, int axis, bool keepdim)
{
    return arg(&op_argmin, x, axis, keepdim, false);
}
