/* Linear algebra: what factors must be over sizes, layouts and dtypes, wrong input, repeated and
 * zero values in gradients, matrices without elements, equal bits with any number of threads.
 * Values stand in tests/reference/linalg.def. */
#include "unit.h"

#include <stdio.h>

static tt_tensor *turned(tt_tensor *x)
{
    return tt_transpose(x, -1, -2);
}

static double largest(tt_tensor *x)
{
    return tt_numel(x) ? tt_item(tt_max(tt_abs(x), TT_ALL_AXES, false)) : 0;
}

static tt_tensor *unit(tt_tensor *like, int64_t n)
{
    return tt_eye(tt_ctx_of(like), tt_dtype_of(like), n, n);
}

/* got is want, measured by what it was made of. */
static void expect_near(const char *what, tt_tensor *got, tt_tensor *want, tt_tensor *scale)
{
    ck_assert_msg(got && want, "%s: %s", what, tt_error_message(tt_ctx_of(scale)));
    double tolerance = tt_dtype_of(scale) == TT_F32 ? 1e-5 : 1e-12;
    double off = largest(tt_sub(got, want)), most = largest(scale) * (double)tt_size(scale, -1) + 1;
    ck_assert_msg(off <= tolerance * most, "%s: off by %g of %g", what, off, most);
}

static void expect_orthonormal(const char *what, tt_tensor *q)
{
    expect_near(what, tt_matmul(turned(q), q), unit(q, tt_size(q, -1)), unit(q, 2));
}

static tt_tensor *columns_times(tt_tensor *u, tt_tensor *s)
{
    return tt_mul(u, tt_unsqueeze(s, -2));
}

/* The largest element of each column is positive. */
static void expect_signs(tt_tensor *u)
{
    if (tt_numel(u) == 0)
        return;
    tt_tensor *most = tt_max(u, TT_AXES(-2), false), *least = tt_min(u, TT_AXES(-2), false);
    ck_assert(
        tt_item(tt_all(tt_ge(tt_mul_scalar(most, 1.001), tt_neg(least)), TT_ALL_AXES, false)) == 1);
}

static void check_factors(tt_tensor *a)
{
    tt_tensor *q, *r, *u, *s, *vh, *p, *l;
    int64_t m = tt_size(a, -2), n = tt_size(a, -1), k = m < n ? m : n;
    tt_qr(a, &q, &r);
    expect_near("qr", tt_matmul(q, r), a, a);
    expect_orthonormal("q", q);
    expect_near("r", tt_tril(r, -1), tt_zeros_like(r), a);
    ck_assert(!tt_numel(r) || tt_item(tt_min(tt_diagonal(r, 0, -2, -1), TT_ALL_AXES, false)) >= 0);
    tt_qr_complete(a, &q, &r);
    expect_near("complete qr", tt_matmul(q, r), a, a);
    expect_orthonormal("complete q", q);
    tt_lu(a, &p, &l, &u);
    expect_near("lu", tt_matmul(p, tt_matmul(l, u)), a, a);
    tt_svd(a, false, &u, &s, &vh);
    expect_near("svd", tt_matmul(columns_times(u, s), vh), a, a);
    expect_orthonormal("u", u);
    expect_orthonormal("v", turned(vh));
    expect_signs(u);
    expect_near("svdvals", tt_svdvals(a), s, a);
    if (k > 1 && tt_numel(a))
        ck_assert(tt_item(tt_max(tt_diff(s, -1), TT_ALL_AXES, false)) <= 0);
    tt_svd(a, true, &u, NULL, &vh);
    expect_orthonormal("full u", u);
    expect_orthonormal("full v", turned(vh));
    tt_tensor *pseudo = tt_pinv(a, -1);
    expect_near("pinv", tt_matmul(a, tt_matmul(pseudo, a)), a, a);
    expect_near("lstsq", tt_matmul(a, tt_lstsq(a, a)), a, a);
}

