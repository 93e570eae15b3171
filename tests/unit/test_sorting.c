/* Order against a sort that could not be simpler: every dtype, lengths around those where the way
 * of sorting changes, ties, NaN, both zeros, strides; the same bits for any number of threads; what
 * must hold between the functions; and the errors. */
#include <limits.h>
#include <stdint.h>
#include "unit.h"

static const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_I64, TT_BOOL, TT_I32, TT_U8, TT_F16, TT_BF16};
static const int64_t lengths[] = {0,   1,   2,   12,   13,   63,    64,    160,
                                  161, 257, 500, 2100, 4097, 20000, 140000};
enum { DTYPES = sizeof dtypes / sizeof *dtypes, LENGTHS = sizeof lengths / sizeof *lengths };

/* Values of all sizes or, with few, only some, so that there are ties; NaN, infinities and -0 among
 * floats. */
static tt_tensor *row(tt_ctx *ctx, tt_dtype dtype, int64_t n, bool few)
{
    tt_tensor *x = tt_randn(ctx, TT_F64, TT_SHAPE(n));
    if (dtype == TT_U8)
        x = tt_add_scalar(tt_mul_scalar(x, 30), 128);
    else
        x = tt_mul_scalar(tt_mul(x, tt_exp(tt_mul_scalar(tt_randn(ctx, TT_F64, TT_SHAPE(n)), 2))),
                          100);
    if (few)
        x = tt_round(tt_mul_scalar(x, dtype == TT_U8 ? 0.1 : 0.01));
    if (dtype == TT_BOOL)
        x = tt_relu(x);
    bool floats = dtype == TT_F32 || dtype == TT_F64 || dtype == TT_F16 || dtype == TT_BF16;
    const double odd[] = {NAN, -INFINITY, -0.0, 0.0, NAN, INFINITY, -0.0};
    for (int64_t i = 0; floats && few && i < 7 && 3 * i + 1 < n; i++)
        tt_set(x, TT_INDEX((5 * i + 1) % n), odd[i]);
    return tt_cast(x, dtype);
}

static const double *key_values;
static bool key_descending;

static int by_value(const void *p, const void *q)
{
    int64_t i = *(const int64_t *)p, j = *(const int64_t *)q;
    double a = key_values[i], b = key_values[j];
    if (isnan(a) != isnan(b))
        return isnan(a) ? 1 : -1;
    if (a < b || b < a)
        return (a < b) != key_descending ? -1 : 1;
    return i < j ? -1 : i > j;
}

/* The places of x in order; x has one axis. int64 are small enough for double here. */
static int64_t *ordered(tt_tensor *x, bool descending, double *values)
{
    int64_t n = tt_numel(x), *order = malloc((size_t)(n + 1) * sizeof *order);
    tt_copy_out(tt_cast(x, TT_F64), values, (size_t)n * sizeof *values);
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    key_values = values;
    key_descending = descending;
    qsort(order, (size_t)n, sizeof *order, by_value);
    return order;
}

static bool same_bits(tt_tensor *a, tt_tensor *b)
{
    size_t bytes = (size_t)tt_numel(a) * tt_itemsize(tt_dtype_of(a));
    return tt_dtype_of(a) == tt_dtype_of(b) && tt_same_shape(a, b) &&
           (bytes == 0 ||
            memcmp(tt_cdata(tt_contiguous(a)), tt_cdata(tt_contiguous(b)), bytes) == 0);
}

