/* Gradients are memory of their own: what a user writes to one reaches no other tensor, however the
 * pass handed the same values on. */
#include "counted.h"
#include "unit.h"

static const unsigned flags[] = {0, TT_RETAIN_GRAPH, TT_CREATE_GRAPH};

START_TEST(a_gradient_is_not_the_tensor_that_was_given)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(3)));
    tt_tensor *w = tt_full(ctx, TT_F64, TT_SHAPE(3), 5);
    ck_assert_int_eq(tt_backward_with(tt_add_scalar(x, 1), w, flags[_i]), TT_OK);
    expect_values(tt_grad(x), F64(5, 5, 5));
    ck_assert(!tt_same_storage(tt_grad(x), w));
    tt_clip_grad_norm(TT_TENSORS(x), 1);
    tt_zero_grad(TT_TENSORS(x));
    expect_values(w, F64(5, 5, 5));
    tt_ctx_free(ctx);
}
END_TEST

/* Of a recorded pass, too: then the leaf would hold itself, and never go. */
START_TEST(a_leaf_as_its_own_gradient)
{
    counter c = {0};
    tt_ctx *ctx = counted(&c);
    tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(3), 2));
    ck_assert_int_eq(tt_backward_with(tt_add_scalar(x, 1), x, flags[_i]), TT_OK);
    expect_values(tt_grad(x), F64(2, 2, 2));
    tt_zero_grad(TT_TENSORS(x));
    expect_values(x, F64(2, 2, 2));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
    ck_assert_int_eq(c.held, 0);
}
END_TEST

START_TEST(gradients_of_one_pass_do_not_share_memory)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(2)));
    tt_tensor *y = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(2))), *g[2];
    tt_tensor *sum = tt_sum(tt_add(x, y), TT_ALL_AXES, false);
    ck_assert_int_eq(tt_grads_of(sum, TT_TENSORS(x, y), TT_RETAIN_GRAPH, g), TT_OK);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    ck_assert_int_eq(tt_mul_scalar_(g[0], 4), TT_OK);
    tt_scope_end(ctx, s);
    expect_values(g[0], F64(4, 4));
    expect_values(g[1], F64(1, 1));
    tt_ctx_free(ctx);
}
END_TEST

int main(void)
{
    TCase *c = new_case("own gradients");
    tcase_add_loop_test(c, a_gradient_is_not_the_tensor_that_was_given, 0, 3);
    tcase_add_loop_test(c, a_leaf_as_its_own_gradient, 0, 3);
    tcase_add_test(c, gradients_of_one_pass_do_not_share_memory);
    return run_suite("own gradients", c);
}
