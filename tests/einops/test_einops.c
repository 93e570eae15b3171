/* What the pattern functions mean, where they copy and where not, and the cases in which other
 * libraries differ. Values against literals; random patterns are in test_random.c. */
#include "../unit/unit.h"

#include <stdio.h>

static tt_tensor *einsum1(const char *pattern, tt_tensor *x)
{
    return tt_einsum(pattern, TT_TENSORS(x));
}

static void expect_equal(tt_tensor *a, tt_tensor *b)
{
    ck_assert_msg(a && b, "%s", a ? tt_error_message(tt_ctx_of(a)) : "NULL");
    ck_assert(tt_same_shape(a, b));
    ck_assert(tt_array_equal(a, b));
}

/* Copies. */

START_TEST(what_strides_can_say_is_a_view)
{
    static const char *const views[] = {"a b c -> c a b",
                                        "a b c -> a b c",
                                        "a (b d) c -> a b d c, d=2",
                                        "a (b d) c -> d c b a, d=2",
                                        "a b c -> (a b) c",
                                        "a b c -> (a b c)",
                                        "a b c -> 1 c () (a b)",
                                        "... c -> c ...",
                                        "a ... -> (a ...)"};
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 4, 3));
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        tt_tensor *y = tt_rearrange_n(x, views[i], 0, NULL, NULL);
        ck_assert_msg(y && y != x && tt_same_storage(x, y), "%s", views[i]);
        ck_assert_msg(tt_same_storage(x, tt_rearrange_view(x, "%s", views[i])), "%s", views[i]);
    }
    ck_assert(!tt_same_storage(x, tt_rearrange(x, "a b c -> (c a) b")));
    ck_assert(!tt_same_storage(x, tt_rearrange(x, "a b c -> a (c b)")));
    /* a merge of axes that were moved together */
    tt_tensor *moved = tt_permute(x, TT_AXES(2, 0, 1));
    ck_assert(tt_same_storage(x, tt_rearrange(moved, "c a b -> c (a b)")));
    ck_assert(tt_same_storage(x, tt_repeat(x, "a b c -> a 5 b c")));
    ck_assert(tt_same_storage(x, tt_einsum("abc->cab", TT_TENSORS(x))));
    tt_tensor *square = counting(ctx, TT_SHAPE(3, 3));
    tt_tensor *diagonal = einsum1("ii->i", square);
    ck_assert(tt_same_storage(square, diagonal));
    expect_values(diagonal, F64(0, 4, 8));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(handles_in_between_are_released)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 4, 3));
    int64_t live = tt_memory_stats(ctx).live_tensors;
    tt_rearrange(x, "a (b d) c -> d (c b) a, d=2");
    tt_reduce(x, "a (b d) c -> d c 1, d=2", TT_SUM);
    tt_repeat(x, "a (b d) c -> d c e (b a), d=2, e=3");
    tt_einsum("a b c, a (b d) c, c -> a d, d=1",
              TT_TENSORS(x, x, tt_ones(ctx, TT_F32, TT_SHAPE(3))));
    tt_einsum("a b c, c b a ->", TT_TENSORS(x, tt_permute(x, TT_AXES(2, 1, 0))));
    /* five results, two operands; a merge keeps the copy that reshape made */
    ck_assert_int_le(tt_memory_stats(ctx).live_tensors - live, 5 + 2 + 3);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(writing_through_a_view)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 2)), *y = tt_rearrange(x, "a b -> (b) a");
    tt_set(y, TT_INDEX(0, 1), 5);
    ck_assert(tt_get(x, TT_INDEX(1, 0)) == 5);
    tt_add_scalar_(tt_repeat(x, "a b -> a b 2"), 1); /* each element twice */
    expect_error(ctx, TT_ERR_ARG, "overlap");
    tt_ctx_free(ctx);
}
END_TEST

/* Rearrange, reduce, repeat. */

