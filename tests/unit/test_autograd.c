/* Backward: reuse, accumulation, lifetimes, versions, hooks, depth. Formulas of single operations
 * are checked in tests/grad and tests/reference. */
#include "unit.h"

START_TEST(a_tensor_used_twice_gets_both_gradients)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 3));
    tt_tensor *y = tt_mul(x, x);
    tt_backward(tt_add(tt_mul(y, x), y)); /* x^3 + x^2 */
    expect_values(tt_grad(x), F64(27 + 6));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(gradients_accumulate_until_zeroed)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(values_f64(ctx, TT_SHAPE(2), F64(1, 2)));
    ck_assert_ptr_null(tt_grad(x));
    for (int i = 0; i < 3; i++)
        tt_backward(tt_sum(tt_square(x), TT_ALL_AXES, false));
    tt_tensor *g = tt_grad(x);
    expect_values(g, F64(6, 12));
    tt_zero_grad(TT_TENSORS(x));
    expect_values(g, F64(0, 0)); /* the handle a user holds stays true */
    tt_backward(tt_sum(x, TT_ALL_AXES, false));
    ck_assert_ptr_eq(tt_grad(x), g);
    expect_values(g, F64(1, 1));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(gradients_of_two_leaves_do_not_share_memory)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(3)));
    tt_tensor *b = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(3)));
    tt_backward(tt_sum(tt_add(a, b), TT_ALL_AXES, false));
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_mul_scalar_(tt_grad(a), 5);
    tt_scope_end(ctx, s);
    expect_values(tt_grad(a), F64(5, 5, 5));
    expect_values(tt_grad(b), F64(1, 1, 1));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(an_inner_scope_keeps_what_gradients_need)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(2), 2));
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *y = tt_keep(tt_sum(tt_exp(tt_square(x)), TT_ALL_AXES, false));
    tt_scope_end(ctx, s);
    tt_backward(y);
    expect_values(tt_grad(x), F64(4 * exp(4), 4 * exp(4)));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(no_grad_scopes_record_nothing)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2)));
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    ck_assert(!tt_requires_grad(tt_exp(x)));
    tt_scope_end(ctx, s);
    ck_assert(tt_requires_grad(tt_exp(x)));
    ck_assert(!tt_requires_grad(tt_detach(tt_exp(x))));
    ck_assert_int_lt(tt_backward(tt_sum(tt_detach(x), TT_ALL_AXES, false)), 0);
    expect_error(ctx, TT_ERR_GRAD, "requires grad");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(the_graph_is_released_unless_retained)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 2));
    tt_tensor *y = tt_exp(tt_square(x));
    ck_assert_int_eq(tt_backward_with(y, NULL, TT_RETAIN_GRAPH), TT_OK);
    ck_assert_int_eq(tt_backward(y), TT_OK);
    expect_values(tt_grad(x), F64(8 * exp(4)));
    ck_assert_int_lt(tt_backward(y), 0);
    expect_error(ctx, TT_ERR_GRAD, "TT_RETAIN_GRAPH");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(a_write_to_a_saved_tensor_is_reported)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2)));
    tt_tensor *c = tt_full(ctx, TT_F32, TT_SHAPE(2), 3);
    tt_tensor *y = tt_sum(tt_mul(x, c), TT_ALL_AXES, false);
    ck_assert_int_eq(tt_fill_(tt_select(c, 0, 0), 9), TT_OK); /* through a view */
    ck_assert_int_lt(tt_backward(y), 0);
    expect_error(ctx, TT_ERR_GRAD, "mul");
    ck_assert_ptr_null(tt_grad(x));
    ck_assert_int_lt(tt_add_scalar_(x, 1), 0);
    expect_error(ctx, TT_ERR_GRAD, "TT_NO_GRAD");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(a_gradient_for_a_tensor_of_many_elements)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(values_f64(ctx, TT_SHAPE(2), F64(1, 2)));
    tt_tensor *y = tt_square(x);
    ck_assert_int_lt(tt_backward(y), 0);
    expect_error(ctx, TT_ERR_GRAD, "more than one element");
    tt_backward_with(y, values_f64(ctx, TT_SHAPE(2), F64(10, 100)), 0);
    expect_values(tt_grad(x), F64(20, 400));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(grads_of_a_spent_graph)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(3), 2)), *out;
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *y = tt_sum(tt_exp(x), TT_ALL_AXES, false);
    ck_assert_int_eq(tt_grads_of(y, TT_TENSORS(x), 0, &out), TT_OK);
    ck_assert_int_eq(tt_grads_of(tt_mul_scalar(y, 3), TT_TENSORS(x), 0, &out), TT_ERR_GRAD);
    ck_assert_msg(strstr(tt_error_message(ctx), "TT_RETAIN_GRAPH"), "%s", tt_error_message(ctx));
    ck_assert_ptr_null(out);
    tt_error_clear(ctx);
    tt_scope_end(ctx, s);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(grads_of_touches_no_accumulated_gradient)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 3)), *w = tt_param(tt_scalar(ctx, TT_F64, 5));
    tt_tensor *h = tt_mul(x, w), *out[2];
    ck_assert_int_eq(tt_grads_of(tt_square(h), TT_TENSORS(h, x), 0, out), TT_OK);
    expect_values(out[0], F64(30));
    expect_values(out[1], F64(150));
    ck_assert_ptr_null(tt_grad(x));
    ck_assert_ptr_null(tt_grad(w));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(second_derivatives)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(values_f64(ctx, TT_SHAPE(2), F64(0.5, 2))), *g, *gg;
    tt_tensor *y = tt_sum(tt_mul(tt_exp(x), tt_square(x)), TT_ALL_AXES, false);
    ck_assert_int_eq(tt_grads_of(y, TT_TENSORS(x), TT_CREATE_GRAPH, &g), TT_OK);
    ck_assert_int_eq(tt_grads_of(tt_sum(g, TT_ALL_AXES, false), TT_TENSORS(x), 0, &gg), TT_OK);
    expect_values(gg, F64(exp(0.5) * (0.25 + 4 * 0.5 + 2), exp(2) * (4 + 4 * 2 + 2)));
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *twice(tt_tensor *grad, void *user)
{
    ++*(int *)user;
    return tt_mul_scalar(grad, 2);
}

