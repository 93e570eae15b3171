/* Parameters in files by name, metadata by number, gradients clipped by value, printing with
 * options. */
#define _DEFAULT_SOURCE /* mkstemp */
#include "counted.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

static char path[64];
static tt_ctx *ctx;
static const char *const names[] = {"layer.weight", "layer.bias", "steps"};
static tt_tensor *params[3];

static void make_params(tt_ctx *of)
{
    params[0] = tt_param(counting(of, TT_SHAPE(2, 3)));
    params[1] = tt_param(tt_transpose(counting(of, TT_SHAPE(3, 2)), 0, 1)); /* any strides */
    params[2] = tt_scalar(of, TT_I64, 7);
}

static void setup(void)
{
    strcpy(path, "/tmp/tinytensor-params-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ctx = tt_ctx_new();
    make_params(ctx);
}

static void teardown(void)
{
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
    unlink(path);
}

static void spoil(void)
{
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    for (int i = 0; i < 3; i++)
        tt_fill_(params[i], -1);
    tt_scope_end(ctx, s);
}

static void expect_spoiled(void)
{
    for (int i = 0; i < 3; i++)
        ck_assert(tt_item(tt_cast(tt_max(params[i], TT_ALL_AXES, false), TT_F64)) == -1);
}

START_TEST(parameters_come_back)
{
    setup();
    ck_assert_int_eq(tt_save_params(path, 3, names, params), TT_OK);
    spoil();
    ck_assert_int_eq(tt_load_params(path, 3, names, params), TT_OK);
    expect_values(params[0], F64(0, 1, 2, 3, 4, 5));
    expect_values(params[1], F64(0, 2, 4, 1, 3, 5));
    ck_assert_int_eq(tt_item_i64(params[2]), 7);
    ck_assert(tt_requires_grad(params[0])); /* a leaf as before */
    tt_memory before = tt_memory_stats(ctx);
    ck_assert_int_eq(tt_load_params(path, 3, names, params), TT_OK);
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, before.live_tensors);
    ck_assert_int_eq(tt_memory_stats(ctx).bytes_in_use, before.bytes_in_use);
    teardown();
}
END_TEST

START_TEST(one_parameter_under_two_names)
{
    static const char *const tied[] = {"embedding", "head"};
    setup();
    tt_tensor *both[] = {params[0], params[0]};
    ck_assert_int_eq(tt_save_params(path, 2, tied, both), TT_OK);
    spoil();
    ck_assert_int_eq(tt_load_params(path, 2, tied, both), TT_OK);
    expect_values(params[0], F64(0, 1, 2, 3, 4, 5));
    teardown();
}
END_TEST

START_TEST(floats_are_converted)
{
    static const tt_dtype dtypes[] = {TT_F64, TT_F16, TT_BF16};
    setup();
    for (int i = 0; i < 3; i++) {
        tt_tensor *other = tt_cast(tt_detach(params[0]), dtypes[i]);
        ck_assert_int_eq(tt_save_params(path, 1, names, &other), TT_OK);
        spoil();
        ck_assert_int_eq(tt_load_params(path, 1, names, params), TT_OK);
        expect_values(params[0], F64(0, 1, 2, 3, 4, 5));
        ck_assert_int_eq(tt_load_params(path, 1, names, &other), TT_OK);
    }
    teardown();
}
END_TEST

START_TEST(all_problems_are_told_at_once)
{
    static const char *const there[] = {"layer.weight", "steps", "extra"};
    setup();
    tt_tensor *others[] = {tt_ones(ctx, TT_F32, TT_SHAPE(3, 2)), tt_ones(ctx, TT_F32, TT_SCALAR),
                           tt_ones(ctx, TT_F32, TT_SHAPE(4))};
    ck_assert_int_eq(tt_save_params(path, 3, there, others), TT_OK);
    spoil();
    ck_assert_int_eq(tt_load_params(path, 3, names, params), TT_ERR_SHAPE);
    expect_error(
        ctx, TT_ERR_SHAPE,
        "4 problems: 'layer.weight' is (3, 2), not (2, 3); 'layer.bias' is missing; 'steps' "
        "is float32, not int64; 'extra' is no parameter");
    expect_spoiled();
    ck_assert_int_eq(tt_load_params(path, 1, &there[2], &params[0]), TT_ERR_SHAPE);
    expect_error(ctx, TT_ERR_SHAPE, "'extra' is (4,), not (2, 3)");
    tt_save_params(path, 1, &names[0], &params[0]);
    ck_assert_int_eq(tt_load_params(path, 2, names, params), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "'layer.bias' is missing");
    tt_tensor *fixed = tt_set_readonly(tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)));
    ck_assert_int_eq(tt_load_params(path, 1, names, &fixed), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "the parameter 'layer.weight' is read-only");
    tt_tensor *rows[] = {params[0], tt_expand(tt_zeros(ctx, TT_F32, TT_SHAPE(3)), TT_SHAPE(2, 3))};
    tt_tensor *full[] = {params[0], tt_ones(ctx, TT_F32, TT_SHAPE(2, 3))};
    tt_save_params(path, 2, names, full);
    spoil();
    ck_assert_int_eq(tt_load_params(path, 2, names, rows), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "'layer.bias' has elements that are there twice");
    expect_spoiled();
    teardown();
}
END_TEST

