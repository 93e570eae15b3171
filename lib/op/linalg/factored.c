/* Products a b that are given by their factors, narrow in between, and never formed: singular
 * values, eigenvalues, norm and trace from matrices as small as the inner width. */
#include <math.h>
#include <tinytensor/tinytensor.h>
#include "linalg.h"

static bool check(const char *name, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    if (!op_context(name, 2, in) || !linalg_operand(name, "a", a, false) ||
        !linalg_operand(name, "b", b, false))
        return false;
    if (a->dtype != b->dtype)
        return op_fail(a, TT_ERR_DTYPE, "%s: dtypes differ: %s and %s; cast one with tt_cast", name,
                       describe(a).s, describe(b).s);
    if (cols_of(a) != rows_of(b))
        return op_fail(a, TT_ERR_SHAPE, "%s: a (... m r) is %s, b (... r n) is %s: r differs", name,
                       describe(a).s, describe(b).s);
    layout x, y, both;
    layout_copy(&x, &a->at);
    layout_copy(&y, &b->at);
    x.ndim -= 2;
    y.ndim -= 2;
    if (!layout_broadcast(&both, &x, &y))
        return op_fail(a, TT_ERR_SHAPE, "%s: leading axes do not broadcast: a is %s, b is %s", name,
                       describe(a).s, describe(b).s);
    return true;
}

static tt_tensor *not_square(const char *name, tt_tensor *a, tt_tensor *b)
{
    return op_fail(a, TT_ERR_SHAPE, "%s: a (... m r) is %s, b (... r m) is %s: m differs", name,
                   describe(a).s, describe(b).s);
}

/* 1 or -1 for each column of u: the sign of its largest element. */
static tt_tensor *signs_of(tt_tensor *u)
{
    u = tt_detach(u);
    tt_tensor *largest = tt_take_along_axis(u, -2, tt_argmax(tt_abs(u), -2, true));
    tt_tensor *sign = tt_sign(largest);
    return tt_masked_fill(sign, tt_eq_scalar(sign, 0), 1);
}

/* a = qa ra and b^T = qb rb: the values are those of ra rb^T, and its vectors turn into the others.
 */
tt_status tt_factored_svd(tt_tensor *a, tt_tensor *b, tt_tensor **u, tt_tensor **s, tt_tensor **vh)
{
    tt_tensor *qa, *ra, *qb, *rb, *cu, *cs, *cvh;
    tt_tensor **const out[] = {u, s, vh};
    for (int i = 0; i < 3; i++)
        if (out[i])
            *out[i] = NULL;
    if (!check("factored_svd", a, b) || tt_qr(a, &qa, &ra) < 0 || tt_qr(turned(b), &qb, &rb) < 0 ||
        tt_svd(tt_matmul(ra, turned(rb)), false, &cu, &cs, &cvh) < 0)
        return op_status(a ? a : b);
    tt_tensor *left = tt_matmul(qa, cu), *right = tt_matmul(cvh, turned(qb));
    if (left && tensor_numel(left)) {
        tt_tensor *sign = signs_of(left);
        left = tt_mul(left, sign);
        right = tt_mul(right, turned(sign));
    }
    if (!left || !right)
        return op_status(a);
    tt_tensor *result[] = {left, cs, right};
    for (int i = 0; i < 3; i++)
        if (out[i])
            *out[i] = result[i];
    return TT_OK;
}

/* The factor r of x = q r, with x (... m n); x itself where that is no taller. */
static tt_tensor *triangle_of(tt_tensor *x)
{
    tt_tensor *r;
    if (!x || rows_of(x) <= cols_of(x))
        return x;
    return tt_qr(x, NULL, &r) < 0 ? NULL : r;
}

/* In float64 the squares of float32 values keep more digits than these have: their values are the
 * roots of the eigenvalues of a (b b^T) a^T, or of b^T (a^T a) b, whichever is smaller. */
static tt_tensor *by_squares(tt_tensor *a, tt_tensor *b)
{
    if (rows_of(a) > cols_of(b)) {
        tt_tensor *held = a;
        a = turned(b);
        b = turned(held);
    }
    tt_tensor *wide = tt_cast(b, TT_F64), *tall = tt_cast(triangle_of(a), TT_F64);
    if (!wide || !tall)
        return NULL;
    tt_tensor *inner = tt_matmul(wide, turned(wide));
    tt_tensor *w = tt_eigvalsh(tt_matmul(tt_matmul(tall, inner), turned(tall)));
    return tt_sqrt(tt_clamp(tt_flip(w, TT_AXES(-1)), 0, INFINITY));
}

tt_tensor *tt_factored_svdvals(tt_tensor *a, tt_tensor *b)
{
    if (!check("factored_svdvals", a, b))
        return NULL;
    bool recorded = a->ctx->mode == TT_GRAD && (tensor_wants_grad(a) || tensor_wants_grad(b));
    if (a->dtype == TT_F32 && !recorded)
        return tt_cast(by_squares(a, b), TT_F32);
    tt_tensor *left = triangle_of(a), *right = triangle_of(turned(b));
    return left && right ? tt_svdvals(tt_matmul(left, turned(right))) : NULL;
}

tt_status tt_factored_eigvals(tt_tensor *a, tt_tensor *b, tt_tensor **re, tt_tensor **im)
{
    tt_tensor **const out[] = {re, im};
    for (int i = 0; i < 2; i++)
        if (out[i])
            *out[i] = NULL;
    if (!check("factored_eigvals", a, b))
        return op_status(a ? a : b);
    if (rows_of(a) != cols_of(b)) {
        not_square("factored_eigvals", a, b);
        return op_status(a);
    }
    tt_tensor *small = tt_matmul(b, a);
    return small ? tt_eigvals(small, re, im) : op_status(a);
}

/* The square of the norm is the sum of (a^T a) * (b b^T), which has a gradient whatever the ranks.
 */
tt_tensor *tt_factored_norm(tt_tensor *a, tt_tensor *b)
{
    if (!check("factored_norm", a, b))
        return NULL;
    tt_tensor *x = tt_cast(a, TT_F64), *y = tt_cast(b, TT_F64);
    if (!x || !y)
        return NULL;
    tt_tensor *square =
        tt_sum(tt_mul(tt_matmul(turned(x), x), tt_matmul(y, turned(y))), TT_AXES(-2, -1), false);
    if (!square)
        return NULL;
    tt_tensor *none = tt_le_scalar(tt_detach(square), 0); /* of which rounding leaves anything */
    tt_tensor *norm = tt_masked_fill(tt_sqrt(tt_masked_fill(square, none, 1)), none, 0);
    return tt_cast(norm, a->dtype);
}

tt_tensor *tt_factored_trace(tt_tensor *a, tt_tensor *b)
{
    if (!check("factored_trace", a, b))
        return NULL;
    if (rows_of(a) != cols_of(b))
        return not_square("factored_trace", a, b);
    return tt_sum(tt_mul(a, turned(b)), TT_AXES(-2, -1), false);
}