static void check_square(tt_tensor *a)
{
    tt_tensor *w, *v, *im, *v_im, *sign;
    int64_t n = tt_size(a, -1);
    tt_tensor *s = tt_add(a, turned(a)), *b = tt_add(tt_matmul(a, turned(a)), unit(a, n));
    tt_eigh(s, &w, &v);
    expect_near("eigh", tt_matmul(columns_times(v, w), turned(v)), s, s);
    expect_orthonormal("vectors", v);
    expect_signs(v);
    expect_near("eigvalsh", tt_eigvalsh(s), w, s);
    tt_tensor *l = tt_cholesky(b);
    expect_near("cholesky", tt_matmul(l, turned(l)), b, b);
    expect_near("solve", tt_matmul(b, tt_solve(b, a)), a, b);
    expect_near("inv", tt_matmul(b, tt_inv(b)), unit(a, n), b);
    expect_near("triangular", tt_matmul(l, tt_solve_triangular(l, a, false, false)), a, b);
    expect_near("slogdet", tt_slogdet(b, &sign), tt_sum(tt_log(tt_eigvalsh(b)), TT_AXES(-1), false),
                b);
    tt_eig(a, &w, &im, &v, &v_im);
    expect_near("eig re", tt_matmul(a, v), tt_sub(columns_times(v, w), columns_times(v_im, im)), a);
    expect_near("eig im", tt_matmul(a, v_im), tt_add(columns_times(v, im), columns_times(v_im, w)),
                a);
}

static const int64_t sizes[][3] = {{1, 1, 1},  {2, 5, 3},   {2, 3, 5},   {40, 8, 8},   {9, 16, 16},
                                   {3, 20, 7}, {2, 33, 33}, {1, 70, 40}, {17, 2, 2},   {2, 0, 3},
                                   {2, 3, 0},  {0, 3, 3},   {2, 0, 0},   {1, 300, 300}};
enum { SIZES = sizeof sizes / sizeof *sizes, SMALL = SIZES - 1 };

/* In one of the layouts that a matrix may have. */
static tt_tensor *made(tt_ctx *ctx, tt_dtype dtype, const int64_t *n, int how)
{
    tt_tensor *x = tt_randn(ctx, dtype, TT_SHAPE(n[0], n[1], n[2]));
    if (how == 1)
        x = turned(tt_contiguous(turned(x)));
    if (how == 2)
        x = tt_slice(tt_repeat_interleave(x, 2, 2), ":, :, ::2");
    if (how == 3)
        x = tt_flip(x, TT_ALL_AXES);
    return x;
}

START_TEST(factors)
{
    tt_ctx *ctx = tt_ctx_new();
    const int64_t *n = sizes[_i];
    for (int how = 0; how < (n[1] < 100 ? 4 : 1); how++)
        for (int d = 0; d < 2; d++) {
            tt_tensor *a = made(ctx, d ? TT_F64 : TT_F32, n, how);
            check_factors(a);
            if (n[1] == n[2])
                check_square(a);
            ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        }
    tt_ctx_free(ctx);
}
END_TEST

/* a (2, 3) float32, s (2, 2) of zeros, d (2, 2) float64, i (2, 2) int64, v (3), n (2, 2) with NaN,
 * many (3, 2, 2): unit matrices, the last of which is negative, or zero in the second place */
