/* Every differentiable operation against central differences in float64, over the layouts that
 * break gradients: contiguous, transposed, sliced with a step, reversed, broadcast, size 0, 0-d;
 * and gradients of gradients for the same rows. */
#include <stdio.h>
#include "../unit/unit.h"

typedef tt_tensor *(*call)(tt_tensor **in);

typedef struct row {
    const char *name;
    call fn;
    double lo, hi;
    int n;            /* inputs */
    bool keeps_shape; /* may be fed any shape (elementwise) */
} row;

static tt_tensor *idx(tt_tensor *x, int ndim, const int64_t *shape, const int64_t *values)
{
    return tt_from_data(tt_ctx_of(x), TT_I64, ndim, shape, values);
}
#define IDX(...) idx(x, TT_SHAPE(2, 2), (int64_t[]){__VA_ARGS__})

static tt_tensor *product_of_exp(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n, (void)user;
    return tt_mul(tt_exp(in[0]), in[1]);
}

/* Functions that fill a list: their results, joined with weights. */
static tt_tensor *joined(int n, tt_tensor **parts)
{
    tt_tensor *sum = NULL;
    for (int i = 0; i < n; i++) {
        tt_tensor *t = tt_sum(tt_mul_scalar(tt_square(parts[i]), i + 1), TT_ALL_AXES, false);
        sum = sum ? tt_add(sum, t) : t;
    }
    return sum;
}
static tt_tensor *call_chunk(tt_tensor **in)
{
    tt_tensor *out[2];
    tt_chunk(in[0], 1, 2, out);
    return joined(2, out);
}
static tt_tensor *call_split(tt_tensor **in)
{
    tt_tensor *out[2];
    tt_split(in[0], 1, 2, (int64_t[]){1, 3}, out);
    return joined(2, out);
}
static tt_tensor *call_unbind(tt_tensor **in)
{
    tt_tensor *out[3];
    return joined(tt_unbind(in[0], 0, 3, out), out);
}
static tt_tensor *call_meshgrid(tt_tensor **in)
{
    tt_tensor *out[2], *rows[] = {tt_select(in[0], 0, 0), tt_select(in[1], 1, 0)};
    tt_meshgrid(2, rows, out);
    return joined(2, out);
}
static tt_tensor *call_broadcast_tensors(tt_tensor **in)
{
    tt_tensor *out[2], *parts[] = {tt_select(in[0], 0, 0), tt_narrow(in[1], 1, 0, 1)};
    tt_broadcast_tensors(2, parts, out);
    return joined(2, out);
}
/* The same drops for every call, so that differences are those of one function. */
static tt_tensor *call_dropout(tt_tensor **in)
{
    tt_ctx *ctx = tt_ctx_of(in[0]);
    tt_seed(ctx, 3);
    tt_set_training(ctx, true);
    return tt_dropout(in[0], 0.4);
}
static tt_tensor *call_cross_entropy_with(tt_tensor **in)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.weight = tt_from_data(tt_ctx_of(in[0]), TT_F64, TT_SHAPE(4), (double[]){1, 2, 0.5, 3});
    o.label_smoothing = 0.1;
    tt_tensor *t = tt_from_data(tt_ctx_of(in[0]), TT_I64, TT_SHAPE(3), (int64_t[]){3, 0, -100});
    return tt_cross_entropy_with(in[0], t, &o);
}
/* Depthwise, of three channels that are columns. */
static tt_tensor *call_conv2d_with(tt_tensor **in)
{
    tt_conv2d_options o = TT_CONV2D_OPTIONS_INIT;
    o.padding[1] = 1;
    o.groups = 3;
    tt_tensor *bias = tt_select(in[2], 1, 0);
    return tt_conv2d_with(tt_reshape(in[0], TT_SHAPE(3, 4, 1)),
                          tt_reshape(in[1], TT_SHAPE(3, 1, 2, 2)), bias, &o);
}
static tt_tensor *call_conv_transpose2d_with(tt_tensor **in)
{
    tt_conv_transpose2d_options o = TT_CONV_TRANSPOSE2D_OPTIONS_INIT;
    o.stride[0] = 2;
    o.padding[1] = 1;
    o.groups = 3;
    return tt_conv_transpose2d_with(tt_reshape(in[0], TT_SHAPE(3, 2, 2)),
                                    tt_reshape(in[1], TT_SHAPE(3, 1, 2, 2)), tt_select(in[2], 1, 0),
                                    &o);
}
static tt_tensor *call_layer_norm(tt_tensor **in)
{
    return tt_layer_norm(in[0], tt_select(in[1], 0, 0), tt_select(in[2], 0, 0), 1e-5);
}
static tt_tensor *call_rms_norm(tt_tensor **in)
{
    return tt_rms_norm(in[0], tt_select(in[1], 0, 0), 1e-5);
}
static tt_tensor *call_scaled_dot_product_attention(tt_tensor **in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], NULL, true, 0);
}
/* Weights (3 n, 4) and (3 n, n) of a cell with n = 2: parts of the inputs, turned and repeated. */
static tt_tensor *weights_of(tt_tensor *x, int64_t rows, int64_t columns)
{
    tt_tensor *flat = tt_tile(tt_reshape(x, TT_SHAPE(-1)), TT_SHAPE(4));
    return tt_reshape(tt_narrow(flat, 0, 1, rows * columns), TT_SHAPE(rows, columns));
}
static tt_tensor *call_gru_cell(tt_tensor **in)
{
    tt_tensor *h = tt_narrow(in[1], 1, 1, 2), *w = weights_of(in[2], 6, 4);
    tt_tensor *u = weights_of(in[1], 6, 2), *b = tt_select(weights_of(in[0], 2, 6), 0, 1);
    return tt_gru_cell(in[0], h, w, u, b, b);
}
static tt_tensor *call_lstm_cell(tt_tensor **in)
{
    tt_tensor *h = tt_narrow(in[1], 1, 1, 2), *w = weights_of(in[2], 8, 4), *memory;
    tt_tensor *u = weights_of(in[1], 8, 2), *b = tt_select(weights_of(in[0], 2, 8), 0, 1);
    tt_tensor *y = tt_lstm_cell(in[0], h, tt_narrow(in[2], 1, 0, 2), w, u, NULL, b, &memory);
    return tt_add(tt_square(y), memory);
}
static tt_tensor *call_linear_cross_entropy(tt_tensor **in)
{
    tt_tensor *t = tt_from_data(tt_ctx_of(in[0]), TT_I64, TT_SHAPE(3), (int64_t[]){2, 0, -100});
    return tt_linear_cross_entropy(in[0], in[1], t, -100);
}

