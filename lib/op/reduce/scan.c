/* Running sums, products and extrema along an axis, and differences. */
#include <math.h>
#include <tinytensor/ops.h>
#include "kernel/reduce/scan.h"
#include "op/core/op.h"

typedef struct scan_attr {
    scan_id id;
    int axis;
    bool reverse;
} scan_attr;

static tt_status scan_infer(op_call *c)
{
    const scan_attr *a = c->attr;
    tt_dtype d = c->in[0]->dtype;
    bool sums = a->id == SCAN_SUM || a->id == SCAN_PROD;
    if (!(dtype_is_float(d) || (a->id != SCAN_LOGSUMEXP && (d == TT_I64 || d == TT_BOOL))))
        return op_no_arithmetic(c);
    return infer_same_shape(c, d == TT_BOOL && sums ? TT_I64 : d);
}

static void scan_forward(op_call *c)
{
    const scan_attr *a = c->attr;
    scan_run(&c->ctx->ex, a->id, operand_of(c->out), operand_of(c->in[0]), a->axis, a->reverse);
}

static tt_tensor *apply(const op *o, tt_tensor *x, int axis, scan_id id, bool reverse)
{
    if (!op_context(o->name, 1, &x))
        return NULL;
    bool scalar = x->at.ndim == 0 && (axis == 0 || axis == -1);
    if (scalar) /* as PyTorch: a row of one element */
        x = tt_reshape(x, TT_SHAPE(1));
    scan_attr a = {id, x ? op_axis(o->name, x, axis, x->at.ndim) : -1, reverse};
    if (a.axis < 0)
        return NULL;
    tt_dtype d = x->dtype;
    if (id != SCAN_LOGSUMEXP)
        x = op_widened(x);
    tt_tensor *y = op_apply(o, 1, &x, &a, sizeof a);
    if (id == SCAN_MAX || id == SCAN_MIN)
        y = op_narrowed(y, d);
    return scalar ? tt_reshape(y, TT_SCALAR) : y;
}

static void cumsum_vjp(const op_call *c, op_grads *g);
static const op cumsum = {.name = "cumsum",
                          .infer = scan_infer,
                          .forward = scan_forward,
                          .vjp = cumsum_vjp,
                          .jvp = linear_jvp};

static void cumsum_vjp(const op_call *c, op_grads *g)
{
    const scan_attr *a = c->attr;
    grads_add(g, 0, apply(&cumsum, grads_out(g), a->axis, SCAN_SUM, !a->reverse));
}

tt_tensor *tt_cumsum(tt_tensor *x, int axis)
{
    return apply(&cumsum, x, axis, SCAN_SUM, false);
}

/* Without zeros: dx_i = (sum_{k>=i} g_k y_k) / x_i. From the first zero of a row on the products
 * are 0 and the division fails; there dx of the zero itself is sum g_k prod_{j<=k, j!=i} x_j, which
 * is the same formula with that zero replaced by 1, and later elements get 0. */
static void cumprod_vjp(const op_call *c, op_grads *g)
{
    const scan_attr *a = c->attr;
    tt_tensor *x = c->in[0], *gy = grads_out(g), *y = c->out;
    tt_dtype d = x->dtype;
    tt_tensor *zero = tt_eq_scalar(x, 0);
    tt_tensor *zeros = tt_cumsum(tt_cast(zero, TT_I64), a->axis);
    tt_tensor *first = tt_logical_and(zero, tt_eq_scalar(zeros, 1));
    tt_tensor *plain = apply(&cumsum, tt_mul(gy, y), a->axis, SCAN_SUM, true);
    plain = tt_div(plain, tt_masked_fill(x, zero, 1));
    plain = tt_masked_fill(plain, tt_gt_scalar(zeros, 0), 0);
    tt_tensor *kept =
        tt_cast(tt_eq_scalar(zeros, 1), d); /* from the first zero to before the next */
    tt_tensor *without = tt_mul(tt_cumprod(tt_masked_fill(x, first, 1), a->axis), kept);
    tt_tensor *at_zero = tt_sum(tt_mul(gy, without), 1, &a->axis, true);
    grads_add(g, 0, tt_add(plain, tt_mul(at_zero, tt_cast(first, d))));
}

static const op cumprod = {.name = "cumprod",
                           .infer = scan_infer,
                           .forward = scan_forward,
                           .vjp = cumprod_vjp,
                           .saves = SAVE_IN(0) | SAVE_OUT};

tt_tensor *tt_cumprod(tt_tensor *x, int axis)
{
    return apply(&cumprod, x, axis, SCAN_PROD, false);
}

