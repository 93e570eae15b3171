/* Indexing by lists, masks and along axes, windows, strides, Kronecker products: wrong input, all
 * dtypes and layouts against plain loops, derivatives of second order. Values stand in
 * tests/reference/indexing.def. */
#include "unit.h"

#include <stdio.h>

#define I64S(...)                                                                                  \
    tt_from_data(ctx, TT_I64, TT_SHAPE((int64_t)(sizeof((int64_t[]){__VA_ARGS__}) / 8)),           \
                 (int64_t[]){__VA_ARGS__})
#define STEPS(...) ((const int64_t[]){__VA_ARGS__})

/* a: (2, 3) float32; d: float64; h: float16; t: bool, true for 4 of it; z: (0, 3); s: () */
#define ROWS(X)                                                                                    \
    X(tt_index(a, TT_TENSORS(I64S(0), I64S(0, 3))), TT_ERR_INDEX,                                  \
      "index: index 3, at (1,) of indices[1], is out of range for axis 1 of size 3")               \
    X(tt_index(a, TT_TENSORS(NULL, I64S(0, -4))), TT_ERR_INDEX, "index -4, at (1,) of indices[1]") \
    X(tt_index(z, TT_TENSORS(I64S(0))), TT_ERR_INDEX, "out of range for axis 0 of size 0")         \
    X(tt_index(a, TT_TENSORS(I64S(0, 1), I64S(0, 1, 2))), TT_ERR_SHAPE,                            \
      "index: the indices do not broadcast: indices[1] is (3,) int64, those before it (2,)")       \
    X(tt_index(a, TT_TENSORS(t, I64S(0))), TT_ERR_SHAPE,                                           \
      "index: the indices are for 3 axes; x is (2, 3) float32")                                    \
    X(tt_index(a, TT_TENSORS(NULL, NULL, NULL)), TT_ERR_SHAPE, "the indices are for 3 axes")       \
    X(tt_index(s, TT_TENSORS(I64S(0))), TT_ERR_SHAPE, "the indices are for 1 axes; x is ()")       \
    X(tt_index(a, TT_TENSORS(NULL, a)), TT_ERR_DTYPE,                                              \
      "index: indices[1] is (2, 3) float32, not int64 or bool")                                    \
    X(tt_index(a, TT_TENSORS(tt_transpose(t, 0, 1))), TT_ERR_SHAPE,                                \
      "index: indices[0], a mask, is (3, 2) bool, the axes from 0 on are of x (2, 3) float32")     \
    X(tt_index(a, -1, NULL), TT_ERR_ARG, "index: a list of -1 indices")                            \
    X(tt_index(a, 17, many), TT_ERR_ARG, "index: a list of 17 indices; from 0 to 16 are possible") \
    X(tt_index(a, 1, NULL), TT_ERR_ARG, "index: a list of 1 indices is NULL")                      \
    X(tt_index(NULL, 0, NULL), TT_OK, "")                                                          \
    X(tt_index(a, TT_TENSORS(foreign)), TT_ERR_CONTEXT, "index: operands belong to different")     \
    X(tt_index(a, TT_TENSORS(tt_zeros(ctx, TT_I64, 16, sixteen))), TT_ERR_SHAPE,                   \
      "index: (2, 3) float32 by indices ")                                                         \
    X(tt_index(a, TT_TENSORS(I64S(0), tt_zeros(ctx, TT_I64, 16, sixteen), NULL)), TT_ERR_SHAPE,    \
      "index: the indices are for 3 axes")                                                         \
    X(tt_index(tt_unsqueeze(a, 2), TT_TENSORS(tt_zeros(ctx, TT_I64, 16, sixteen), I64S(0))),       \
      TT_ERR_SHAPE, "index: (2, 3, 1) float32 by indices ")                                        \
    X(tt_index(z, TT_TENSORS(I64S(0), tt_zeros(ctx, TT_I64, TT_SHAPE(0)))), TT_ERR_INDEX,          \
      "index 0, at (0,) of indices[0], is out of range for axis 0 of size 0")                      \
    X(tt_index_put(a, TT_TENSORS(I64S(5)), a, false), TT_ERR_INDEX, "index_put: index 5, at (0,)") \
    X(tt_index_put(a, TT_TENSORS(I64S(0, 1, 1)), a, false), TT_ERR_SHAPE,                          \
      "index_put: the values are (2, 3) float32, which do not broadcast to (3, 3), what the "      \
      "indices choose of x (2, 3) float32")                                                        \
    X(tt_index_put(a, 0, NULL, d, false), TT_ERR_DTYPE,                                            \
      "index_put: x is (2, 3) float32, the values are (2, 3) float64; cast one with tt_cast")      \
    X(tt_index_put(h, 0, NULL, h, true), TT_ERR_DTYPE, "index_put: no arithmetic on (2, 3) flo")   \
    X(tt_index_put(a, 0, NULL, NULL, true), TT_ERR_ARG, "index_put: an operand is NULL")           \
    X(tt_masked_scatter(a, t, I64S(1)), TT_ERR_DTYPE, "masked_scatter: x is (2, 3) float32, the")  \
    X(tt_masked_scatter(a, a, a), TT_ERR_DTYPE, "masked_scatter: the mask is (2, 3) float32, not") \
    X(tt_masked_scatter(a, tt_slice(t, ":, :2"), a), TT_ERR_SHAPE,                                 \
      "masked_scatter: shapes do not")                                                             \
    X(tt_masked_scatter(a, t, tt_slice(a, "0")), TT_ERR_SHAPE,                                     \
      "masked_scatter: the source has 3 elements, the mask is true 4 times")                       \
    X(tt_take_along_axis(a, 0, I64S(0)), TT_ERR_SHAPE,                                             \
      "take_along_axis: indices (1,) int64 do no")                                                 \
    X(tt_take_along_axis(a, 1, tt_zeros(ctx, TT_I64, TT_SHAPE(3, 1))), TT_ERR_SHAPE,               \
      "take_along_axis: indices (3, 1) int64 do not broadcast with x (2, 3) float32 off axis 1")   \
    X(tt_take_along_axis(a, 2, I64S(0)), TT_ERR_AXIS, "take_along_axis: axis 2 is out of range")   \
    X(tt_take_along_axis(a, 1, a), TT_ERR_DTYPE, "take_along_axis: indices are (2, 3) float32")    \
    X(tt_take_along_axis(a, 1, tt_full(ctx, TT_I64, TT_SHAPE(1, 1), 3)), TT_ERR_INDEX,             \
      "take_along_axis: index 3, at (0, 0) of the indices, is out of range for axis 1 of size 3")  \
    X(tt_put_along_axis(a, 1, tt_full(ctx, TT_I64, TT_SHAPE(1, 1), 3), s), TT_ERR_INDEX,           \
      "put_along_axis: index 3, at (0, 0) of the indices")                                         \
    X(tt_put_along_axis(a, 1, tt_zeros(ctx, TT_I64, TT_SHAPE(2, 1)), a), TT_ERR_SHAPE,             \
      "put_along_axis: the values are (2, 3) float32, which do not broadcast to (2, 1)")           \
    X(tt_put_along_axis(a, 1, tt_zeros(ctx, TT_I64, TT_SHAPE(2, 1)), tt_cast(s, TT_F64)),          \
      TT_ERR_DTYPE, "put_along_axis: dtypes differ")                                               \
    X(tt_sliding_window(a, 1, 4, 1), TT_ERR_SHAPE,                                                 \
      "sliding_window: no windows of 4 in axis 1 of (2, 3) float32")                               \
    X(tt_sliding_window(a, 1, -1, 1), TT_ERR_SHAPE, "sliding_window: no windows of -1")            \
    X(tt_sliding_window(a, 1, 2, 0), TT_ERR_ARG, "sliding_window: the step is 0, not positive")    \
    X(tt_sliding_window(a, 2, 1, 1), TT_ERR_AXIS, "sliding_window: axis 2 is out of range")        \
    X(tt_as_strided(a, TT_SHAPE(2, 3), STEPS(3, 1), 1), TT_ERR_INDEX,                              \
      "as_strided: (2, 3) with strides (3, 1) from 1 on leaves the memory that x (2, 3) float32 "  \
      "lies in, from 0 to 5")                                                                      \
    X(tt_as_strided(a, TT_SHAPE(2), STEPS(-1), 0), TT_ERR_INDEX, "as_strided: (2,) with strides")  \
    X(tt_as_strided(a, TT_SHAPE(1), STEPS(1), -1), TT_ERR_INDEX, "as_strided")                     \
    X(tt_as_strided(a, TT_SHAPE(1), STEPS(1), INT64_MAX), TT_ERR_INDEX, "as_strided")              \
    X(tt_as_strided(a, TT_SHAPE(1), STEPS(1), INT64_MIN), TT_ERR_INDEX, "as_strided")              \
    X(tt_as_strided(a, TT_SHAPE(3), STEPS(INT64_MAX), 0), TT_ERR_INDEX, "as_strided")              \
    X(tt_as_strided(z, TT_SHAPE(1), STEPS(1), 0), TT_ERR_INDEX, "as_strided")                      \
    X(tt_as_strided(a, TT_SHAPE(-1), STEPS(1), 0), TT_ERR_SHAPE, "as_strided: (-1,) has a neg")    \
    X(tt_as_strided(a, 1, NULL, STEPS(1), 0), TT_ERR_ARG, "as_strided: the shape is NULL")         \
    X(tt_as_strided(a, TT_SHAPE(1), NULL, 0), TT_ERR_ARG, "as_strided: the strides are NULL")      \
    X(tt_kron(a, d), TT_ERR_DTYPE, "kron: dtypes differ: (2, 3) float32 and (2, 3) float64")       \
    X(tt_kron(h, h), TT_ERR_DTYPE, "kron: no arithmetic on (2, 3) float16")                        \
    X(tt_kron(wide, wide), TT_ERR_SHAPE, "kron: too many axes or elements")

