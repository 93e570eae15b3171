/* int32 and uint8 beside int64: the same operation on the same numbers, then wrapped to the dtype
 * that the result has. The rows of the elementwise tables are compared with NumPy's in
 * tests/reference. */
#include "unit.h"

static const tt_dtype narrow[] = {TT_I32, TT_U8};

/* Numbers over the whole of both types. */
static tt_tensor *numbers(tt_ctx *ctx, tt_dtype d, int seed)
{
    tt_seed(ctx, (uint64_t)seed);
    return tt_cast(tt_randint(ctx, TT_SHAPE(6, 35), -200, 200), d);
}

typedef tt_tensor *(*operation)(tt_tensor *x, tt_tensor *y);

static void expect_as_int64(const char *what, operation f, tt_dtype d, tt_dtype result)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int variant = 0; variant < 3; variant++) {
        tt_tensor *x = numbers(ctx, d, 1), *y = numbers(ctx, d, 2);
        if (variant == 1) /* strided */
            x = tt_slice(x, ":, ::-1"), y = tt_slice(y, "::-1");
        if (variant == 2) /* empty, along the axis that is kept */
            x = tt_slice(x, ":0"), y = tt_slice(y, ":0");
        tt_tensor *got = f(x, y);
        tt_tensor *want = f(tt_cast(x, TT_I64), tt_cast(y, TT_I64));
        ck_assert_msg(got && want, "%s: %s", what, tt_error_message(ctx));
        ck_assert_msg(tt_dtype_of(got) == result, "%s of %s is %s", what, tt_dtype_name(d),
                      tt_dtype_name(tt_dtype_of(got)));
        ck_assert_msg(tt_array_equal(got, tt_cast(want, result)), "%s of %s differs", what,
                      tt_dtype_name(d));
    }
    tt_ctx_free(ctx);
}

static tt_tensor *places(tt_tensor *x)
{
    return tt_cast(tt_remainder_scalar(tt_cast(tt_select(x, 0, 0), TT_I64), 6), TT_I64);
}

static tt_tensor *written(tt_tensor *x, tt_status status)
{
    return status == TT_OK ? x : NULL;
}