START_TEST(values)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 3));
    expect_values(tt_rearrange(x, "h w -> w h"), F64(0, 3, 1, 4, 2, 5));
    expect_values(tt_rearrange(x, "h w -> (w h)"), F64(0, 3, 1, 4, 2, 5));
    expect_values(tt_rearrange(x, "(a b) w -> a w b, b=%d", 2), F64(0, 3, 1, 4, 2, 5));
    expect_values(tt_reduce(x, "h w -> w", TT_SUM), F64(3, 5, 7));
    expect_values(tt_reduce(x, "h w -> h", TT_MEAN), F64(1, 4));
    expect_values(tt_reduce(x, "h w ->", TT_MAX), F64(5));
    expect_values(tt_reduce(x, "h w -> 1 w", TT_MIN), F64(0, 1, 2));
    expect_values(tt_reduce(x, "h w -> h ()", TT_PROD), F64(0, 60));
    expect_values(tt_reduce(x, "h w -> w", TT_ANY), F64(1, 1, 1));
    expect_values(tt_reduce(x, "h w -> w", TT_ALL), F64(0, 1, 1));
    expect_values(tt_repeat(x, "h w -> (h 2) w"), F64(0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5));
    expect_values(tt_repeat(x, "h w -> (2 h) w"), F64(0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5));
    expect_values(tt_repeat(x, "h w -> h (w n), n=2"), F64(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5));
    expect_shape(tt_repeat(x, "h w -> h n w, n=0"), TT_SHAPE(2, 0, 3));
    ck_assert(tt_ok(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(dtypes)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *n = tt_cast(counting(ctx, TT_SHAPE(2, 3)), TT_I64);
    tt_tensor *bytes = tt_cast(n, TT_U8), *flags = tt_cast(n, TT_BOOL);
    ck_assert_int_eq(tt_dtype_of(tt_reduce(n, "a b -> a", TT_SUM)), TT_I64);
    ck_assert_int_eq(tt_dtype_of(tt_reduce(n, "a b -> a", TT_MEAN)), TT_F64);
    ck_assert_int_eq(tt_dtype_of(tt_reduce(n, "a b -> a", TT_ANY)), TT_BOOL);
    ck_assert_int_eq(tt_dtype_of(tt_reduce(n, "a b -> b a", TT_ANY)),
                     TT_I64); /* nothing to reduce */
    expect_values(tt_rearrange(bytes, "a b -> (b a)"), F64(0, 3, 1, 4, 2, 5));
    expect_values(tt_repeat(flags, "a b -> b a 1"), F64(0, 1, 1, 1, 1, 1));
    tt_tensor *big = tt_full(ctx, TT_I64, TT_SHAPE(1), 0);
    *(int64_t *)tt_data(big) = INT64_C(1000000007) * 1000000009;
    expect_values(tt_eq(tt_einsum("i,i->", TT_TENSORS(big, tt_ones(ctx, TT_I64, TT_SHAPE(1)))),
                        tt_sum(big, TT_ALL_AXES, false)),
                  F64(1));
    ck_assert(tt_ok(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(size_0_and_0_d)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *none = tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3)),
              *one = tt_full(ctx, TT_F32, TT_SCALAR, 7);
    expect_shape(tt_rearrange(none, "a b -> b a"), TT_SHAPE(3, 0));
    expect_shape(tt_rearrange(none, "(a c) b -> a (c b), c=4"), TT_SHAPE(0, 12));
    expect_shape(tt_rearrange(none, "(a c) b -> a c b, a=0, c=0"), TT_SHAPE(0, 0, 3));
    expect_values(tt_reduce(none, "a b -> b", TT_SUM), F64(0, 0, 0));
    expect_values(tt_reduce(none, "a b -> b", TT_PROD), F64(1, 1, 1));
    expect_values(tt_rearrange(one, "->"), F64(7));
    expect_shape(tt_rearrange(one, "-> 1 ()"), TT_SHAPE(1, 1));
    expect_values(tt_repeat(one, "-> 3"), F64(7, 7, 7));
    expect_values(tt_rearrange(one, "... -> ..."), F64(7));
    expect_values(tt_rearrange(one, "... -> (...)"), F64(7));
    expect_values(tt_einsum(",", TT_TENSORS(one, one)), F64(49));
    expect_values(tt_einsum("->", TT_TENSORS(one)), F64(7));
    expect_values(tt_einsum("i,->i", TT_TENSORS(tt_arange(ctx, TT_F32, 0, 3, 1), one)),
                  F64(0, 7, 14));
    expect_values(tt_einsum("ab,ac->bc", TT_TENSORS(none, tt_zeros(ctx, TT_F32, TT_SHAPE(0, 2)))),
                  F64(0, 0, 0, 0, 0, 0));
    expect_shape(tt_einsum("i,j->ij", TT_TENSORS(tt_zeros(ctx, TT_F32, TT_SHAPE(0)),
                                                 tt_ones(ctx, TT_F32, TT_SHAPE(1)))),
                 TT_SHAPE(0, 1));
    expect_shape(tt_einsum("i,i->i", TT_TENSORS(tt_zeros(ctx, TT_F32, TT_SHAPE(0)),
                                                tt_ones(ctx, TT_F32, TT_SHAPE(1)))),
                 TT_SHAPE(0));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(lists)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 2)), *b = tt_add_scalar(a, 4);
    expect_values(tt_rearrange_list(TT_TENSORS(a, b), "n h w -> h (n w)"),
                  F64(0, 1, 4, 5, 2, 3, 6, 7));
    expect_values(tt_rearrange_list(TT_TENSORS(a, b), "n h w -> (n h) w"),
                  F64(0, 1, 2, 3, 4, 5, 6, 7));
    expect_shape(tt_rearrange_list(TT_TENSORS(a, b), "(n %d) h w -> n h w", 1), TT_SHAPE(2, 2, 2));
    expect_values(tt_reduce_list(TT_TENSORS(a, b), "n h w -> h w", TT_MEAN), F64(2, 3, 4, 5));
    expect_values(tt_repeat_list(TT_TENSORS(a, b), "n h w -> n h w %d", 1),
                  F64(0, 1, 2, 3, 4, 5, 6, 7));
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors > 0, 1);
    ck_assert_ptr_null(tt_rearrange_list(TT_TENSORS(a, b), "h w -> h w"));
    expect_error(ctx, TT_ERR_SHAPE, "the left has 2 axes, the tensor 3, for (2, 2, 2) float32");
    tt_ctx_free(ctx);
}
END_TEST

