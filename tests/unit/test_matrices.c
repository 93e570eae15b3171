/* Functions of matrices, norms, subspaces, products given by factors: wrong input, identities that
 * hold for any matrix, where rounding would show. Values stand in tests/reference/matrices.def. */
#include "unit.h"

#include <stdio.h>

/* a: (2, 3) float32; b: (3, 3) float32; d: (3, 3) float64; n: (3, 3) int64; v: (3) float32; z:
 * (3, 3) zeros; e: (0, 3) */
#define ROWS(X)                                                                                    \
    X(tt_trace(v, 0), TT_ERR_SHAPE, "trace: a is (3,) float32, no matrix (... m n)")               \
    X(tt_cross(a, b, 2), TT_ERR_SHAPE, "cross: shapes do not broadcast")                           \
    X(tt_cross(v, v, 1), TT_ERR_AXIS, "cross: axis 1 is out of range for (3,)")                    \
    X(tt_cross(a, a, 0), TT_ERR_SHAPE, "cross: axis 0 is to hold vectors of 3; a is (2, 3)")       \
    X(tt_cross(b, d, 0), TT_ERR_DTYPE, "dtypes differ")                                            \
    X(tt_matrix_power(a, 2), TT_ERR_SHAPE, "matrix_power: a is (2, 3) float32, not square")        \
    X(tt_matrix_power(n, -1), TT_ERR_DTYPE, "matrix_power: (3, 3) int64 to the power -1")          \
    X(tt_matrix_power(z, -1), TT_ERR_NUMERIC, "singular")                                          \
    X(tt_matrix_exp(a), TT_ERR_SHAPE, "matrix_exp: a is (2, 3) float32, not square")               \
    X(tt_matrix_exp(n), TT_ERR_DTYPE, "matrix_exp: a is (3, 3) int64; float32 and float64 are")    \
    X(tt_matrix_exp(NULL), TT_OK, "")                                                              \
    X(tt_change_of_basis(b, a), TT_ERR_SHAPE, "change_of_basis: p is (2, 3) float32, not square")  \
    X(tt_change_of_basis(b, two), TT_ERR_SHAPE, "change_of_basis: a is (3, 3) float32, p is (2")   \
    X(tt_change_of_basis(b, z), TT_ERR_NUMERIC, "singular")                                        \
    X(tt_matrix_norm(v, TT_NORM_2), TT_ERR_SHAPE, "matrix_norm: a is (3,) float32, no matrix")     \
    X(tt_matrix_norm(b, (tt_matrix_norm_kind)17), TT_ERR_ARG, "matrix_norm: 17 is no kind of")     \
    X(tt_matrix_norm(e, TT_NORM_1), TT_ERR_SHAPE, "matrix_norm: a is (0, 3) float32, without el")  \
    X(tt_cond(a, TT_NORM_1), TT_ERR_SHAPE, "cond: a is (2, 3) float32, not square")                \
    X(tt_cond(z, TT_NORM_1), TT_ERR_NUMERIC, "singular")                                           \
    X(tt_matrix_rank(n, 0), TT_ERR_DTYPE, "matrix_rank: a is (3, 3) int64; float32 and float64")   \
    X(tt_orth(tt_stack(TT_TENSORS(z, b), 0), 0), TT_ERR_NUMERIC,                                   \
      "orth: the matrices of (2, 3, 3) float32 have ranks from 0 to ")                             \
    X(tt_null_space(tt_stack(TT_TENSORS(z, b), 0), 0), TT_ERR_NUMERIC, "null_space: the matrices") \
    X(tt_null_space(v, 0), TT_ERR_SHAPE, "null_space: a is (3,) float32, no matrix")               \
    X(tt_principal_angles(a, b), TT_ERR_SHAPE,                                                     \
      "principal_angles: a (... m n) is (2, 3) float32, b (... m k) is (3, 3) float32: m differs") \
    X(tt_principal_angles(b, d), TT_ERR_DTYPE, "principal_angles: dtypes differ")                  \
    X(tt_project(two, b, 0), TT_ERR_SHAPE, "project: x (... m k), or (m), is (2, 2) float32, a")   \
    X(tt_project(d, b, 0), TT_ERR_DTYPE, "project: dtypes differ")                                 \
    X(tt_projection(tt_full_like(b, NAN), 0), TT_ERR_NUMERIC, "NaN")                               \
    X(tt_gram_schmidt(n), TT_ERR_DTYPE, "gram_schmidt: a is (3, 3) int64")                         \
    X(tt_factored_svdvals(b, a), TT_ERR_SHAPE,                                                     \
      "factored_svdvals: a (... m r) is (3, 3) float32, b (... r n) is (2, 3) float32: r differs") \
    X(tt_factored_norm(b, d), TT_ERR_DTYPE, "factored_norm: dtypes differ")                        \
    X(tt_factored_norm(tt_zeros(ctx, TT_F32, TT_SHAPE(2, 3, 3)),                                   \
                       tt_zeros(ctx, TT_F32, TT_SHAPE(4, 3, 3))),                                  \
      TT_ERR_SHAPE, "factored_norm: leading axes do not broadcast")                                \
    X(tt_factored_trace(a, tt_zeros(ctx, TT_F32, TT_SHAPE(3, 4))), TT_ERR_SHAPE,                   \
      "factored_trace: a (... m r) is (2, 3) float32, b (... r m) is (3, 4) float32: m differs")

