/* Running sums, products and extrema along an axis, and differences. */
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
    tt_tensor *y = op_apply(o, 1, &x, &a, sizeof a);
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

/* dx_i = exp(x_i) sum_{k>=i} g_k exp(-y_k), which overflows; the running maximum m of the row, a
 * constant of the whole row, keeps the exponents small: exp(x_i - m) and exp(m - y_k) with
 * y_k >= x_k. */
static void logcumsumexp_vjp(const op_call *c, op_grads *g)
{
    const scan_attr *a = c->attr;
    tt_tensor *x = c->in[0], *y = c->out, *gy = grads_out(g);
    tt_dtype d = x->dtype;
    tt_tensor *none = tt_cast(tt_isinf(y), d); /* leading -inf: no gradient */
    tt_tensor *safe = tt_masked_fill(y, tt_isinf(y), 0);
    tt_tensor *m = tt_detach(tt_max(safe, 1, &a->axis, true));
    tt_tensor *tail = tt_mul(tt_mul(gy, tt_exp(tt_sub(m, safe))), tt_rsub_scalar(none, 1));
    tail = apply(&cumsum, tail, a->axis, SCAN_SUM, true);
    grads_add(g, 0, tt_mul(tail, tt_exp(tt_sub(x, m))));
}

static const op logcumsumexp = {.name = "logcumsumexp",
                                .infer = scan_infer,
                                .forward = scan_forward,
                                .vjp = logcumsumexp_vjp,
                                .saves = SAVE_IN(0) | SAVE_OUT};

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
