/* Subspaces that the columns of matrices span: orthonormal bases, projections, angles. */
#include <math.h>
#include <tinytensor/tinytensor.h>
#include "linalg.h"

/* Which of the singular values s of a count: bool, (... k). rcond: of the largest. */
static tt_tensor *counted(tt_tensor *a, tt_tensor *s, double rcond)
{
    if (!s || s->at.shape[s->at.ndim - 1] == 0)
        return tt_cast(s, TT_BOOL);
    double relative = rcond > 0 ? rcond : linalg_rounding(a);
    s = tt_detach(s);
    return tt_gt(s, tt_mul_scalar(tt_narrow(s, -1, 0, 1), relative));
}

/* The rank that all matrices of a batch have; -1: they differ, or there is an error. */
static int64_t common_rank(const char *name, tt_tensor *a, tt_tensor *s, double rcond)
{
    tt_tensor *ranks = tt_count_nonzero(counted(a, s, rcond), TT_AXES(-1), false);
    if (!ranks)
        return -1;
    if (tensor_numel(ranks) == 0)
        return 0;
    int64_t most = tt_item_i64(tt_max(ranks, TT_ALL_AXES, false));
    int64_t least = tt_item_i64(tt_min(ranks, TT_ALL_AXES, false));
    if (most == least)
        return most;
    op_fail(a, TT_ERR_NUMERIC,
            "%s: the matrices of %s have ranks from %lld to %lld, so that no tensor holds the "
            "bases of all",
            name, describe(a).s, (long long)least, (long long)most);
    return -1;
}

static tt_tensor *basis(const char *name, tt_tensor *a, double rcond)
{
    tt_tensor *u, *s;
    if (tt_svd(a, false, &u, &s, NULL) < 0)
        return NULL;
    int64_t rank = common_rank(name, a, s, rcond);
    return rank < 0 ? NULL : tt_narrow(u, -1, 0, rank);
}

tt_tensor *tt_orth(tt_tensor *a, double rcond)
{
    if (!op_context("orth", 1, &a) || !linalg_operand("orth", "a", a, false))
        return NULL;
    return basis("orth", a, rcond);
}

tt_tensor *tt_null_space(tt_tensor *a, double rcond)
{
    tt_tensor *s, *vh;
    if (!op_context("null_space", 1, &a) || !linalg_operand("null_space", "a", a, false))
        return NULL;
    if (tt_svd(a, true, NULL, &s, &vh) < 0)
        return NULL;
    int64_t rank = common_rank("null_space", a, s, rcond);
    return rank < 0 ? NULL : turned(tt_narrow(vh, -2, rank, cols_of(a) - rank));
}

/* The left singular vectors, 0 where their value does not count: the ranks of a batch may differ.
 */
static tt_tensor *reached(tt_tensor *a, double rcond)
{
    tt_tensor *u, *s;
    if (tt_svd(a, false, &u, &s, NULL) < 0)
        return NULL;
    return tt_masked_fill(u, tt_unsqueeze(tt_logical_not(counted(a, s, rcond)), -2), 0);
}

tt_tensor *tt_projection(tt_tensor *a, double rcond)
{
    if (!op_context("projection", 1, &a) || !linalg_operand("projection", "a", a, false))
        return NULL;
    tt_tensor *u = reached(a, rcond);
    return u ? tt_matmul(u, turned(u)) : NULL;
}