static void check_row(tt_ctx *ctx, tt_tensor *x, bool descending)
{
    int64_t n = tt_numel(x);
    double *values = malloc((size_t)(n + 1) * sizeof *values);
    int64_t *order = ordered(x, descending, values);
    tt_tensor *want = tt_from_data(ctx, TT_I64, TT_SHAPE(n), order), *places, *sorted;
    sorted = tt_sort(x, 0, descending, &places);
    ck_assert_msg(sorted != NULL, "%s", tt_error_message(ctx));
    const char *name = tt_dtype_name(tt_dtype_of(x));
    ck_assert_msg(same_bits(places, want), "places of %d %s", (int)n, name);
    ck_assert_msg(same_bits(sorted, tt_take(x, 0, want)), "values of %d %s", (int)n, name);
    ck_assert_msg(same_bits(tt_sort(x, 0, descending, NULL), sorted), "alone, %d %s", (int)n, name);
    ck_assert_msg(same_bits(tt_argsort(x, -1, descending), want), "argsort of %d %s", (int)n, name);
    const int64_t ks[] = {0, 1, 7, 50, n / 3, n - 1, n};
    for (int i = 0; i < 7; i++) {
        int64_t k = ks[i];
        if (k < 0 || k > n)
            continue;
        tt_tensor *top = tt_topk(x, k, 0, descending, &places);
        ck_assert_msg(same_bits(places, tt_narrow(want, 0, 0, k)), "topk %d of %d %s", (int)k,
                      (int)n, name);
        ck_assert(same_bits(top, tt_narrow(sorted, 0, 0, k)));
        if (k == 0 || descending)
            continue;
        tt_tensor *kth = tt_kthvalue(x, k, 0, true, &places);
        ck_assert_msg(same_bits(places, tt_narrow(want, 0, k - 1, 1)), "kthvalue %d of %d %s",
                      (int)k, (int)n, name);
        ck_assert(same_bits(kth, tt_narrow(sorted, 0, k - 1, 1)));
    }
    free(order);
    free(values);
}

START_TEST(rows_of_every_length)
{
    for (int d = 0; d < DTYPES; d++)
        for (int i = 0; i < LENGTHS; i++)
            for (int how = 0; how < 4; how++) {
                tt_ctx *ctx = tt_ctx_new();
                tt_seed(ctx, (uint64_t)i);
                check_row(ctx, row(ctx, dtypes[d], lengths[i], how & 1), how & 2);
                ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
                tt_ctx_free(ctx);
            }
}
END_TEST

/* Long enough for threads: some values only, two, up and down again, each twice the one before. */
START_TEST(long_rows)
{
    enum { LONG = 140000 };
    for (int how = 0; how < 5; how++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *up = tt_arange(ctx, TT_F32, 0, LONG / 2, 1);
        tt_tensor *x = how == 0   ? row(ctx, TT_F32, LONG, true)
                       : how == 1 ? tt_cast(tt_randint(ctx, TT_SHAPE(LONG), 0, 2), TT_F32)
                       : how == 2 ? tt_cat(TT_TENSORS(up, tt_flip(up, TT_AXES(0))), 0)
                       : how == 3 ? tt_exp(tt_mul_scalar(up, 1e-3))
                                  : row(ctx, TT_F32, LONG, false);
        check_row(ctx, x, how & 1);
        check_row(ctx, tt_cast(tt_mul_scalar(x, how == 3 ? 1e-20 : 1), TT_I64), how & 1);
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        tt_ctx_free(ctx);
    }
}
END_TEST

/* Sorted already, the other way round, all equal, and but for one. */
START_TEST(rows_with_a_pattern)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < LENGTHS; i++) {
        int64_t n = lengths[i];
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_tensor *up = tt_arange(ctx, TT_F32, 0, (double)n, 1);
        check_row(ctx, up, false);
        check_row(ctx, up, true);
        check_row(ctx, tt_flip(up, TT_AXES(0)), false);
        check_row(ctx, tt_cast(up, TT_I64), false);
        check_row(ctx, tt_full(ctx, TT_F64, TT_SHAPE(n), 3), true);
        tt_tensor *one = tt_cat(TT_TENSORS(up, tt_zeros(ctx, TT_F32, TT_SHAPE(1))), 0);
        check_row(ctx, one, false);
        tt_scope_end(ctx, s);
    }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* The bits of NaN and of zeros are those that were there. */
START_TEST(odd_bits_stay)
{
    tt_ctx *ctx = tt_ctx_new();
    const uint32_t bits[] = {0xffc00001, 0x80000000, 0x7fc00002, 0, 0x80000000, 0x7f800000, 0};
    const uint32_t want[] = {0x80000000, 0, 0x80000000, 0, 0x7f800000, 0xffc00001, 0x7fc00002};
    const uint32_t down[] = {0x7f800000, 0x80000000, 0, 0x80000000, 0, 0xffc00001, 0x7fc00002};
    tt_tensor *x = tt_from_data(ctx, TT_F32, TT_SHAPE(7), bits);
    ck_assert(memcmp(tt_cdata(tt_sort(x, 0, false, NULL)), want, sizeof want) == 0);
    ck_assert(memcmp(tt_cdata(tt_sort(x, 0, true, NULL)), down, sizeof down) == 0);
    tt_ctx_free(ctx);
}
END_TEST

