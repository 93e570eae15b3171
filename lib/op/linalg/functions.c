/* Functions of matrices that are compositions: traces, cross products, powers, the exponential,
 * another basis. */
#include <math.h>
#include <tinytensor/tinytensor.h>
#include "linalg.h"

bool linalg_operand(const char *name, const char *which, tt_tensor *a, bool square)
{
    if (!dtype_is_float(a->dtype))
        return op_fail(a, TT_ERR_DTYPE, "%s: %s is %s; float32 and float64 are possible", name,
                       which, describe(a).s);
    if (a->at.ndim < 2)
        return op_fail(a, TT_ERR_SHAPE, "%s: %s is %s, no matrix (... m n)", name, which,
                       describe(a).s);
    if (square && rows_of(a) != cols_of(a))
        return op_fail(a, TT_ERR_SHAPE, "%s: %s is %s, not square in its last two axes", name,
                       which, describe(a).s);
    return true;
}

tt_tensor *tt_trace(tt_tensor *a, int64_t offset)
{
    if (!op_context("trace", 1, &a))
        return NULL;
    if (a->at.ndim < 2)
        return op_fail(a, TT_ERR_SHAPE, "trace: a is %s, no matrix (... m n)", describe(a).s);
    return tt_sum(tt_diagonal(a, offset, -2, -1), TT_AXES(-1), false);
}

tt_tensor *tt_cross(tt_tensor *a, tt_tensor *b, int axis)
{
    layout both;
    tt_tensor *in[] = {a, b}, *part[2][3], *out[3];
    if (!op_context("cross", 2, in))
        return NULL;
    if (!layout_broadcast(&both, &a->at, &b->at))
        return op_fail(a, TT_ERR_SHAPE, "cross: shapes do not broadcast: %s and %s", describe(a).s,
                       describe(b).s);
    int k = layout_axis(both.ndim, axis);
    if (k < 0)
        return op_fail(a, TT_ERR_AXIS, "cross: axis %d is out of range for %s", axis,
                       describe_shape(both.ndim, both.shape).s);
    for (int i = 0; i < 2; i++) {
        int own = k - (both.ndim - in[i]->at.ndim);
        if (own < 0 || in[i]->at.shape[own] != 3)
            return op_fail(a, TT_ERR_SHAPE, "cross: axis %d is to hold vectors of 3; %s is %s",
                           axis, i ? "b" : "a", describe(in[i]).s);
        for (int64_t j = 0; j < 3; j++)
            part[i][j] = tt_select(in[i], own, j);
    }
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, l = (i + 2) % 3;
        out[i] = tt_sub(tt_mul(part[0][j], part[1][l]), tt_mul(part[0][l], part[1][j]));
    }
    return tt_stack(3, out, k);
}

tt_tensor *linalg_identity(const tt_tensor *a)
{
    tt_tensor *one = tt_eye(a->ctx, a->dtype, rows_of(a), rows_of(a));
    return a->at.ndim == 2 ? one : tt_expand(one, a->at.ndim, a->at.shape);
}

tt_tensor *tt_matrix_power(tt_tensor *a, int64_t n)
{
    if (!op_context("matrix_power", 1, &a))
        return NULL;
    if (a->at.ndim < 2 || rows_of(a) != cols_of(a))
        return op_fail(a, TT_ERR_SHAPE, "matrix_power: a is %s, not square in its last two axes",
                       describe(a).s);
    if (!dtype_is_arithmetic(a->dtype) || (n < 0 && !dtype_is_float(a->dtype)))
        return op_fail(a, TT_ERR_DTYPE, "matrix_power: %s to the power %lld", describe(a).s,
                       (long long)n);
    if (n == 0)
        return tt_clone(linalg_identity(a));
    tt_tensor *square = n < 0 ? tt_inv(a) : a, *y = NULL;
    for (uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n; left > 0 && square; left >>= 1) {
        if (left & 1)
            y = y ? tt_matmul(y, square) : square;
        square = left > 1 ? tt_matmul(square, square) : square;
    }
    return y == a ? tt_clone(a) : y;
}

/* The exponential by scaling and squaring: exp(a) = exp(a / 2^s)^(2^s), s for each matrix such that
 * what is left has a 1-norm of at most 1/2. Of that, 17 terms of the series give exp, and its first
 * and second derivatives, to less than the rounding of float64. */