/* A pattern and its inverse. */
START_TEST(round_trips)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 6, 4, 3));
    tt_tensor *y = tt_rearrange(x, "b (h p) (w q) c -> (b p q) c w h, p=%d, q=%d", 3, 2);
    expect_equal(tt_rearrange(y, "(b p q) c w h -> b (h p) (w q) c, p=%d, q=%d", 3, 2), x);
    expect_equal(
        tt_reduce(tt_repeat(x, "a b c d -> a (b 5) c d"), "a (b 5) c d -> a b c d", TT_MAX), x);
    expect_equal(tt_rearrange(tt_rearrange(x, "a b c d -> (a b c d)"),
                              "(a b c d) -> a b c d, a=2, b=6, c=4"),
                 x);
    tt_ctx_free(ctx);
}
END_TEST

/* 16 axes are possible; more are refused, whether they are the tensor's or only on the way. */
START_TEST(many_axes)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_reshape(tt_arange(ctx, TT_F32, 0, 65536, 1), TT_SHAPE(65536));
    tt_tensor *y =
        tt_rearrange(x, "(a b c d e f g h i j k l m n o p) -> p o n m l k j i h g f e d c b a,"
                        "a=2,b=2,c=2,d=2,e=2,f=2,g=2,h=2,i=2,j=2,k=2,l=2,m=2,n=2,o=2");
    ck_assert_int_eq(tt_ndim(y), 16);
    ck_assert(tt_get(y, 16, (int64_t[16]){1}) == 1);
    ck_assert_ptr_null(tt_rearrange(y, "... -> ... 1"));
    expect_error(ctx, TT_ERR_SHAPE, "more than 16 axes");
    ck_assert_ptr_null(tt_rearrange(
        y, "(a q) b c d e f g h i j k l m n o p -> (a b c d e f g h i j k l m n o p) q, q=1"));
    expect_error(ctx, TT_ERR_SHAPE, "more than 16 axes");
    tt_ctx_free(ctx);
}
END_TEST

/* Einsum. */

START_TEST(einsum_values)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3)), *b = counting(ctx, TT_SHAPE(3, 2));
    tt_tensor *v = counting(ctx, TT_SHAPE(3)), *cube = counting(ctx, TT_SHAPE(2, 2, 2));
    expect_values(tt_einsum("ij,jk->ik", TT_TENSORS(a, b)), F64(10, 13, 28, 40));
    expect_values(tt_einsum("ij,jk", TT_TENSORS(a, b)), F64(10, 13, 28, 40));
    expect_values(tt_einsum("ij,jk->ki", TT_TENSORS(a, b)), F64(10, 28, 13, 40));
    expect_values(tt_einsum("row inner, inner column -> row column", TT_TENSORS(a, b)),
                  F64(10, 13, 28, 40));
    expect_values(tt_einsum("ij,j", TT_TENSORS(a, v)), F64(5, 14));
    expect_values(tt_einsum("i,i", TT_TENSORS(v, v)), F64(5));
    expect_values(tt_einsum("i,j->ij", TT_TENSORS(v, v)), F64(0, 0, 0, 0, 1, 2, 0, 2, 4));
    expect_values(einsum1("ij->", a), F64(15));
    expect_values(einsum1("ba", a), F64(0, 3, 1, 4, 2, 5));
    expect_values(einsum1("iii->i", cube), F64(0, 7));
    expect_values(einsum1("iji->j", cube), F64(5, 9));
    expect_values(einsum1("i...->...", a), F64(3, 5, 7));
    expect_values(einsum1("...i->...", a), F64(3, 12));
    expect_values(tt_einsum("ij,jk,kl->il", TT_TENSORS(a, b, a)), F64(39, 62, 85, 120, 188, 256));
    expect_values(tt_einsum("(i j), i j -> i j", TT_TENSORS(tt_reshape(a, TT_SHAPE(6)), a)),
                  F64(0, 1, 4, 9, 16, 25));
    expect_values(tt_einsum("i (j k) -> i k, k=3", TT_TENSORS(a)), F64(0, 1, 2, 3, 4, 5));
    expect_values(tt_einsum("ij->j 1 (i)", TT_TENSORS(a)), F64(0, 3, 1, 4, 2, 5));
    tt_ctx_free(ctx);
}
END_TEST