START_TEST(wrong_input)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3)),
              *b = tt_add(counting(ctx, TT_SHAPE(3, 3)), tt_eye(ctx, TT_F32, 3, 3));
    tt_tensor *d = tt_cast(b, TT_F64), *n = tt_cast(b, TT_I64), *v = tt_select(b, 0, 0);
    tt_tensor *z = tt_zeros_like(b), *e = tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3)),
              *two = tt_eye(ctx, TT_F32, 2, 2);
    int wrong = 0;
#define X(expression, code, text) wrong += not_refused(ctx, #expression, expression, code, text);
    ROWS(X)
#undef X
    tt_tensor *u = a, *s = a, *im = a;
    ck_assert(tt_factored_svd(b, a, &u, &s, NULL) == TT_ERR_SHAPE && !u && !s);
    expect_error(ctx, TT_ERR_SHAPE, "factored_svd: a (... m r)");
    ck_assert(tt_factored_eigvals(a, b, NULL, &im) == TT_ERR_SHAPE && !im);
    expect_error(ctx, TT_ERR_SHAPE, "factored_eigvals: a (... m r) is (2, 3) float32, b (... r m)");
    ck_assert(!tt_is_orthogonal(a, 0));
    expect_error(ctx, TT_ERR_SHAPE, "is_orthogonal: a is (2, 3) float32, not square");
    ck_assert_int_eq(wrong, 0);
    tt_ctx_free(ctx);
}
END_TEST

static double distance(tt_tensor *a, tt_tensor *b)
{
    tt_tensor *far = tt_max(tt_abs(tt_sub(a, b)), TT_ALL_AXES, false);
    tt_tensor *large = tt_max(tt_abs(b), TT_ALL_AXES, false);
    return tt_item(far) / fmax(1, tt_item(large));
}

/* Factored and dense agree, whichever of the sizes is the smallest. */
START_TEST(factored_is_dense)
{
    static const int64_t sizes[][3] = {{40, 8, 30}, {8, 8, 200}, {200, 8, 8},
                                       {5, 9, 7},   {6, 9, 40},  {40, 9, 6}};
    tt_ctx *ctx = tt_ctx_new();
    for (size_t k = 0; k < 6; k++)
        for (int wide = 0; wide < 2; wide++) {
            double tol = wide ? 1e-12 : 1e-5;
            int64_t m = sizes[k][0], r = sizes[k][1], n = sizes[k][2];
            tt_tensor *a = tt_randn(ctx, wide ? TT_F64 : TT_F32, TT_SHAPE(2, m, r)), *u, *s, *vh;
            tt_tensor *b = tt_randn(ctx, wide ? TT_F64 : TT_F32, TT_SHAPE(r, n)),
                      *y = tt_matmul(a, b);
            ck_assert_int_eq(tt_factored_svd(a, b, &u, &s, &vh), TT_OK);
            tt_tensor *back = tt_matmul(tt_mul(u, tt_unsqueeze(s, -2)), vh), *dense = tt_svdvals(y);
            int64_t count = tt_size(s, -1);
            ck_assert_int_eq(count, m < r ? (m < n ? m : n) : r < n ? r : n);
            ck_assert(distance(back, y) < tol);
            ck_assert(distance(s, tt_narrow(dense, -1, 0, count)) < tol);
            ck_assert(distance(tt_factored_svdvals(a, b), s) < tol);
            ck_assert(distance(tt_factored_norm(a, b), tt_matrix_norm(y, TT_NORM_FROBENIUS)) < tol);
            ck_assert(distance(tt_matmul(tt_transpose(u, -1, -2), u),
                               tt_eye(ctx, tt_dtype_of(a), count, count)) < tol);
            if (m == n)
                ck_assert(distance(tt_factored_trace(a, b), tt_trace(y, 0)) < tol);
            ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        }
    tt_ctx_free(ctx);
}
END_TEST

/* Values far below the first keep their digits, though they come from squares. */
START_TEST(small_values_of_factors)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *scale =
                  tt_from_data(ctx, TT_F64, TT_SHAPE(4), (const double[]){1, 1e-2, 1e-4, 1e-6}),
              *q, *p;
    tt_qr(tt_randn(ctx, TT_F64, TT_SHAPE(50, 4)), &q, NULL);
    tt_qr(tt_randn(ctx, TT_F64, TT_SHAPE(300, 4)), &p, NULL);
    tt_tensor *a = tt_cast(tt_mul(q, scale), TT_F32), *b = tt_cast(tt_transpose(p, 0, 1), TT_F32);
    tt_tensor *s = tt_cast(tt_factored_svdvals(a, b), TT_F64);
    ck_assert(tt_allclose(s, scale, 1e-5, 1e-7, false));
    ck_assert(tt_allclose(tt_matrix_rank(tt_cast(a, TT_F64), 1e-5), tt_scalar(ctx, TT_I64, 3), 0, 0,
                          false));
    tt_ctx_free(ctx);
}
END_TEST