/* Of x and y; the dtype that the result has, KEPT: that of x. */
#define KEPT (-1)
#define EACH_OPERATION(X)                                                                          \
    X(sum, TT_I64, tt_sum(x, TT_AXES(1), false))                                                   \
    X(prod, TT_I64, tt_prod(x, TT_AXES(1), false))                                                 \
    X(mean, TT_F64, tt_mean(x, TT_AXES(1), false))                                                 \
    X(max, KEPT, tt_max(x, TT_AXES(1), false))                                                     \
    X(min, KEPT, tt_min(x, TT_AXES(1), true))                                                      \
    X(all, TT_BOOL, tt_all(x, TT_AXES(1), false))                                                  \
    X(count_nonzero, TT_I64, tt_count_nonzero(x, TT_AXES(1), false))                               \
    X(argmax, TT_I64, tt_argmax(x, 1, false))                                                      \
    X(argmin, TT_I64, tt_argmin(x, 1, false))                                                      \
    X(cumsum, TT_I64, tt_cumsum(x, 1))                                                             \
    X(cumprod, TT_I64, tt_cumprod(x, 1))                                                           \
    X(cummax, KEPT, tt_cummax(x, 1))                                                               \
    X(cummin, KEPT, tt_cummin(x, 1))                                                               \
    X(diff, KEPT, tt_diff(x, 1))                                                                   \
    X(matmul, KEPT, tt_matmul(x, tt_transpose(y, 0, 1)))                                           \
    X(outer, KEPT, tt_outer(x, tt_select(y, 1, 0)))                                                \
    X(einsum, KEPT, tt_einsum("ij,kj->ik", TT_TENSORS(x, y)))                                      \
    X(einsum_sum, KEPT, tt_einsum("ij->i", TT_TENSORS(x)))                                         \
    X(einsum_mixed, KEPT, tt_einsum("ij,ik->i", TT_TENSORS(x, y)))                                 \
    X(div, TT_F64, tt_div(x, tt_add_scalar(tt_masked_fill(y, tt_eq_scalar(y, 0), 1), 0)))          \
    X(exp, TT_F64, tt_exp(tt_clamp(x, 0, 3)))                                                      \
    X(elu, TT_F64, tt_elu(x, 1))                                                                   \
    X(clamp, KEPT, tt_clamp(x, 1.5, 100.5))                                                        \
    X(add_scalar, KEPT, tt_add_scalar(x, 7))                                                       \
    X(rsub_scalar, KEPT, tt_rsub_scalar(x, 7))                                                     \
    X(floor_divide_scalar, KEPT, tt_floor_divide_scalar(x, 3))                                     \
    X(div_scalar, TT_F64, tt_div_scalar(x, 2))                                                     \
    X(isnan, TT_BOOL, tt_isnan(x))                                                                 \
    X(isfinite, TT_BOOL, tt_isfinite(x))                                                           \
    X(logical_not, TT_BOOL, tt_logical_not(x))                                                     \
    X(logical_and, TT_BOOL, tt_logical_and(x, y))                                                  \
    X(logical_xor_scalar, TT_BOOL, tt_logical_xor_scalar(x, 2))                                    \
    X(isclose, TT_BOOL, tt_isclose(x, y, 0.5, 3, false))                                           \
    X(nan_to_num, KEPT, tt_nan_to_num(x, 0, 0, 0))                                                 \
    X(index_add, KEPT,                                                                             \
      tt_index_add(tt_zeros(tt_ctx_of(x), tt_dtype_of(x), TT_SHAPE(6, 35)), 0,                     \
                   tt_arange(tt_ctx_of(x), TT_I64, 0, tt_size(x, 0), 1), x))                       \
    X(add_, KEPT, (x = tt_clone(x), written(x, tt_add_(x, y))))                                    \
    X(mul_scalar_, KEPT, (x = tt_clone(x), written(x, tt_mul_scalar_(x, 3))))                      \
    X(axpy_, KEPT, (x = tt_clone(x), written(x, tt_axpy_(x, 5, y))))

#define OPERATION(name, result, ...)                                                               \
    static tt_tensor *of_##name(tt_tensor *x, tt_tensor *y)                                        \
    {                                                                                              \
        (void)y;                                                                                   \
        return __VA_ARGS__;                                                                        \
    }
EACH_OPERATION(OPERATION)

START_TEST(same_as_int64_wrapped)
{
    for (int i = 0; i < 2; i++) {
#define RUN(name, result, ...)                                                                     \
    expect_as_int64(#name, of_##name, narrow[i],                                                   \
                    (int)(result) == KEPT ? narrow[i] : (tt_dtype)(result));
        EACH_OPERATION(RUN)
    }
}
END_TEST