#define ROWS(X)                                                                                    \
    X(tt_cholesky(a), TT_ERR_SHAPE, "cholesky: a is (2, 3) float32, not square in its last two")   \
    X(tt_cholesky(v), TT_ERR_SHAPE, "cholesky: a is (3,) float32, no matrix (... m n)")            \
    X(tt_cholesky(i), TT_ERR_DTYPE, "cholesky: a is (2, 2) int64; float32 and float64")            \
    X(tt_cholesky(many), TT_ERR_NUMERIC,                                                           \
      "cholesky: a[2] is not positive definite: leading minor 2 is not positive")                  \
    X(tt_cholesky(n), TT_ERR_NUMERIC, "cholesky: a has NaN or infinite elements")                  \
    X(tt_solve(many, v2), TT_ERR_NUMERIC, "solve: a[2] is singular: pivot 1 is zero")              \
    X(tt_solve(tt_tile(many, TT_SHAPE(8, 1, 1)), v2), TT_ERR_NUMERIC,                              \
      "solve: a[2] is singular: pivot 1 is zero")                                                  \
    X(tt_solve(s, v), TT_ERR_SHAPE, "solve: a (... n n) is (2, 2) float32, b (... n k) (3, 1)")    \
    X(tt_solve(s, d), TT_ERR_DTYPE, "solve: dtypes differ: (2, 2) float32 and (2, 2) float64")     \
    X(tt_solve(many, tt_zeros(ctx, TT_F32, TT_SHAPE(2, 2, 1))), TT_ERR_SHAPE,                      \
      "solve: leading axes do not broadcast")                                                      \
    X(tt_solve_triangular(s, v2, true, false), TT_ERR_NUMERIC,                                     \
      "solve_triangular: a is singular: pivot 0 is zero")                                          \
    X(tt_inv(s), TT_ERR_NUMERIC, "inv: a is singular: pivot 0 is zero")                            \
    X(tt_inv(a), TT_ERR_SHAPE, "inv: a is (2, 3) float32, not square")                             \
    X(tt_inv(i), TT_ERR_DTYPE, "inv: a is (2, 2) int64")                                           \
    X(tt_inv(v), TT_ERR_SHAPE, "inv: a is (3,) float32, no matrix")                                \
    X(tt_pinv(n, -1), TT_ERR_NUMERIC, "pinv: a has NaN or infinite elements")                      \
    X(tt_pinv(a, NAN), TT_ERR_ARG, "pinv: rcond is not a number")                                  \
    X(tt_lstsq(a, v), TT_ERR_SHAPE, "lstsq: a (... m n) is (2, 3) float32, b (... m k) (3, 1)")    \
    X(tt_lstsq(a, tt_full_like(v2, INFINITY)), TT_ERR_NUMERIC, "lstsq: b has NaN or infinite")     \
    X(tt_det(n), TT_ERR_NUMERIC, "det: a has NaN or infinite elements")                            \
    X(tt_slogdet(a, NULL), TT_ERR_SHAPE, "slogdet: a is (2, 3) float32, not square")               \
    X((tt_lu(n, &a, NULL, NULL), a), TT_ERR_NUMERIC, "lu: a has NaN or infinite elements")         \
    X((tt_qr(n, &a, NULL), a), TT_ERR_NUMERIC, "qr: a has NaN or infinite elements")               \
    X((tt_svd(n, true, &a, NULL, NULL), a), TT_ERR_NUMERIC, "svd: a has NaN or infinite")          \
    X((tt_eigh(a, &a, NULL), a), TT_ERR_SHAPE, "eigh: a is (2, 3) float32, not square")            \
    X((tt_eig(n, &a, NULL, NULL, NULL), a), TT_ERR_NUMERIC, "eig: a has NaN or infinite")          \
    X(tt_eigvalsh(tt_expand(n, TT_SHAPE(20, 2, 2))), TT_ERR_NUMERIC, "eigvalsh: a[0] has NaN")     \
    X((tt_eigvals(i, &a, NULL), a), TT_ERR_DTYPE, "eigvals: a is (2, 2) int64")

