/* Activations with numbers, losses, distances and cells: what their vectors do not show. Dtypes,
 * empty and one-element tensors, kinks, what is refused, and memory that runs out. */
#include "../unit/counted.h"
#include "../unit/unit.h"

static tt_tensor *f64(tt_ctx *ctx, int n, const double *values)
{
    return tt_from_data(ctx, TT_F64, TT_SHAPE(n), values);
}

START_TEST(activations_of_every_dtype)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *i = tt_from_data(ctx, TT_I64, TT_SHAPE(3), (int64_t[]){-2, 0, 5});
    tt_tensor *b = tt_gt_scalar(i, 0);
    expect_values(tt_leaky_relu(i, 0.25), F64(-0.5, 0, 5));
    ck_assert_int_eq(tt_dtype_of(tt_leaky_relu(i, 0.25)), TT_F64);
    ck_assert_int_eq(tt_dtype_of(tt_elu(b, 1)), TT_F64);
    expect_values(tt_hardtanh(i, -1, 1), F64(-1, 0, 1));
    expect_values(tt_mish(b), F64(0, 0, 0.86509838826731033));
    expect_values(tt_elu(tt_cast(i, TT_F32), 2), F64(2 * expm1(-2), 0, 5));
    expect_shape(tt_elu(tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3)), 1), TT_SHAPE(0, 3));
    expect_values(tt_leaky_relu(tt_scalar(ctx, TT_F32, -3), 0.5), F64(-1.5));
    ck_assert_ptr_null(tt_mish(tt_cast(i, TT_F16)));
    expect_error(ctx, TT_ERR_DTYPE, "mish");
    ck_assert_ptr_null(tt_leaky_relu(tt_cast(i, TT_F16), 0.1));
    expect_error(ctx, TT_ERR_DTYPE, "leaky_relu");
    ck_assert_ptr_null(tt_hardtanh(i, 1, -1));
    expect_error(ctx, TT_ERR_ARG, "hardtanh: lo is 1, above hi, -1");
    ck_assert_ptr_null(tt_elu(NULL, 1));
    ck_assert_ptr_null(tt_hardtanh(NULL, 1, -1));
    tt_ctx_free(ctx);
}
END_TEST