/* More than the message has room for: the rest is counted. */
START_TEST(many_problems_are_counted)
{
    char text[100][32];
    const char *list[100];
    tt_tensor *same[100];
    setup();
    tt_save_params(path, 1, names, params);
    for (int i = 0; i < 100; i++) {
        snprintf(text[i], sizeof text[i], "blocks.%d.attention.weight", i);
        list[i] = text[i];
        same[i] = params[0];
    }
    tt_load_params(path, 100, list, same);
    ck_assert_ptr_nonnull(
        strstr(tt_error_message(ctx), "'blocks.0.attention.weight' is missing; "));
    ck_assert_ptr_nonnull(strstr(tt_error_message(ctx), " more"));
    expect_error(ctx, TT_ERR_ARG, "101 problems: ");
    teardown();
}
END_TEST

START_TEST(bad_lists_are_refused)
{
    setup();
    tt_ctx *stranger = tt_ctx_new();
    tt_tensor *mixed[] = {params[0], tt_ones(stranger, TT_F32, TT_SHAPE(2))};
    tt_tensor *holed[] = {params[0], NULL};
    static const char *const unnamed[] = {"a", NULL};
    for (int loads = 0; loads < 2; loads++) {
        tt_status (*f)(const char *, int, const char *const *, tt_tensor *const *) =
            loads ? tt_load_params : tt_save_params;
        ck_assert_int_eq(f(path, 2, names, mixed), TT_ERR_CONTEXT);
        expect_error(ctx, TT_ERR_CONTEXT, "parameter 1, 'layer.bias', is of another context");
        ck_assert_int_eq(f(path, 2, names, holed), TT_ERR_ARG);
        expect_error(ctx, TT_ERR_ARG, "parameter 1, 'layer.bias', is NULL");
        ck_assert_int_eq(f(path, 2, unnamed, params), TT_ERR_ARG);
        expect_error(ctx, TT_ERR_ARG, "name 1 is NULL");
        ck_assert_int_eq(f(path, 0, names, params), TT_ERR_ARG);
        ck_assert_int_eq(f(path, 1, names, NULL), TT_ERR_ARG);
        ck_assert_int_lt(f("/nowhere/x", 1, names, params), 0);
        expect_error(ctx, TT_ERR_IO, "/nowhere/x");
        tt_error_set(ctx, TT_ERR_ARG, "before");
        ck_assert_int_eq(f(path, 1, names, params), loads ? TT_ERR_ARG : TT_OK); /* saves anyway */
        expect_error(ctx, TT_ERR_ARG, "before");
    }
    tt_ctx_free(stranger);
    teardown();
}
END_TEST

START_TEST(out_of_memory_changes_no_parameter)
{
    setup();
    tt_save_params(path, 3, names, params);
    for (int64_t at = 1, failed = 1; failed; at++) {
        counter c = {.fail_at = at};
        tt_ctx *own = ctx, *other = counted(&c);
        if (other) {
            ctx = other;
            make_params(ctx);
            if (tt_ok(ctx)) {
                spoil();
                if (tt_load_params(path, 3, names, params) == TT_ERR_NOMEM) {
                    tt_error_clear(ctx);
                    expect_spoiled();
                } else {
                    tt_save_params(path, 3, names, params);
                }
            }
            tt_ctx_free(ctx);
            ctx = own;
        }
        failed = c.calls >= at;
        ck_assert_int_eq(c.held, 0);
    }
    teardown();
}
END_TEST

