/* Values at the edges: zeros with a sign, infinities, integers beyond 2^53, the middle between two
 * 16-bit floats, tensors of 17 axes. What is expected was worked out by hand. */
#include <stdint.h>
#include "unit.h"

#define INF ((double)INFINITY)

static tt_tensor *ints(tt_ctx *ctx, int64_t n, const int64_t *values)
{
    return tt_from_data(ctx, TT_I64, TT_SHAPE(n), values);
}

static tt_tensor *doubles(tt_ctx *ctx, int n, const double *values)
{
    return tt_from_data(ctx, TT_F64, TT_SHAPE(n), values);
}

static void expect_ints(tt_tensor *x, int64_t n, const int64_t *values)
{
    ck_assert_msg(x && tt_dtype_of(x) == TT_I64, "no int64");
    ck_assert_int_eq(tt_numel(x), n);
    for (int64_t i = 0; i < n; i++)
        ck_assert_msg(((const int64_t *)tt_cdata(x))[i] == values[i],
                      "element %lld is %lld, not %lld", (long long)i,
                      (long long)((const int64_t *)tt_cdata(x))[i], (long long)values[i]);
}

#define I64S(...)                                                                                  \
    (int64_t)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (int64_t[])                     \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

START_TEST(means_of_integers_do_not_wrap)
{
    const int64_t big = (int64_t)1 << 62;
    tt_ctx *ctx = tt_ctx_new();
    ck_assert(tt_item(tt_mean(ints(ctx, I64S(big, big)), TT_ALL_AXES, false)) == 0x1p62);
    ck_assert(tt_item(tt_mean(ints(ctx, I64S(INT64_MIN, INT64_MIN)), TT_ALL_AXES, 0)) == -0x1p63);
    ck_assert(tt_item(tt_mean(ints(ctx, I64S(INT64_MAX, INT64_MIN)), TT_ALL_AXES, 0)) == -0.5);
    ck_assert(tt_item(tt_mean(ints(ctx, I64S(big, 1 - big)), TT_ALL_AXES, false)) == 0.5);
    ck_assert(tt_item(tt_mean(ints(ctx, I64S(-1, -2)), TT_ALL_AXES, false)) == -1.5);
    ck_assert(isnan(tt_item(tt_mean(tt_zeros(ctx, TT_I64, TT_SHAPE(0)), TT_ALL_AXES, false))));
    tt_tensor *all = tt_full(ctx, TT_I64, TT_SHAPE(3, 70001), 0x1p62);
    for (int threads = 1; threads <= 3; threads++) { /* whole lines, and parts of them; columns */
        tt_set_num_threads(ctx, threads);
        expect_values(tt_mean(all, TT_AXES(1), false), F64(0x1p62, 0x1p62, 0x1p62));
        tt_tensor *columns = tt_mean(all, TT_AXES(0), true);
        ck_assert(tt_item(tt_max(columns, TT_ALL_AXES, false)) == 0x1p62);
        ck_assert(tt_item(tt_mean(all, TT_ALL_AXES, false)) == 0x1p62);
    }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(bounds_of_integers)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = ints(ctx, I64S(INT64_MIN, -3, 0, 3, INT64_MAX));
    expect_ints(tt_clamp(x, NAN, 1), I64S(INT64_MIN, -3, 0, 1, 1));
    expect_ints(tt_clamp(x, -1, NAN), I64S(-1, -1, 0, 3, INT64_MAX));
    expect_ints(tt_clamp(x, -2.5, 2.5), I64S(-2, -2, 0, 2, 2));
    expect_ints(tt_clamp(x, -INF, INF), I64S(INT64_MIN, -3, 0, 3, INT64_MAX));
    expect_values(tt_clamp(doubles(ctx, F64(-3, NAN, 3)), NAN, 1), F64(-3, NAN, 1));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(ranges_of_integers)
{
    const int64_t two53 = (int64_t)1 << 53;
    tt_ctx *ctx = tt_ctx_new();
    expect_ints(tt_arange(ctx, TT_I64, 0x1p53, 0x1p53 + 4, 1),
                I64S(two53, two53 + 1, two53 + 2, two53 + 3));
    expect_ints(tt_arange(ctx, TT_I64, -0x1p53, -0x1p53 - 4, -1),
                I64S(-two53, -two53 - 1, -two53 - 2, -two53 - 3));
    expect_ints(tt_arange(ctx, TT_I64, 0x1p63 - 2048, 0x1p63, 1000),
                I64S(INT64_MAX - 2047, INT64_MAX - 1047, INT64_MAX - 47));
    expect_ints(tt_arange(ctx, TT_I64, -0x1p63, 0x1p63, 0x1p62),
                I64S(INT64_MIN, INT64_MIN / 2, 0, -(INT64_MIN / 2)));
    expect_ints(tt_arange(ctx, TT_I64, 3, -0x1p63, -0x1p62 - 1024),
                I64S(3, 3 - ((int64_t)1 << 62) - 1024));
    expect_ints(tt_arange(ctx, TT_I64, 0, 2.5, 1), I64S(0, 1, 2));
    expect_ints(tt_arange(ctx, TT_I64, 0, -2.5, -1), I64S(0, -1, -2));
    expect_ints(tt_arange(ctx, TT_I64, 0.5, 3, 1), I64S(0, 1, 2)); /* not whole: dropped */
    ck_assert_int_eq(tt_numel(tt_arange(ctx, TT_I64, 5, 5, -1)), 0);
    ck_assert_int_eq(tt_numel(tt_arange(ctx, TT_I64, 5, 9, -1)), 0);
    ck_assert_ptr_null(tt_arange(ctx, TT_I64, 0, 1, 0));
    expect_error(ctx, TT_ERR_ARG, "arange: the step is 0");
    ck_assert_ptr_null(tt_arange(ctx, TT_F32, 0, INFINITY, 1));
    expect_error(ctx, TT_ERR_ARG, "arange: from 0 to inf by 1 are inf elements");
    ck_assert_ptr_null(tt_arange(ctx, TT_I64, 0, 1e300, 1));
    expect_error(ctx, TT_ERR_ARG, "elements");
    ck_assert_ptr_null(tt_arange(ctx, TT_I64, NAN, 1, 1));
    expect_error(ctx, TT_ERR_ARG, "elements");
    tt_ctx_free(ctx);
}
END_TEST

/* As numpy.linspace rounds, which numpy.logspace does not. */
START_TEST(integers_between_two_ends)
{
    static const tt_dtype dtypes[] = {TT_I64, TT_I32, TT_U8};
    tt_ctx *ctx = tt_ctx_new();
    expect_values(tt_linspace(ctx, TT_I64, -1, 1, 4), F64(-1, -1, 0, 1));
    expect_values(tt_linspace(ctx, TT_I32, -2.5, 2.5, 3), F64(-3, 0, 2));
    for (int i = 0; i < 3; i++)
        expect_values(tt_linspace(ctx, dtypes[i], 0, 5, 4), F64(0, 1, 3, 5));
    expect_values(tt_linspace(ctx, TT_BOOL, 0, 1, 3), F64(0, 1, 1));
    expect_values(tt_linspace(ctx, TT_F32, -1, 1, 5), F64(-1, -0.5, 0, 0.5, 1));
    expect_values(tt_logspace(ctx, TT_I64, -1, 1, 3, -2), F64(0, 1, -2));
    tt_ctx_free(ctx);
}
END_TEST

static bool is_minus_zero(tt_tensor *x)
{
    return tt_item(x) == 0 && signbit(tt_item(x));
}

START_TEST(zeros_with_a_sign)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int d = TT_F32; d <= TT_F64; d++) {
        tt_tensor *zero = tt_full(ctx, (tt_dtype)d, TT_SHAPE(1), -0.0);
        ck_assert(tt_item(tt_sign(zero)) == 0 && !is_minus_zero(tt_sign(zero)));
        ck_assert(is_minus_zero(tt_cumsum(zero, 0)));
        tt_tensor *many = tt_full(ctx, (tt_dtype)d, TT_SHAPE(2, 37), -0.0);
        for (int axis = 0; axis < 2; axis++) {
            tt_tensor *sums = tt_cumsum(many, axis);
            ck_assert(is_minus_zero(tt_max(sums, TT_ALL_AXES, false)));
        }
        ck_assert(isnan(tt_item(tt_sign(tt_full_like(zero, NAN)))));
        expect_values(tt_sign(tt_cast(doubles(ctx, F64(-INF, -1e-40, 1e-40, INF)), (tt_dtype)d)),
                      F64(-1, -1, 1, 1));
    }
    expect_values(tt_cumsum(doubles(ctx, F64(-0.0, 1, -1)), 0), F64(0, 1, 0));
    expect_ints(tt_cumsum(ints(ctx, I64S(0, 1)), 0), I64S(0, 1));
    tt_ctx_free(ctx);
}
END_TEST