/* Each axis of other layouts gives what rows give one by one. */
START_TEST(axes_and_strides)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *base = tt_randint(ctx, TT_SHAPE(6, 8, 10), -4, 5);
    tt_tensor *const views[] = {base,
                                tt_permute(base, TT_AXES(2, 0, 1)),
                                tt_slice(base, "::2, ::-1, 1::3"),
                                tt_flip(base, TT_ALL_AXES),
                                tt_expand(tt_slice(base, ":, :1, :"), TT_SHAPE(6, 8, 10)),
                                tt_slice(base, ":0"),
                                tt_slice(base, ":, :, :0")};
    for (int v = 0; v < 7; v++)
        for (int axis = -3; axis < 3; axis++) {
            tt_tensor *x = tt_cast(views[v], v % 2 ? TT_F32 : TT_U8), *c = tt_contiguous(x);
            tt_tensor *at, *y = tt_sort(views[v], axis, v % 2, &at);
            ck_assert_msg(y != NULL, "%s", tt_error_message(ctx));
            ck_assert(tt_array_equal(y, tt_gather(views[v], axis, at)));
            ck_assert(tt_is_contiguous(y) && tt_is_contiguous(at));
            ck_assert(same_bits(at, tt_argsort(views[v], axis, v % 2)));
            ck_assert(same_bits(tt_sort(x, axis, false, NULL), tt_sort(c, axis, false, NULL)));
            tt_tensor *last = tt_moveaxis(y, axis, -1);
            int64_t n = tt_size(last, -1);
            if (n > 1) {
                tt_tensor *a = tt_narrow(last, -1, 0, n - 1), *b = tt_narrow(last, -1, 1, n - 1);
                ck_assert(tt_item(tt_all(v % 2 ? tt_ge(a, b) : tt_le(a, b), TT_ALL_AXES, false)));
            }
            int64_t k = n / 2;
            ck_assert(same_bits(tt_contiguous(tt_moveaxis(tt_narrow(last, -1, 0, k), -1, axis)),
                                tt_topk(views[v], k, axis, v % 2, &at)));
            if (n > 0)
                ck_assert(same_bits(tt_kthvalue(x, n, axis, false, NULL),
                                    tt_max(tt_cast(x, TT_F32), TT_AXES(axis), false)) ||
                          tt_dtype_of(x) != TT_F32);
        }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(scalars)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_scalar(ctx, TT_F32, 3), *at, *counts;
    expect_values(tt_sort(x, 0, false, &at), F64(3));
    ck_assert_int_eq(tt_ndim(at), 0);
    ck_assert_int_eq(tt_ndim(tt_argsort(x, -1, true)), 0);
    ck_assert_int_eq(tt_ndim(tt_topk(x, 1, 0, true, &at)), 0);
    expect_shape(tt_topk(x, 0, 0, true, NULL), 1, (int64_t[]){0});
    ck_assert_int_eq(tt_ndim(tt_kthvalue(x, 1, 0, true, &at)), 0);
    expect_values(tt_median(x, 0, false), F64(3));
    expect_values(tt_quantile(x, 0.3, 0, true), F64(3));
    expect_values(tt_unique(x, &at, &counts), F64(3));
    ck_assert_int_eq(tt_ndim(at), 0);
    expect_values(counts, F64(1));
    expect_values(tt_isin(x, x), F64(1));
    tt_sort(x, 1, false, NULL);
    expect_error(ctx, TT_ERR_AXIS, "sort: axis 1 is out of range");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(unique_round_trips)
{
    for (int d = 0; d < DTYPES; d++)
        for (int i = 0; i < LENGTHS; i++) {
            tt_ctx *ctx = tt_ctx_new();
            int64_t n = lengths[i], u;
            tt_tensor *x = row(ctx, dtypes[d], n, true), *inverse, *counts;
            if (n % 2 == 0)
                x = tt_reshape(x, TT_SHAPE(2, n / 2));
            tt_tensor *y = tt_unique(x, &inverse, &counts);
            ck_assert_msg(y != NULL, "%s", tt_error_message(ctx));
            u = tt_numel(y);
            ck_assert(tt_same_shape(inverse, x));
            ck_assert_int_eq((int)tt_item(tt_sum(counts, TT_ALL_AXES, false)), (int)n);
            tt_tensor *back = tt_cast(tt_take(y, 0, inverse), TT_F64), *was = tt_cast(x, TT_F64);
            ck_assert(tt_allclose(back, was, 0, 0, true));
            ck_assert(
                tt_array_equal(counts, tt_bincount(tt_reshape(inverse, TT_SHAPE(-1)), NULL, u)));
            for (int64_t k = 1; k < u && u < 3000; k++) {
                double a = tt_get(y, TT_INDEX(k - 1)), b = tt_get(y, TT_INDEX(k));
                ck_assert(a < b || (isnan(b) && !isnan(a)));
            }
            tt_tensor *only, *alone = tt_unique(x, NULL, NULL);
            ck_assert(same_bits(alone, y) && same_bits(tt_unique(x, NULL, &only), y));
            ck_assert(same_bits(only, counts));
            ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
            tt_ctx_free(ctx);
        }
}
END_TEST

