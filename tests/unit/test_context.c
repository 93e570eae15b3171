/* Contexts: scopes and lifetimes, the sticky error, memory that comes back. */
#include "counted.h"
#include "unit.h"

START_TEST(nested_expressions_do_not_leak)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(8, 8));
    int64_t before = tt_memory_stats(ctx).live_tensors;
    for (int i = 0; i < 100; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        tt_add(tt_mul(x, x), tt_exp(tt_neg(x)));
        tt_scope_end(ctx, s);
    }
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, before);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(ending_a_scope_ends_those_inside)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_scope outer = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_scope inner = tt_scope_begin(ctx, TT_GRAD);
    tt_ones(ctx, TT_F32, TT_SHAPE(2));
    tt_scope_end(ctx, outer);
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, 0);
    tt_scope_end(ctx, inner); /* already ended: nothing happens */
    tt_scope_end(ctx, outer);
    tt_tensor *x = tt_set_readonly(tt_ones(ctx, TT_F32, TT_SCALAR));
    ck_assert(tt_item(x) == 1);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(keep_moves_to_the_parent_scope)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_scope a = tt_scope_begin(ctx, TT_NO_GRAD), b = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *x = tt_keep(tt_full(ctx, TT_F32, TT_SHAPE(3), 7));
    tt_scope_end(ctx, b);
    expect_values(x, F64(7, 7, 7));
    tt_scope_end(ctx, a);
    ck_assert_ptr_null(tt_neg(x));
    expect_error(ctx, TT_ERR_DEAD, "scope ended");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(views_outlive_the_scope_of_their_base)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *row = tt_keep(tt_select(counting(ctx, TT_SHAPE(2, 3)), 0, 1));
    tt_scope_end(ctx, s);
    expect_values(row, F64(3, 4, 5));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(the_first_error_stays)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *b = tt_ones(ctx, TT_F32, TT_SHAPE(4));
    tt_tensor *w = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 3));
    ck_assert_ptr_null(tt_exp(tt_matmul(tt_add(a, b), a)));
    ck_assert_ptr_null(tt_neg(a)); /* nothing runs while an error is set */
    ck_assert_int_lt(tt_add_(w, a), 0);
    ck_assert(!tt_ok(ctx));
    expect_error(ctx, TT_ERR_SHAPE, "add: ");
    ck_assert(tt_ok(ctx));
    expect_values(w, F64(0, 0, 0, 0, 0, 0));
    ck_assert_ptr_nonnull(tt_neg(a));
    tt_ctx_free(ctx);
}
END_TEST

static void count_calls(tt_ctx *ctx, tt_status status, const char *message, void *user)
{
    (void)ctx;
    ck_assert_int_eq(status, TT_ERR_SHAPE);
    ck_assert_ptr_nonnull(strstr(message, "(2, 3) float32"));
    ++*(int *)user;
}

START_TEST(the_handler_is_called_once)
{
    int calls = 0;
    tt_ctx *ctx = tt_ctx_new();
    tt_set_error_handler(ctx, count_calls, &calls);
    tt_tensor *a = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3));
    tt_mul(tt_add(a, tt_ones(ctx, TT_F32, TT_SHAPE(4))), a);
    ck_assert_int_eq(calls, 1);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(accessors_take_null)
{
    ck_assert_int_eq(tt_numel(NULL), 0);
    ck_assert_int_eq(tt_ndim(NULL), 0);
    ck_assert(isnan(tt_item(NULL)));
    ck_assert_ptr_null(tt_data(NULL));
    ck_assert_ptr_null(tt_grad(NULL));
    ck_assert_ptr_null(tt_add(NULL, NULL));
    ck_assert(!tt_ok(NULL));
    tt_scope_end(NULL, tt_scope_begin(NULL, TT_GRAD));
    tt_ctx_free(NULL);
}
END_TEST

START_TEST(contexts_do_not_mix)
{
    tt_ctx *a = tt_ctx_new(), *b = tt_ctx_new();
    tt_tensor *x = tt_ones(a, TT_F32, TT_SHAPE(2)), *y = tt_ones(b, TT_F32, TT_SHAPE(2));
    ck_assert_ptr_null(tt_add(x, y));
    expect_error(a, TT_ERR_CONTEXT, "different contexts");
    tt_error_clear(b);
    tt_tensor *shared = tt_share(a, y);
    expect_values(tt_add(x, shared), F64(2, 2));
    tt_ctx_free(b); /* the storage lives on in a */
    expect_values(shared, F64(1, 1));
    tt_ctx_free(a);
}
END_TEST