static tt_tensor *unpacked(tt_tensor *x)
{
    const tt_packed parts[] = {{1, {2}}, {2, {-1, 2}}};
    tt_tensor *out[2] = {NULL, NULL};
    tt_unpack(x, &(tt_packing){2, parts, NULL}, "a *", 2, out);
    return tt_mul(out[0], tt_reshape(out[1], TT_SHAPE(3, 2)));
}

/* x with a diagonal so large that it is regular, whatever x is, and its values lie apart. */
static tt_tensor *regular(tt_tensor *x)
{
    static const double more[] = {7, .1, .2, .3, .4, 14, .5, .1, .2, .6, 22, 1};
    return tt_add(x, tt_from_data(tt_ctx_of(x), TT_F64, TT_SHAPE(3, 4), more));
}
static tt_tensor *square(tt_tensor *x)
{
    return tt_narrow(regular(x), 1, 0, 3);
}
static tt_tensor *symmetric(tt_tensor *x)
{
    return tt_add(square(x), tt_transpose(square(x), 0, 1));
}
/* What a basis spans, whichever it is. */
static tt_tensor *onto(tt_tensor *q)
{
    return tt_matmul(q, tt_transpose(q, 0, 1));
}
static tt_tensor *definite(tt_tensor *x)
{
    return tt_matmul(regular(x), tt_transpose(regular(x), 0, 1));
}
/* With a pair of complex eigenvalues. */
static tt_tensor *turning(tt_tensor *x)
{
    static const double turn[] = {0, -12, 0, 12, 0, 0, 0, 0, 0};
    return tt_add(square(x), tt_from_data(tt_ctx_of(x), TT_F64, TT_SHAPE(3, 3), turn));
}
/* Results of different shapes as one number, of which each element has a part. */
static tt_tensor *mixed(tt_status status, int n, tt_tensor **out)
{
    tt_tensor *sum = NULL;
    for (int i = 0; status == TT_OK && i < n; i++) {
        tt_tensor *w = tt_arange(tt_ctx_of(out[i]), TT_F64, 0, (double)tt_numel(out[i]), 1);
        w = tt_sin(tt_add_scalar(tt_mul_scalar(w, 1.3), 0.5 + i));
        w = tt_sum(tt_mul(tt_reshape(w, tt_ndim(out[i]), tt_shape(out[i])), out[i]), TT_ALL_AXES,
                   false);
        sum = sum ? tt_add(sum, w) : w;
    }
    return sum;
}
#define MIXED(n, call) mixed(call, n, out)

