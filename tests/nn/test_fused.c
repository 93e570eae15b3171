/* Fused operations of networks against the compositions in their records: values, first and second
 * derivatives, odd sizes and strides, masks, threads. */
#include "../unit/unit.h"
#include "op/core/op.h"

typedef tt_tensor *(*call)(tt_tensor *const *in);

static tt_tensor *half_mask(tt_tensor *q, tt_tensor *k)
{
    tt_tensor *n = tt_arange(tt_ctx_of(q), TT_I64, 0, (double)(tt_size(q, -2) * tt_size(k, -2)), 1);
    return tt_ne_scalar(
        tt_remainder_scalar(tt_reshape(n, TT_SHAPE(tt_size(q, -2), tt_size(k, -2))), 3), 0);
}

static tt_tensor *targets(tt_tensor *x)
{
    tt_tensor *n = tt_arange(tt_ctx_of(x), TT_I64, 0, (double)tt_size(x, 0), 1);
    return tt_masked_fill(tt_remainder_scalar(n, 5), tt_eq_scalar(n, 1), -100);
}

static tt_tensor *layer_norm(tt_tensor *const *in)
{
    return tt_layer_norm(in[0], in[1], in[2], 1e-5);
}
static tt_tensor *layer_norm_bare(tt_tensor *const *in)
{
    return tt_layer_norm(in[0], NULL, NULL, 1e-5);
}
static tt_tensor *layer_norm_bias(tt_tensor *const *in)
{
    return tt_layer_norm(in[0], NULL, in[2], 1e-5);
}
static tt_tensor *rms_norm(tt_tensor *const *in)
{
    return tt_rms_norm(in[0], in[1], 1e-5);
}
static tt_tensor *rms_norm_bare(tt_tensor *const *in)
{
    return tt_rms_norm(in[0], NULL, 1e-5);
}
static tt_tensor *attention(tt_tensor *const *in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], NULL, false, 0);
}
static tt_tensor *causal(tt_tensor *const *in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], NULL, true, 0);
}
static tt_tensor *masked(tt_tensor *const *in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], half_mask(in[0], in[1]), true, 0);
}
static tt_tensor *biased(tt_tensor *const *in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], in[3], false, 0);
}
static tt_tensor *linear_loss(tt_tensor *const *in)
{
    return tt_linear_cross_entropy(in[0], in[1], targets(in[0]), -100);
}

