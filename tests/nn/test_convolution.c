/* Convolution and its kin: what vectors do not show. Errors, infinities in gaps, sizes of zero,
 * strides of what is read, threads. */
#include "../unit/unit.h"

static tt_tensor *ones(tt_ctx *ctx, int ndim, const int64_t *shape)
{
    return tt_ones(ctx, TT_F32, ndim, shape);
}

START_TEST(conv_errors)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = ones(ctx, TT_SHAPE(2, 4, 5, 6)), *w = ones(ctx, TT_SHAPE(6, 4, 3, 3));
    tt_tensor *none = NULL;
    ck_assert(!tt_conv2d(x, w, NULL, 0, 0, 1, 1));
    expect_error(ctx, TT_ERR_ARG, "conv2d: stride is 0; it is at least 1");
    tt_conv2d(x, w, NULL, 1, -1, 1, 1);
    expect_error(ctx, TT_ERR_ARG, "conv2d: padding is -1; it is at least 0");
    tt_conv2d(x, w, NULL, 1, 0, -2, 1);
    expect_error(ctx, TT_ERR_ARG, "conv2d: dilation is -2; it is at least 1");
    tt_conv2d(x, w, NULL, INT64_MAX, 0, 1, 1);
    expect_error(ctx, TT_ERR_ARG, "conv2d: stride is 9223372036854775807; it is at most");
    tt_conv2d(x, w, NULL, 1, 0, 1, 0);
    expect_error(ctx, TT_ERR_ARG, "conv2d: groups is 0; it is at least 1");
    tt_conv2d(x, w, NULL, 1, 0, 1, 3);
    expect_error(ctx, TT_ERR_SHAPE, "conv2d: groups is 3, which does not divide the channels of x");
    tt_conv2d(x, ones(ctx, TT_SHAPE(7, 2, 3, 3)), NULL, 1, 0, 1, 2);
    expect_error(ctx, TT_ERR_SHAPE, "groups is 2, which does not divide axis 0 of w");
    tt_conv2d(x, ones(ctx, TT_SHAPE(6, 3, 3, 3)), NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE,
                 "x has 4 channels, w (o c/groups kh kw) with 1 groups is for 3");
    tt_conv2d(x, w, NULL, 1, 0, 3, 1);
    expect_error(ctx, TT_ERR_SHAPE, "conv2d: the kernel reaches over 7 elements (3, dilation 3)");
    tt_conv2d(x, ones(ctx, TT_SHAPE(6, 4, 0, 3)), NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_ARG, "conv2d: the kernel is 0");
    tt_conv2d(x, ones(ctx, TT_SHAPE(6, 4, 3)), NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE, "conv2d: w is (6, 4, 3) float32; (o c/groups kh kw) is needed");
    tt_conv2d(ones(ctx, TT_SHAPE(4, 5)), w, NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE, "conv2d: x is (4, 5) float32; (b c h w) is needed");
    tt_conv2d(x, w, ones(ctx, TT_SHAPE(5)), 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE, "the bias is (5,) float32, the result has 6 channels");
    tt_conv2d(x, tt_cast(w, TT_F64), NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_DTYPE, "conv2d: dtypes differ");
    tt_conv2d(tt_cast(x, TT_I64), w, NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_DTYPE, "conv2d: x is (2, 4, 5, 6) int64");
    tt_conv2d(x, none, NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_ARG, "conv2d: an operand is NULL");
    tt_conv1d(x, w, NULL, 1, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE, "conv1d: x is (2, 4, 5, 6) float32; (b c n) is needed");
    tt_conv2d_options o = TT_CONV2D_OPTIONS_INIT;
    o.same = true;
    o.stride[1] = 2;
    tt_conv2d_with(x, w, NULL, &o);
    expect_error(ctx, TT_ERR_ARG, "conv2d: same is for stride 1, which is 2");
    w = ones(ctx, TT_SHAPE(4, 3, 3, 3));
    tt_conv_transpose2d(x, w, NULL, 2, 0, 2, 1, 1);
    expect_error(ctx, TT_ERR_ARG, "output_padding is 2, not below stride 2 or dilation 1");
    tt_conv_transpose2d(x, w, NULL, 2, 0, -1, 1, 1);
    expect_error(ctx, TT_ERR_ARG, "output_padding is -1");
    tt_conv_transpose2d(x, w, NULL, 1, 4, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE, "nothing is left of 5 elements");
    tt_conv_transpose2d(x, ones(ctx, TT_SHAPE(6, 3, 3, 3)), NULL, 1, 0, 0, 1, 1);
    expect_error(ctx, TT_ERR_SHAPE,
                 "x has 4 channels, w (c o/groups kh kw) with 1 groups is for 6");
    tt_ctx_free(ctx);
}
END_TEST