START_TEST(unique_rows)
{
    for (int d = 0; d < DTYPES; d++)
        for (int m = 0; m < 13; m += 3) {
            tt_ctx *ctx = tt_ctx_new();
            tt_tensor *x = tt_cast(tt_randint(ctx, TT_SHAPE(300, m), 0, 2), dtypes[d]);
            tt_tensor *inverse, *counts, *y = tt_unique_axis(x, 0, &inverse, &counts);
            ck_assert_msg(y != NULL, "%s", tt_error_message(ctx));
            ck_assert(same_bits(tt_take(y, 0, inverse), x));
            ck_assert(tt_array_equal(counts, tt_bincount(inverse, NULL, 0)));
            int64_t u = tt_size(y, 0);
            ck_assert_int_le((int)u, 1 << m);
            for (int64_t k = 1; k < u; k++) { /* each is above the one before */
                int64_t c = 0;
                while (c < m - 1 && tt_get(y, TT_INDEX(k, c)) == tt_get(y, TT_INDEX(k - 1, c)))
                    c++;
                ck_assert(tt_get(y, TT_INDEX(k, c)) > tt_get(y, TT_INDEX(k - 1, c)));
            }
            tt_tensor *turned = tt_unique_axis(tt_transpose(x, 0, 1), -1, NULL, NULL);
            ck_assert(same_bits(tt_transpose(turned, 0, 1), y));
            tt_ctx_free(ctx);
        }
}
END_TEST