START_TEST(wrong_input)
{
    tt_ctx *ctx = tt_ctx_new(), *second = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3)), *before = tt_clone(a);
    tt_tensor *d = tt_cast(a, TT_F64), *h = tt_cast(a, TT_F16),
              *z = tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3));
    tt_tensor *t = tt_ge_scalar(a, tt_get(a, 2, (int64_t[]){0, 2})), *s = tt_scalar(ctx, TT_F32, 1);
    tt_tensor *many[17] = {NULL}, *foreign = tt_zeros(second, TT_I64, TT_SHAPE(1));
    int64_t sixteen[16];
    for (int i = 0; i < 16; i++)
        sixteen[i] = i < 9 ? 2 : 1;
    tt_tensor *wide = tt_zeros(ctx, TT_F32, 9, sixteen);
    int wrong = 0;
#define X(expression, code, text)                                                                  \
    wrong += not_refused(ctx, #expression, expression, code, text);                                \
    tt_error_clear(second);
    ROWS(X)
#undef X
    ck_assert_int_eq(wrong, 0);
    ck_assert(tt_array_equal(a, before)); /* and the context works */
    tt_ctx_free(ctx);
    tt_ctx_free(second);
}
END_TEST

/* x (5, 4, 3) in memory of several kinds. */
static tt_tensor *lying(tt_tensor *x, int how)
{
    tt_tensor *y = x;
    if (how == 1)
        y = tt_permute(tt_contiguous(tt_permute(x, TT_AXES(2, 0, 1))), TT_AXES(1, 2, 0));
    if (how == 2)
        y = tt_flip(tt_contiguous(tt_flip(x, TT_ALL_AXES)), TT_ALL_AXES);
    if (how == 3)
        y = tt_slice(tt_tile(x, TT_SHAPE(1, 2, 2)), ":, :4, :3");
    return y;
}