/* An infinity at the edge is in the sums of those taps only that reach it. */
START_TEST(infinities_stay_where_they_are)
{
    for (int dtype = TT_F32; dtype <= TT_F64; dtype++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *x = tt_ones(ctx, (tt_dtype)dtype, TT_SHAPE(1, 1, 5, 7));
        tt_tensor *w = tt_param(tt_ones(ctx, (tt_dtype)dtype, TT_SHAPE(1, 1, 3, 3)));
        tt_set(x, TT_INDEX(0, 0, 2, 6), (double)INFINITY);
        tt_tensor *y = tt_conv2d(x, w, NULL, 1, 1, 1, 1);
        tt_backward(tt_sum(y, TT_ALL_AXES, false));
        tt_tensor *g = tt_slice(tt_grad(w), "0, 0");
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        for (int i = 0; i < 3; i++) {
            double rows = i == 1 ? 5 : 4;
            ck_assert(tt_get(g, TT_INDEX(i, 0)) == rows * 6);
            ck_assert(isinf(tt_get(g, TT_INDEX(i, 1))) && isinf(tt_get(g, TT_INDEX(i, 2))));
        }
        ck_assert(tt_item(tt_count_nonzero(tt_isinf(y), TT_ALL_AXES, false)) == 6);
        ck_assert(tt_item(tt_count_nonzero(tt_isnan(y), TT_ALL_AXES, false)) == 0);
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(sizes_of_zero)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *none = tt_param(ones(ctx, TT_SHAPE(0, 4, 5, 6)));
    tt_tensor *w = tt_param(ones(ctx, TT_SHAPE(6, 4, 3, 3))), *b = tt_param(ones(ctx, TT_SHAPE(6)));
    tt_tensor *y = tt_conv2d(none, w, b, 1, 1, 1, 1);
    expect_shape(y, TT_SHAPE(0, 6, 5, 6));
    tt_backward(tt_sum(y, TT_ALL_AXES, false));
    expect_shape(tt_grad(none), TT_SHAPE(0, 4, 5, 6));
    ck_assert(tt_item(tt_sum(tt_abs(tt_grad(w)), TT_ALL_AXES, false)) == 0);
    y = tt_conv2d(ones(ctx, TT_SHAPE(2, 0, 5, 6)), ones(ctx, TT_SHAPE(3, 0, 3, 3)),
                  tt_full(ctx, TT_F32, TT_SHAPE(3), 7), 1, 0, 1, 1);
    expect_shape(y, TT_SHAPE(2, 3, 3, 4));
    ck_assert(tt_item(tt_min(y, TT_ALL_AXES, false)) == 7);
    expect_shape(tt_conv2d(ones(ctx, TT_SHAPE(2, 3, 0, 6)), ones(ctx, TT_SHAPE(4, 3, 3, 3)), NULL,
                           1, 2, 1, 1),
                 TT_SHAPE(2, 4, 2, 8));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Transposed, reversed, sliced and expanded images and kernels, as they lie. */
START_TEST(any_strides)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_randn(ctx, TT_F64, TT_SHAPE(2, 9, 10, 4)),
              *w = tt_randn(ctx, TT_F64, TT_SHAPE(3, 3, 4, 5));
    tt_tensor *xs[] = {
        tt_permute(x, TT_AXES(0, 3, 1, 2)),
        tt_flip(tt_permute(x, TT_AXES(0, 3, 2, 1)), TT_AXES(2, 3)),
        tt_slice(tt_permute(x, TT_AXES(0, 3, 1, 2)), ":, :, ::2, ::-2"),
        tt_expand(tt_narrow(tt_permute(x, TT_AXES(0, 3, 1, 2)), 2, 3, 1), TT_SHAPE(2, 4, 6, 10))};
    tt_tensor *ws[] = {tt_permute(w, TT_AXES(3, 2, 0, 1)),
                       tt_flip(tt_permute(w, TT_AXES(3, 2, 1, 0)), TT_AXES(0, 2))};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++)
            for (int stride = 1; stride < 3; stride++) {
                tt_tensor *a = tt_conv2d(xs[i], ws[k], NULL, stride, 1, 1, 1);
                tt_tensor *b =
                    tt_conv2d(tt_contiguous(xs[i]), tt_contiguous(ws[k]), NULL, stride, 1, 1, 1);
                ck_assert_msg(tt_array_equal(a, b), "%d %d %s", i, k, tt_error_message(ctx));
            }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(pool_errors)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = ones(ctx, TT_SHAPE(2, 4, 5, 6)), *at = x;
    ck_assert(!tt_max_pool2d(x, 0, 1, 0, &at));
    expect_error(ctx, TT_ERR_ARG, "max_pool2d: the kernel is 0; it is at least 1");
    ck_assert(!at);
    tt_max_pool2d(x, 3, -1, 0, NULL);
    expect_error(ctx, TT_ERR_ARG, "max_pool2d: stride is -1");
    tt_max_pool2d(x, 3, 1, 2, NULL);
    expect_error(ctx, TT_ERR_ARG, "padding is 2, more than half of the kernel, which is 3");
    tt_max_pool2d(x, 6, 1, 0, NULL);
    expect_error(ctx, TT_ERR_SHAPE, "max_pool2d: the kernel reaches over 6 elements");
    tt_avg_pool2d(x, 2, 1, -1);
    expect_error(ctx, TT_ERR_ARG, "avg_pool2d: padding is -1");
    tt_avg_pool2d(tt_cast(x, TT_I64), 2, 1, 0);
    expect_error(ctx, TT_ERR_DTYPE, "avg_pool2d: x is (2, 4, 5, 6) int64");
    tt_avg_pool2d_options o = TT_AVG_POOL2D_OPTIONS_INIT;
    o.divisor = -3;
    tt_avg_pool2d_with(x, &o);
    expect_error(ctx, TT_ERR_ARG, "avg_pool2d: the divisor is -3");
    tt_adaptive_avg_pool2d(x, 0, 1);
    expect_error(ctx, TT_ERR_ARG, "adaptive_avg_pool2d: the height is 0");
    tt_adaptive_avg_pool2d(ones(ctx, TT_SHAPE(5, 6)), 1, 1);
    expect_error(ctx, TT_ERR_SHAPE, "adaptive_avg_pool2d: x is (5, 6) float32");
    tt_upsample_nearest(x, 2, 0);
    expect_error(ctx, TT_ERR_ARG, "upsample_nearest: scale_w is 0");
    tt_upsample_nearest(ones(ctx, TT_SHAPE(5)), 2, 2);
    expect_error(ctx, TT_ERR_SHAPE, "upsample_nearest: x is (5,) float32");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(norm_errors_change_nothing)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(2, 4, 5)), *c = ones(ctx, TT_SHAPE(4));
    tt_tensor *mean = tt_clone(c), *var = tt_clone(c), *three = ones(ctx, TT_SHAPE(3));
    tt_batch_norm(x, three, var, NULL, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "x (b c ...) is (2, 4, 5) float32, running_mean (c) is (3,)");
    tt_batch_norm(x, mean, tt_cast(var, TT_F64), NULL, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_DTYPE, "running_var (c) is (4,) float64");
    tt_batch_norm(x, mean, var, three, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "the weight (c) is (3,)");
    tt_batch_norm(x, mean, NULL, NULL, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_ARG, "running_mean and running_var are needed both, or neither");
    tt_batch_norm(x, NULL, NULL, NULL, NULL, false, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_ARG, "are needed where not training");
    tt_batch_norm(ones(ctx, TT_SHAPE(1, 4)), mean, var, NULL, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "training needs more than one value of a channel: x is (1, 4)");
    tt_batch_norm(c, NULL, NULL, NULL, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "batch_norm: x is (4,) float32; (b c ...) is needed");
    tt_batch_norm(x, mean, tt_set_readonly(tt_clone(var)), NULL, NULL, true, 0.1, 1e-5);
    expect_error(ctx, TT_ERR_ARG, "batch_norm: the tensor is read-only");
    ck_assert(tt_array_equal(mean, c) && tt_array_equal(var, c));
    expect_shape(tt_batch_norm(ones(ctx, TT_SHAPE(0, 4, 5)), mean, var, c, c, true, 0.1, 1e-5),
                 TT_SHAPE(0, 4, 5));
    ck_assert(tt_array_equal(mean, c) && tt_array_equal(var, c));
    tt_group_norm(x, 3, NULL, NULL, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "group_norm: groups is 3, which does not divide the channels");
    tt_group_norm(x, 0, NULL, NULL, 1e-5);
    expect_error(ctx, TT_ERR_ARG, "group_norm: groups is 0");
    tt_group_norm(x, 2, NULL, three, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "group_norm: x (b c ...) is (2, 4, 5) float32, the bias (c)");
    tt_ctx_free(ctx);
}
END_TEST

/* A mean far from 0 leaves the digits of the deviations. */
START_TEST(norm_of_far_values)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(8, 3, 40));
    tt_tensor *far = tt_round(tt_mul_scalar(x, 64));
    tt_tensor *a = tt_batch_norm(far, NULL, NULL, NULL, NULL, true, 0.1, 1e-5);
    tt_tensor *b = tt_batch_norm(tt_add_scalar(far, 1e6), NULL, NULL, NULL, NULL, true, 0.1, 1e-5);
    ck_assert_msg(tt_allclose(a, b, 1e-5, 1e-6, false), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

int main(void)
{
    TCase *c = new_case("convolution");
    tcase_add_test(c, conv_errors);
    tcase_add_test(c, infinities_stay_where_they_are);
    tcase_add_test(c, sizes_of_zero);
    tcase_add_test(c, any_strides);
    tcase_add_test(c, pool_errors);
    tcase_add_test(c, norm_errors_change_nothing);
    tcase_add_test(c, norm_of_far_values);
    return run_suite("convolution", c);
}