/* 1 + 2^-11 is the middle between 1 and the next float16, 1 + 2^-8 that of bfloat16. */
START_TEST(narrow_floats_are_rounded_once)
{
    static const struct {
        tt_dtype dtype;
        double value, expected;
    } rows[] = {
        {TT_F16, 1 + 0x1p-11, 1},
        {TT_F16, 1 + 0x1p-11 + 0x1p-40, 1 + 0x1p-10},
        {TT_F16, -1 - 0x1p-11 - 0x1p-52, -1 - 0x1p-10},
        {TT_F16, 1 + 0x1p-11 - 0x1p-52, 1},
        {TT_F16, 1 + 3 * 0x1p-11 - 0x1p-50, 1 + 0x1p-10},
        {TT_F16, 0x1p-25, 0},
        {TT_F16, 0x1p-25 + 0x1p-70, 0x1p-24},
        {TT_F16, 65520 - 0x1p-30, 65504},
        {TT_F16, 65520, INFINITY},
        {TT_F16, 1e-300, 0},
        {TT_F16, 1e300, INFINITY},
        {TT_F16, -INFINITY, -INFINITY},
        {TT_F16, NAN, NAN},
        {TT_BF16, 1 + 0x1p-8, 1},
        {TT_BF16, 1 + 0x1p-8 + 0x1p-40, 1 + 0x1p-7},
        {TT_BF16, 1 + 3 * 0x1p-8 - 0x1p-45, 1 + 0x1p-7},
        {TT_BF16, 0x1p-134 + 0x1p-170, 0x1p-133},
        {TT_BF16, 0x1p-134, 0},
        {TT_BF16, 0x1.ffp127 - 0x1p90, 0x1.fep127},
        {TT_BF16, 0x1.ffp127, INFINITY},
        {TT_BF16, 1e300, INFINITY},
        {TT_BF16, NAN, NAN},
    };
    tt_ctx *ctx = tt_ctx_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tt_tensor *one = tt_scalar(ctx, rows[i].dtype, rows[i].value);
        tt_tensor *many = tt_cast(tt_full(ctx, TT_F64, TT_SHAPE(70), rows[i].value), rows[i].dtype);
        for (int64_t k = -1; k < 70; k++) {
            double got = k < 0 ? tt_item(one) : tt_get(many, TT_INDEX(k)), want = rows[i].expected;
            ck_assert_msg(got == want || (isnan(got) && isnan(want)), "%.17g in %s is %g, not %g",
                          rows[i].value, tt_dtype_name(rows[i].dtype), got, want);
        }
    }
    tt_ctx_free(ctx);
}
END_TEST

