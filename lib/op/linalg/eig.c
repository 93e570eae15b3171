/* Eigenvalues and eigenvectors of general matrices, as real and imaginary parts. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/spectral.h"
#include "linalg.h"
#include "pairs.h"

/* Results; vectors are there where they are wanted, and while the call is recorded. */
enum { W_RE, W_IM, V_RE, V_IM };

static tt_status eig_infer(op_call *c)
{
    const tt_tensor *a = c->in[0];
    if (linalg_square(c, 0, "a") < 0)
        return c->ctx->err.code;
    int64_t n = rows_of(a);
    c->dtype = a->dtype;
    linalg_layout(&c->at, a, 1, n, 0);
    linalg_layout(infer_also(c, a->dtype), a, 1, n, 0);
    for (int i = V_RE; i <= V_IM && (c->recording || c->wanted >> V_RE); i++)
        linalg_layout(infer_also(c, a->dtype), a, 2, n, n);
    return TT_OK;
}

static void eig_forward(op_call *c)
{
    linalg_report(c,
                  eig_run(&c->ctx->ex, linalg_result_of(c, W_RE), linalg_result_of(c, W_IM),
                          linalg_result_of(c, V_RE), linalg_result_of(c, V_IM),
                          operand_of(c->in[0])),
                  "a", &c->in[0]->at);
}

typedef struct complex {
    tt_tensor *re, *im;
} complex;

/* x^H y */
static complex product(complex x, complex y)
{
    tt_tensor *re = turned(x.re), *im = turned(x.im);
    return (complex){tt_add(tt_matmul(re, y.re), tt_matmul(im, y.im)),
                     tt_sub(tt_matmul(re, y.im), tt_matmul(im, y.re))};
}

/* What solves v^H y = x: as one real system of twice the size. */
static complex solve(complex v, complex x)
{
    int64_t n = tt_size(v.re, -1);
    tt_tensor *re = turned(v.re), *im = turned(v.im);
    tt_tensor *up = tt_cat(TT_TENSORS(re, im), -1), *down = tt_cat(TT_TENSORS(tt_neg(im), re), -1);
    tt_tensor *y = tt_solve(tt_cat(TT_TENSORS(up, down), -2), tt_cat(TT_TENSORS(x.re, x.im), -2));
    return (complex){tt_narrow(y, -2, 0, n), tt_narrow(y, -2, n, n)};
}

static tt_tensor *zeros_unless(tt_tensor *x, tt_tensor *like)
{
    return x ? x : tt_zeros_like(like);
}

/* The gradient of the vectors without what their length and phase are fixed by: with t = g^H v of
 * each column, g - Re(t) v + i Im(t) / v[k] in place k, that of the element which is real. */
static complex free_part(complex v, complex g)
{
    double near = v.re->dtype == TT_F32 ? 3e-4 : 1e-8;
    tt_tensor *re = tt_detach(v.re), *im = tt_detach(v.im);
    tt_tensor *size = tt_add(tt_square(re), tt_square(im));
    tt_tensor *most = tt_max(size, TT_AXES(-2), true);
    tt_tensor *large = tt_ge(size, tt_mul_scalar(most, (1 - near) * (1 - near)));
    tt_tensor *first = tt_argmax(tt_cast(large, TT_I64), -2, false);
    tt_tensor *place = turned(tt_cast(tt_one_hot(first, cols_of(v.re)), v.re->dtype));
    tt_tensor *t_re = tt_sum(tt_add(tt_mul(g.re, v.re), tt_mul(g.im, v.im)), TT_AXES(-2), true);
    tt_tensor *t_im = tt_sum(tt_sub(tt_mul(g.re, v.im), tt_mul(g.im, v.re)), TT_AXES(-2), true);
    tt_tensor *real = tt_sum(tt_mul(v.re, place), TT_AXES(-2), true);
    return (complex){tt_sub(g.re, tt_mul(v.re, t_re)),
                     tt_add(tt_sub(g.im, tt_mul(v.im, t_re)), tt_mul(place, tt_div(t_im, real)))};
}

/* Of pairs that are marked the first, or false. */
static bool first_pair(const op_call *c, tt_tensor *marked, long long *lower, long long *upper,
                       int64_t *which)
{
    int64_t n = cols_of(c->in[0]);
    tt_tensor *any = tt_any(marked, TT_ALL_AXES, false);
    if (!any || tt_item(any) == 0)
        return false;
    int64_t at = tt_item_i64(tt_argmax(tt_flatten(marked, 0, -1), 0, false));
    long long i = (long long)(at / n % n), j = (long long)(at % n);
    *lower = i < j ? i : j;
    *upper = i < j ? j : i;
    *which = at / n / n;
    return true;
}

static tt_tensor *off_diagonal(const op_call *c)
{
    int64_t n = cols_of(c->in[0]);
    return tt_eq_scalar(tt_eye(c->ctx, c->in[0]->dtype, n, n), 0);
}

/* Do two vectors lie in one line? Then the matrix has too few of them (it is defective), and its
 * values move with the root of a change. Records which. */
static bool parallel(const op_call *c, complex v)
{
    complex still = {tt_detach(v.re), tt_detach(v.im)}, inner = product(still, still);
    double near = 1 - 256 * (double)cols_of(c->in[0]) * tt_dtype_limits(c->in[0]->dtype).eps;
    tt_tensor *size = tt_add(tt_square(inner.re), tt_square(inner.im));
    long long i, j;
    int64_t which;
    if (!first_pair(c, tt_logical_and(off_diagonal(c), tt_ge_scalar(size, near)), &i, &j, &which))
        return false;
    op_error(c, TT_ERR_NUMERIC,
             "no gradient: values %lld and %lld of %s have one vector between them", i, j,
             linalg_place_of("a", &c->in[0]->at, which).s);
    return true;
}