#define FUNCTION(name, expression)                                                                 \
    static tt_tensor *fn_##name(tt_tensor **in)                                                    \
    {                                                                                              \
        tt_tensor *x = in[0], *y = in[1], *z = in[2], *out[4] = {NULL};                            \
        (void)x, (void)y, (void)z, (void)out;                                                      \
        return expression;                                                                         \
    }
#define UNARY(name, ...)                      FUNCTION(name, tt_##name(x))
#define BINARY(name, ...)                     FUNCTION(name, tt_##name(x, y))
#define REDUCE(name, ...)                     FUNCTION(name, tt_##name(x, TT_AXES(1), false))
#define CASE(name, inputs, result)            FUNCTION(name, result)
#define CASE_LIKE_UNARY(name, lo, hi, result) FUNCTION(name, result)
#include "kernel/elementwise/unary.def"
#include "kernel/elementwise/binary.def"
#include "kernel/reduce/reduce.def"
#include "cases.def"

static const row rows[] = {
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi) {#name, fn_##name, lo, hi, 1, true},
#define BINARY(name, z, cost, lo, hi, ...)           {#name, fn_##name, lo, hi, 2, true},
#define REDUCE(name, of_int, of_bool, empty, saves, dx, lo, hi, ...)                               \
    {#name, fn_##name, lo, hi, 1, false},
#define CASE(name, inputs, result)            {#name, fn_##name, -2, 2, inputs, false},
#define CASE_LIKE_UNARY(name, lo, hi, result) {#name, fn_##name, lo, hi, 1, true},
#include "kernel/elementwise/unary.def"
#include "kernel/elementwise/binary.def"
#include "kernel/reduce/reduce.def"
#include "cases.def"
};
enum { ROWS = sizeof rows / sizeof *rows, LAYOUTS = 5 };

/* A 3 x 4 tensor of random values in one of the layouts. */
static tt_tensor *input(tt_ctx *ctx, const row *r, int layout)
{
    switch (layout) {
    case 0:
        return tt_uniform(ctx, TT_F64, TT_SHAPE(3, 4), r->lo, r->hi);
    case 1:
        return tt_transpose(tt_uniform(ctx, TT_F64, TT_SHAPE(4, 3), r->lo, r->hi), 0, 1);
    case 2:
        return tt_slice(tt_uniform(ctx, TT_F64, TT_SHAPE(6, 9), r->lo, r->hi), "::2, 1::2");
    case 3:
        return tt_flip(tt_uniform(ctx, TT_F64, TT_SHAPE(3, 4), r->lo, r->hi), TT_ALL_AXES);
    default:
        return tt_expand(tt_uniform(ctx, TT_F64, TT_SHAPE(4), r->lo, r->hi), TT_SHAPE(3, 4));
    }
}

static tt_tensor *run(tt_ctx *ctx, int n, tt_tensor *const *inputs, void *user)
{
    tt_tensor *in[3] = {NULL};
    (void)ctx;
    for (int i = 0; i < n; i++)
        in[i] = inputs[i];
    return ((const row *)user)->fn(in);
}

/* The gradient as a function, for a check of the second derivative. */
static tt_tensor *run_gradient(tt_ctx *ctx, int n, tt_tensor *const *inputs, void *user)
{
    tt_tensor *xs[3], *out[3];
    tt_scope s =
        tt_scope_begin(ctx, TT_GRAD); /* also inside the differences, which record nothing */
    for (int i = 0; i < n; i++) {
        xs[i] = inputs[i];
        if (!tt_requires_grad(xs[i])) {
            xs[i] = tt_detach(xs[i]);
            tt_set_requires_grad(xs[i], true);
        }
    }
    tt_tensor *y = run(ctx, n, xs, user);
    tt_tensor *w =
        tt_add_scalar(tt_mul_scalar(tt_reshape(tt_arange(ctx, TT_F64, 0, (double)tt_numel(y), 1),
                                               tt_ndim(y), tt_shape(y)),
                                    0.3),
                      0.5);
    tt_tensor *total = NULL;
    if (tt_grads_of(tt_sum(tt_mul(y, w), TT_ALL_AXES, false), n, xs, TT_CREATE_GRAPH, out) == TT_OK)
        for (int i = 0; i < n; i++) {
            tt_tensor *part = tt_sum(tt_mul(out[i], out[i]), TT_ALL_AXES, false);
            total = total ? tt_add(total, part) : part;
        }
    total = tt_keep(total);
    tt_scope_end(ctx, s);
    return total;
}

START_TEST(first_derivatives)
{
    const row *r = &rows[_i];
    for (int layout = 0; layout < LAYOUTS; layout++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[3];
        tt_gradcheck_report report;
        tt_seed(ctx, (uint64_t)_i + 1);
        for (int i = 0; i < r->n; i++)
            in[i] = input(ctx, r, layout == 4 && i > 0 ? 0 : layout);
        /* an expanded input repeats its values: extrema would tie and selections jump */
        bool ties = layout == 4 && (strstr(r->name, "max") || strstr(r->name, "min"));
        if (!ties)
            ck_assert_msg(tt_gradcheck(ctx, run, (void *)(uintptr_t)r, r->n, in, &report) == TT_OK,
                          "%s, layout %d: %s", r->name, layout, tt_error_message(ctx));
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(second_derivatives)
{
    const row *r = &rows[_i];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[3];
    tt_gradcheck_report report;
    tt_seed(ctx, (uint64_t)_i + 1);
    for (int i = 0; i < r->n; i++)
        in[i] = input(ctx, r, i % 2);
    ck_assert_msg(tt_gradcheck(ctx, run_gradient, (void *)(uintptr_t)r, r->n, in, &report) == TT_OK,
                  "%s: %s", r->name, tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Broadcasting one operand against the other, size-0 and 0-d, for what is elementwise. */
START_TEST(other_shapes)
{
    static const int64_t shapes[][2] = {{3, 1}, {1, 4}, {0, 4}, {1, 1}};
    const row *r = &rows[_i];
    for (size_t k = 0; r->keeps_shape && k < 5; k++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[2];
        tt_gradcheck_report report;
        in[0] = k < 4 ? tt_uniform(ctx, TT_F64, 2, shapes[k], r->lo, r->hi)
                      : tt_uniform(ctx, TT_F64, TT_SCALAR, r->lo, r->hi);
        in[1] = tt_uniform(ctx, TT_F64, k == 2 ? 2 : 1, k == 2 ? (int64_t[]){1, 4} : (int64_t[]){4},
                           r->lo, r->hi);
        ck_assert_msg(tt_gradcheck(ctx, run, (void *)(uintptr_t)r, r->n, in, &report) == TT_OK,
                      "%s, shape %d: %s", r->name, (int)k, tt_error_message(ctx));
        tt_ctx_free(ctx);
    }
}
END_TEST

/* With --list: the names of what is checked, which tests/api/check_grads.sh compares with what the
 * headers promise. */
int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (int i = 0; i < ROWS; i++)
            puts(rows[i].name);
        return EXIT_SUCCESS;
    }
    TCase *c = new_case("grad");
    tcase_add_loop_test(c, first_derivatives, 0, ROWS);
    tcase_add_loop_test(c, second_derivatives, 0, ROWS);
    tcase_add_loop_test(c, other_shapes, 0, ROWS);
    return run_suite("grad", c);
}