/* Where the same place is added to more than once, and by elements. */
START_TEST(adding_at_places)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 2; i++) {
        tt_tensor *src = numbers(ctx, narrow[i], 3), *at = places(numbers(ctx, TT_I64, 4));
        tt_tensor *wide = tt_zeros(ctx, TT_I64, TT_SHAPE(6, 35));
        tt_tensor *x = tt_cast(wide, narrow[i]), *rows = tt_narrow(at, 0, 0, 6);
        tt_tensor *got = tt_index_add(x, 0, rows, src);
        tt_tensor *want = tt_index_add(wide, 0, rows, tt_cast(src, TT_I64));
        ck_assert(tt_array_equal(got, tt_cast(want, narrow[i])));
        at = tt_expand(at, TT_SHAPE(6, 35));
        got = tt_scatter_add(x, 0, at, src);
        want = tt_scatter_add(wide, 0, at, tt_cast(src, TT_I64));
        ck_assert(tt_array_equal(got, tt_cast(want, narrow[i])));
    }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(errors)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 2; i++) {
        const char *name = tt_dtype_name(narrow[i]);
        char part[64];
        tt_tensor *x = tt_ones(ctx, narrow[i], TT_SHAPE(2, 2)), *zero = tt_zeros_like(x);
        tt_floor_divide(x, zero);
        expect_error(ctx, TT_ERR_ARG, "floor_divide: integer division by zero");
        tt_remainder_scalar(x, 0);
        expect_error(ctx, TT_ERR_ARG, "remainder_scalar: integer division by zero");
        snprintf(part, sizeof part, "add_scalar: 0.5 is no %s", name);
        tt_add_scalar(x, 0.5);
        expect_error(ctx, TT_ERR_DTYPE, part);
        snprintf(part, sizeof part, "axpy_: 0.5 is no %s", name);
        tt_axpy_(x, 0.5, x);
        expect_error(ctx, TT_ERR_DTYPE, part);
        snprintf(part, sizeof part, "mul_scalar_: 0.5 is no %s", name);
        tt_mul_scalar_(x, 0.5);
        expect_error(ctx, TT_ERR_DTYPE, part);
        tt_div_(x, x);
        expect_error(ctx, TT_ERR_DTYPE, "div_: the result is no");
        tt_logcumsumexp(x, 0);
        expect_error(ctx, TT_ERR_DTYPE, name);
        tt_logsumexp(x, TT_ALL_AXES, false);
        expect_error(ctx, TT_ERR_DTYPE, name);
        tt_softmax(x, 0);
        expect_error(ctx, TT_ERR_DTYPE, name);
        tt_max(tt_slice(x, ":0"), TT_ALL_AXES, false);
        expect_error(ctx, TT_ERR_ARG, "no elements to choose from");
        tt_add(x, tt_cast(x, TT_I64));
        expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
        tt_matmul(x, tt_cast(x, TT_F32));
        expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    }
    tt_tensor *u = tt_ones(ctx, TT_U8, TT_SHAPE(2, 2)), *none = tt_slice(u, ":0");
    tt_mul_scalar_(u, 300);
    expect_error(ctx, TT_ERR_DTYPE, "mul_scalar_: 300 is no uint8");
    tt_add_scalar_(u, -1);
    expect_error(ctx, TT_ERR_DTYPE, "add_scalar_: -1 is no uint8");
    tt_axpy_(u, 256, u);
    expect_error(ctx, TT_ERR_DTYPE, "axpy_: 256 is no uint8");
    ck_assert(tt_array_equal(u, tt_ones_like(u)));
    tt_axpy_(tt_ones(ctx, TT_I64, TT_SHAPE(1)), INFINITY, tt_ones(ctx, TT_I64, TT_SHAPE(1)));
    expect_error(ctx, TT_ERR_DTYPE, "axpy_: inf is no int64");
    tt_pad(u, 2, (int64_t[]){1, 0}, (int64_t[]){0, 0}, 256);
    expect_error(ctx, TT_ERR_DTYPE, "pad: 256 is no uint8");
    ck_assert(tt_pad(u, 2, (int64_t[]){1, 0}, (int64_t[]){0, 0}, 255) != NULL);
    tt_max(none, TT_AXES(0), false);
    expect_error(ctx, TT_ERR_ARG, "max: no elements to choose from in (0, 2) uint8");
    tt_argmin(none, 0, false);
    expect_error(ctx, TT_ERR_ARG, "argmin: no elements to choose from in (0, 2) uint8");
    tt_sum(u, TT_AXES(2), false);
    expect_error(ctx, TT_ERR_AXIS, "sum: axis 2 is out of range for (2, 2) uint8");
    tt_pow(tt_ones(ctx, TT_I32, TT_SCALAR), tt_full(ctx, TT_I32, TT_SCALAR, -1));
    expect_error(ctx, TT_ERR_ARG, "integers have no negative powers");
    tt_add_scalar(tt_ones(ctx, TT_U8, TT_SCALAR), -1);
    expect_error(ctx, TT_ERR_DTYPE, "add_scalar: -1 is no uint8");
    tt_ctx_free(ctx);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {same_as_int64_wrapped, adding_at_places, errors};
    return run_tests("integers", tests, sizeof tests / sizeof *tests);
}