START_TEST(errors)
{
    tt_ctx *ctx = tt_ctx_new();
#define CHECK(call, code, text)                                                                    \
    {                                                                                              \
        tt_tensor *a = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *v = tt_select(a, 0, 0);              \
        tt_tensor *s = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 2)), *d = tt_cast(s, TT_F64);             \
        tt_tensor *i = tt_cast(s, TT_I64), *n = tt_full_like(s, NAN), *v2 = tt_select(s, 0, 0);    \
        tt_tensor *many = tt_clone(tt_expand(tt_eye(ctx, TT_F32, 2, 2), TT_SHAPE(3, 2, 2)));       \
        tt_set(many, TT_INDEX(2, 1, 1), 0);                                                        \
        (void)v, (void)d, (void)i, (void)n, (void)v2;                                              \
        ck_assert(call == NULL);                                                                   \
        expect_error(ctx, code, text);                                                             \
    }
    ROWS(CHECK)
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *gradient(tt_tensor *y, tt_tensor *x)
{
    tt_tensor *g = NULL;
    tt_grads_of(y, 1, &x, TT_RETAIN_GRAPH, &g);
    return g;
}

static tt_tensor *diagonal(tt_ctx *ctx, double a, double b, double c, double d)
{
    return tt_param(tt_diag(tt_from_data(ctx, TT_F64, TT_SHAPE(4), (double[]){a, b, c, d}), 0));
}

static tt_tensor *norm(tt_tensor *x)
{
    return tt_norm(x, TT_ALL_AXES, 2, false);
}

/* The norm of a matrix through its decomposition has the gradient a / |a|, also where values are
 * repeated or zero. */
START_TEST(repeated_values)
{
    static const double values[][4] = {{1, 1, 2, 3}, {2, 2, 2, 2}, {0, 1, 0, 1}, {1, -1, 1, -1}};
    for (int i = 0; i < 4; i++) {
        const double *d = values[i];
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *a = diagonal(ctx, d[0], d[1], d[2], d[3]), *u, *s, *vh, *w, *v;
        tt_tensor *want = tt_div(tt_detach(a), norm(tt_detach(a)));
        tt_svd(a, false, &u, &s, &vh);
        tt_tensor *y = norm(tt_matmul(columns_times(u, s), vh));
        if (i == 0)
            ck_assert_double_eq_tol(tt_item(y), 3.8729835, 1e-6);
        ck_assert_msg(tt_allclose(gradient(y, a), want, 1e-12, 1e-12, false), "svd %d: %s", i,
                      tt_error_message(ctx));
        ck_assert(tt_allclose(gradient(norm(tt_svdvals(a)), a), want, 1e-12, 1e-12, false));
        tt_eigh(a, &w, &v);
        y = norm(tt_matmul(columns_times(v, w), turned(v)));
        ck_assert_msg(tt_allclose(gradient(y, a), want, 1e-12, 1e-12, false), "eigh %d: %s", i,
                      tt_error_message(ctx));
        ck_assert(tt_allclose(gradient(norm(tt_eigvalsh(a)), a), want, 1e-12, 1e-12, false));
        tt_ctx_free(ctx);
    }
}
END_TEST