static tt_tensor *biased_fixed(tt_tensor *const *in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], tt_detach(in[3]), false, 0);
}
static tt_tensor *softmax(tt_tensor *const *in)
{
    return tt_softmax(in[0], -1);
}
static tt_tensor *softmax_middle(tt_tensor *const *in)
{
    return tt_softmax(in[0], 1);
}
static tt_tensor *log_softmax(tt_tensor *const *in)
{
    return tt_log_softmax(in[0], -1);
}
/* The gradient of y, recorded, which is an operation itself; in: x, the gradient of y. */
static tt_tensor *gradient(tt_tensor *const *in, tt_tensor *(*f)(tt_tensor *x, int axis))
{
    tt_ctx *ctx = tt_ctx_of(in[0]);
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *x = in[0], *g = NULL;
    if (!tt_requires_grad(x)) {
        x = tt_detach(x);
        tt_set_requires_grad(x, true);
    }
    tt_tensor *sum = tt_sum(tt_mul(f(x, -1), in[1]), TT_ALL_AXES, false);
    tt_grads_of(sum, 1, &x, TT_CREATE_GRAPH, &g);
    g = tt_keep(g);
    tt_scope_end(ctx, s);
    return g;
}
static tt_tensor *softmax_gradient(tt_tensor *const *in)
{
    return gradient(in, tt_softmax);
}
static tt_tensor *log_softmax_gradient(tt_tensor *const *in)
{
    return gradient(in, tt_log_softmax);
}
static tt_tensor *cross_entropy(tt_tensor *const *in)
{
    return tt_cross_entropy(in[0], targets(in[0]), -100);
}
static tt_tensor *cross_entropy_with(tt_tensor *x, tt_loss_reduction reduction, bool weighted,
                                     double smoothing)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.ignore_index = -100;
    o.reduction = reduction;
    o.label_smoothing = smoothing;
    if (weighted) {
        tt_tensor *n = tt_arange(tt_ctx_of(x), tt_dtype_of(x), 0, (double)tt_size(x, -1), 1);
        o.weight = tt_add_scalar(tt_remainder_scalar(n, 3), 0.5);
    }
    return tt_cross_entropy_with(x, targets(x), &o);
}
static tt_tensor *cross_entropy_rows(tt_tensor *const *in)
{
    return cross_entropy_with(in[0], TT_LOSS_NONE, false, 0);
}
static tt_tensor *cross_entropy_smooth(tt_tensor *const *in)
{
    return cross_entropy_with(in[0], TT_LOSS_NONE, false, 0.1);
}
static tt_tensor *cross_entropy_weighted(tt_tensor *const *in)
{
    return cross_entropy_with(in[0], TT_LOSS_MEAN, true, 0);
}
static tt_tensor *cross_entropy_all(tt_tensor *const *in)
{
    return cross_entropy_with(in[0], TT_LOSS_SUM, true, 0.3);
}
static tt_tensor *bce(tt_tensor *const *in)
{
    return tt_bce_with_logits(in[0], in[1]);
}
static tt_tensor *bce_rows(tt_tensor *const *in)
{
    return tt_bce_with_logits_with(in[0], in[1], TT_LOSS_NONE);
}
static tt_tensor *cdist_0(tt_tensor *const *in)
{
    return tt_cdist(in[0], in[1], 0);
}
static tt_tensor *cdist_1(tt_tensor *const *in)
{
    return tt_cdist(in[0], in[1], 1);
}
static tt_tensor *cdist_2(tt_tensor *const *in)
{
    return tt_cdist(in[0], in[1], 2);
}
static tt_tensor *cdist_3(tt_tensor *const *in)
{
    return tt_cdist(in[0], in[1], 3);
}
static tt_tensor *cdist_max(tt_tensor *const *in)
{
    return tt_cdist(in[0], in[1], (double)INFINITY);
}
static tt_tensor *logcumsumexp(tt_tensor *const *in)
{
    return tt_logcumsumexp(in[0], -1);
}
static tt_tensor *logcumsumexp_middle(tt_tensor *const *in)
{
    return tt_logcumsumexp(in[0], 1);
}
static tt_tensor *linear(tt_tensor *const *in)
{
    return tt_linear(in[0], in[1], in[2]);
}
static tt_tensor *linear_bare(tt_tensor *const *in)
{
    return tt_linear(in[0], in[1], NULL);
}
/* Points further and further to the right, from the left of most x. */
static tt_tensor *interp(tt_tensor *const *in)
{
    return tt_interp(in[0], tt_add_scalar(tt_cumsum(tt_exp(in[1]), 0), -2), in[2]);
}

/* stride, padding, dilation and groups of their own, with a bias. */
static tt_tensor *conv_steps(tt_tensor *const *in)
{
    tt_conv2d_options o = {sizeof o, {2, 1}, {1, 2}, {1, 2}, 2, false};
    return tt_conv2d_with(in[0], in[1], in[2], &o);
}
static tt_tensor *conv(tt_tensor *const *in)
{
    return tt_conv2d(in[0], in[1], NULL, 1, 1, 1, 1);
}
static tt_tensor *depthwise(tt_tensor *const *in)
{
    return tt_conv2d(in[0], in[1], NULL, 1, 1, 1, tt_size(in[0], 1));
}
static tt_tensor *conv_transposed_steps(tt_tensor *const *in)
{
    tt_conv_transpose2d_options o = {sizeof o, {3, 2}, {1, 0}, {2, 1}, {1, 2}, 2};
    return tt_conv_transpose2d_with(in[0], in[1], in[2], &o);
}
static tt_tensor *conv_transposed(tt_tensor *const *in)
{
    return tt_conv_transpose2d(in[0], in[1], NULL, 1, 1, 0, 1, 1);
}
/* The gradient of a kernel of 3 x 3, recorded, which is an operation itself; in: x, that of y. */
static tt_tensor *conv_weight(tt_tensor *const *in)
{
    tt_ctx *ctx = tt_ctx_of(in[0]);
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *g = NULL, *w = tt_zeros(ctx, tt_dtype_of(in[0]),
                                       TT_SHAPE(tt_size(in[1], 1), tt_size(in[0], 1), 3, 3));
    tt_set_requires_grad(w, true);
    tt_tensor *y = tt_conv2d(in[0], w, NULL, 1, 1, 1, 1);
    tt_grads_of(tt_sum(tt_mul(y, in[1]), TT_ALL_AXES, false), 1, &w, TT_CREATE_GRAPH, &g);
    g = tt_keep(g);
    tt_scope_end(ctx, s);
    return g;
}

