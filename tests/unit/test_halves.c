/* Products with weights of 16-bit floats: as with the same weights cast to float32, for every form
 * of the operands, every number of threads and all 65,536 elements. */
#include "unit.h"

static const tt_dtype halves[] = {TT_F16, TT_BF16};

/* Numbers that both types hold exactly, in no regular order. */
static tt_tensor *weights(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    tt_tensor *x = tt_mul_scalar(tt_rand(ctx, TT_F32, ndim, shape), 256);
    return tt_cast(tt_mul_scalar(tt_sub_scalar(tt_floor(x), 128), 1.0 / 64), dtype);
}

static void expect_close(tt_tensor *got, tt_tensor *expected)
{
    ck_assert_msg(got != NULL, "%s", tt_error_message(tt_ctx_of(expected)));
    ck_assert_int_eq(tt_dtype_of(got), TT_F32);
    ck_assert(tt_same_shape(got, expected));
    ck_assert(tt_allclose(got, expected, 1e-5, 1e-4, false));
}

START_TEST(linear_reads_halves)
{
    static const int64_t sizes[][3] = {{1, 5, 3},     {1, 768, 300},  {1, 33, 5000}, {7, 64, 40},
                                       {3, 1, 9},     {150, 130, 90}, {2, 9000, 70}, {1, 70000, 3},
                                       {5, 768, 900}, {4, 3, 1}};
    tt_ctx *ctx = tt_ctx_new();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int h = 0; h < 2; h++) {
            tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
            int64_t m = sizes[i][0], k = sizes[i][1], n = sizes[i][2];
            tt_tensor *x = weights(ctx, TT_F32, TT_SHAPE(m, k));
            tt_tensor *w = weights(ctx, halves[h], TT_SHAPE(n, k));
            tt_tensor *b = weights(ctx, halves[h], TT_SHAPE(n)), *b32 = tt_cast(b, TT_F32);
            tt_tensor *w32 = tt_cast(w, TT_F32);
            expect_close(tt_linear(x, w, NULL), tt_linear(x, w32, NULL));
            expect_close(tt_linear(x, w, b32), tt_linear(x, w32, b32));
            expect_close(tt_linear(x, w, b), tt_linear(x, w32, b32));
            tt_tensor *turned = tt_contiguous(tt_transpose(w, 0, 1));
            expect_close(tt_linear(x, tt_transpose(turned, 0, 1), b), tt_linear(x, w32, b32));
            expect_close(tt_matmul(x, turned), tt_linear(x, w32, NULL));
            expect_close(tt_matmul(w, tt_transpose(x, 0, 1)),
                         tt_matmul(w32, tt_transpose(x, 0, 1)));
            tt_scope_end(ctx, s);
        }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(loss_reads_halves)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int h = 0; h < 2; h++) {
        tt_tensor *x = weights(ctx, TT_F32, TT_SHAPE(3, 50, 12));
        tt_tensor *w = weights(ctx, halves[h], TT_SHAPE(40, 12));
        tt_tensor *y = tt_randint(ctx, TT_SHAPE(3, 50), 0, 40);
        expect_close(tt_linear_cross_entropy(x, w, y, 3),
                     tt_linear_cross_entropy(x, tt_cast(w, TT_F32), y, 3));
        tt_linear_cross_entropy(tt_param(x), w, y, 3);
        ck_assert_int_eq(tt_error_code(ctx), TT_ERR_DTYPE);
        tt_error_clear(ctx);
    }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(matmul_of_other_forms)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int h = 0; h < 2; h++) {
        tt_tensor *x = weights(ctx, TT_F32, TT_SHAPE(3, 4, 5, 6));
        tt_tensor *w = weights(ctx, halves[h], TT_SHAPE(4, 6, 7)), *w32 = tt_cast(w, TT_F32);
        expect_close(tt_matmul(x, w), tt_matmul(x, w32));
        tt_tensor *every = tt_slice(weights(ctx, halves[h], TT_SHAPE(12, 21)), "::2, ::-3");
        expect_close(tt_matmul(x, every), tt_matmul(x, tt_cast(every, TT_F32)));
        tt_tensor *v = tt_select(every, 1, 2), *u = tt_select(tt_select(x, 0, 0), 0, 1);
        expect_close(tt_matmul(x, v), tt_matmul(x, tt_cast(v, TT_F32)));
        expect_close(tt_matmul(v, tt_transpose(u, 0, 1)),
                     tt_matmul(tt_cast(v, TT_F32), tt_transpose(u, 0, 1)));
        expect_close(tt_matmul(v, tt_select(u, 0, 0)),
                     tt_matmul(tt_cast(v, TT_F32), tt_select(u, 0, 0)));
        tt_tensor *column = weights(ctx, TT_F32, TT_SHAPE(5, 1));
        tt_tensor *row = weights(ctx, halves[h], TT_SHAPE(2, 1, 300));
        expect_close(tt_matmul(column, row), tt_matmul(column, tt_cast(row, TT_F32)));
        tt_tensor *none = tt_zeros(ctx, halves[h], TT_SHAPE(0, 4));
        expect_values(tt_matmul(tt_zeros(ctx, TT_F32, TT_SHAPE(1, 0)), none), F64(0, 0, 0, 0));
        expect_shape(tt_matmul(tt_zeros(ctx, TT_F32, TT_SHAPE(0, 6)), tt_select(w, 0, 0)),
                     TT_SHAPE(0, 7));
    }
    ck_assert(tt_ok(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Each element alone in a row, times 1: what comes out is the element, as a cast gives it. */
START_TEST(every_element_is_converted_exactly)
{
    enum { ALL = 65536, K = 64 };
    tt_ctx *ctx = tt_ctx_new();
    for (int h = 0; h < 2; h++) {
        tt_tensor *w = tt_zeros(ctx, halves[h], TT_SHAPE(K, ALL));
        uint16_t *bits = tt_data(w);
        for (int i = 0; i < ALL; i++)
            bits[i] = (uint16_t)i;
        tt_tensor *expected = tt_cast(tt_slice(w, ":1"), TT_F32);
        tt_tensor *x = tt_slice(tt_eye(ctx, TT_F32, K, K), ":1");
        tt_tensor *y[] = {tt_matmul(x, w),
                          tt_linear(x, tt_contiguous(tt_transpose(w, 0, 1)), NULL)};
        for (int k = 0; k < 2; k++) {
            const float *got = tt_cdata(y[k]), *want = tt_cdata(expected);
            for (int i = 0; i < ALL; i++)
                ck_assert_msg(got[i] == want[i] || (isnan(got[i]) && isnan(want[i])),
                              "element %04x is %g, not %g", (unsigned)i, (double)got[i],
                              (double)want[i]);
        }
    }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(threads_give_the_same_bits)
{
    static const int64_t rows[] = {1, 6};
    tt_ctx *ctx = tt_ctx_new();
    for (int h = 0; h < 2; h++)
        for (int r = 0; r < 2; r++) {
            tt_tensor *w = tt_cast(tt_randn(ctx, TT_F32, TT_SHAPE(900, 1100)), halves[h]);
            tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(rows[r], 1100));
            tt_tensor *z = tt_randn(ctx, TT_F32, TT_SHAPE(rows[r], 900)), *first[2] = {NULL};
            for (int threads = 1; threads <= 4; threads++) {
                tt_set_num_threads(ctx, threads);
                tt_tensor *y[] = {tt_linear(x, w, NULL), tt_matmul(z, w)};
                for (int k = 0; k < 2; k++) {
                    first[k] = first[k] ? first[k] : y[k];
                    ck_assert(tt_array_equal(y[k], first[k]));
                }
            }
        }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(embedding_gives_float32)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *i = tt_from_data(ctx, TT_I64, TT_SHAPE(3), (int64_t[]){2, 0, -1});
    for (int h = 0; h < 2; h++) {
        tt_tensor *w = weights(ctx, halves[h], TT_SHAPE(4, 5));
        expect_close(tt_embedding(w, i), tt_take(tt_cast(w, TT_F32), 0, i));
    }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(what_halves_cannot)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *p = tt_param(tt_clone(x));
    tt_tensor *w = tt_ones(ctx, TT_BF16, TT_SHAPE(4, 3)), *wt = tt_transpose(w, 0, 1);
    tt_tensor *f16 = tt_ones(ctx, TT_F16, TT_SHAPE(4));
    ck_assert_ptr_null(tt_linear(p, w, NULL));
    expect_error(ctx, TT_ERR_DTYPE, "linear: (2, 3) float32 and (4, 3) bfloat16 have no gradients");
    ck_assert_ptr_null(tt_linear(x, w, tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(4)))));
    expect_error(ctx, TT_ERR_DTYPE, "cast to float32");
    ck_assert_ptr_null(tt_matmul(p, wt));
    expect_error(ctx, TT_ERR_DTYPE, "matmul: ");
    ck_assert_ptr_null(tt_matmul(w, tt_transpose(p, 0, 1)));
    expect_error(ctx, TT_ERR_DTYPE, "no gradients");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    ck_assert_ptr_nonnull(tt_linear(p, w, NULL));
    ck_assert_ptr_nonnull(tt_matmul(p, wt));
    tt_scope_end(ctx, s);
    ck_assert_ptr_null(tt_linear(x, w, f16));
    expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    ck_assert_ptr_null(tt_linear(w, w, NULL));
    expect_error(ctx, TT_ERR_DTYPE, "float32 or float64 is needed");
    ck_assert_ptr_null(tt_linear(tt_cast(x, TT_F64), w, NULL));
    expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    ck_assert_ptr_null(tt_matmul(w, wt));
    expect_error(ctx, TT_ERR_DTYPE, "no products");
    ck_assert_ptr_null(tt_tensordot(x, wt, 1, (int[]){1}, (int[]){0}));
    expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    ck_assert_ptr_null(tt_dot(x, wt));
    expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    ck_assert_ptr_null(tt_outer(f16, tt_ones(ctx, TT_F32, TT_SHAPE(4))));
    expect_error(ctx, TT_ERR_DTYPE, "dtypes differ");
    ck_assert_ptr_null(tt_matmul(x, w));
    expect_error(ctx, TT_ERR_SHAPE, "inner sizes differ");
    tt_ctx_free(ctx);
}
END_TEST