enum { TERMS = 16, STEP = 4 };

/* The sum of x^i / (first + i)! over i from 0 to 3; x[i] is x^i. */
static tt_tensor *four_terms(tt_tensor *const *x, int first)
{
    double factor = 1;
    tt_tensor *sum = NULL;
    for (int i = 1; i <= first; i++)
        factor /= i;
    for (int i = 0; i < STEP; i++) {
        tt_tensor *term = tt_mul_scalar(x[i], factor);
        sum = sum ? tt_add(sum, term) : term;
        factor /= first + i + 1;
    }
    return sum;
}

/* Terms up to x^16 / 16!, by Horner's rule in x^4. */
static tt_tensor *exp_series(tt_tensor *a)
{
    double last = 1;
    tt_tensor *x[STEP + 1] = {linalg_identity(a), a}, *sum;
    for (int i = 2; i <= STEP; i++)
        x[i] = tt_matmul(x[i - 1], a);
    for (int i = 1; i <= TERMS; i++)
        last /= i;
    sum = tt_mul_scalar(x[STEP], last);
    for (int first = TERMS - STEP; first >= 0; first -= STEP) {
        sum = tt_add(sum, four_terms(x, first));
        if (first > 0)
            sum = tt_matmul(sum, x[STEP]);
    }
    return sum;
}

/* How often each matrix is halved, (... 1 1) in a's dtype; 0 where a norm is not finite. */
static tt_tensor *halvings(tt_tensor *a)
{
    tt_tensor *norm = tt_max(tt_sum(tt_abs(tt_detach(a)), TT_AXES(-2), true), TT_AXES(-1), true);
    tt_tensor *s = tt_ceil(tt_log2(tt_mul_scalar(norm, 2)));
    return tt_clamp(tt_nan_to_num(s, 0, 0, 0), 0, INFINITY);
}

tt_tensor *tt_matrix_exp(tt_tensor *a)
{
    if (!op_context("matrix_exp", 1, &a) || !linalg_operand("matrix_exp", "a", a, true))
        return NULL;
    if (tensor_numel(a) == 0)
        return tt_clone(a);
    tt_tensor *s = halvings(a);
    double most = tt_item(tt_max(s, TT_ALL_AXES, false));
    double least = tt_item(tt_min(s, TT_ALL_AXES, false));
    /* in two steps, as 2^s may be beyond the largest number */
    tt_tensor *half = tt_floor(tt_mul_scalar(s, 0.5));
    tt_tensor *y = tt_mul(tt_mul(a, tt_exp2(tt_neg(half))), tt_exp2(tt_sub(half, s)));
    y = y ? exp_series(y) : NULL;
    for (int i = 0; y && i < most; i++) {
        tt_tensor *square = tt_matmul(y, y);
        y = i < least ? square : tt_where(tt_gt_scalar(s, i), square, y);
    }
    return y;
}

tt_tensor *tt_change_of_basis(tt_tensor *a, tt_tensor *p)
{
    tt_tensor *in[] = {a, p};
    if (!op_context("change_of_basis", 2, in) || !linalg_operand("change_of_basis", "a", a, true) ||
        !linalg_operand("change_of_basis", "p", p, true))
        return NULL;
    if (rows_of(a) != rows_of(p))
        return op_fail(a, TT_ERR_SHAPE, "change_of_basis: a is %s, p is %s: n differs",
                       describe(a).s, describe(p).s);
    return tt_solve(p, tt_matmul(a, p));
}

bool tt_is_orthogonal(tt_tensor *a, double tol)
{
    tt_ctx *ctx = op_context("is_orthogonal", 1, &a);
    if (!ctx || !linalg_operand("is_orthogonal", "a", a, true))
        return false;
    if (!(tol > 0))
        tol = 8 * (double)rows_of(a) * tt_dtype_limits(a->dtype).eps;
    if (tensor_numel(a) == 0)
        return true;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *off = tt_sub(tt_matmul(turned(a), a), linalg_identity(a));
    double largest = tt_item(tt_max(tt_abs(off), TT_ALL_AXES, false));
    tt_scope_end(ctx, s);
    return largest <= tol; /* not so of NaN */
}