/* A bit of everything that allocates. */
static void work(tt_ctx *ctx)
{
    tt_tensor *w = tt_param(tt_normal(ctx, TT_F32, TT_SHAPE(6, 5), 0, 1));
    tt_tensor *b = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(6)));
    tt_optim *o = tt_adamw(ctx, TT_TENSORS(w, b), 1e-3, NULL);
    for (int i = 0; i < 2; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(4, 5));
        tt_tensor *t = tt_randint(ctx, TT_SHAPE(4), 0, 6);
        tt_tensor *h = tt_gelu(tt_linear(x, w, b));
        h = tt_cat(TT_TENSORS(h, tt_flip(h, TT_AXES(1))), 0);
        h = tt_add(tt_narrow(h, 0, 0, 4), tt_mean(h, TT_AXES(0), true));
        h = tt_mul(h, tt_transpose(tt_contiguous(tt_transpose(h, 0, 1)), 0, 1));
        h = tt_add(h, tt_einsum("b o, o i, p i -> b p", TT_TENSORS(h, w, w)));
        h = tt_reduce(tt_rearrange(h, "b (o p) -> p b o, p=2"), "p (b c) o -> b (o p c), c=1",
                      TT_SUM);
        tt_tensor *loss = tt_cross_entropy(h, t, -100);
        tt_optim_zero_grad(o);
        tt_backward(loss);
        tt_clip_grad_norm(TT_TENSORS(w, b), 1.0);
        tt_optim_step(o);
        tt_slice(w, "1:4, ::-1");
        tt_cumsum(w, 1);
        tt_argmax(w, 0, false);
        tt_einsum("ab,bc,cd,de->ae", TT_TENSORS(w, tt_transpose(w, 0, 1), w, tt_slice(w, "0:5")));
        tt_packing ps;
        tt_tensor *parts[2];
        tt_unpack(tt_pack(TT_TENSORS(w, tt_repeat(b, "o -> o 2 3")), "o *", &ps), &ps, "o *", 2,
                  parts);
        tt_scope_end(ctx, s);
    }
}

START_TEST(free_returns_every_byte)
{
    counter c = {0};
    tt_ctx *ctx = counted(&c);
    work(ctx);
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
    ck_assert_int_eq(c.held, 0);
}
END_TEST

/* Every single allocation fails once: the error is NOMEM, nothing leaks, the context stays usable.
 */
START_TEST(out_of_memory_at_every_call)
{
    for (int64_t at = 1;; at++) {
        counter c = {.fail_at = at};
        tt_ctx *ctx = counted(&c);
        if (!ctx) {
            ck_assert_int_eq(c.held, 0);
            continue;
        }
        work(ctx);
        bool failed = c.calls >= at;
        if (failed && !tt_ok(ctx)) {
            expect_error(ctx, TT_ERR_NOMEM, "out of memory");
            ck_assert(tt_item(tt_scalar(ctx, TT_F64, 3)) == 3);
        }
        tt_ctx_free(ctx);
        ck_assert_msg(c.held == 0, "call %lld failed: %lld blocks leak", (long long)at,
                      (long long)c.held);
        if (!failed)
            break;
    }
}
END_TEST

START_TEST(a_steady_step_allocates_nothing)
{
    counter c = {.fail_at = INT64_MAX};
    tt_ctx *ctx = counted(&c);
    tt_tensor *w = tt_param(tt_randn(ctx, TT_F32, TT_SHAPE(64, 64)));
    tt_optim *o = tt_adamw(ctx, TT_TENSORS(w), 1e-3, NULL);
    int64_t after_warm_up = 0;
    for (int i = 0; i < 10; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(32, 64));
        tt_tensor *loss = tt_mean(tt_square(tt_tanh(tt_linear(x, w, NULL))), TT_ALL_AXES, false);
        tt_optim_zero_grad(o);
        tt_backward(loss);
        tt_optim_step(o);
        tt_scope_end(ctx, s);
        if (i == 4)
            after_warm_up = c.calls;
    }
    ck_assert_int_eq(c.calls, after_warm_up);
    tt_ctx_free(ctx);
}
END_TEST

/* How many tensors are made, in steps of `live` of them, before one has the slot of a dead handle,
 * which then means another tensor. */
static int until_reused(tt_ctx *ctx, int live)
{
    bool again = false;
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(7));
    tt_scope_end(ctx, s);
    ck_assert_ptr_null(tt_exp(x));
    expect_error(ctx, TT_ERR_DEAD, "exp");
    for (int made = 0;; made += live) {
        s = tt_scope_begin(ctx, TT_GRAD);
        for (int k = 0; k < live; k++)
            again = tt_ones(ctx, TT_F32, TT_SHAPE(3)) == x || again;
        tt_scope_end(ctx, s);
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        if (again)
            return made;
    }
}