START_TEST(metadata_by_number)
{
    static const char *const keys[] = {"b", "a", "c"}, *const values[] = {"2", "1", "3"};
    setup();
    ck_assert_int_eq(tt_safetensors_save(path, 1, names, params, 3, keys, values), TT_OK);
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    ck_assert_int_eq(tt_safetensors_metadata_count(file), 3);
    for (int64_t i = 0; i < 3; i++) {
        const char *key = tt_safetensors_metadata_key(file, i);
        ck_assert(strlen(key) == 1 && key[0] == 'a' + i);
        ck_assert(tt_safetensors_metadata(file, key)[0] == '1' + i);
    }
    ck_assert_ptr_null(tt_safetensors_metadata_key(file, 3));
    ck_assert_ptr_null(tt_safetensors_metadata_key(file, -1));
    tt_safetensors_close(file);
    ck_assert_int_eq(tt_safetensors_metadata_count(NULL), 0);
    ck_assert_ptr_null(tt_safetensors_metadata_key(NULL, 0));
    tt_save_params(path, 1, names, params);
    file = tt_safetensors_open(ctx, path);
    ck_assert_int_eq(tt_safetensors_metadata_count(file), 0);
    tt_safetensors_close(file);
    teardown();
}
END_TEST

START_TEST(gradients_are_clipped_by_value)
{
    setup();
    tt_tensor *x = tt_param(values_f64(ctx, TT_SHAPE(4), F64(1, -2, 3, NAN)));
    tt_tensor *y = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2))), *idle = tt_param(tt_clone(y));
    tt_backward(tt_sum(tt_square(x), TT_ALL_AXES, false));
    tt_backward(tt_sum(tt_mul_scalar(y, 9), TT_ALL_AXES, false));
    ck_assert_int_eq(tt_clip_grad_value(TT_TENSORS(x, y, idle), 3), TT_OK);
    expect_values(tt_grad(x), F64(2, -3, 3, NAN));
    expect_values(tt_grad(y), F64(3, 3));
    ck_assert(!tt_has_grad(idle));
    ck_assert_int_eq(tt_clip_grad_value(TT_TENSORS(y), 0), TT_OK);
    expect_values(tt_grad(y), F64(0, 0));
    ck_assert_int_eq(tt_clip_grad_value(TT_TENSORS(x), -1), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "clip_grad_value: max_value is -1");
    ck_assert_int_eq(tt_clip_grad_value(TT_TENSORS(x), NAN), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "clip_grad_value: max_value is nan");
    tt_tensor *plain = tt_ones(ctx, TT_F32, TT_SHAPE(2));
    ck_assert_int_eq(tt_clip_grad_value(TT_TENSORS(x, plain), 1), TT_ERR_GRAD);
    expect_error(ctx, TT_ERR_GRAD, "clip_grad_value: parameter 1");
    ck_assert_int_eq(tt_clip_grad_value(TT_TENSORS(x, NULL), 1), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "parameter 1 is NULL");
    expect_values(tt_grad(x), F64(2, -3, 3, NAN)); /* as it was */
    ck_assert_int_eq(tt_clip_grad_value(0, NULL, 1), TT_OK);
    teardown();
}
END_TEST

START_TEST(printing_with_options)
{
    char text[256] = "";
    tt_print_options o = TT_PRINT_OPTIONS_INIT;
    setup();
    tt_tensor *x = values_f64(ctx, TT_SHAPE(2), F64(1.0 / 3, 12.5));
    o.precision = 2;
    FILE *f = tmpfile();
    ck_assert_int_eq(tt_fprint_with(f, x, &o), TT_OK);
    ck_assert_int_eq(tt_fprint_with(f, x, NULL), TT_OK);
    rewind(f);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, f), 0);
    fclose(f);
    ck_assert_str_eq(text, "[ 0.33 12.5 ]  (2,) float64\n"
                           "[ 0.33333333 12.5       ]  (2,) float64\n");
    ck_assert_int_eq(tt_print_with(x, &o), TT_OK);
    ck_assert_int_eq(tt_print_with(NULL, &o), TT_ERR_ARG);
    ck_assert_int_eq(tt_fprint_with(NULL, x, &o), TT_ERR_ARG);
    teardown();
}
END_TEST

RUN_TESTS("params", parameters_come_back, one_parameter_under_two_names, floats_are_converted,
          all_problems_are_told_at_once, many_problems_are_counted, bad_lists_are_refused,
          out_of_memory_changes_no_parameter, metadata_by_number, gradients_are_clipped_by_value,
          printing_with_options)