static tt_tensor *batch_norm(tt_tensor *const *in)
{
    return tt_batch_norm(in[0], NULL, NULL, in[1], in[2], true, 0.1, 1e-3);
}
static tt_tensor *batch_norm_bare(tt_tensor *const *in)
{
    return tt_batch_norm(in[0], NULL, NULL, NULL, NULL, true, 0.1, 1e-3);
}
static tt_tensor *batch_norm_running(tt_tensor *const *in)
{
    tt_tensor *mean =
        tt_arange(tt_ctx_of(in[0]), tt_dtype_of(in[0]), 0, (double)tt_numel(in[1]), 1);
    tt_tensor *var = tt_add_scalar(mean, 0.5);
    return tt_batch_norm(in[0], mean, var, in[1], in[2], false, 0.1, 1e-3);
}
/* op: the operation that is computed by its composition to compare with, in `plain` where that is
 * another function than `fused`. */
typedef struct row {
    const char *name, *op;
    call fused, plain;
    int n;
    int ndim[4];
    int64_t small[4][4], large[4][4];
} row;

#define NORM_SIZES                                                                                 \
    {3, 1, 1}, {{2, 3, 5}, {5}, {5}},                                                              \
    {                                                                                              \
        {3, 67, 193}, {193},                                                                       \
        {                                                                                          \
            193                                                                                    \
        }                                                                                          \
    }
#define ATTENTION_SIZES                                                                            \
    {4, 4, 4, 2}, {{2, 2, 3, 4}, {2, 2, 5, 4}, {2, 2, 5, 2}, {3, 5}},                              \
    {                                                                                              \
        {2, 3, 131, 16}, {2, 3, 277, 16}, {2, 3, 277, 24},                                         \
        {                                                                                          \
            131, 277                                                                               \
        }                                                                                          \
    }
#define ROWS_SIZES                                                                                 \
    {2, 2}, {{7, 5}, {7, 5}},                                                                      \
    {                                                                                              \
        {203, 131},                                                                                \
        {                                                                                          \
            203, 131                                                                               \
        }                                                                                          \
    }
#define CDIST_SIZES                                                                                \
    {3, 2}, {{2, 4, 3}, {5, 3}},                                                                   \
    {                                                                                              \
        {3, 67, 35},                                                                               \
        {                                                                                          \
            131, 35                                                                                \
        }                                                                                          \
    }
#define LINEAR_SIZES                                                                               \
    {3, 2, 1}, {{2, 3, 5}, {4, 5}, {4}},                                                           \
    {                                                                                              \
        {3, 67, 93}, {45, 93},                                                                     \
        {                                                                                          \
            45                                                                                     \
        }                                                                                          \
    }
#define CHANNEL_SIZES                                                                              \
    {4, 1, 1}, {{3, 2, 2, 5}, {2}, {2}},                                                           \
    {                                                                                              \
        {5, 37, 11, 13}, {37},                                                                     \
        {                                                                                          \
            37                                                                                     \
        }                                                                                          \
    }
#define CONV_SIZES                                                                                 \
    {4, 4}, {{2, 2, 4, 5}, {3, 2, 3, 3}},                                                          \
    {                                                                                              \
        {3, 20, 31, 45},                                                                           \
        {                                                                                          \
            37, 20, 3, 3                                                                           \
        }                                                                                          \
    }