/* exp(x_i) sum_{k>=i} p_k exp(-y_k) for p that is not negative. Alone the exponentials overflow, so
 * the sum is one of logarithms; where y is infinite nothing flows. */
static tt_tensor *tails(const op_call *c, tt_tensor *x, tt_tensor *y, tt_tensor *p)
{
    tt_tensor *logs = tt_masked_fill(tt_sub(tt_log(p), y), tt_isinf(y), -(double)INFINITY);
    logs = apply(c->op, logs, ((const scan_attr *)c->attr)->axis, SCAN_LOGSUMEXP, true);
    return tt_exp(tt_add(x, logs));
}

/* In float64: of a difference of large logarithms float32 would leave few digits. */
static void logcumsumexp_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *x = tt_cast(c->in[0], TT_F64), *gy = tt_cast(grads_out(g), TT_F64);
    tt_tensor *y = tt_logcumsumexp(x, ((const scan_attr *)c->attr)->axis);
    tt_tensor *negative = tt_lt_scalar(gy, 0);
    tt_tensor *gx = tails(c, x, y, tt_masked_fill(gy, negative, 0));
    if (tt_item(tt_any(negative, TT_ALL_AXES, false)) != 0)
        gx = tt_sub(gx, tails(c, x, y, tt_clamp(tt_neg(gy), 0, (double)INFINITY)));
    grads_add(g, 0, tt_cast(gx, c->in[0]->dtype));
}

/* Each element's own sum, over a triangle of n by n. */
static void logcumsumexp_composed(const op_call *c, tt_tensor **out)
{
    int axis = ((const scan_attr *)c->attr)->axis;
    int64_t n = c->in[0]->at.shape[axis], rows = n ? tensor_numel(c->in[0]) / n : 0;
    tt_tensor *x = tt_transpose(c->in[0], axis, -1);
    tt_tensor *later = tt_logical_not(tt_tril(tt_ones(c->ctx, TT_BOOL, TT_SHAPE(n, n)), 0));
    tt_tensor *all = tt_expand(tt_reshape(x, TT_SHAPE(rows, 1, n)), TT_SHAPE(rows, n, n));
    all = tt_masked_fill(all, later, -(double)INFINITY);
    tt_tensor *y = tt_logsumexp(all, TT_AXES(2), false);
    *out = tt_transpose(tt_reshape(y, tt_ndim(x), tt_shape(x)), axis, -1);
}

static const op logcumsumexp = {.name = "logcumsumexp",
                                .infer = scan_infer,
                                .forward = scan_forward,
                                .vjp = logcumsumexp_vjp,
                                .saves = SAVE_IN(0),
                                .composed = logcumsumexp_composed};

tt_tensor *tt_logcumsumexp(tt_tensor *x, int axis)
{
    return apply(&logcumsumexp, x, axis, SCAN_LOGSUMEXP, false);
}

static tt_status index_infer(op_call *c)
{
    return infer_same_shape(c, TT_I64);
}

static void index_forward(op_call *c)
{
    const scan_attr *a = c->attr;
    scan_index_run(&c->ctx->ex, a->id, operand_of(c->out), operand_of(c->in[0]), a->axis, false);
}

static const op extreme_index = {
    .name = "cummax_index", .infer = index_infer, .forward = index_forward};

static void extreme_vjp(const op_call *c, op_grads *g)
{
    const scan_attr *a = c->attr;
    tt_tensor *at = op_apply(&extreme_index, 1, &c->in[0], a, sizeof *a);
    grads_add(g, 0, tt_scatter_add(tt_zeros_like(c->in[0]), a->axis, at, grads_out(g)));
}

static const op cummax = {.name = "cummax",
                          .infer = scan_infer,
                          .forward = scan_forward,
                          .vjp = extreme_vjp,
                          .saves = SAVE_IN(0)};
static const op cummin = {.name = "cummin",
                          .infer = scan_infer,
                          .forward = scan_forward,
                          .vjp = extreme_vjp,
                          .saves = SAVE_IN(0)};

tt_tensor *tt_cummax(tt_tensor *x, int axis)
{
    return apply(&cummax, x, axis, SCAN_MAX, false);
}

tt_tensor *tt_cummin(tt_tensor *x, int axis)
{
    return apply(&cummin, x, axis, SCAN_MIN, false);
}

tt_tensor *tt_diff(tt_tensor *x, int axis)
{
    if (!op_context("diff", 1, &x))
        return NULL;
    int a = op_axis("diff", x, axis, x->at.ndim);
    if (a < 0)
        return NULL;
    int64_t n = x->at.shape[a];
    if (n == 0)
        return x;
    return tt_sub(tt_narrow(x, a, 1, n - 1), tt_narrow(x, a, 0, n - 1));
}