/* A label of size 1 broadcasts, also where the product goes through BLAS. */
START_TEST(einsum_broadcasts)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 1)), *b = counting(ctx, TT_SHAPE(3, 4));
    expect_values(tt_einsum("ij,jk->ik", TT_TENSORS(a, b)), F64(0, 0, 0, 0, 12, 15, 18, 21));
    expect_values(tt_einsum("ij,ik->jk", TT_TENSORS(tt_ones(ctx, TT_F32, TT_SHAPE(1, 2)), b)),
                  F64(12, 15, 18, 21, 12, 15, 18, 21));
    expect_values(tt_einsum("i,i->", TT_TENSORS(tt_ones(ctx, TT_F32, TT_SHAPE(1)),
                                                tt_ones(ctx, TT_F32, TT_SHAPE(3)))),
                  F64(3));
    expect_shape(tt_einsum("...,...", TT_TENSORS(a, counting(ctx, TT_SHAPE(5, 1, 3)))),
                 TT_SHAPE(5, 2, 3));
    expect_shape(tt_einsum("i, i, i -> i", TT_TENSORS(tt_ones(ctx, TT_F32, TT_SHAPE(1)),
                                                      tt_ones(ctx, TT_F32, TT_SHAPE(1)),
                                                      tt_ones(ctx, TT_F32, TT_SHAPE(1)))),
                 TT_SHAPE(1));
    /* the gradient of the one that was stretched is summed, and has its shape */
    tt_tensor *p = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(1, 2)));
    tt_backward(
        tt_einsum("ij,ij->", TT_TENSORS(p, tt_cast(counting(ctx, TT_SHAPE(3, 2)), TT_F64))));
    expect_shape(tt_grad(p), TT_SHAPE(1, 2));
    expect_values(tt_grad(p), F64(6, 9));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Upper and lower case, more labels than a signed char counts, an axis that is only in the text. */
START_TEST(einsum_labels)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 2)), *ops[60];
    char text[2000];
    size_t n = 0;
    expect_values(tt_einsum("Aa,aA->", TT_TENSORS(x, x)), F64(13));
    expect_values(tt_einsum("zA,AZ->zZ", TT_TENSORS(x, x)), F64(2, 3, 6, 11));
    for (int i = 0; i < 60; i++) {
        ops[i] = tt_eye(ctx, TT_F32, 2, 2);
        n += (size_t)snprintf(text + n, sizeof text - n, "%saxis_%d axis_%d", i ? ", " : "", i,
                              i + 1);
    }
    ops[31] = x;
    snprintf(text + n, sizeof text - n, " -> axis_0 axis_60");
    expect_values(tt_einsum(text, 60, ops), F64(0, 1, 2, 3));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(einsum_of_expanded_and_flipped)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *row = tt_param(tt_cast(counting(ctx, TT_SHAPE(1, 3)), TT_F64));
    tt_tensor *wide = tt_expand(row, TT_SHAPE(2, 3));
    tt_tensor *y = tt_einsum("ij,kj->ik", TT_TENSORS(wide, tt_flip(wide, TT_AXES(0, 1))));
    expect_values(y, F64(1, 1, 1, 1));
    tt_backward(tt_sum(y, TT_ALL_AXES, false));
    expect_values(tt_grad(row), F64(16, 8, 0));
    tt_ctx_free(ctx);
}
END_TEST

/* Pack, unpack, parse_shape. */