/* The same value in long rows, whose loops are vectors, as one element at a time. */
START_TEST(vectors_and_single_elements_agree)
{
    tt_ctx *ctx = tt_ctx_new();
    for (int d = TT_F32; d <= TT_F64; d++) {
        tt_tensor *x = tt_param(tt_uniform(ctx, (tt_dtype)d, TT_SHAPE(1001), -4, 4));
        tt_tensor *y = tt_add(tt_elu(x, 1.5), tt_add(tt_leaky_relu(x, 0.2), tt_hardtanh(x, -2, 3)));
        tt_backward(tt_sum(y, TT_ALL_AXES, false));
        for (int64_t k = 0; k < 1001; k += 7) {
            double v = tt_get(x, TT_INDEX(k)), e = v > 0 ? v : 1.5 * expm1(v);
            double want = e + (v > 0 ? v : 0.2 * v) + (v < -2 ? -2 : v > 3 ? 3 : v);
            double slope = (v > 0 ? 1 : 1.5 * exp(v)) + (v > 0 ? 1 : 0.2) + (v > -2 && v < 3);
            ck_assert_double_eq_tol(tt_get(y, TT_INDEX(k)), want, 2e-6);
            ck_assert_double_eq_tol(tt_get(tt_grad(x), TT_INDEX(k)), slope, 2e-6);
        }
    }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(nan_is_left_out_or_stays)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = values_f64(ctx, TT_SHAPE(2, 3), F64(NAN, -INFINITY, NAN, 1, NAN, 3));
    tt_set_requires_grad(x, true);
    expect_values(tt_nanmax(x, TT_AXES(1), false), F64(-INFINITY, 3));
    expect_values(tt_nanmin(x, TT_AXES(1), true), F64(-INFINITY, 1));
    expect_values(tt_nanmax(x, TT_AXES(0), false), F64(1, -INFINITY, 3));
    expect_values(tt_nanmin(x, TT_ALL_AXES, false), F64(-INFINITY));
    expect_values(tt_hardtanh(x, -1, 2), F64(NAN, -1, NAN, 1, NAN, 2));
    tt_tensor *none = tt_full(ctx, TT_F32, TT_SHAPE(5000, 3), NAN);
    expect_values(tt_nanmax(none, TT_AXES(0), false), F64(NAN, NAN, NAN));
    tt_tensor *p = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(2), NAN));
    tt_backward(tt_nanmax(p, TT_ALL_AXES, false));
    expect_values(tt_grad(p), F64(0, 0)); /* nothing was chosen */
    expect_shape(tt_nanmax(tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3)), TT_AXES(1), false), TT_SHAPE(0));
    ck_assert_ptr_null(tt_nanmax(tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3)), TT_AXES(0), false));
    expect_error(ctx, TT_ERR_ARG, "nanmax: no elements");
    ck_assert_ptr_null(tt_nanmin(tt_zeros(ctx, TT_I64, TT_SHAPE(3)), TT_ALL_AXES, false));
    expect_error(ctx, TT_ERR_DTYPE, "nanmin");
    ck_assert_ptr_null(tt_nanmin(x, TT_AXES(2), false));
    expect_error(ctx, TT_ERR_AXIS, "nanmin: axis 2");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(huber_is_smooth_at_0_and_at_delta)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(f64(ctx, F64(0, 2, -2, 5, INFINITY))), *g, *h;
    tt_tensor *y = tt_zeros(ctx, TT_F64, TT_SHAPE(5));
    tt_tensor *rows = tt_huber_loss_with(x, y, 2, TT_LOSS_NONE);
    expect_values(rows, F64(0, 2, 2, 8, INFINITY));
    tt_grads_of(tt_sum(rows, TT_ALL_AXES, false), TT_TENSORS(x), TT_CREATE_GRAPH, &g);
    expect_values(g, F64(0, 2, -2, 2, 2));
    tt_grads_of(tt_sum(g, TT_ALL_AXES, false), TT_TENSORS(x), 0, &h);
    expect_values(tt_narrow(h, 0, 0, 1), F64(1));
    expect_values(tt_narrow(h, 0, 3, 1), F64(0));
    expect_values(tt_huber_loss_with(tt_narrow(x, 0, 0, 3), tt_narrow(y, 0, 0, 3), 2, TT_LOSS_SUM),
                  F64(4));
    ck_assert_ptr_null(tt_huber_loss(x, y, 0));
    expect_error(ctx, TT_ERR_ARG, "huber_loss: delta is 0, not above 0");
    ck_assert_ptr_null(tt_huber_loss(x, tt_cast(y, TT_F32), 1));
    expect_error(ctx, TT_ERR_DTYPE, "huber_loss");
    ck_assert_ptr_null(tt_huber_loss(x, tt_zeros(ctx, TT_F64, TT_SHAPE(4)), 1));
    expect_error(ctx, TT_ERR_SHAPE, "huber_loss");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(losses_know_three_reductions)
{
    tt_ctx *ctx = tt_ctx_new();
    const tt_loss_reduction none = (tt_loss_reduction)3, less = (tt_loss_reduction)-1;
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *t = tt_zeros(ctx, TT_I64, TT_SHAPE(2));
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.reduction = none;
    ck_assert_ptr_null(tt_cross_entropy_with(x, t, &o));
    expect_error(ctx, TT_ERR_ARG, "cross_entropy: there is no reduction 3");
    ck_assert_ptr_null(tt_nll_loss_with(x, t, -100, none));
    expect_error(ctx, TT_ERR_ARG, "nll_loss: there is no reduction 3");
    ck_assert_ptr_null(tt_mse_loss_with(x, x, none));
    expect_error(ctx, TT_ERR_ARG, "mse_loss: there is no reduction 3");
    ck_assert_ptr_null(tt_l1_loss_with(x, x, less));
    expect_error(ctx, TT_ERR_ARG, "l1_loss: there is no reduction -1");
    ck_assert_ptr_null(tt_huber_loss_with(x, x, 1, none));
    expect_error(ctx, TT_ERR_ARG, "huber_loss: there is no reduction 3");
    ck_assert_ptr_null(tt_bce_with_logits_with(x, x, none));
    expect_error(ctx, TT_ERR_ARG, "bce_with_logits: there is no reduction 3");
    ck_assert_ptr_null(tt_kl_div_with(x, x, none));
    expect_error(ctx, TT_ERR_ARG, "kl_div: there is no reduction 3");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(cosines)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = values_f64(ctx, TT_SHAPE(2, 2), F64(1, 0, 3e30, 4e30)), *none = NULL;
    tt_tensor *y = f64(ctx, F64(0, 2));
    expect_values(tt_cosine_similarity(x, y, 1, 1e-8), F64(0, 0.8));
    x = tt_cast(x, TT_F32); /* in which the squares overflow */
    y = tt_cast(y, TT_F32);
    expect_values(tt_cosine_similarity(y, x, -1, 1e-8), F64(0, 0.8));
    expect_values(tt_cosine_similarity(x, tt_zeros_like(x), 1, 1e-8), F64(0, 0));
    expect_values(tt_cosine_similarity(y, y, 0, 0), F64(1));
    /* repeated along the axis: each of its elements counts twice */
    tt_tensor *ones = tt_ones(ctx, TT_F32, TT_SHAPE(2)),
              *pair = tt_ones(ctx, TT_F32, TT_SHAPE(2, 2));
    expect_values(tt_cosine_similarity(pair, ones, 0, 1e-8), F64(1, 1));
    expect_values(tt_cosine_similarity(tt_ones(ctx, TT_F32, TT_SHAPE(1)), pair, 1, 1e-8),
                  F64(1, 1));
    ck_assert_ptr_null(tt_cosine_similarity(tt_select(y, 0, 0), tt_select(y, 0, 1), -1, 1e-8));
    expect_error(ctx, TT_ERR_AXIS, "cosine_similarity: axis -1 is out of range for ()");
    ck_assert_ptr_null(tt_cosine_similarity(x, y, 1, NAN));
    expect_error(ctx, TT_ERR_ARG, "cosine_similarity: eps is nan, not 0 or above");
    ck_assert_ptr_null(tt_cosine_similarity(x, y, 2, 1e-8));
    expect_error(ctx, TT_ERR_AXIS, "axis 2");
    ck_assert_ptr_null(tt_cosine_similarity(x, tt_ones(ctx, TT_F32, TT_SHAPE(3)), 1, 1e-8));
    expect_error(ctx, TT_ERR_SHAPE, "cosine_similarity");
    ck_assert_ptr_null(tt_cosine_similarity(x, tt_cast(y, TT_F64), 1, 1e-8));
    expect_error(ctx, TT_ERR_DTYPE, "cosine_similarity");
    ck_assert_ptr_null(tt_cosine_similarity(x, y, 1, -1));
    expect_error(ctx, TT_ERR_ARG, "cosine_similarity: eps is -1");
    ck_assert_ptr_null(tt_cosine_similarity(none, y, 0, 1e-8));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(distances)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = values_f64(ctx, TT_SHAPE(2, 2), F64(0, 0, 3, 4));
    tt_tensor *b = values_f64(ctx, TT_SHAPE(1, 2), F64(3, 0));
    expect_values(tt_cdist(a, b, 2), F64(3, 4));
    expect_values(tt_cdist(a, tt_neg(b), 1), F64(3, 10));
    expect_values(tt_cdist(a, a, (double)INFINITY), F64(0, 4, 4, 0));
    /* near points far from the origin keep their digits */
    tt_tensor *far = tt_add_scalar(tt_cast(a, TT_F32), 4096);
    expect_values(tt_cdist(far, far, 2), F64(0, 5, 5, 0));
    expect_shape(tt_cdist(tt_zeros(ctx, TT_F32, TT_SHAPE(0, 2)), tt_cast(b, TT_F32), 2),
                 TT_SHAPE(0, 1));
    expect_values(tt_cdist(tt_zeros(ctx, TT_F32, TT_SHAPE(1, 0)),
                           tt_zeros(ctx, TT_F32, TT_SHAPE(2, 0)), (double)INFINITY),
                  F64(0, 0));
    expect_shape(tt_cdist(tt_zeros(ctx, TT_F32, TT_SHAPE(5, 1, 2, 3)),
                          tt_zeros(ctx, TT_F32, TT_SHAPE(4, 6, 3)), 2),
                 TT_SHAPE(5, 4, 2, 6));
    ck_assert_ptr_null(tt_cdist(a, tt_zeros(ctx, TT_F64, TT_SHAPE(1, 3)), 2));
    expect_error(ctx, TT_ERR_SHAPE, "cdist: a (... n d) is (2, 2) float64, b (... m d) (1, 3)");
    ck_assert_ptr_null(tt_cdist(tt_select(a, 0, 0), b, 2));
    expect_error(ctx, TT_ERR_SHAPE, "cdist");
    ck_assert_ptr_null(tt_cdist(tt_zeros(ctx, TT_F64, TT_SHAPE(3, 2, 2)),
                                tt_zeros(ctx, TT_F64, TT_SHAPE(2, 2, 2)), 2));
    expect_error(ctx, TT_ERR_SHAPE, "cdist");
    ck_assert_ptr_null(tt_cdist(a, tt_cast(b, TT_F32), 2));
    expect_error(ctx, TT_ERR_DTYPE, "cdist");
    ck_assert_ptr_null(tt_cdist(a, b, -1));
    expect_error(ctx, TT_ERR_ARG, "cdist: p is -1");
    tt_tensor *p = tt_param(tt_clone(a)), *d = tt_cdist(p, p, 2);
    tt_backward(tt_sum(d, TT_ALL_AXES, false));
    expect_values(tt_grad(p), F64(-1.2, -1.6, 1.2, 1.6)); /* and 0, not NaN, on the diagonal */
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(cells_check_their_operands)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 4)), *h = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3));
    tt_tensor *w = tt_ones(ctx, TT_F32, TT_SHAPE(9, 4)), *u = tt_ones(ctx, TT_F32, TT_SHAPE(9, 3));
    tt_tensor *b = tt_ones(ctx, TT_F32, TT_SHAPE(9)), *c;
    expect_shape(tt_gru_cell(x, h, w, u, b, NULL), TT_SHAPE(2, 3));
    expect_shape(tt_gru_cell(tt_select(x, 0, 0), tt_select(h, 0, 0), w, u, NULL, b), TT_SHAPE(3));
    tt_tensor *x3 = tt_unsqueeze(x, 0), *h3 = tt_unsqueeze(h, 0);
    expect_shape(tt_gru_cell(x3, h3, w, u, b, b), TT_SHAPE(1, 2, 3));
    ck_assert_ptr_null(tt_gru_cell(x, h, u, u, b, b));
    expect_error(ctx, TT_ERR_SHAPE, "gru_cell: weight_x is (9, 3), not (9, 4)");
    ck_assert_ptr_null(tt_gru_cell(x, h, w, w, b, b));
    expect_error(ctx, TT_ERR_SHAPE, "gru_cell: weight_h is (9, 4), not (9, 3)");
    ck_assert_ptr_null(tt_gru_cell(x, h, w, u, tt_select(w, 1, 0), tt_select(x, 0, 0)));
    expect_error(ctx, TT_ERR_SHAPE, "gru_cell: bias_h is (4,), not (9,)");
    ck_assert_ptr_null(tt_gru_cell(x, h, w, u, w, b));
    expect_error(ctx, TT_ERR_SHAPE, "gru_cell: bias_x is (9, 4), not (9,)");
    ck_assert_ptr_null(tt_gru_cell(x, tt_select(h, 0, 0), w, u, b, b));
    expect_error(ctx, TT_ERR_SHAPE, "gru_cell: x (... in) and h (... hidden) differ");
    ck_assert_ptr_null(tt_gru_cell(x, tt_cast(h, TT_F64), w, u, b, b));
    expect_error(ctx, TT_ERR_DTYPE, "");
    ck_assert_ptr_null(tt_gru_cell(x, NULL, w, u, b, b));
    ck_assert(!tt_ok(ctx));
    tt_error_clear(ctx);
    tt_tensor *w4 = tt_ones(ctx, TT_F32, TT_SHAPE(12, 4)),
              *u4 = tt_ones(ctx, TT_F32, TT_SHAPE(12, 3));
    expect_shape(tt_lstm_cell(x, h, h, w4, u4, NULL, NULL, &c), TT_SHAPE(2, 3));
    expect_shape(c, TT_SHAPE(2, 3));
    expect_shape(tt_lstm_cell(x, h, c, w4, u4, NULL, NULL, NULL), TT_SHAPE(2, 3));
    ck_assert_ptr_null(tt_lstm_cell(x, h, x, w4, u4, NULL, NULL, &c));
    ck_assert_ptr_null(c);
    expect_error(ctx, TT_ERR_SHAPE,
                 "lstm_cell: x (... in), h (... hidden) and c (... hidden) differ");
    ck_assert_ptr_null(tt_lstm_cell(x, h, h, w, u4, NULL, NULL, &c));
    expect_error(ctx, TT_ERR_SHAPE, "lstm_cell: weight_x is (9, 4), not (12, 4)");
    ck_assert_ptr_null(tt_lstm_cell(x, h, NULL, w4, u4, NULL, NULL, &c));
    ck_assert(!tt_ok(ctx) && !c);
    tt_ctx_free(ctx);
}
END_TEST