/* Negative numbers, NaN and both zeros within rows. */
START_TEST(unique_rows_of_floats)
{
    tt_ctx *ctx = tt_ctx_new();
    const double v[] = {1, NAN, 0, -2, -0.0, -2, 1, NAN, 1, -INFINITY, 0, 3, 1, 5};
    tt_tensor *x = tt_from_data(ctx, TT_F64, TT_SHAPE(7, 2), v), *counts;
    expect_values(tt_unique_axis(x, 0, NULL, &counts),
                  F64(0, -2, 0, 3, 1, -INFINITY, 1, 5, 1, NAN));
    expect_values(counts, F64(2, 1, 1, 1, 2));
    expect_values(tt_unique_axis(tt_slice(x, ":0"), 0, NULL, &counts), 0, NULL);
    expect_shape(counts, 1, (int64_t[]){0});
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(searching)
{
    for (int d = 0; d < DTYPES; d++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *s = tt_sort(row(ctx, dtypes[d], 300, true), 0, false, NULL);
        tt_tensor *v = tt_reshape(row(ctx, dtypes[d], 200, true), TT_SHAPE(4, 50));
        tt_tensor *left = tt_searchsorted(s, v, false), *right = tt_searchsorted(s, v, true);
        tt_tensor *in = tt_isin(v, s);
        for (int64_t i = 0; i < 200; i++) {
            double x = tt_get(v, TT_INDEX(i / 50, i % 50));
            int64_t below = 0, equal = 0, matches = 0;
            for (int64_t k = 0; k < 300; k++) {
                double y = tt_get(s, TT_INDEX(k));
                below += y < x || (isnan(x) && !isnan(y));
                equal += y == x || (isnan(x) && isnan(y));
                matches += y == x;
            }
            ck_assert_int_eq((int)tt_get(left, TT_INDEX(i / 50, i % 50)), (int)below);
            ck_assert_int_eq((int)tt_get(right, TT_INDEX(i / 50, i % 50)), (int)(below + equal));
            ck_assert_int_eq((int)tt_get(in, TT_INDEX(i / 50, i % 50)), matches > 0);
        }
        tt_tensor *rows = tt_stack(TT_TENSORS(s, s, s, s), 0);
        ck_assert(same_bits(tt_searchsorted(rows, v, true), right));
        expect_values(tt_searchsorted(tt_slice(s, ":0"), tt_slice(v, "0, :2"), true), F64(0, 0));
        expect_shape(tt_searchsorted(s, tt_slice(v, ":0"), true), 2, (int64_t[]){0, 50});
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(counting_by_bins)
{
    tt_ctx *ctx = tt_ctx_new();
    const int64_t bins[] = {1, 10, 513, 5000, 300000};
    for (int b = 0; b < 5; b++)
        for (int i = 0; i < LENGTHS; i++) {
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            int64_t n = lengths[i], *slow = calloc((size_t)bins[b], sizeof *slow);
            double *sums = calloc((size_t)bins[b], sizeof *sums);
            tt_tensor *x = tt_randint(ctx, TT_SHAPE(n), 0, bins[b]);
            tt_tensor *w = tt_randn(ctx, TT_F64, TT_SHAPE(n));
            for (int64_t k = 0; k < n; k++) {
                int64_t at = ((const int64_t *)tt_cdata(x))[k];
                slow[at]++;
                sums[at] += ((const double *)tt_cdata(w))[k];
            }
            ck_assert(tt_array_equal(tt_bincount(x, NULL, bins[b]),
                                     tt_from_data(ctx, TT_I64, TT_SHAPE(bins[b]), slow)));
            ck_assert(tt_array_equal(
                tt_bincount(x, tt_cast(tt_ones_like(x), b % 2 ? TT_U8 : TT_I64), bins[b]),
                tt_from_data(ctx, TT_I64, TT_SHAPE(bins[b]), slow)));
            ck_assert(tt_allclose(tt_bincount(x, w, bins[b]),
                                  tt_from_data(ctx, TT_F64, TT_SHAPE(bins[b]), sums), 1e-12, 1e-12,
                                  false));
            ck_assert(
                tt_allclose(tt_bincount(x, tt_cast(w, TT_F32), bins[b]),
                            tt_cast(tt_from_data(ctx, TT_F64, TT_SHAPE(bins[b]), sums), TT_F32),
                            1e-5, 1e-4, false));
            free(slow);
            free(sums);
            tt_scope_end(ctx, s);
        }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Elements at and right beside edges are counted as the edges say. */
START_TEST(histograms_agree)
{
    const tt_dtype floats[] = {TT_F32, TT_F64};
    for (int d = 0; d < 2; d++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_dtype t = floats[d];
        tt_tensor *edges = tt_linspace(ctx, t, -1.1, 0.7, 38);
        tt_tensor *far = tt_full(ctx, t, TT_SCALAR, INFINITY);
        tt_tensor *x =
            tt_cat(TT_TENSORS(edges, tt_nextafter(edges, far), tt_nextafter(edges, tt_neg(far)),
                              row(ctx, t, 500, true), tt_randn(ctx, t, TT_SHAPE(200000))),
                   0);
        tt_tensor *counts = tt_histogram(x, 37, -1.1, 0.7);
        ck_assert_msg(counts != NULL, "%s", tt_error_message(ctx));
        ck_assert(tt_array_equal(counts, tt_histogram_edges(x, edges)));
        tt_tensor *finite = tt_masked_select(x, tt_isfinite(x)); /* all of these have a bin */
        ck_assert_int_eq(
            (int)tt_item(tt_sum(tt_histogram(finite, 9, -1e9, 1e9), TT_ALL_AXES, false)),
            (int)tt_numel(finite));
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(interpolation)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *xp = tt_from_data(ctx, TT_F64, TT_SHAPE(5), (double[]){0, 1, 1, 2, 4});
    tt_tensor *fp = tt_from_data(ctx, TT_F64, TT_SHAPE(5), (double[]){0, 1, 5, 4, INFINITY});
    tt_tensor *x =
        tt_from_data(ctx, TT_F64, TT_SHAPE(8), (double[]){-1, 0, 0.5, 1, 1.5, 2, 4, NAN});
    expect_values(tt_interp(x, xp, fp), F64(0, 0, 0.5, 5, 4.5, 4, INFINITY, NAN));
    tt_tensor *one = tt_full(ctx, TT_F64, TT_SHAPE(1), 7);
    expect_values(tt_interp(tt_slice(x, "::3"), one, one), F64(7, 7, 7));
    expect_shape(tt_interp(tt_slice(x, ":0"), xp, fp), 1, (int64_t[]){0});
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(middles)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_from_data(ctx, TT_I64, TT_SHAPE(2, 3), (int64_t[]){3, 1, 2, 9, 9, 7});
    expect_values(tt_median(x, 0, false), F64(6, 5, 4.5));
    expect_values(tt_median(x, 1, true), F64(2, 9));
    expect_values(tt_quantile(x, 0.25, 1, false), F64(1.5, 8));
    ck_assert_int_eq(tt_dtype_of(tt_median(x, 1, false)), TT_F64);
    expect_values(tt_median(tt_gt_scalar(x, 2), 0, false), F64(1, 0.5, 0.5));
    tt_tensor *none = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 0));
    expect_values(tt_median(none, 1, false), F64(NAN, NAN));
    expect_shape(tt_median(none, 0, true), 2, (int64_t[]){1, 0});
    tt_tensor *nan = tt_from_data(ctx, TT_F32, TT_SHAPE(3), (float[]){1, NAN, 0});
    expect_values(tt_median(nan, 0, false), F64(NAN));
    expect_values(tt_quantile(nan, 0.1, 0, false), F64(NAN));
    expect_values(tt_kthvalue(nan, 2, 0, false, NULL), F64(1));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(places_as_indices)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_reshape(tt_arange(ctx, TT_I64, 0, 60, 1), TT_SHAPE(6, 10)), *out[3];
    ck_assert_int_eq(tt_unravel_index(x, TT_SHAPE(3, 4, 5), out), TT_OK);
    for (int64_t i = 0; i < 60; i++) {
        ck_assert_int_eq((int)tt_get(out[0], TT_INDEX(i / 10, i % 10)), (int)(i / 20));
        ck_assert_int_eq((int)tt_get(out[1], TT_INDEX(i / 10, i % 10)), (int)(i / 5 % 4));
        ck_assert_int_eq((int)tt_get(out[2], TT_INDEX(i / 10, i % 10)), (int)(i % 5));
    }
    ck_assert_int_eq(tt_unravel_index(tt_slice(x, "0, :1"), TT_SCALAR, out), TT_OK);
    ck_assert_int_eq(tt_unravel_index(x, TT_SHAPE(3, 4, 4), out), TT_ERR_INDEX);
    ck_assert(out[0] == NULL && out[2] == NULL);
    expect_error(ctx, TT_ERR_INDEX, "unravel_index: place 48, the 48th of");
    ck_assert_int_eq(tt_unravel_index(tt_neg(x), TT_SHAPE(100), out), TT_ERR_INDEX);
    expect_error(ctx, TT_ERR_INDEX, "place -1");
    ck_assert_int_eq(tt_unravel_index(tt_cast(x, TT_F32), TT_SHAPE(60), out), TT_ERR_DTYPE);
    expect_error(ctx, TT_ERR_DTYPE, "no integers");
    ck_assert_int_eq(tt_unravel_index(x, TT_SHAPE(-3), out), TT_ERR_SHAPE);
    expect_error(ctx, TT_ERR_SHAPE, "negative size");
    tt_ctx_free(ctx);
}
END_TEST

/* Of two results none is left after an error. */
START_TEST(errors)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(3, 4)),
              *flat = tt_zeros(ctx, TT_F32, TT_SHAPE(4));
    tt_tensor *i = tt_arange(ctx, TT_I64, -2, 2, 1), *at = x, *count = x;
    ck_assert(!tt_sort(x, 2, false, &at) && !at);
    expect_error(ctx, TT_ERR_AXIS, "sort: axis 2 is out of range for (3, 4) float32");
    ck_assert(!tt_argsort(x, -3, false));
    expect_error(ctx, TT_ERR_AXIS, "argsort: axis -3");
    at = x;
    ck_assert(!tt_topk(x, 5, 1, true, &at) && !at);
    expect_error(ctx, TT_ERR_ARG,
                 "topk: k is 5, not from 0 to the 4 along axis 1 of (3, 4) float32");
    ck_assert(!tt_topk(x, -1, 0, true, NULL));
    expect_error(ctx, TT_ERR_ARG, "topk: k is -1, not from 0 to the 3 along axis 0");
    at = x;
    ck_assert(!tt_kthvalue(x, 0, 0, false, &at) && !at);
    expect_error(ctx, TT_ERR_ARG, "kthvalue: k is 0, not from 1 to the 3");
    ck_assert(!tt_median(tt_cast(x, TT_F16), 0, false));
    expect_error(ctx, TT_ERR_DTYPE, "median: no arithmetic on (3, 4) float16; cast first");
    ck_assert(!tt_quantile(x, 1.01, 0, false));
    expect_error(ctx, TT_ERR_ARG, "quantile: q is 1.01, not in [0, 1]");
    ck_assert(!tt_quantile(x, NAN, 0, false));
    expect_error(ctx, TT_ERR_ARG, "quantile: q is nan");
    ck_assert(!tt_quantile(tt_slice(x, ":0"), 0.5, 0, false));
    expect_error(ctx, TT_ERR_ARG, "quantile: no elements along axis 0 of (0, 4) float32");
    at = count = x;
    ck_assert(!tt_unique_axis(x, 7, &at, &count) && !at && !count);
    expect_error(ctx, TT_ERR_AXIS, "unique_axis: axis 7");
    at = count = x;
    ck_assert(!tt_unique(NULL, &at, &count) && !at && !count);
    ck_assert(!tt_searchsorted(x, flat, false));
    expect_error(ctx, TT_ERR_SHAPE, "searchsorted: the sorted (3, 4) float32 is neither");
    ck_assert(!tt_searchsorted(x, tt_transpose(x, 0, 1), false));
    expect_error(ctx, TT_ERR_SHAPE, "(4, 3) float32");
    ck_assert(!tt_searchsorted(flat, i, false));
    expect_error(ctx, TT_ERR_DTYPE, "searchsorted: dtypes differ: (4,) float32 and (4,) int64");
    ck_assert(!tt_isin(flat, i));
    expect_error(ctx, TT_ERR_DTYPE, "isin: dtypes differ");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(errors_of_counting)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(3, 4)),
              *flat = tt_zeros(ctx, TT_F32, TT_SHAPE(4));
    tt_tensor *i = tt_arange(ctx, TT_I64, -2, 2, 1), *fall, *line;
    ck_assert(!tt_bincount(i, NULL, 0));
    expect_error(ctx, TT_ERR_INDEX, "bincount: number -2, at 0 of (4,) int64, is negative");
    ck_assert(!tt_bincount(flat, NULL, 0));
    expect_error(ctx, TT_ERR_DTYPE, "bincount: (4,) float32 are no integers");
    ck_assert(!tt_bincount(tt_cast(x, TT_I64), NULL, 0));
    expect_error(ctx, TT_ERR_SHAPE, "bincount: the numbers are (3, 4) int64, not one row");
    ck_assert(!tt_bincount(i, tt_slice(flat, "1:"), 0));
    expect_error(ctx, TT_ERR_SHAPE, "their weights (3,) float32");
    ck_assert(!tt_bincount(i, tt_cast(flat, TT_BF16), 0));
    expect_error(ctx, TT_ERR_DTYPE, "no arithmetic on weights (4,) bfloat16");
    ck_assert(!tt_bincount(i, NULL, -1));
    expect_error(ctx, TT_ERR_ARG, "bincount: the least size is -1");
    ck_assert(
        !tt_bincount(tt_from_data(ctx, TT_I64, TT_SHAPE(1), (int64_t[]){INT64_MAX}), NULL, 0));
    expect_error(ctx, TT_ERR_SHAPE, "too many elements");
    ck_assert(!tt_histogram(x, 0, 0, 1));
    expect_error(ctx, TT_ERR_ARG, "histogram: 0 bins");
    ck_assert(!tt_histogram(x, 3, 1, 0));
    expect_error(ctx, TT_ERR_ARG, "histogram: bins from 1 to 0");
    ck_assert(!tt_histogram(x, 3, 0, INFINITY));
    expect_error(ctx, TT_ERR_ARG, "histogram: bins from 0 to inf");
    fall = tt_from_data(ctx, TT_F32, TT_SHAPE(4), (float[]){0, 2, 1, 3});
    ck_assert(!tt_histogram_edges(x, fall));
    expect_error(ctx, TT_ERR_ARG, "histogram_edges: edges[2] is NaN or below the one before it");
    ck_assert(!tt_histogram_edges(x, x));
    expect_error(ctx, TT_ERR_SHAPE, "histogram_edges: the edges are (3, 4) float32, not one row");
    ck_assert(!tt_histogram_edges(x, tt_slice(flat, ":0")));
    expect_error(ctx, TT_ERR_ARG, "histogram_edges: no edges");
    ck_assert(!tt_histogram_edges(x, i));
    expect_error(ctx, TT_ERR_DTYPE, "edges (4,) int64");
    ck_assert(!tt_interp(flat, fall, flat));
    expect_error(ctx, TT_ERR_ARG, "interp: xp[2] is NaN or below the one before it");
    line = tt_arange(ctx, TT_F32, 0, 4, 1);
    ck_assert(!tt_interp(flat, line, tt_slice(line, "1:")));
    expect_error(ctx, TT_ERR_SHAPE, "xp is (4,) float32 and fp (3,) float32");
    ck_assert(!tt_interp(flat, tt_slice(line, ":0"), tt_slice(line, ":0")));
    expect_error(ctx, TT_ERR_ARG, "interp: no points");
    ck_assert(!tt_interp(i, i, i));
    expect_error(ctx, TT_ERR_DTYPE, "x is (4,) int64, neither");
    ck_assert(!tt_interp(flat, tt_cast(line, TT_F64), flat));
    expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    tt_ctx_free(ctx);
}
END_TEST