START_TEST(dead_handles_stay_dead_for_thousands)
{
    for (int live = 1; live <= 4000; live = 4 * live + 1) {
        tt_ctx *ctx = tt_ctx_new();
        for (int round = 0; round < 4; round++) { /* also when slots have been used before */
            int made = until_reused(ctx, live);
            ck_assert_msg(made > 4096 - live && made < 30000, "%d", made);
        }
        tt_ctx_free(ctx);
    }
}
END_TEST

/* What a training loop kept by mistake, used in the next step. */
START_TEST(a_use_after_a_training_step_is_an_error)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *w = tt_param(tt_randn(ctx, TT_F32, TT_SHAPE(8, 8))), *before = NULL;
    tt_optim *o = tt_adamw(ctx, TT_TENSORS(w), 1e-3, NULL);
    for (int i = 0; i < 200; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *loss =
            tt_mean(tt_square(tt_linear(tt_ones(ctx, TT_F32, TT_SHAPE(4, 8)), w, NULL)),
                    TT_ALL_AXES, false);
        tt_optim_zero_grad(o);
        tt_backward(loss);
        tt_optim_step(o);
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        if (before) {
            ck_assert_ptr_null(tt_add(loss, before));
            expect_error(ctx, TT_ERR_DEAD, "add: operand 1 is used after its scope ended");
        }
        before = loss;
        tt_scope_end(ctx, s);
    }
    tt_ctx_free(ctx);
}
END_TEST

/* Where the many slots are refused there are few, and more of them as they are needed. */
START_TEST(handles_where_memory_is_short)
{
    counter c = {.fail_at = 5}; /* after the pool, the context, its scopes and the elements */
    tt_ctx *ctx = counted(&c);
    tt_ones(ctx, TT_F32, TT_SHAPE(3));
    ck_assert(tt_ok(ctx) && tt_memory_stats(ctx).bytes_in_use < 100000);
    for (int i = 0; i < 1000; i++)
        tt_ones(ctx, TT_F32, TT_SHAPE(3));
    ck_assert(tt_ok(ctx) && tt_memory_stats(ctx).live_tensors == 1001);
    ck_assert_int_gt(until_reused(ctx, 1), 10);
    tt_ctx_free(ctx);
    ck_assert_int_eq(c.held, 0);

    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 1 << 18;
    ctx = tt_ctx_new_with(&o);
    tt_ones(ctx, TT_F32, TT_SHAPE(3));
    ck_assert(tt_ok(ctx) && tt_memory_stats(ctx).bytes_in_use < 100000);
    while (tt_ones(ctx, TT_F32, TT_SHAPE(1)))
        continue;
    expect_error(ctx, TT_ERR_NOMEM, "out of memory");
    ck_assert_int_gt(tt_memory_stats(ctx).live_tensors, 100);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(the_memory_limit_is_an_error)
{
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 1 << 20;
    tt_ctx *ctx = tt_ctx_new_with(&o);
    ck_assert_ptr_null(tt_zeros(ctx, TT_F32, TT_SHAPE(1024, 1024)));
    expect_error(ctx, TT_ERR_NOMEM, "(1024, 1024)");
    ck_assert_ptr_nonnull(tt_zeros(ctx, TT_F32, TT_SHAPE(1024)));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
    tt_ctx *ctx = tt_ctx_new();
    int64_t many[17];
    for (int i = 0; i < 17; i++)
        many[i] = 1;
    ck_assert_ptr_null(tt_zeros(ctx, TT_F32, TT_SHAPE((int64_t)1 << 40, (int64_t)1 << 40)));
    expect_error(ctx, TT_ERR_SHAPE, "");
    ck_assert_ptr_null(tt_zeros(ctx, TT_F32, 17, many));
    expect_error(ctx, TT_ERR_SHAPE, "16");
    ck_assert_ptr_null(tt_zeros(ctx, TT_F32, TT_SHAPE(2, -1)));
    expect_error(ctx, TT_ERR_SHAPE, "");
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("context", nested_expressions_do_not_leak, ending_a_scope_ends_those_inside,
          keep_moves_to_the_parent_scope, views_outlive_the_scope_of_their_base,
          the_first_error_stays, the_handler_is_called_once, accessors_take_null,
          contexts_do_not_mix, free_returns_every_byte, out_of_memory_at_every_call,
          a_steady_step_allocates_nothing, dead_handles_stay_dead_for_thousands,
          a_use_after_a_training_step_is_an_error, handles_where_memory_is_short,
          the_memory_limit_is_an_error, sizes_that_overflow_are_refused)