/* All of them, recorded and differentiated. */
static void everything(tt_ctx *ctx)
{
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(3, 4))), *c = NULL;
    tt_tensor *h = tt_zeros(ctx, TT_F32, TT_SHAPE(3, 2)), *w = tt_ones(ctx, TT_F32, TT_SHAPE(6, 4));
    tt_tensor *u = tt_ones(ctx, TT_F32, TT_SHAPE(6, 2)), *w4 = tt_ones(ctx, TT_F32, TT_SHAPE(8, 4));
    tt_tensor *y = tt_mish(tt_elu(tt_leaky_relu(tt_hardtanh(x, -2, 2), 0.1), 1));
    h = tt_gru_cell(y, h, w, u, NULL, NULL);
    h = tt_lstm_cell(y, h, h, w4, tt_ones(ctx, TT_F32, TT_SHAPE(8, 2)), NULL, NULL, &c);
    tt_tensor *d = tt_cdist(h, c, 2), *z = tt_cosine_similarity(h, c, 1, 1e-8);
    tt_tensor *e = tt_add(tt_nanmax(d, TT_ALL_AXES, false), tt_nanmin(z, TT_ALL_AXES, false));
    tt_backward(tt_add(e, tt_huber_loss(h, c, 0.5)));
    tt_clip_grad_value(1, &x, 0.1);
    tt_scope_end(ctx, s);
}

START_TEST(out_of_memory_at_every_call)
{
    for (int64_t at = 1, failed = 1; failed; at++) {
        counter c = {.fail_at = at};
        tt_ctx *ctx = counted(&c);
        if (ctx) {
            everything(ctx);
            ck_assert_msg(tt_ok(ctx) || tt_error_code(ctx) == TT_ERR_NOMEM, "%s",
                          tt_error_message(ctx));
            tt_ctx_free(ctx);
        }
        failed = c.calls >= at;
        ck_assert_int_eq(c.held, 0);
    }
}
END_TEST

RUN_TESTS("functions", activations_of_every_dtype, vectors_and_single_elements_agree,
          nan_is_left_out_or_stays, huber_is_smooth_at_0_and_at_delta, losses_know_three_reductions,
          cosines, distances, cells_check_their_operands, out_of_memory_at_every_call)