/* exp(a) exp(-a) = 1, det exp(a) = e^trace, also of matrices that are scaled much or differently.
 */
START_TEST(exponentials)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = tt_randn(ctx, TT_F64, TT_SHAPE(5, 4, 4)), *one = tt_eye(ctx, TT_F64, 4, 4);
    a = tt_mul(a,
               tt_from_data(ctx, TT_F64, TT_SHAPE(5, 1, 1), (const double[]){0, 1e-9, 0.1, 1, 2}));
    tt_tensor *y = tt_matrix_exp(a);
    ck_assert(distance(tt_matmul(y, tt_matrix_exp(tt_neg(a))), tt_expand(one, TT_SHAPE(5, 4, 4))) <
              1e-10);
    ck_assert(distance(tt_log(tt_det(y)), tt_trace(a, 0)) < 1e-12);
    tt_tensor *far = tt_mul_scalar(one, -1e300), *much = tt_mul_scalar(one, 1e300);
    ck_assert(tt_array_equal(tt_matrix_exp(far), tt_zeros_like(one)));
    ck_assert(isinf(tt_get(tt_matrix_exp(much), TT_INDEX(0, 0))) ||
              isnan(tt_get(tt_matrix_exp(much), TT_INDEX(0, 0))));
    tt_tensor *hole = tt_matrix_exp(tt_stack(TT_TENSORS(tt_full_like(one, NAN), one), 0));
    ck_assert(isnan(tt_get(hole, TT_INDEX(0, 1, 1))));
    ck_assert(fabs(tt_get(hole, TT_INDEX(1, 1, 1)) - exp(1)) < 1e-14);
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Angles of 1e-9 and of a right one less 1e-9, at once; the two subspaces are turned together. */
START_TEST(angles_small_and_large)
{
    tt_ctx *ctx = tt_ctx_new();
    const double small = 1e-9, large = acos(0) - 1e-9;
    tt_tensor *turn, *a = tt_eye(ctx, TT_F64, 5, 2), *b = tt_zeros_like(a);
    tt_qr(tt_randn(ctx, TT_F64, TT_SHAPE(5, 5)), &turn, NULL);
    tt_set(b, TT_INDEX(0, 0), cos(small));
    tt_set(b, TT_INDEX(2, 0), sin(small));
    tt_set(b, TT_INDEX(1, 1), cos(large));
    tt_set(b, TT_INDEX(3, 1), sin(large));
    tt_tensor *angle = tt_principal_angles(tt_matmul(turn, a), tt_matmul(turn, b));
    ck_assert(fabs(tt_get(angle, TT_INDEX(0)) - large) < 1e-15 * 8);
    ck_assert(fabs(tt_get(angle, TT_INDEX(1)) - small) < 1e-15 * 8);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(bases)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = tt_randn(ctx, TT_F64, TT_SHAPE(3, 6, 4)),
              *x = tt_randn(ctx, TT_F64, TT_SHAPE(6));
    tt_tensor *p = tt_projection(a, 0), *q = tt_gram_schmidt(a), *qr;
    ck_assert(distance(tt_matmul(p, p), p) < 1e-13);
    ck_assert(distance(tt_matmul(p, a), a) < 1e-13);
    ck_assert(distance(tt_project(x, a, 0), tt_matmul(p, x)) < 1e-13);
    tt_qr(a, &qr, NULL);
    ck_assert(distance(q, qr) < 1e-12);
    ck_assert(tt_is_orthogonal(tt_matmul(tt_transpose(q, -1, -2), q), 0));
    tt_tensor *none = tt_null_space(tt_transpose(a, -1, -2), 0);
    expect_shape(none, TT_SHAPE(3, 6, 2));
    ck_assert(tt_item(tt_max(tt_abs(tt_matmul(tt_transpose(a, -1, -2), none)), TT_ALL_AXES,
                             false)) < 1e-13);
    tt_tensor *flat = tt_ones(ctx, TT_F64, TT_SHAPE(6, 6)); /* of rank 1 in any rounding */
    ck_assert(!tt_change_of_basis(tt_matmul(a, tt_transpose(a, -1, -2)), flat));
    expect_error(ctx, TT_ERR_NUMERIC, "singular");
    tt_tensor *nine = tt_matrix_power(
        tt_from_data(ctx, TT_I64, TT_SHAPE(2, 2), (const int64_t[]){1, 1, 1, 0}), 90);
    ck_assert(tt_get(nine, TT_INDEX(0, 1)) == 2880067194370816120.0);
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("matrices", wrong_input, factored_is_dense, small_values_of_factors, exponentials,
          angles_small_and_large, bases)