/* The results of everything in one row, with so many threads. */
static tt_tensor *all_results(tt_ctx *ctx, int threads)
{
    tt_set_num_threads(ctx, threads);
    tt_seed(ctx, 5);
    tt_tensor *x = row(ctx, TT_F32, 300000, true), *at, *inverse, *counts;
    tt_tensor *rows = tt_randn(ctx, TT_F64, TT_SHAPE(40, 3000));
    tt_tensor *i = tt_randint(ctx, TT_SHAPE(300000), 0, 700);
    tt_tensor *w = tt_randn(ctx, TT_F32, TT_SHAPE(300000));
    tt_tensor *sorted = tt_sort(x, 0, true, &at), *u = tt_unique(x, &inverse, &counts);
    tt_tensor *const parts[] = {
        at,
        inverse,
        counts,
        tt_argsort(tt_cast(x, TT_F64), 0, false),
        tt_argsort(rows, 1, false),
        tt_bincount(i, NULL, 0),
        tt_histogram(x, 50, -3, 3),
        tt_searchsorted(tt_flip(u, TT_AXES(0)), x, true),
    };
    tt_tensor *const floats[] = {sorted,
                                 u,
                                 tt_bincount(i, w, 0),
                                 tt_cast(tt_topk(rows, 70, 1, true, NULL), TT_F32),
                                 tt_cast(tt_median(rows, 0, false), TT_F32),
                                 tt_cast(tt_quantile(rows, 0.3, 1, false), TT_F32)};
    tt_tensor *all[14];
    for (int k = 0; k < 8; k++)
        all[k] = tt_cast(tt_reshape(parts[k], TT_SHAPE(-1)), TT_F32);
    for (int k = 0; k < 6; k++)
        all[8 + k] = tt_reshape(floats[k], TT_SHAPE(-1));
    return tt_cat(14, all, 0);
}

START_TEST(same_bits_for_any_threads)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *one = all_results(ctx, 1);
    ck_assert_msg(one != NULL, "%s", tt_error_message(ctx));
    for (int threads = 2; threads <= 4; threads++)
        ck_assert(same_bits(one, all_results(ctx, threads)));
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("sorting", rows_of_every_length, long_rows, rows_with_a_pattern, odd_bits_stay,
          axes_and_strides, scalars, unique_round_trips, unique_rows, unique_rows_of_floats,
          searching, counting_by_bins, histograms_agree, interpolation, middles, places_as_indices,
          errors, errors_of_counting, same_bits_for_any_threads)