static int64_t at3(int64_t i, int64_t j, int64_t k)
{
    return (i * 4 + j) * 3 + k;
}

static int64_t index_of(tt_tensor *t, int64_t i, int64_t size)
{
    int64_t k = (int64_t)tt_get(t, TT_INDEX(i));
    return k < 0 ? k + size : k;
}

/* Of any dtype. */
static bool same(tt_tensor *a, tt_tensor *b)
{
    return tt_array_equal(tt_cast(a, TT_F64), tt_cast(b, TT_F64));
}

/* Every dtype, and every way to lie in memory. */
START_TEST(every_dtype_and_layout)
{
    static const tt_dtype all[] = {TT_F32, TT_F64, TT_I64, TT_BOOL, TT_I32, TT_U8, TT_F16, TT_BF16};
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *p = I64S(4, -5, 2, 1), *q = tt_slice(I64S(9, 2, 9, -1, 9, 0, 9, -3), "1::2");
    for (size_t d = 0; d < sizeof all / sizeof *all; d++)
        for (int how = 0; how < 4; how++) {
            tt_tensor *x =
                tt_cast(tt_reshape(tt_arange(ctx, TT_I64, 0, 60, 1), TT_SHAPE(5, 4, 3)), all[d]);
            tt_tensor *l = lying(x, how), *flat = tt_reshape(x, TT_SHAPE(-1));
            tt_tensor *first = tt_index(l, TT_TENSORS(p, NULL, q)),
                      *last = tt_index(l, TT_TENSORS(NULL, p, q));
            ck_assert_msg(last == NULL && tt_error_code(ctx) == TT_ERR_INDEX, "4 is beyond axis 1");
            tt_error_clear(ctx);
            tt_tensor *w = tt_sliding_window(l, 0, 3, 2);
            ck_assert(tt_same_shape(first, tt_zeros(ctx, TT_F32, TT_SHAPE(4, 4))));
            for (int64_t i = 0; i < 4; i++)
                for (int64_t j = 0; j < 4; j++)
                    ck_assert(tt_get(first, TT_INDEX(i, j)) ==
                              tt_get(flat, TT_INDEX(at3(index_of(p, i, 5), j, index_of(q, i, 3)))));
            ck_assert(tt_same_shape(w, tt_zeros(ctx, TT_F32, TT_SHAPE(2, 4, 3, 3))));
            ck_assert(tt_same_storage(w, l));
            for (int64_t i = 0; i < 2; i++)
                for (int64_t k = 0; k < 3; k++)
                    ck_assert(same(tt_slice(w, "%d, :, :, %d", (int)i, (int)k),
                                   tt_select(x, 0, 2 * i + k)));
            tt_tensor *none = tt_zeros_like(tt_select(x, 0, 0));
            tt_tensor *y = tt_index_put(l, TT_TENSORS(NULL, tt_select(p, 0, -1)),
                                        tt_select(none, 0, 0), false);
            ck_assert(same(tt_select(y, 1, 0), tt_select(x, 1, 0)));
            ck_assert(same(tt_select(y, 1, 1), tt_zeros_like(tt_select(x, 1, 1))));
            ck_assert(same(l, x)); /* x is as it was */
            tt_tensor *mask = tt_cast(
                tt_fmod_scalar(tt_reshape(tt_arange(ctx, TT_I64, 0, 60, 1), TT_SHAPE(5, 4, 3)), 2),
                TT_BOOL);
            ck_assert(same(tt_index(l, TT_TENSORS(mask)), tt_masked_select(l, mask)));
            ck_assert(same(tt_masked_scatter(tt_zeros_like(x), mask, tt_masked_select(l, mask)),
                           tt_where(mask, x, tt_zeros_like(x))));
            ck_assert_msg(tt_ok(ctx), "%s: %s", tt_dtype_name(all[d]), tt_error_message(ctx));
        }
    tt_ctx_free(ctx);
}
END_TEST