#define ATTENTION "scaled_dot_product_attention"
static const row rows[] = {
    {"layer_norm", "layer_norm", layer_norm, NULL, 3, NORM_SIZES},
    {"layer_norm bare", "layer_norm", layer_norm_bare, NULL, 1, NORM_SIZES},
    {"layer_norm bias", "layer_norm", layer_norm_bias, NULL, 3, NORM_SIZES},
    {"rms_norm", "rms_norm", rms_norm, NULL, 2, NORM_SIZES},
    {"rms_norm bare", "rms_norm", rms_norm_bare, NULL, 1, NORM_SIZES},
    {"attention", ATTENTION, attention, NULL, 3, ATTENTION_SIZES},
    {"attention causal", ATTENTION, causal, NULL, 3, ATTENTION_SIZES},
    {"attention masked", ATTENTION, masked, NULL, 3, ATTENTION_SIZES},
    {"attention biased", ATTENTION, biased, biased_fixed, 4, ATTENTION_SIZES},
    {"attention, wide heads",
     ATTENTION,
     causal,
     NULL,
     3,
     {3, 3, 3},
     {{2, 3, 70}, {2, 5, 70}, {2, 5, 2}},
     {{2, 131, 200}, {2, 277, 200}, {2, 277, 130}}},
    {"linear_cross_entropy",
     "linear_cross_entropy",
     linear_loss,
     NULL,
     2,
     {2, 2},
     {{7, 3}, {5, 3}},
     {{200, 24}, {130000, 24}}},
    {"softmax", "softmax", softmax, NULL, 1, NORM_SIZES},
    {"softmax, middle axis", "softmax", softmax_middle, NULL, 1, NORM_SIZES},
    {"log_softmax", "log_softmax", log_softmax, NULL, 1, NORM_SIZES},
    {"softmax_backward", "softmax_backward", softmax_gradient, NULL, 2, ROWS_SIZES},
    {"softmax_backward, log", "softmax_backward", log_softmax_gradient, NULL, 2, ROWS_SIZES},
    {"cross_entropy", "cross_entropy", cross_entropy, NULL, 1, ROWS_SIZES},
    {"cross_entropy rows", "cross_entropy", cross_entropy_rows, NULL, 1, ROWS_SIZES},
    {"cross_entropy smooth", "cross_entropy", cross_entropy_smooth, NULL, 1, ROWS_SIZES},
    {"cross_entropy weighted", "cross_entropy", cross_entropy_weighted, NULL, 1, ROWS_SIZES},
    {"cross_entropy with all", "cross_entropy", cross_entropy_all, NULL, 1, ROWS_SIZES},
    {"bce_with_logits", "bce_with_logits", bce, NULL, 2, ROWS_SIZES},
    {"bce_with_logits rows", "bce_with_logits", bce_rows, NULL, 2, ROWS_SIZES},
    {"cdist, count", "cdist", cdist_0, NULL, 2, CDIST_SIZES},
    {"cdist, sum", "cdist", cdist_1, NULL, 2, CDIST_SIZES},
    {"cdist", "cdist", cdist_2, NULL, 2, CDIST_SIZES},
    {"cdist, cubes", "cdist", cdist_3, NULL, 2, CDIST_SIZES},
    {"cdist, largest", "cdist", cdist_max, NULL, 2, CDIST_SIZES},
    {"logcumsumexp", "logcumsumexp", logcumsumexp, NULL, 1, NORM_SIZES},
    {"logcumsumexp, middle axis", "logcumsumexp", logcumsumexp_middle, NULL, 1, NORM_SIZES},
    {"linear", "linear", linear, NULL, 3, LINEAR_SIZES},
    {"linear bare", "linear", linear_bare, NULL, 2, LINEAR_SIZES},
    {"conv", "conv", conv, NULL, 2, CONV_SIZES},
    {"conv with steps",
     "conv",
     conv_steps,
     NULL,
     3,
     {4, 4, 1},
     {{2, 4, 5, 6}, {6, 2, 3, 2}, {6}},
     {{3, 20, 37, 61}, {48, 10, 3, 2}, {48}}},
    {"conv depthwise",
     "conv",
     depthwise,
     NULL,
     2,
     {4, 4},
     {{2, 3, 4, 5}, {3, 1, 3, 3}},
     {{3, 20, 37, 61}, {20, 1, 3, 3}}},
    {"conv_transposed",
     "conv_transposed",
     conv_transposed,
     NULL,
     2,
     {4, 4},
     {{2, 2, 4, 5}, {2, 3, 3, 3}},
     {{3, 20, 31, 45}, {20, 37, 3, 3}}},
    {"conv_transposed with steps",
     "conv_transposed",
     conv_transposed_steps,
     NULL,
     3,
     {4, 4, 1},
     {{2, 4, 3, 4}, {4, 3, 3, 2}, {6}},
     {{3, 20, 17, 31}, {20, 24, 3, 2}, {48}}},
    {"conv_weight",
     "conv_weight",
     conv_weight,
     NULL,
     2,
     {4, 4},
     {{2, 2, 4, 5}, {2, 3, 4, 5}},
     {{3, 20, 31, 45}, {3, 37, 31, 45}}},
    {"interp", "interp", interp, NULL, 3, {2, 1, 1}, {{3, 7}, {5}, {5}}, {{203, 131}, {67}, {67}}},
    {"batch_norm", "batch_norm", batch_norm, NULL, 3, CHANNEL_SIZES},
    {"batch_norm bare", "batch_norm", batch_norm_bare, NULL, 1, CHANNEL_SIZES},
    {"batch_norm of rows",
     "batch_norm",
     batch_norm,
     NULL,
     3,
     {2, 1, 1},
     {{5, 3}, {3}, {3}},
     {{200, 131}, {131}, {131}}},
    {"batch_norm, running", "batch_norm", batch_norm_running, NULL, 3, CHANNEL_SIZES},
};
enum { ROWS = sizeof rows / sizeof *rows };