tt_tensor *tt_project(tt_tensor *x, tt_tensor *a, double rcond)
{
    tt_tensor *in[] = {x, a};
    if (!op_context("project", 2, in) || !linalg_operand("project", "a", a, false))
        return NULL;
    if (x->dtype != a->dtype)
        return op_fail(x, TT_ERR_DTYPE, "project: dtypes differ: %s and %s; cast one with tt_cast",
                       describe(x).s, describe(a).s);
    bool vector = x->at.ndim == 1;
    if (x->at.ndim == 0 || x->at.shape[vector ? 0 : x->at.ndim - 2] != rows_of(a))
        return op_fail(x, TT_ERR_SHAPE,
                       "project: x (... m k), or (m), is %s, a (... m n) is %s: m differs",
                       describe(x).s, describe(a).s);
    tt_tensor *u = reached(a, rcond), *columns = vector ? tt_unsqueeze(x, 1) : x;
    if (!u)
        return NULL;
    tt_tensor *y = tt_matmul(u, tt_matmul(turned(u), columns));
    return vector ? tt_squeeze(y, TT_AXES(-1)) : y;
}

/* Angles by their cosines lose half of the digits where they are small, by their sines where they
 * are near a right one: each comes from where it is told well. */
static tt_tensor *angles(tt_tensor *p, tt_tensor *q)
{
    tt_tensor *both = tt_matmul(turned(p), q);
    tt_tensor *cosine = tt_flip(tt_svdvals(both), TT_AXES(-1)); /* of the largest angle first */
    tt_tensor *rest = cols_of(p) >= cols_of(q) ? tt_sub(q, tt_matmul(p, both))
                                               : tt_sub(p, tt_matmul(q, turned(both)));
    tt_tensor *sine = tt_svdvals(rest);
    if (!sine || !cosine)
        return NULL;
    tt_tensor *small = tt_ge_scalar(tt_square(tt_detach(cosine)), 0.5);
    tt_tensor *by_sine = tt_asin(tt_masked_fill(sine, tt_logical_not(small), 0));
    tt_tensor *by_cosine = tt_acos(tt_masked_fill(cosine, small, 0));
    return tt_where(small, by_sine, by_cosine);
}

tt_tensor *tt_principal_angles(tt_tensor *a, tt_tensor *b)
{
    static const char name[] = "principal_angles";
    tt_tensor *in[] = {a, b};
    if (!op_context(name, 2, in) || !linalg_operand(name, "a", a, false) ||
        !linalg_operand(name, "b", b, false))
        return NULL;
    if (a->dtype != b->dtype)
        return op_fail(a, TT_ERR_DTYPE, "%s: dtypes differ: %s and %s; cast one with tt_cast", name,
                       describe(a).s, describe(b).s);
    if (rows_of(a) != rows_of(b))
        return op_fail(a, TT_ERR_SHAPE, "%s: a (... m n) is %s, b (... m k) is %s: m differs", name,
                       describe(a).s, describe(b).s);
    tt_tensor *p = basis(name, a, 0), *q = basis(name, b, 0);
    return p && q ? angles(p, q) : NULL;
}

/* v without what lies along the columns of q, which are orthonormal or 0. Twice is enough. */
static tt_tensor *without(tt_tensor *v, tt_tensor *q)
{
    for (int i = 0; q && i < 2; i++)
        v = tt_sub(v, tt_matmul(q, tt_matmul(turned(q), v)));
    return v;
}

tt_tensor *tt_gram_schmidt(tt_tensor *a)
{
    if (!op_context("gram_schmidt", 1, &a) || !linalg_operand("gram_schmidt", "a", a, false))
        return NULL;
    if (tensor_numel(a) == 0)
        return tt_clone(a);
    tt_tensor *q = NULL;
    for (int64_t j = 0; j < cols_of(a); j++) {
        tt_tensor *column = tt_narrow(a, -1, j, 1), *v = without(column, q);
        tt_tensor *length = tt_norm(v, TT_AXES(-2), 2, true);
        tt_tensor *before = tt_norm(tt_detach(column), TT_AXES(-2), 2, true);
        if (!length || !before)
            return NULL;
        tt_tensor *none = tt_le(tt_detach(length), tt_mul_scalar(before, 8 * linalg_rounding(a)));
        v = tt_masked_fill(tt_div(v, tt_masked_fill(length, none, 1)), none, 0);
        q = q ? tt_cat(TT_TENSORS(q, v), -1) : v;
    }
    return q;
}