/* What tt_index reads it reads as a view where it can: a transposed x is not copied. */
START_TEST(the_order_of_axes_in_memory_costs_no_copy)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_transpose(tt_ones(ctx, TT_F32, TT_SHAPE(1000, 2000)), 0, 1), *p = I64S(1, -1);
    int64_t before = (int64_t)tt_memory_stats(ctx).peak;
    tt_index(x, TT_TENSORS(p, p));
    ck_assert_int_lt((int64_t)tt_memory_stats(ctx).peak - before, 1 << 20);
    tt_ctx_free(ctx);
}
END_TEST

/* Windows are memory that is seen several times: not to be written, but what is written is seen. */
START_TEST(windows_are_views)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_arange(ctx, TT_F32, 0, 6, 1), *w = tt_sliding_window(x, 0, 3, 1);
    ck_assert_int_eq(tt_fill_(w, 1), TT_ERR_ARG);
    tt_error_clear(ctx);
    tt_fill_(tt_sliding_window(x, 0, 2, 2), 7); /* do not overlap */
    ck_assert(tt_array_equal(x, tt_full(ctx, TT_F32, TT_SHAPE(6), 7)));
    tt_set(x, TT_INDEX(2), 5);
    ck_assert(tt_get(w, TT_INDEX(0, 2)) == 5 && tt_get(w, TT_INDEX(2, 0)) == 5);
    tt_ctx_free(ctx);
}
END_TEST