/* What depends on the choice of vectors has no gradient, and says of which. */
START_TEST(no_gradient)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = diagonal(ctx, 3, 2, 2, 1), *u, *s, *vh, *v, *none;
    tt_tensor *weights = tt_reshape(tt_sin(tt_arange(ctx, TT_F64, 0, 16, 1)), TT_SHAPE(4, 4));
    tt_eigh(a, NULL, &v);
    ck_assert(!gradient(tt_sum(tt_mul(v, weights), TT_ALL_AXES, false), a));
    expect_error(ctx, TT_ERR_NUMERIC,
                 "eigh: no gradient: values 1 and 2 of a are equal, and the result depends on the "
                 "choice of their vectors");
    tt_svd(a, false, &u, &s, &vh);
    ck_assert(!gradient(tt_sum(tt_mul(u, weights), TT_ALL_AXES, false), a));
    expect_error(ctx, TT_ERR_NUMERIC, "svd: no gradient: values 1 and 2 of a are equal");
    tt_eig(a, NULL, NULL, &v, NULL);
    ck_assert(!gradient(tt_sum(tt_mul(v, weights), TT_ALL_AXES, false), a));
    expect_error(ctx, TT_ERR_NUMERIC, "eig: no gradient: values 1 and 2 of a are equal");
    tt_tensor *defective =
        tt_param(tt_from_data(ctx, TT_F64, TT_SHAPE(2, 2, 2), (double[]){1, 2, 3, 4, 1, 1, 0, 1}));
    tt_eigvals(defective, &v, NULL);
    ck_assert(!gradient(tt_sum(tt_square(v), TT_ALL_AXES, false), defective));
    expect_error(ctx, TT_ERR_NUMERIC,
                 "eigvals: no gradient: values 0 and 1 of a[1] have one vector between them");
    a = diagonal(ctx, 3, 2, 0, 1);
    tt_svd(tt_narrow(a, 1, 0, 3), false, &u, NULL, NULL);
    ck_assert(!gradient(tt_sum(tt_mul(u, tt_narrow(weights, 1, 0, 3)), TT_ALL_AXES, false), a));
    expect_error(ctx, TT_ERR_NUMERIC, "svd: no gradient: value 2 of a is zero");
    tt_svd(tt_narrow(a, 1, 0, 2), true, &u, NULL, NULL);
    ck_assert(!gradient(tt_sum(tt_mul(u, weights), TT_ALL_AXES, false), a));
    expect_error(ctx, TT_ERR_NUMERIC, "svd: no gradient: values 0 and 1 of a are equal");
    tt_qr_complete(tt_narrow(a, 1, 0, 2), &none, NULL);
    ck_assert(!gradient(norm(none), a));
    expect_error(ctx, TT_ERR_UNSUPPORTED, "qr: no gradient of the complete form for (4, 2)");
    tt_ctx_free(ctx);
}
END_TEST

/* The gradient, and then that of the sum of its elements. */
static tt_tensor *second(tt_tensor *y, tt_tensor *x)
{
    tt_tensor *g = NULL;
    tt_grads_of(y, 1, &x, TT_RETAIN_GRAPH | TT_CREATE_GRAPH, &g);
    return gradient(tt_sum(g, TT_ALL_AXES, false), x);
}

/* Where values are equal, second derivatives of what is made of them are not seen in the vectors:
 * that is said, unless there are none. */
START_TEST(no_second_gradient)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = diagonal(ctx, 3, 2, 2, 1);
    ck_assert(!second(norm(tt_eigvalsh(a)), a));
    expect_error(ctx, TT_ERR_NUMERIC, "eigvalsh: no gradient: values 1 and 2 of a are equal");
    ck_assert(!second(norm(tt_svdvals(a)), a));
    expect_error(ctx, TT_ERR_NUMERIC, "svdvals: no gradient: values 1 and 2 of a are equal");
    ck_assert(largest(second(tt_sum(tt_eigvalsh(a), TT_ALL_AXES, false), a)) < 1e-12);
    a = diagonal(ctx, 3, 2, 0, 1);
    ck_assert(!second(norm(tt_svdvals(tt_narrow(a, 1, 0, 3))), a));
    expect_error(ctx, TT_ERR_NUMERIC, "svdvals: no gradient: value 2 of a is zero");
    a = tt_param(tt_zeros(ctx, TT_F64, TT_SHAPE(2, 2)));
    ck_assert(!second(tt_det(a), a));
    expect_error(ctx, TT_ERR_NUMERIC, "det: no gradient: values 0 and 1 of a are equal");
    a = tt_param(values_f64(ctx, TT_SHAPE(2, 2), F64(1, 2, 2, 4)));
    expect_values(second(tt_det(a), a), F64(1, -1, -1, 1));
    tt_ctx_free(ctx);
}
END_TEST

