/* Norms, condition numbers and ranks of matrices, from their elements or their singular values. */
#include <math.h>
#include <tinytensor/tinytensor.h>
#include "linalg.h"

/* The largest or smallest sum of absolute values along an axis. */
static tt_tensor *of_sums(tt_tensor *a, int summed, bool largest)
{
    tt_tensor *sums = tt_sum(tt_abs(a), TT_AXES(summed), false);
    return largest ? tt_max(sums, TT_AXES(-1), false) : tt_min(sums, TT_AXES(-1), false);
}

static bool check(const char *name, tt_tensor *a, tt_matrix_norm_kind kind, bool square)
{
    if (!op_context(name, 1, &a) || !linalg_operand(name, "a", a, square))
        return false;
    if (kind < TT_NORM_FROBENIUS || kind > TT_NORM_MINUS_INF)
        return op_fail(a, TT_ERR_ARG, "%s: %d is no kind of norm", name, (int)kind);
    if (kind > TT_NORM_NUCLEAR && (rows_of(a) == 0 || cols_of(a) == 0))
        return op_fail(a, TT_ERR_SHAPE, "%s: a is %s, without elements", name, describe(a).s);
    return true;
}

static tt_tensor *norm(tt_tensor *a, tt_matrix_norm_kind kind)
{
    switch (kind) {
    case TT_NORM_FROBENIUS:
        return tt_norm(a, TT_AXES(-2, -1), 2, false);
    case TT_NORM_NUCLEAR:
        return tt_sum(tt_svdvals(a), TT_AXES(-1), false);
    case TT_NORM_2:
        return tt_select(tt_svdvals(a), -1, 0);
    case TT_NORM_MINUS_2:
        return tt_select(tt_svdvals(a), -1, -1);
    case TT_NORM_1:
        return of_sums(a, -2, true);
    case TT_NORM_MINUS_1:
        return of_sums(a, -2, false);
    case TT_NORM_INF:
        return of_sums(a, -1, true);
    case TT_NORM_MINUS_INF:
        return of_sums(a, -1, false);
    }
    return NULL;
}

tt_tensor *tt_matrix_norm(tt_tensor *a, tt_matrix_norm_kind kind)
{
    return check("matrix_norm", a, kind, false) ? norm(a, kind) : NULL;
}

tt_tensor *tt_cond(tt_tensor *a, tt_matrix_norm_kind kind)
{
    bool by_values = kind == TT_NORM_2 || kind == TT_NORM_MINUS_2;
    if (!check("cond", a, kind, !by_values))
        return NULL;
    if (!by_values)
        return tt_mul(norm(a, kind), norm(tt_inv(a), kind));
    tt_tensor *s = tt_svdvals(a), *most = tt_select(s, -1, 0), *least = tt_select(s, -1, -1);
    if (kind == TT_NORM_MINUS_2)
        return tt_div(least, most);
    /* a matrix of zeros is singular, too */
    return tt_masked_fill(tt_div(most, least), tt_eq_scalar(least, 0), INFINITY);
}

/* The value from which on singular values s count, (... 1): tol, or what rounding makes of zero. */
static tt_tensor *threshold(tt_tensor *s, double tol, double relative)
{
    return tol > 0 ? tt_full_like(tt_narrow(s, -1, 0, 1), tol)
                   : tt_mul_scalar(tt_narrow(s, -1, 0, 1), relative);
}

double linalg_rounding(const tt_tensor *a)
{
    int64_t n = rows_of(a) > cols_of(a) ? rows_of(a) : cols_of(a);
    return (double)n * tt_dtype_limits(a->dtype).eps;
}

tt_tensor *tt_matrix_rank(tt_tensor *a, double tol)
{
    if (!op_context("matrix_rank", 1, &a) || !linalg_operand("matrix_rank", "a", a, false))
        return NULL;
    tt_tensor *s = tt_svdvals(tt_detach(a));
    if (s && s->at.shape[s->at.ndim - 1] > 0)
        s = tt_gt(s, threshold(s, tol, linalg_rounding(a)));
    return tt_count_nonzero(s, TT_AXES(-1), false);
}