/* Overlaps add up; the gradient of a gradient sees the windows again. */
START_TEST(windows_have_second_derivatives)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_arange(ctx, TT_F64, 1, 7, 1)), *g, *gg;
    tt_tensor *w = tt_sliding_window(x, 0, 3, 1);
    tt_tensor *y = tt_sum(tt_mul(tt_square(w), w), TT_ALL_AXES, false);
    ck_assert_int_eq(tt_grads_of(y, TT_TENSORS(x), TT_CREATE_GRAPH, &g), TT_OK);
    ck_assert_int_eq(tt_grads_of(tt_sum(g, TT_ALL_AXES, false), TT_TENSORS(x), 0, &gg), TT_OK);
    tt_tensor *seen = tt_from_data(ctx, TT_F64, TT_SHAPE(6), (const double[]){1, 2, 3, 3, 2, 1});
    ck_assert(
        tt_array_equal(tt_detach(g), tt_mul(tt_mul_scalar(tt_square(tt_detach(x)), 3), seen)));
    ck_assert(tt_array_equal(gg, tt_mul(tt_mul_scalar(tt_detach(x), 6), seen)));
    tt_ctx_free(ctx);
}
END_TEST

/* Many rows are looked through by several threads, each for those of a part of the places. */
START_TEST(an_index_among_many)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_set_num_threads(ctx, 2);
    for (int64_t row = 1; row <= 4096; row *= 8) {
        tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(100, row)),
                  *i = tt_randint(ctx, TT_SHAPE(3000), -100, 100);
        tt_tensor *src = tt_ones(ctx, TT_F32, TT_SHAPE(3000, row));
        tt_tensor *y = tt_index_add(x, 0, i, src);
        ck_assert(tt_item(tt_sum(y, TT_ALL_AXES, false)) == 3000.0 * (double)row);
        tt_set(i, TT_INDEX(2017), 100);
        ck_assert(!tt_index_add(x, 0, i, src));
        expect_error(ctx, TT_ERR_INDEX,
                     "index_add: index 100, at (2017,) of the indices, is out of");
        ck_assert(!tt_take(x, 0, i));
        expect_error(ctx, TT_ERR_INDEX, "take: index 100, at (2017,)");
        ck_assert(!tt_scatter(tt_transpose(x, 0, 1), 1, tt_expand(i, TT_SHAPE(row, 3000)),
                              tt_transpose(src, 0, 1)));
        expect_error(ctx, TT_ERR_INDEX, "scatter: index 100, at (0, 2017)");
    }
    ck_assert(!tt_take(tt_zeros(ctx, TT_F32, TT_SHAPE(2, 0)), 0, I64S(2)));
    expect_error(ctx, TT_ERR_INDEX, "take: index 2, at (0,)");
    tt_ctx_free(ctx);
}
END_TEST

/* Integers wrap, bool stays, and repeated places add up in order. */
START_TEST(accumulating)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_zeros(ctx, TT_I64, TT_SHAPE(3)), *i = I64S(0, 0, -1, 0);
    tt_tensor *y = tt_index_put(x, TT_TENSORS(i), I64S(1, 2, 4, 8), true);
    ck_assert(tt_array_equal(y, I64S(11, 0, 4)));
    ck_assert(
        tt_array_equal(tt_index_put(x, TT_TENSORS(i), I64S(1, 2, 4, 8), false), I64S(8, 0, 4)));
    ck_assert(tt_array_equal(x, I64S(0, 0, 0)));
    ck_assert(!tt_index_put(tt_cast(x, TT_BOOL), TT_TENSORS(i), tt_cast(i, TT_BOOL), true));
    ck_assert_int_eq(tt_error_code(ctx), TT_ERR_DTYPE);
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("indexing", wrong_input, every_dtype_and_layout,
          the_order_of_axes_in_memory_costs_no_copy, windows_are_views,
          windows_have_second_derivatives, an_index_among_many, accumulating)
