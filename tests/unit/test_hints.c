/* Errors whose reason lies elsewhere name it, and a context with an error still gives away what it
 * has: elements are read, tensors, parameters and states are saved. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>
#include "unit.h"

START_TEST(a_scope_that_records_nothing_is_named)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2))), *g;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *y = tt_sum(x, TT_ALL_AXES, false);
    tt_backward(y);
    expect_error(
        ctx, TT_ERR_GRAD,
        "backward: () float32 does not depend on anything that requires grad; the scope is "
        "TT_NO_GRAD, and what is computed in one is not recorded");
    tt_grads_of(y, TT_TENSORS(x), 0, &g);
    expect_error(ctx, TT_ERR_GRAD,
                 "grads_of: () float32 does not depend on anything that requires "
                 "grad; the scope is TT_NO_GRAD");
    tt_scope_end(ctx, s);
    tt_backward(tt_sum(tt_detach(x), TT_ALL_AXES, false));
    ck_assert_ptr_null(strstr(tt_error_message(ctx), "TT_NO_GRAD"));
    expect_error(ctx, TT_ERR_GRAD, "does not depend on anything that requires grad");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(arithmetic_in_place_asks_for_a_cast)
{
    static const tt_dtype dtypes[] = {TT_F16, TT_BF16, TT_BOOL};
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 3; i++) {
        char want[80];
        tt_tensor *h = tt_ones(ctx, dtypes[i], TT_SHAPE(2));
        snprintf(want, sizeof want, "mul_scalar_: no arithmetic on (2,) %s; cast first",
                 tt_dtype_name(dtypes[i]));
        ck_assert_int_eq(tt_mul_scalar_(h, 2), TT_ERR_DTYPE);
        expect_error(ctx, TT_ERR_DTYPE, want);
        ck_assert_int_eq(tt_add_(h, h), TT_ERR_DTYPE);
        expect_error(ctx, TT_ERR_DTYPE, "add_: no arithmetic on (2,)");
        ck_assert_int_eq(tt_axpy_(h, 2, h), TT_ERR_DTYPE);
        expect_error(ctx, TT_ERR_DTYPE, "cast first");
    }
    tt_div_(tt_ones(ctx, TT_I64, TT_SHAPE(2)), tt_ones(ctx, TT_I64, TT_SHAPE(2)));
    expect_error(ctx, TT_ERR_DTYPE, "div_: the result is no (2,) int64");
    tt_ctx_free(ctx);
}
END_TEST

/* x, f'(x), f''(x) as recorded passes make them. */
static void derivatives(tt_tensor *x, tt_tensor *y, int n, tt_tensor **d)
{
    d[0] = y;
    for (int i = 1; i <= n; i++) {
        tt_tensor *sum = tt_sum(d[i - 1], TT_ALL_AXES, false);
        tt_grads_of(sum, TT_TENSORS(x), TT_CREATE_GRAPH, &d[i]);
    }
}

START_TEST(derivatives_are_named_after_their_function)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(2))), *d[4];
    derivatives(x, tt_tanh(x), 3, d);
    expect_error(ctx, TT_ERR_UNSUPPORTED, "tanh: derivatives beyond the second are not available");
    derivatives(x, tt_sin(x), 3, d);
    expect_error(ctx, TT_ERR_UNSUPPORTED, "sin: derivatives beyond the second");
    derivatives(x, tt_leaky_relu(x, 0.1), 3, d);
    expect_error(ctx, TT_ERR_UNSUPPORTED, "leaky_relu: derivatives beyond the second");
    derivatives(x, tt_tanh(x), 1, d);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_mul_scalar_(d[0], 2); /* which the gradient of the gradient reads */
    tt_scope_end(ctx, s);
    tt_backward(tt_sum(tt_square(d[1]), TT_ALL_AXES, false));
    expect_error(ctx, TT_ERR_GRAD, "of tanh");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(optimisers_refuse_what_they_could_not_step)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *w = tt_param(tt_transpose(tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), 0, 1));
    ck_assert_ptr_null(tt_sgd(ctx, TT_TENSORS(w), 0.1, NULL));
    expect_error(ctx, TT_ERR_ARG, "sgd: parameter 0 is not contiguous; make it of tt_contiguous()");
    tt_tensor *v = tt_param(tt_contiguous(tt_detach(w)));
    tt_optim *o = tt_adamw(ctx, TT_TENSORS(v), 0.1, NULL);
    ck_assert_ptr_nonnull(o);
    ck_assert_int_eq(tt_optim_add_group(o, TT_TENSORS(w), 0.1, 0), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "optim_add_group: parameter 0 is not contiguous");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(what_was_not_dropped_is_not_written)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3));
    tt_tensor *y = tt_dropout(x, 0.5), *part = tt_select(y, 0, 1);
    ck_assert(tt_is_readonly(y) && !tt_is_readonly(x) && tt_same_storage(x, y));
    ck_assert_int_eq(tt_mul_scalar_(y, 2), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG,
                 "mul_scalar_: the tensor is read-only: it is what tt_dropout was given, which "
                 "drops in training only; write to a tt_clone");
    ck_assert_int_eq(tt_fill_(part, 2), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG,
                 "fill_: the tensor is read-only: it is what tt_dropout was given");
    ck_assert_int_eq(tt_mul_scalar_(tt_clone(y), 2), TT_OK);
    ck_assert_int_eq(tt_mul_scalar_(x, 3), TT_OK);
    expect_values(y, F64(3, 3, 3, 3, 3, 3));
    tt_set_training(ctx, true);
    ck_assert_int_eq(tt_mul_scalar_(tt_dropout(x, 0.5), 2), TT_OK);
    ck_assert(tt_is_readonly(tt_dropout(x, 0)));
    tt_tensor *mine = tt_set_readonly(tt_clone(x));
    tt_set_training(ctx, false);
    tt_fill_(tt_dropout(mine, 0.5), 1);
    ck_assert_ptr_null(strstr(tt_error_message(ctx), "dropout"));
    expect_error(ctx, TT_ERR_ARG, "fill_: the tensor is read-only");
    tt_tensor *p = tt_param(tt_clone(x)); /* and gradients go through it */
    tt_backward(tt_sum(tt_square(tt_dropout(p, 0.5)), TT_ALL_AXES, false));
    expect_values(tt_grad(p), F64(6, 6, 6, 6, 6, 6));
    tt_ctx_free(ctx);
}
END_TEST