START_TEST(pack_and_unpack)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x[3] = {counting(ctx, TT_SHAPE(2, 3)), counting(ctx, TT_SHAPE(2, 2, 3)),
                       counting(ctx, TT_SHAPE(2, 2, 0, 3))};
    tt_tensor *out[3];
    tt_packing ps;
    tt_tensor *packed = tt_pack(3, x, "a * c", &ps);
    expect_shape(packed, TT_SHAPE(2, 3, 3));
    ck_assert_int_eq(ps.n, 3);
    ck_assert_int_eq(ps.parts[0].ndim, 0);
    ck_assert_int_eq(ps.parts[2].ndim, 2);
    ck_assert_int_eq(ps.parts[2].shape[0], 2);
    ck_assert_int_eq(tt_unpack(packed, &ps, "a * c", 3, out), 3);
    for (int i = 0; i < 3; i++)
        expect_equal(out[i], x[i]);
    ck_assert(tt_same_storage(out[0], packed));
    ck_assert(tt_same_storage(tt_pack(1, x, "*", NULL), x[0]));
    expect_shape(tt_pack(TT_TENSORS(tt_ones(ctx, TT_F32, TT_SCALAR), x[0]), "*", NULL),
                 TT_SHAPE(7));
    /* by hand, with an unknown size in the middle */
    const tt_packed parts[] = {{0, {0}}, {2, {-1, 2}}, {1, {2}}};
    tt_tensor *long_one = counting(ctx, TT_SHAPE(2, 9));
    ck_assert_int_eq(tt_unpack(long_one, &(tt_packing){3, parts, NULL}, "a *", 3, out), 3);
    expect_shape(out[0], TT_SHAPE(2));
    expect_shape(out[1], TT_SHAPE(2, 3, 2));
    expect_shape(out[2], TT_SHAPE(2, 2));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(unpack_refuses)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 9)), *out[3];
    const tt_packed unknown[] = {{1, {-1}}, {1, {-1}}}, odd[] = {{2, {-1, 2}}, {0, {0}}, {1, {1}}};
    const tt_packed few[] = {{1, {4}}}, senseless[] = {{1, {-5}}}, deep[] = {{17, {1}}},
                    zero[] = {{2, {-1, 0}}};
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){2, unknown, NULL}, "a *", 3, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "a second unknown size in part 1");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){3, odd, NULL}, "a *", 3, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "7 elements are left for part 0, not divisible by 2");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){1, few, NULL}, "a *", 3, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "the parts have 4 elements, axis 1 of (2, 9) float32 has 9");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){1, senseless, NULL}, "a *", 3, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "a shape that makes no sense in part 0");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){1, deep, NULL}, "a *", 3, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "makes no sense");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){1, zero, NULL}, "a *", 3, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "not divisible by 0");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){3, odd, NULL}, "a *", 2, out), 0);
    expect_error(ctx, TT_ERR_ARG, "3 tensors do not fit into 2 places");
    ck_assert_int_lt(tt_unpack(x, &(tt_packing){1, few, NULL}, "a * b", 2, out), 0);
    expect_error(ctx, TT_ERR_SHAPE, "\"a * b\" has 3 axes, the tensor is (2, 9)");
    tt_packing ps;
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *packed = tt_keep(tt_pack(TT_TENSORS(x, x), "a *", &ps));
    tt_scope_end(ctx, s);
    ck_assert_int_lt(tt_unpack(packed, &ps, "a *", 2, out), 0);
    expect_error(ctx, TT_ERR_DEAD, "");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(shapes_by_name)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 3, 5, 1, 7));
    tt_axis_size s[4];
    ck_assert_int_eq(tt_parse_shape(x, "batch _ height 1 _", 4, s), TT_OK);
    ck_assert_str_eq(s[0].name, "batch");
    ck_assert_int_eq(s[0].size, 2);
    ck_assert_str_eq(s[1].name, "height");
    ck_assert_int_eq(s[1].size, 5);
    ck_assert_str_eq(s[2].name, "");
    ck_assert_int_eq(s[3].size, 0);
    ck_assert_int_eq(tt_parse_shape(x, "a ... () w", 4, s), TT_OK);
    ck_assert_str_eq(s[1].name, "w");
    ck_assert_int_eq(s[1].size, 7);
    ck_assert_int_eq(tt_parse_shape(x, "2 3 5 1 7", 0, NULL), TT_OK);
    ck_assert_int_eq(tt_parse_shape(tt_scalar(ctx, TT_F32, 1), "...", 0, NULL), TT_OK);
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("einops", what_strides_can_say_is_a_view, handles_in_between_are_released,
          writing_through_a_view, values, dtypes, size_0_and_0_d, lists, round_trips, many_axes,
          einsum_values, einsum_broadcasts, einsum_labels, einsum_of_expanded_and_flipped,
          pack_and_unpack, unpack_refuses, shapes_by_name)