/* The gradient of a determinant is there where the matrix is singular. */
START_TEST(singular_determinant)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = tt_param(tt_from_data(ctx, TT_F64, TT_SHAPE(2, 2), (double[]){1, 2, 2, 4}));
    expect_values(gradient(tt_det(a), a), F64(4, -2, -2, 1));
    a = diagonal(ctx, 0, 2, 3, -1);
    expect_values(tt_diagonal(gradient(tt_det(a), a), 0, 0, 1), F64(-6, 0, 0, 0));
    ck_assert(!gradient(tt_slogdet(a, NULL), a));
    expect_error(ctx, TT_ERR_NUMERIC, "inv: a is singular: pivot 0 is zero");
    tt_tensor *sign, *empty = tt_zeros(ctx, TT_F64, TT_SHAPE(0, 0));
    expect_values(tt_slogdet(tt_detach(a), &sign), F64(-INFINITY));
    expect_values(sign, F64(0));
    expect_values(tt_det(empty), F64(1));
    expect_values(tt_slogdet(empty, &sign), F64(0));
    expect_values(tt_det(tt_mul_scalar(tt_eye(ctx, TT_F64, 40, 40), 1e-9)), F64(0));
    ck_assert_double_eq_tol(
        tt_item(tt_det(tt_diag(
            tt_from_data(ctx, TT_F64, TT_SHAPE(4), (double[]){1e200, 1e200, 1e-200, 1e-199}), 0))),
        10, 1e-12);
    tt_ctx_free(ctx);
}
END_TEST

/* Where the rank is not full, gradients of pseudo-inverses have terms of both sides; values of
 * PyTorch. */
START_TEST(pinv_of_low_rank)
{
    tt_ctx *ctx = tt_ctx_new();
    double w[] = {1, -2, 3, 0.5, 1, 4};
    tt_tensor *a = tt_param(values_f64(ctx, TT_SHAPE(3, 2), F64(1, 2, 2, 4, 3, 6)));
    tt_tensor *g =
        gradient(tt_sum(tt_mul(tt_pinv(a, -1), tt_from_data(ctx, TT_F64, TT_SHAPE(2, 3), w)),
                        TT_ALL_AXES, false),
                 a);
    expect_values(g, F64(-0.0095918367, -0.016632653, -0.030612245, -0.056122449, -0.014489796,
                         -0.021326531));
    tt_tensor *b = tt_param(tt_clone(turned(tt_detach(a))));
    g = gradient(tt_sum(tt_mul(tt_lstsq(b, tt_eye(ctx, TT_F64, 2, 2)),
                               tt_from_data(ctx, TT_F64, TT_SHAPE(3, 2), w)),
                        TT_ALL_AXES, false),
                 b);
    expect_values(g, F64(-0.017959184, -0.0073469388, -0.0024489796, -0.045102041, -0.033061224,
                         -0.03244898));
    ck_assert_double_eq(largest(tt_pinv(tt_zeros_like(a), INFINITY)), 0);
    tt_ctx_free(ctx);
}
END_TEST

/* At the ends of the dtypes' ranges. */
START_TEST(ends_of_range)
{
    static const double scales[] = {1e308, 1e-308, 1e38, 1e-38, 1e-42};
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 5; i++) {
        tt_dtype dtype = i < 2 ? TT_F64 : TT_F32;
        double x = scales[i], d[] = {1.2 * x, 0.5 * x, 0.5 * x, -1.2 * x};
        tt_tensor *a = tt_cast(tt_from_data(ctx, TT_F64, TT_SHAPE(2, 2), d), dtype);
        tt_tensor *w = tt_eigvalsh(tt_expand(a, TT_SHAPE(9, 2, 2)));
        for (int k = 0; k < 2; k++)
            ck_assert_double_eq_tol(tt_get(w, TT_INDEX(8, k)) / x, k ? 1.3 : -1.3,
                                    i < 4 ? 1e-6 : 1e-3);
    }
    tt_tensor *a = tt_param(values_f64(ctx, TT_SHAPE(2, 2), F64(1e200, 0, 0, 1e150)));
    expect_values(tt_mul_scalar(gradient(tt_det(a), a), 1e-150), F64(1, 0, 0, 1e50));
    tt_ctx_free(ctx);
}
END_TEST