static void refused(tt_tensor *x)
{
    ck_assert_ptr_null(tt_reshape(x, TT_SHAPE(7)));
}

START_TEST(elements_are_read_after_an_error)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(2, 3)), *one = tt_scalar(ctx, TT_I64, 5);
    float out[6] = {0};
    refused(x);
    ck_assert(tt_get(x, TT_INDEX(1, -1)) == 5 && tt_item(one) == 5 && tt_item_i64(one) == 5);
    ck_assert(((const float *)tt_cdata(x))[4] == 4 && ((float *)tt_data(x))[4] == 4);
    ck_assert_int_eq(tt_copy_out(x, out, sizeof out), TT_OK);
    ck_assert(out[5] == 5);
    ck_assert(isnan(tt_get(x, TT_INDEX(2, 0))) && isnan(tt_item(x)) && isnan(tt_item(NULL)));
    ck_assert_int_eq(tt_copy_out(x, out, 1), TT_ERR_ARG);
    ck_assert_int_eq(tt_set(x, TT_INDEX(0, 0), 1), TT_ERR_SHAPE); /* nothing is written */
    expect_error(ctx, TT_ERR_SHAPE, "reshape: (2, 3) float32 cannot become (7,)");
    tt_ctx_free(ctx);
}
END_TEST

typedef struct heard {
    int calls;
    tt_status last;
} heard;

static void hear(tt_ctx *ctx, tt_status status, const char *message, void *user)
{
    heard *h = user;
    (void)ctx, (void)message;
    h->calls++;
    h->last = status;
}

/* The first error stays, with its text; what is wrong with a file is returned, and heard of. */
START_TEST(files_are_written_after_an_error)
{
    char dir[] = "/tmp/tinytensor-hints-XXXXXX", path[64];
    static const char *const names[] = {"a", "b"};
    heard h = {0, TT_OK};
    tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
    tt_tensor *x = tt_param(counting(ctx, TT_SHAPE(2, 3))), *t[] = {x, tt_transpose(x, 0, 1)};
    tt_optim *o = tt_sgd(ctx, TT_TENSORS(x), 0.25, NULL);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/file", dir);
    refused(x);
    tt_set_error_handler(ctx, hear, &h);
    ck_assert_int_eq(tt_save_npy(t[1], path), TT_OK);
    expect_values(tt_load_npy(other, path), F64(0, 3, 1, 4, 2, 5));
    ck_assert_int_eq(tt_save_npz(path, 2, names, t), TT_OK);
    expect_values(tt_load_npz(other, path, "a"), F64(0, 1, 2, 3, 4, 5));
    ck_assert_int_eq(tt_safetensors_save(path, 2, names, t, 0, NULL, NULL), TT_OK);
    ck_assert_int_eq(tt_save_params(path, 2, names, t), TT_OK);
    tt_tensor *back[] = {tt_zeros(other, TT_F32, TT_SHAPE(2, 3)),
                         tt_zeros(other, TT_F32, TT_SHAPE(3, 2))};
    ck_assert_int_eq(tt_load_params(path, 2, names, back), TT_OK);
    expect_values(back[1], F64(0, 3, 1, 4, 2, 5));
    ck_assert_int_eq(h.calls, 0);
    ck_assert_int_eq(tt_save_npy(x, "/nowhere/x.npy"), TT_ERR_IO);
    ck_assert(h.calls == 1 && h.last == TT_ERR_IO);
    ck_assert_int_eq(tt_save_npz("/nowhere/x.npz", 2, names, t), TT_ERR_IO);
    ck_assert_int_eq(tt_safetensors_save(NULL, 2, names, t, 0, NULL, NULL), TT_ERR_ARG);
    ck_assert_int_eq(tt_save_params(path, 2, (const char *[]){"a", NULL}, t), TT_ERR_ARG);
    ck_assert_int_eq(tt_optim_save(o, path), TT_OK);
    expect_values(tt_load_npz(other, path, "rates"), F64(0.25, 0));
    ck_assert_int_eq(tt_optim_save(o, "/nowhere/x.npz"), TT_ERR_IO);
    ck_assert_msg(tt_ok(other), "%s", tt_error_message(other));
    expect_error(ctx, TT_ERR_SHAPE, "reshape: (2, 3) float32 cannot become (7,)");
    ck_assert_int_eq(tt_save_npy(x, "/nowhere/x.npy"), TT_ERR_IO); /* the first one: recorded */
    expect_error(ctx, TT_ERR_IO, "save_npy: /nowhere/x.npy");
    remove(path);
    rmdir(dir);
    tt_ctx_free(ctx);
    tt_ctx_free(other);
}
END_TEST

RUN_TESTS("hints", a_scope_that_records_nothing_is_named, arithmetic_in_place_asks_for_a_cast,
          derivatives_are_named_after_their_function, optimisers_refuse_what_they_could_not_step,
          what_was_not_dropped_is_not_written, elements_are_read_after_an_error,
          files_are_written_after_an_error)