static tt_tensor *run(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n;
    return (*(const call *)user)(in);
}

START_TEST(derivatives)
{
    const row *r = &rows[_i];
    for (int transposed = 0; transposed < 2; transposed++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[4];
        tt_gradcheck_report report;
        for (int i = 0; i < r->n; i++) {
            in[i] = tt_randn(ctx, TT_F64, r->ndim[i], r->small[i]);
            if (transposed && r->ndim[i] > 1) /* the last axis is not contiguous */
                in[i] = tt_transpose(tt_contiguous(tt_transpose(in[i], -1, -2)), -1, -2);
        }
        tt_status s = tt_gradcheck(ctx, run, (void *)(uintptr_t)&r->fused, r->n, in, &report);
        ck_assert_msg(s == TT_OK, "%s: %s", r->name, tt_error_message(ctx));
        tt_ctx_free(ctx);
    }
}
END_TEST

static tt_tensor *squared_gradients(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    const row *r = user;
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *xs[4], *g[4], *total = NULL;
    for (int i = 0; i < n; i++) {
        xs[i] = in[i];
        if (!tt_requires_grad(xs[i])) {
            xs[i] = tt_detach(xs[i]);
            tt_set_requires_grad(xs[i], true);
        }
    }
    tt_tensor *y = tt_sum(tt_square(r->fused(xs)), TT_ALL_AXES, false);
    if (tt_grads_of(y, n, xs, TT_CREATE_GRAPH, g) == TT_OK)
        for (int i = 0; i < n; i++)
            if (g[i]) {
                tt_tensor *part = tt_sum(tt_square(g[i]), TT_ALL_AXES, false);
                total = total ? tt_add(total, part) : part;
            }
    total = tt_keep(total);
    tt_scope_end(ctx, s);
    return total;
}