/* Of triangles and symmetric matrices the other half is not read, whatever it holds. */
START_TEST(other_half)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int64_t n = 3; n < 400; n += 150) {
        tt_tensor *x = tt_randn(ctx, TT_F64, TT_SHAPE(9, n, n)), *v;
        tt_tensor *a = tt_add(tt_matmul(x, turned(x)), unit(x, n));
        tt_tensor *hole = tt_add(a, tt_triu(tt_full_like(a, NAN), 1));
        hole = tt_where(tt_triu(tt_ones_like(tt_cast(a, TT_BOOL)), 1), tt_full_like(a, NAN), a);
        ck_assert(tt_array_equal(tt_cholesky(hole), tt_cholesky(a)));
        ck_assert(tt_array_equal(tt_eigvalsh(hole), tt_eigvalsh(a)));
        ck_assert(tt_eigh(hole, NULL, &v) == TT_OK);
        ck_assert(tt_solve_triangular(hole, x, false, false) != NULL);
    }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* The results of everything, as one list of bytes. */
static size_t everything(int threads, tt_dtype dtype, const int64_t *n, char *bytes, size_t room)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, threads);
    tt_tensor *a = tt_randn(ctx, dtype, TT_SHAPE(n[0], n[1], n[2])), *r[32] = {NULL};
    tt_tensor *s = tt_add(tt_matmul(a, turned(a)), unit(a, n[1]));
    size_t used = 0;
    int k = 18;
    tt_svd(a, false, &r[0], &r[1], &r[2]);
    tt_eigh(s, &r[3], &r[4]);
    tt_eig(a, &r[5], &r[6], &r[7], &r[8]);
    tt_qr(a, &r[9], &r[10]);
    tt_lu(a, &r[11], &r[12], &r[13]);
    r[14] = tt_solve(a, s);
    r[15] = tt_cholesky(s);
    r[16] = tt_lstsq(a, s);
    r[17] = tt_slogdet(s, NULL);
    for (int i = 0; i < k; i++) {
        size_t size = (size_t)tt_numel(r[i]) * tt_itemsize(dtype);
        ck_assert_msg(r[i] && used + size <= room, "%d: %s", i, tt_error_message(ctx));
        tt_copy_out(r[i], bytes + used, size);
        used += size;
    }
    tt_ctx_free(ctx);
    return used;
}

START_TEST(threads)
{
    static const int64_t shapes[][3] = {{100, 8, 8}, {7, 30, 30}, {2, 290, 290}};
    enum { ROOM = 64 << 20 };
    char *one = malloc(ROOM), *more = malloc(ROOM);
    for (int i = 0; i < 3; i++)
        for (int d = 0; d < 2; d++) {
            size_t size = everything(1, d ? TT_F64 : TT_F32, shapes[i], one, ROOM);
            for (int n = 2; n <= 3; n++) {
                ck_assert(everything(n, d ? TT_F64 : TT_F32, shapes[i], more, ROOM) == size);
                ck_assert_msg(memcmp(one, more, size) == 0, "%d threads, shape %d", n, i);
            }
        }
    free(one);
    free(more);
}
END_TEST

/* With "large" what valgrind would take too long for; else all others. */
int main(int argc, char **argv)
{
    if (!strstr(tt_build_info(), "LAPACK: yes"))
        return 77;
    TCase *c = new_case("linalg");
    if (argc > 1 && strcmp(argv[1], "large") == 0) {
        tcase_add_loop_test(c, factors, SMALL, SIZES);
        tcase_add_test(c, threads);
        return run_suite("linalg", c);
    }
    tcase_add_loop_test(c, factors, 0, SMALL);
    tcase_add_test(c, errors);
    tcase_add_test(c, repeated_values);
    tcase_add_test(c, no_gradient);
    tcase_add_test(c, no_second_gradient);
    tcase_add_test(c, singular_determinant);
    tcase_add_test(c, pinv_of_low_rank);
    tcase_add_test(c, ends_of_range);
    tcase_add_test(c, other_half);
    return run_suite("linalg", c);
}
