/* Single elements: what is read and written is what tt_cast makes of a whole tensor, in every
 * dtype, at the values where conversions differ. */
#include "tensor/element.h"
#include "unit.h"

static const double values[] = {
    0,          -0.0,       1,          -1,        0.5,       -0.75,    2.5,        254.7,
    255,        256,        300,        -300,      65504,     65519.99, 65520,      1e-8,
    6e-8,       3e-5,       1e38,       -1e39,     1e300,     0x1p31,   0x1p31 - 1, -0x1p31 - 1,
    0x1p63,     -0x1p63,    0x1p53 + 2, 0x1p-24,   0x1.8p-25, 0x1p-149, 1.00390625, 1.01171875,
    0x1.fep127, 0x1.ffp127, INFINITY,   -INFINITY, NAN,
};
enum { VALUES = sizeof values / sizeof *values };

static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

START_TEST(an_element_is_converted_as_a_tensor_is)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *wide = tt_from_data(ctx, TT_F64, TT_SHAPE(VALUES), values);
    for (int d = 0; d < DTYPES; d++) {
        tt_tensor *x = tt_cast(wide, (tt_dtype)d), *back = tt_cast(x, TT_F64);
        tt_tensor *whole = tt_cast(x, TT_I64);
        const char *bytes = tt_cdata(x);
        for (int i = 0; i < VALUES; i++) {
            const void *p = bytes + i * element_size((tt_dtype)d);
            char stored[8];
            element_store(stored, (tt_dtype)d, values[i]);
            ck_assert_msg(memcmp(stored, p, tt_itemsize((tt_dtype)d)) == 0, "%g as %s", values[i],
                          tt_dtype_name((tt_dtype)d));
            ck_assert(same(element_load(p, (tt_dtype)d), ((const double *)tt_cdata(back))[i]));
            ck_assert_int_eq(element_load_i64(p, (tt_dtype)d),
                             ((const int64_t *)tt_cdata(whole))[i]);
        }
    }
    ck_assert(tt_ok(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(int64_is_read_exactly)
{
    const int64_t v = INT64_MAX - 1;
    ck_assert_int_eq(element_load_i64(&v, TT_I64), v);
}
END_TEST

START_TEST(sizes_agree)
{
    for (int d = 0; d < DTYPES; d++) {
        ck_assert(dtype_is_known((tt_dtype)d));
        ck_assert_int_eq(element_size((tt_dtype)d), (int64_t)tt_itemsize((tt_dtype)d));
    }
    ck_assert(!dtype_is_known((tt_dtype)DTYPES));
    ck_assert_uint_eq(tt_itemsize((tt_dtype)DTYPES), 0);
}
END_TEST

/* Letters of dtypes: f d floats, l i u integers, b bool, h float16, B bfloat16. Rows and columns in
 * the order of tt_dtype; NumPy's, and PyTorch's for bfloat16 with floats. */
START_TEST(promotion)
{
    static const char order[] = "fdlbiuhB";
    static const char *const want[] = {"fddfdfff", "dddddddd", "ddlllldd", "fdlbiuhB",
                                       "ddliiidd", "fdluiuhB", "fddhdhhf", "fddBdBfB"};
    for (int a = 0; a < DTYPES; a++)
        for (int b = 0; b < DTYPES; b++) {
            tt_dtype got = tt_result_type((tt_dtype)a, (tt_dtype)b);
            ck_assert_msg(order[got] == want[a][b], "%s and %s: %s", tt_dtype_name((tt_dtype)a),
                          tt_dtype_name((tt_dtype)b), tt_dtype_name(got));
            ck_assert(tt_can_cast((tt_dtype)a, (tt_dtype)b) == (want[a][b] == order[b]));
        }
    ck_assert(tt_result_type((tt_dtype)DTYPES, TT_F32) == TT_F64);
    ck_assert(!tt_can_cast((tt_dtype)DTYPES, TT_F64) && !tt_can_cast(TT_F64, (tt_dtype)-1));
    ck_assert(!tt_isdtype((tt_dtype)DTYPES, -1) && !tt_isdtype((tt_dtype)-1, -1));
    for (int d = 0; d < DTYPES; d++) {
        bool is_float = dtype_is_float((tt_dtype)d) || dtype_is_half((tt_dtype)d);
        ck_assert_int_eq(tt_isdtype((tt_dtype)d, TT_KIND_FLOAT), is_float);
        ck_assert_int_eq(tt_isdtype((tt_dtype)d, TT_KIND_INTEGER), dtype_is_integer((tt_dtype)d));
        ck_assert_int_eq(tt_isdtype((tt_dtype)d, TT_KIND_NUMERIC), d != TT_BOOL);
        ck_assert_int_eq(tt_isdtype((tt_dtype)d, TT_KIND_BOOL), d == TT_BOOL);
        ck_assert_int_eq(tt_isdtype((tt_dtype)d, TT_KIND_UNSIGNED), d == TT_U8);
    }
}
END_TEST

/* Printing asks nothing of the context: a tensor is shown as it is also after an error. */
START_TEST(printing_after_an_error)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_from_data(ctx, TT_F32, TT_SHAPE(3), ((float[]){1, 2.5f, -3}));
    char before[100], after[100];
    tt_format(x, NULL, before, sizeof before);
    tt_error_set(ctx, TT_ERR_ARG, "any");
    tt_format(x, NULL, after, sizeof after);
    ck_assert_str_eq(before, after);
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("element", an_element_is_converted_as_a_tensor_is, int64_is_read_exactly, sizes_agree,
          promotion, printing_after_an_error)