START_TEST(second_derivatives)
{
    const row *r = &rows[_i];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[4];
    tt_gradcheck_report report;
    for (int i = 0; i < r->n; i++)
        in[i] = tt_mul_scalar(tt_randn(ctx, TT_F64, r->ndim[i], r->small[i]), 0.5);
    tt_status s = tt_gradcheck(ctx, squared_gradients, (void *)(uintptr_t)r, r->n, in, &report);
    ck_assert_msg(s == TT_OK, "%s: %s", r->name, tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

static double distance(tt_tensor *a, tt_tensor *b)
{
    tt_tensor *d = tt_max(tt_abs(tt_sub(a, b)), TT_ALL_AXES, false);
    return tt_item(d) / (1e-30 + tt_item(tt_max(tt_abs(b), TT_ALL_AXES, false)));
}

static const row *current;
static int composed;

static bool is_current(const op *o)
{
    bool is = strcmp(o->name, current->op) == 0;
    composed += is;
    return is;
}

/* The same by the composition in the record of the operation. */
static tt_tensor *by_composition(const row *r, tt_tensor *const *in)
{
    tt_ctx *ctx = tt_ctx_of(in[0]);
    current = r;
    composed = 0;
    ctx->composing = is_current;
    tt_tensor *y = (r->plain ? r->plain : r->fused)(in);
    ctx->composing = NULL;
    return y;
}

START_TEST(agrees_with_composition)
{
    const row *r = &rows[_i];
    for (int dtype = TT_F32; dtype <= TT_F64; dtype++) {
        tt_ctx *ctx = tt_ctx_new();
        double limit = dtype == TT_F32 ? 2e-5 : 1e-12;
        tt_tensor *a[4], *b[4];
        for (int i = 0; i < r->n; i++) {
            tt_tensor *x = tt_randn(ctx, (tt_dtype)dtype, r->ndim[i], r->large[i]);
            a[i] = tt_param(tt_clone(x));
            b[i] = tt_param(x);
        }
        tt_tensor *ya = r->fused(a), *yb = by_composition(r, b);
        ck_assert_msg(composed > 0, "%s: %s was not composed", r->name, r->op);
        tt_tensor *weight = tt_sin(tt_mul_scalar(tt_detach(yb), 7));
        tt_backward(tt_sum(tt_mul(ya, weight), TT_ALL_AXES, false));
        tt_backward(tt_sum(tt_mul(yb, weight), TT_ALL_AXES, false));
        double d = distance(ya, yb);
        ck_assert_msg(tt_ok(ctx) && d < limit, "%s: result is off by %g; %s", r->name, d,
                      tt_error_message(ctx));
        for (int i = 0; i < r->n; i++)
            if (tt_grad(b[i])) {
                d = distance(tt_grad(a[i]), tt_grad(b[i]));
                ck_assert_msg(tt_ok(ctx) && d < 5 * limit, "%s: gradient %d is off by %g; %s",
                              r->name, i, d, tt_error_message(ctx));
            }
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(threads_change_no_bit)
{
    const row *r = &rows[_i];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[4], *first[5] = {NULL};
    for (int i = 0; i < r->n; i++)
        in[i] = tt_param(tt_randn(ctx, TT_F32, r->ndim[i], r->large[i]));
    for (int threads = 1; threads <= 4; threads++) {
        tt_set_num_threads(ctx, threads);
        tt_zero_grad(r->n, in);
        tt_tensor *y = r->fused(in);
        tt_backward(tt_sum(tt_square(y), TT_ALL_AXES, false));
        for (int i = 0; i <= r->n; i++) {
            tt_tensor *t = i == r->n ? tt_detach(y) : tt_grad(in[i]);
            if (threads == 1)
                first[i] = t ? tt_clone(t) : NULL;
            else
                ck_assert_msg(!t || tt_array_equal(t, first[i]), "%s: %d threads, tensor %d",
                              r->name, threads, i);
        }
    }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(later_tokens_change_nothing_before)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(2, 150, 16));
    tt_tensor *a = tt_scaled_dot_product_attention(x, x, x, NULL, true, 0);
    tt_tensor *z = tt_clone(x);
    tt_fill_(tt_slice(z, ":, 97"), 3);
    tt_tensor *b = tt_scaled_dot_product_attention(z, z, z, NULL, true, 0);
    ck_assert(tt_array_equal(tt_slice(a, ":, :97"), tt_slice(b, ":, :97")));
    ck_assert(!tt_array_equal(tt_slice(a, ":, 98:"), tt_slice(b, ":, 98:")));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(attending_to_nothing_gives_zero)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_randn(ctx, TT_F64, TT_SHAPE(3, 4)));
    tt_tensor *mask = tt_ones(ctx, TT_BOOL, TT_SHAPE(3, 3));
    tt_fill_(tt_select(mask, 0, 1), 0);
    tt_tensor *y = tt_scaled_dot_product_attention(x, x, x, mask, false, 0);
    tt_backward(tt_sum(y, TT_ALL_AXES, false));
    expect_values(tt_select(y, 0, 1), F64(0, 0, 0, 0));
    ck_assert(tt_item(tt_all(tt_isfinite(tt_grad(x)), TT_ALL_AXES, false)) == 1);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(heads_share_keys)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *q = tt_randn(ctx, TT_F64, TT_SHAPE(2, 6, 5, 4)),
              *k = tt_randn(ctx, TT_F64, TT_SHAPE(1, 7, 4));
    tt_tensor *a = tt_scaled_dot_product_attention(q, k, k, NULL, false, 0);
    tt_tensor *all = tt_contiguous(tt_expand(k, TT_SHAPE(2, 6, 7, 4)));
    tt_tensor *b = tt_scaled_dot_product_attention(q, all, all, NULL, false, 0);
    ck_assert(tt_allclose(a, b, 1e-12, 1e-12, false));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(sizes_of_zero)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *none = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 0, 4)),
              *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3, 4));
    expect_shape(tt_scaled_dot_product_attention(none, x, x, NULL, false, 0), TT_SHAPE(2, 0, 4));
    tt_tensor *y = tt_scaled_dot_product_attention(x, none, none, NULL, false, 0);
    ck_assert(tt_item(tt_sum(tt_abs(y), TT_ALL_AXES, false)) == 0);
    expect_shape(tt_layer_norm(none, NULL, NULL, 1e-5), TT_SHAPE(2, 0, 4));
    expect_shape(tt_layer_norm(tt_zeros(ctx, TT_F32, TT_SHAPE(3, 0)), NULL, NULL, 1e-5),
                 TT_SHAPE(3, 0));
    tt_tensor *w = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(5, 4)));
    tt_tensor *t = tt_zeros(ctx, TT_I64, TT_SHAPE(2, 0));
    tt_tensor *loss = tt_linear_cross_entropy(none, w, t, -100);
    ck_assert(isnan(tt_item(loss)));
    tt_backward(loss);
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(errors)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *d = tt_ones(ctx, TT_F64, TT_SHAPE(3));
    tt_tensor *n = tt_ones(ctx, TT_I64, TT_SHAPE(2)), *w = tt_ones(ctx, TT_F32, TT_SHAPE(5, 3));
    tt_layer_norm(x, d, NULL, 1e-5);
    expect_error(ctx, TT_ERR_DTYPE, "layer_norm: dtypes differ");
    tt_layer_norm(x, tt_ones(ctx, TT_F32, TT_SHAPE(2)), NULL, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "x (... n) is (2, 3) float32");
    tt_rms_norm(n, NULL, 1e-5);
    expect_error(ctx, TT_ERR_DTYPE, "rms_norm: x is (2,) int64");
    tt_layer_norm(tt_scalar(ctx, TT_F32, 1), NULL, NULL, 1e-5);
    expect_error(ctx, TT_ERR_SHAPE, "at least one axis");
    tt_scaled_dot_product_attention(x, x, w, NULL, false, 0);
    expect_error(ctx, TT_ERR_SHAPE, "q (... t d) is (2, 3) float32");
    tt_scaled_dot_product_attention(x, x, d, NULL, false, 0);
    expect_error(ctx, TT_ERR_DTYPE, "one floating dtype");
    tt_scaled_dot_product_attention(x, x, x, n, false, 0);
    expect_error(ctx, TT_ERR_DTYPE, "the mask is (2,) int64");
    tt_scaled_dot_product_attention(x, x, x, tt_ones(ctx, TT_F32, TT_SHAPE(3, 3)), false, 0);
    expect_error(ctx, TT_ERR_SHAPE, "the mask is (3, 3) float32");
    tt_linear_cross_entropy(x, w, tt_full(ctx, TT_I64, TT_SHAPE(2), 5), -100);
    expect_error(ctx, TT_ERR_INDEX, "target 5 is not a class in [0, 5)");
    tt_linear_cross_entropy(x, w, tt_ones(ctx, TT_I64, TT_SHAPE(3)), -100);
    expect_error(ctx, TT_ERR_SHAPE, "targets (...) (3,) int64");
    tt_linear_cross_entropy(x, w, x, -100);
    expect_error(ctx, TT_ERR_DTYPE, "int64 are needed");
    tt_ctx_free(ctx);
}
END_TEST