static void *take(size_t bytes, void *user)
{
    int *left = user;
    return (*left)-- > 0 ? malloc(bytes) : NULL;
}

static void give(void *p, void *user)
{
    (void)user;
    free(p);
}

START_TEST(no_memory_at_any_point)
{
    bool done = false;
    for (int allowed = 2; !done; allowed++) {
        int left = allowed;
        tt_ctx_options o = TT_CTX_OPTIONS_INIT;
        o.allocator = (tt_allocator){take, give, &left};
        tt_ctx *ctx = tt_ctx_new_with(&o);
        tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(4, 100)), *row = tt_slice(x, ":1");
        tt_tensor *w = tt_slice(tt_ones(ctx, TT_BF16, TT_SHAPE(100, 200)), ":, ::2");
        tt_tensor *y = tt_matmul(x, w), *z = tt_matmul(row, w), *u = tt_matmul(w, x);
        if (ctx && !tt_ok(ctx)) /* the sizes of the last product do not fit */
            done = tt_error_code(ctx) == TT_ERR_SHAPE && y && z && !u;
        tt_ctx_free(ctx);
        ck_assert_int_lt(allowed, 1000);
    }
}
END_TEST

RUN_TESTS("halves", linear_reads_halves, loss_reads_halves, matmul_of_other_forms,
          every_element_is_converted_exactly, threads_give_the_same_bits, embedding_gives_float32,
          what_halves_cannot, no_memory_at_any_point)