/* Against the nearest of the two neighbours, found by arithmetic on whole numbers: those of n have
 * a distance of 2^k. */
static int64_t nearest(int64_t n, int digits)
{
    int64_t size = n < 0 ? -n : n, step = 1;
    while (size / step >= (int64_t)1 << digits)
        step *= 2;
    int64_t down = size / step * step, rest = size - down;
    bool up = rest > step - rest || (rest == step - rest && (down / step) % 2 != 0);
    int64_t r = up ? down + step : down;
    return n < 0 ? -r : r;
}

START_TEST(integers_as_narrow_floats_are_rounded_once)
{
    tt_ctx *ctx = tt_ctx_new();
    uint64_t state = 1;
    int64_t values[2000], i32s[2000];
    for (int i = 0; i < 2000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int64_t v = (int64_t)(state >> (2 + i % 61)); /* all sizes */
        int64_t middle = v >> 20 << 20;               /* ... and close to the middle of two */
        values[i] = (i & 1 ? v : middle | (i & 2 ? 1 : 0)) * (i & 4 ? -1 : 1);
        i32s[i] = (int32_t)values[i];
    }
    tt_tensor *wide = tt_cast(tt_from_data(ctx, TT_I64, TT_SHAPE(2000), values), TT_BF16);
    tt_tensor *small = tt_from_data(ctx, TT_I64, TT_SHAPE(2000), i32s);
    small = tt_cast(tt_cast(small, TT_I32), TT_BF16);
    for (int64_t i = 0; i < 2000; i++) {
        double got = tt_get(wide, TT_INDEX(i)), want = (double)nearest(values[i], 8);
        ck_assert_msg(got == want, "%lld is %.17g, not %.17g", (long long)values[i], got, want);
        got = tt_get(small, TT_INDEX(i));
        want = (double)nearest(i32s[i], 8);
        ck_assert_msg(got == want, "%lld is %.17g, not %.17g", (long long)i32s[i], got, want);
    }
    const int64_t middle = ((int64_t)1 << 62) + ((int64_t)1 << 54);
    tt_tensor *x = ints(ctx, I64S(middle, middle + 1, -middle, -middle - 1, INT64_MIN, 0));
    expect_values(tt_cast(x, TT_BF16),
                  F64(0x1p62, 0x1p62 + 0x1p55, -0x1p62, -0x1p62 - 0x1p55, -0x1p63, 0));
    expect_values(tt_cast(ints(ctx, I64S(2049, 2051, 65519, 65520)), TT_F16),
                  F64(2048, 2052, 65504, INFINITY));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(interpolation_of_far_ends)
{
    tt_ctx *ctx = tt_ctx_new();
    const double most[] = {0x1.8p127, 0x1.8p1023};
    for (int d = TT_F32; d <= TT_F64; d++) {
        tt_tensor *a = tt_full(ctx, (tt_dtype)d, TT_SHAPE(40), -most[d]), *b = tt_neg(a);
        for (int w = 0; w <= 4; w++) {
            tt_tensor *y = tt_lerp(a, b, tt_full_like(a, w / 4.0));
            double got = tt_get(y, TT_INDEX(39)), want = tt_get(b, TT_INDEX(0)) * (w / 2.0 - 1);
            ck_assert_msg(got == want, "%g at %d / 4, not %g", got, w, want);
        }
    }
    tt_tensor *a = doubles(ctx, F64(1, -INF, INF, NAN, 2)),
              *b = doubles(ctx, F64(INF, 1, INF, 1, 3));
    expect_values(tt_lerp(a, b, tt_zeros_like(a)), F64(1, -INF, NAN, NAN, 2));
    expect_values(tt_lerp(a, b, tt_ones_like(a)), F64(INF, 1, NAN, NAN, 3));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(infinite_tolerances)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = doubles(ctx, F64(1, 0, 1, INF, 1, INF, -INF, NAN, 1.7e308));
    tt_tensor *b = doubles(ctx, F64(2, 1, 0, 1, INF, INF, INF, 1, -1.7e308));
    const double want[] = {1, 1, 1, 0, 0, 1, 0, 0, 1};
    expect_values(tt_isclose(a, b, INFINITY, 0, false), 9, want);
    expect_values(tt_isclose(a, b, 0, INFINITY, false), 9, want);
    expect_values(tt_isclose(a, b, 0, 0, false), F64(0, 0, 0, 0, 0, 1, 0, 0, 0));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(quotients_of_infinities)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = doubles(ctx, F64(1, -1, 1, -1, 0, INF, -INF, 1, -1, 0));
    tt_tensor *b = doubles(ctx, F64(INF, INF, -INF, -INF, INF, 2, 2, 0, 0, 0));
    expect_values(tt_floor_divide(a, b), F64(0, -1, -1, 0, 0, NAN, NAN, INF, -INF, NAN));
    expect_values(tt_remainder(a, b), F64(1, INF, -INF, -1, 0, NAN, NAN, NAN, NAN, NAN));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(seventeen_axes)
{
    static const int64_t one[17] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *v = tt_ones(ctx, TT_F32, TT_SHAPE(3)), *x = tt_ones(ctx, TT_F32, 16, one);
    tt_tensor *n = tt_zeros(ctx, TT_I64, 16, one);
#define REFUSED(call, text)                                                                        \
    ck_assert_ptr_null(call);                                                                      \
    expect_error(ctx, TT_ERR_SHAPE, text)
    REFUSED(tt_reshape(v, 17, one),
            "reshape: 17 axes from (3,) float32; from 0 to 16 are possible");
    REFUSED(tt_reshape(v, -1, one), "reshape: -1 axes from (3,) float32");
    REFUSED(tt_view(v, 17, one), "view: 17 axes from (3,) float32; from 0 to 16 are possible");
    REFUSED(tt_expand(v, 17, one), "expand: 17 axes from (3,) float32; from 0 to 16 are possible");
    REFUSED(tt_tile(v, 17, one), "tile: 17 axes from (3,) float32; from 0 to 16 are possible");
    REFUSED(tt_stack(TT_TENSORS(x, x), 0), "stack: 17 axes from (1, ");
    REFUSED(tt_unsqueeze(x, 0), "unsqueeze: 17 axes from (1, ");
    REFUSED(tt_one_hot(n, 3), "one_hot: 17 axes from (1, ");
    REFUSED(tt_unflatten(x, 0, TT_SHAPE(1, 1)), "unflatten: 17 axes from (1, ");
    REFUSED(tt_zeros(ctx, TT_F32, 17, one), "zeros: 17 axes; from 0 to 16 are possible");
    ck_assert_int_eq(tt_ndim(tt_reshape(tt_sum(v, TT_ALL_AXES, true), 16, one)), 16);
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("special", means_of_integers_do_not_wrap, bounds_of_integers, ranges_of_integers,
          integers_between_two_ends, zeros_with_a_sign, narrow_floats_are_rounded_once,
          integers_as_narrow_floats_are_rounded_once, interpolation_of_far_ends,
          infinite_tolerances, quotients_of_infinities, seventeen_axes)