/* Are elements of x that are marked larger than rounding makes them? Records which. */
static bool depends(const op_call *c, complex x, tt_tensor *equal)
{
    tt_tensor *re = tt_abs(tt_detach(x.re)), *im = tt_abs(tt_detach(x.im));
    tt_tensor *size = tt_maximum(re, im), *most = tt_max(size, TT_AXES(-2, -1), true);
    int64_t n = cols_of(c->in[0]);
    double small = 256 * (double)n * tt_dtype_limits(c->in[0]->dtype).eps;
    tt_tensor *bad = tt_logical_and(equal, tt_gt(size, tt_mul_scalar(most, small)));
    long long i, j;
    int64_t which;
    if (!first_pair(c, bad, &i, &j, &which))
        return false;
    op_error(c, TT_ERR_NUMERIC,
             "no gradient: values %lld and %lld of %s are equal, and the result depends on the "
             "choice of their vectors",
             i, j, linalg_place_of("a", &c->in[0]->at, which).s);
    return true;
}

/* x[i][j] / conj(w[j] - w[i]), 0 on the diagonal and where values are equal. */
static complex quotient(const op_call *c, complex x, complex w)
{
    int64_t n = cols_of(c->in[0]);
    tt_dtype dtype = c->in[0]->dtype;
    tt_tensor *d_re = tt_sub(tt_unsqueeze(w.re, -2), tt_unsqueeze(w.re, -1));
    tt_tensor *d_im = tt_sub(tt_unsqueeze(w.im, -2), tt_unsqueeze(w.im, -1));
    tt_tensor *size = tt_add(tt_square(d_re), tt_square(d_im));
    tt_tensor *values = tt_add(tt_square(tt_detach(w.re)), tt_square(tt_detach(w.im)));
    double near = 4 * (double)n * tt_dtype_limits(dtype).eps;
    tt_tensor *most = tt_unsqueeze(tt_max(values, TT_AXES(-1), true), -1);
    tt_tensor *zero = tt_le(tt_detach(size), tt_mul_scalar(most, near * near));
    tt_tensor *equal = tt_logical_and(zero, off_diagonal(c));
    if (!equal || depends(c, x, equal))
        return (complex){NULL, NULL};
    size = tt_masked_fill(size, zero, 1);
    tt_tensor *re = tt_sub(tt_mul(x.re, d_re), tt_mul(x.im, d_im));
    tt_tensor *im = tt_add(tt_mul(x.re, d_im), tt_mul(x.im, d_re));
    return (complex){tt_masked_fill(tt_div(re, size), zero, 0),
                     tt_masked_fill(tt_div(im, size), zero, 0)};
}

/* Re(v^-H (diag(gw) + v^H g / conj(differences of values)) v^H), g the free part of that of v. */
static void eig_vjp(const op_call *c, op_grads *g)
{
    complex w = {c->result[W_RE].tensor, c->result[W_IM].tensor};
    complex v = {c->result[V_RE].tensor, c->result[V_IM].tensor};
    complex gv = {grads_out_of(g, V_RE), grads_out_of(g, V_IM)};
    tt_tensor *gw_re = grads_out_of(g, W_RE), *gw_im = grads_out_of(g, W_IM);
    if (parallel(c, v))
        return;
    complex x = {diagonals(zeros_unless(gw_re, w.re)), diagonals(zeros_unless(gw_im, w.im))};
    if (gv.re || gv.im) {
        gv = (complex){zeros_unless(gv.re, v.re), zeros_unless(gv.im, v.im)};
        complex q = quotient(c, product(v, free_part(v, gv)), w);
        x = (complex){tt_add(x.re, q.re), tt_add(x.im, q.im)};
    }
    /* x v^H */
    complex r = {tt_add(tt_matmul(x.re, turned(v.re)), tt_matmul(x.im, turned(v.im))),
                 tt_sub(tt_matmul(x.im, turned(v.re)), tt_matmul(x.re, turned(v.im)))};
    grads_add(g, 0, solve(v, r).re);
}

static const op eig = {.name = "eig",
                       .infer = eig_infer,
                       .forward = eig_forward,
                       .vjp = eig_vjp,
                       .saves = SAVE_RESULT(W_RE) | SAVE_RESULT(W_IM) | SAVE_RESULT(V_RE) |
                                SAVE_RESULT(V_IM)};
static const op eigvals = {.name = "eigvals",
                           .infer = eig_infer,
                           .forward = eig_forward,
                           .vjp = eig_vjp,
                           .saves = SAVE_RESULT(W_RE) | SAVE_RESULT(W_IM) | SAVE_RESULT(V_RE) |
                                    SAVE_RESULT(V_IM)};

tt_status tt_eig(tt_tensor *a, tt_tensor **w_re, tt_tensor **w_im, tt_tensor **v_re,
                 tt_tensor **v_im)
{
    tt_tensor **const out[] = {w_re, w_im, v_re, v_im};
    return op_apply_all(&eig, 1, &a, NULL, 0, 4, out) ? TT_OK : op_status(a);
}

tt_status tt_eigvals(tt_tensor *a, tt_tensor **re, tt_tensor **im)
{
    tt_tensor **const out[] = {re, im};
    return op_apply_all(&eigvals, 1, &a, NULL, 0, 2, out) ? TT_OK : op_status(a);
}