START_TEST(hooks_see_and_replace_gradients)
{
    int calls = 0;
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 3));
    tt_tensor *h = tt_square(x);
    tt_on_grad(h, twice, &calls);
    tt_backward(tt_add(h, h));
    ck_assert_int_eq(calls, 1);
    expect_values(tt_grad(x), F64(2 * 2 * 6));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(a_graph_of_100000_operations)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 1));
    for (int round = 0; round < 2; round++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *y = x;
        for (int i = 0; i < 100000; i++)
            y = tt_add_scalar(y, 1e-5);
        if (round == 0) /* the second time the graph is dropped unused */
            tt_backward(y);
        ck_assert(fabs(tt_item(y) - 2) < 1e-6);
        tt_scope_end(ctx, s);
    }
    expect_values(tt_grad(x), F64(1));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(integers_do_not_require_grad)
{
    tt_ctx *ctx = tt_ctx_new();
    ck_assert_ptr_null(tt_param(tt_ones(ctx, TT_I64, TT_SHAPE(2))));
    expect_error(ctx, TT_ERR_GRAD, "int64");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(anomaly_names_the_operation)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 0));
    tt_set_anomaly(ctx, true);
    tt_backward(tt_log(x));
    expect_error(ctx, TT_ERR_GRAD, "log");
    ck_assert_ptr_null(tt_grad(x));
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *wrong(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n, (void)user;
    return tt_mul(in[0], tt_detach(in[0])); /* its gradient is half of the true one */
}

START_TEST(gradcheck_finds_a_wrong_gradient)
{
    tt_gradcheck_report r;
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = values_f64(ctx, TT_SHAPE(2), F64(1, 2));
    ck_assert_int_eq(tt_gradcheck(ctx, wrong, NULL, 1, &x, &r), TT_ERR_GRAD);
    ck_assert(!r.ok);
    ck_assert_int_eq(r.input, 0);
    expect_error(ctx, TT_ERR_GRAD, "gradcheck: input 0");
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("autograd", a_tensor_used_twice_gets_both_gradients, gradients_accumulate_until_zeroed,
          gradients_of_two_leaves_do_not_share_memory, an_inner_scope_keeps_what_gradients_need,
          no_grad_scopes_record_nothing, the_graph_is_released_unless_retained,
          a_write_to_a_saved_tensor_is_reported, a_gradient_for_a_tensor_of_many_elements,
          grads_of_a_spent_graph, grads_of_touches_no_accumulated_gradient, second_derivatives,
          hooks_see_and_replace_gradients, a_graph_of_100000_operations,
          integers_do_not_require_grad, anomaly_names_the_operation,
          gradcheck_finds_a_wrong_gradient)