typedef struct block {
    tt_tensor *w;
    int calls;
} block;

static tt_tensor *block_of(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    block *b = user;
    (void)ctx, (void)n;
    b->calls++;
    return tt_add(in[0], tt_dropout(tt_tanh(tt_linear(in[0], b->w, NULL)), 0.3));
}

static tt_tensor *net(tt_ctx *ctx, tt_tensor *x, block *b, int blocks, bool recompute)
{
    for (int i = 0; i < blocks; i++)
        x = recompute ? tt_checkpoint(ctx, block_of, &b[i], 1, &x) : block_of(ctx, 1, &x, &b[i]);
    return tt_sum(tt_square(x), TT_ALL_AXES, false);
}

START_TEST(checkpoint_gives_the_same_gradients)
{
    tt_tensor *grads[2][4];
    tt_ctx *ctx = tt_ctx_new();
    tt_set_training(ctx, true);
    for (int recompute = 0; recompute < 2; recompute++) {
        block b[3];
        tt_seed(ctx, 7);
        tt_tensor *x = tt_param(tt_randn(ctx, TT_F64, TT_SHAPE(5, 6)));
        for (int i = 0; i < 3; i++)
            b[i] = (block){tt_param(tt_randn(ctx, TT_F64, TT_SHAPE(6, 6))), 0};
        tt_backward(net(ctx, x, b, 3, recompute));
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        for (int i = 0; i < 3; i++) {
            grads[recompute][i] = tt_grad(b[i].w);
            ck_assert_int_eq(b[i].calls, 1 + recompute);
        }
        grads[recompute][3] = tt_grad(x);
    }
    for (int i = 0; i < 4; i++)
        ck_assert(tt_array_equal(grads[0][i], grads[1][i]));
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *checked(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    block b = {in[1], 0};
    (void)n, (void)user;
    return tt_checkpoint(ctx, block_of, &b, 1, in);
}

static tt_tensor *square_checked(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *x = in[0], *g;
    (void)n;
    if (!tt_requires_grad(x)) {
        x = tt_detach(x);
        tt_set_requires_grad(x, true);
    }
    tt_tensor *y = tt_sum(tt_square(tt_checkpoint(ctx, block_of, user, 1, &x)), TT_ALL_AXES, false);
    tt_grads_of(y, 1, &x, TT_CREATE_GRAPH, &g);
    g = tt_keep(g);
    tt_scope_end(ctx, s);
    return g;
}

/* What it is given: an input, or user, which is a parameter. */
static tt_tensor *given(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n;
    return user ? user : in[0];
}

START_TEST(checkpoint_of_what_is_there_already)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(3)));
    tt_tensor *w = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(3)));
    for (int i = 0; i < 2; i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *y = tt_checkpoint(ctx, given, i ? w : NULL, 1, &x);
        tt_backward(tt_sum(tt_mul_scalar(y, 2), TT_ALL_AXES, false));
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        ck_assert(tt_item(tt_sum(tt_grad(i ? w : x), TT_ALL_AXES, false)) == 6);
        tt_scope_end(ctx, s);
    }
    ck_assert(tt_item(tt_sum(tt_add(x, w), TT_ALL_AXES, false)) == 6); /* both live on */
    tt_tensor *none = NULL;
    ck_assert(!tt_checkpoint(ctx, given, NULL, 1, &none));
    expect_error(ctx, TT_ERR_ARG, "checkpoint: an operand is NULL");
    ck_assert(!tt_checkpoint(ctx, given, NULL, 0, &x));
    expect_error(ctx, TT_ERR_ARG, "1 to 15 inputs");
    ck_assert(!tt_checkpoint(ctx, given, NULL, 1, NULL));
    expect_error(ctx, TT_ERR_ARG, "1 to 15 inputs");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(checkpoint_errors_and_modes)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[] = {tt_randn(ctx, TT_F64, TT_SHAPE(2, 3)),
                       tt_randn(ctx, TT_F64, TT_SHAPE(3, 3))};
    block b = {in[1], 0};
    ck_assert(!tt_requires_grad(checked(ctx, 2, in, NULL)));
    tt_tensor *x = tt_param(tt_clone(in[0]));
    tt_checkpoint(ctx, NULL, NULL, 1, &x);
    expect_error(ctx, TT_ERR_ARG, "checkpoint: a function");
    b.w = tt_ones(ctx, TT_F64, TT_SHAPE(3, 4));
    ck_assert(!tt_checkpoint(ctx, block_of, &b, 1, &x));
    expect_error(ctx, TT_ERR_SHAPE, "linear");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    b.w = in[1];
    ck_assert(!tt_requires_grad(tt_checkpoint(ctx, block_of, &b, 1, &x)));
    tt_scope_end(ctx, s);
    tt_gradcheck_report report;
    tt_status status = tt_gradcheck(ctx, square_checked, &b, 1, in, &report);
    ck_assert_msg(status == TT_OK && report.ok, "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* The operations whose compositions were run, for tests/api/check_composed.sh. */
static void list_composed(void)
{
    for (const row *r = rows; r < rows + ROWS; r++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[4];
        for (int i = 0; i < r->n; i++)
            in[i] = tt_param(tt_randn(ctx, TT_F64, r->ndim[i], r->small[i]));
        by_composition(r, in);
        if (composed)
            puts(r->op);
        tt_ctx_free(ctx);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--composed") == 0) {
        list_composed();
        return EXIT_SUCCESS;
    }
    TCase *c = new_case("fused");
    tcase_add_loop_test(c, derivatives, 0, ROWS);
    tcase_add_loop_test(c, second_derivatives, 0, ROWS);
    tcase_add_loop_test(c, agrees_with_composition, 0, ROWS);
    tcase_add_loop_test(c, threads_change_no_bit, 0, ROWS);
    tcase_add_test(c, later_tokens_change_nothing_before);
    tcase_add_test(c, attending_to_nothing_gives_zero);
    tcase_add_test(c, heads_share_keys);
    tcase_add_test(c, sizes_of_zero);
    tcase_add_test(c, errors);
    tcase_add_test(c, checkpoint_gives_the_same_gradients);
    tcase_add_test(c, checkpoint_of_what_is_there_already);
    tcase_add_test(c, checkpoint_errors_and_modes);
    return run_suite("fused", c);
}
