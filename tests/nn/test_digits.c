/* Digits that must not depend on how large numbers are: gradients of losses of large logits,
 * variances and normalisations around large means, rows at the ends of the range; against plain
 * loops in double over the same float32 elements. */
#include "../unit/unit.h"

enum { ROWS = 6, CLASSES = 77 };

/* Logits around a size, at distances that float32 has there, and a target for each row. */
static tt_tensor *logits_around(tt_ctx *ctx, double size)
{
    double step = fabs(size) < 1e7 ? 1 : fabs(size) < 1e9 ? 8 : 0;
    tt_tensor *x = tt_mul_scalar(tt_randn(ctx, TT_F32, TT_SHAPE(ROWS, CLASSES)), 3);
    if (fabs(size) >= 1e7)
        x = tt_mul_scalar(tt_round(x), step);
    return tt_add_scalar(x, size);
}

static tt_tensor *some_targets(tt_ctx *ctx)
{
    return tt_from_data(ctx, TT_I64, TT_SHAPE(ROWS), (int64_t[]){0, 5, CLASSES - 1, 40, 41, 7});
}

static double at(tt_tensor *x, int64_t i, int64_t k)
{
    return tt_get(x, TT_INDEX(i, k));
}

/* e^(x - max) / sum in double. */
static double probability(tt_tensor *x, int64_t i, int64_t k)
{
    double top = -HUGE_VAL, sum = 0;
    for (int64_t c = 0; c < tt_size(x, 1); c++)
        top = fmax(top, at(x, i, c));
    for (int64_t c = 0; c < tt_size(x, 1); c++)
        sum += exp(at(x, i, c) - top);
    return exp(at(x, i, k) - top) / sum;
}

static const double sizes[] = {0, 1e4, -1e4, 1e6, 1e8, -1e8, 3.4e38, -3.4e38};
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(gradients_of_cross_entropy)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(logits_around(ctx, sizes[_i])), *t = some_targets(ctx);
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.reduction = TT_LOSS_NONE;
    tt_tensor *loss = tt_cross_entropy_with(x, t, &o);
    tt_backward(tt_sum(loss, TT_ALL_AXES, false));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    for (int64_t i = 0; i < ROWS; i++) {
        int64_t target = (int64_t)tt_get(t, TT_INDEX(i));
        double p = probability(x, i, target), l = tt_get(loss, TT_INDEX(i));
        ck_assert_msg(fabs(l + log(p)) < 2e-6 * (1 - log(p)), "loss %lld at %g: %.9g, not %.9g",
                      (long long)i, sizes[_i], l, -log(p));
        for (int64_t k = 0; k < CLASSES; k++) {
            double want = probability(x, i, k) - (k == target), got = at(tt_grad(x), i, k);
            double limit = 1.5e-6 * (k == target ? 1 : want) + 1e-37;
            ck_assert_msg(fabs(got - want) < limit, "gradient (%lld, %lld) at %g: %.9g, not %.9g",
                          (long long)i, (long long)k, sizes[_i], got, want);
        }
    }
    tt_ctx_free(ctx);
}
END_TEST

/* Smoothing and weights take the other ways through the kernel. */
START_TEST(gradients_with_smoothing_and_weights)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *small = logits_around(ctx, 0), *t = some_targets(ctx);
    small = tt_round(tt_mul_scalar(small, 4)); /* exact beside 2^20, too */
    tt_tensor *grads[2], *losses[2];
    for (int large = 0; large < 2; large++) {
        tt_tensor *x = tt_param(tt_add_scalar(small, large ? 0x1p20 : 0));
        tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
        o.label_smoothing = 0.2;
        o.weight = tt_add_scalar(tt_arange(ctx, TT_F32, 0, CLASSES, 1), 1);
        losses[large] = tt_cross_entropy_with(x, t, &o);
        tt_backward(losses[large]);
        grads[large] = tt_grad(x);
    }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    ck_assert(tt_array_equal(grads[0], grads[1])); /* a shift changes nothing, not a bit */
    ck_assert(tt_array_equal(losses[0], losses[1]));
    tt_ctx_free(ctx);
}
END_TEST

/* The logits are the rows of a transposed weight: x is the identity. */
START_TEST(gradients_of_linear_cross_entropy)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *logits = logits_around(ctx, sizes[_i]), *t = some_targets(ctx);
    tt_tensor *w = tt_param(tt_contiguous(tt_transpose(logits, 0, 1)));
    tt_tensor *loss = tt_linear_cross_entropy(tt_eye(ctx, TT_F32, ROWS, ROWS), w, t, -100);
    double mean = 0;
    tt_backward(loss);
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    for (int64_t i = 0; i < ROWS; i++) {
        int64_t target = (int64_t)tt_get(t, TT_INDEX(i));
        mean -= log(probability(logits, i, target)) / ROWS;
        for (int64_t k = 0; k < CLASSES; k++) {
            double want = (probability(logits, i, k) - (k == target)) / ROWS;
            double got = at(tt_grad(w), k, i), limit = k == target ? 1 : want;
            ck_assert_msg(fabs(got - want) < 1.5e-6 * limit + 1e-37,
                          "gradient (%lld, %lld) at %g: %.9g, not %.9g", (long long)i, (long long)k,
                          sizes[_i], got, want);
        }
    }
    ck_assert_msg(fabs(tt_item(loss) - mean) < 2e-6 * (1 + mean), "loss at %g: %.9g, not %.9g",
                  sizes[_i], tt_item(loss), mean);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(gradients_of_logsumexp)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(logits_around(ctx, sizes[_i]));
    tt_backward(tt_sum(tt_logsumexp(x, TT_AXES(1), false), TT_ALL_AXES, false));
    tt_tensor *columns = tt_param(tt_contiguous(tt_transpose(tt_detach(x), 0, 1)));
    tt_backward(tt_sum(tt_logsumexp(columns, TT_AXES(0), false), TT_ALL_AXES, false));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t k = 0; k < CLASSES; k++) {
            double want = probability(x, i, k);
            for (int c = 0; c < 2; c++) {
                double got = c ? at(tt_grad(columns), k, i) : at(tt_grad(x), i, k);
                ck_assert_msg(fabs(got - want) < 1.5e-6 * want + 1e-37,
                              "gradient (%lld, %lld) at %g: %.9g, not %.9g", (long long)i,
                              (long long)k, sizes[_i], got, want);
            }
        }
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(logsumexp_of_infinities)
{
    tt_ctx *ctx = tt_ctx_new();
    const double inf = (double)INFINITY;
    tt_tensor *x = tt_param(values_f64(ctx, TT_SHAPE(3, 2), F64(-inf, -inf, -inf, 2, inf, 1)));
    tt_tensor *y = tt_logsumexp(x, TT_AXES(1), false);
    expect_values(y, F64(-inf, 2, inf));
    tt_backward(tt_sum(tt_narrow(y, 0, 0, 2), TT_ALL_AXES, false));
    expect_values(tt_narrow(tt_grad(x), 0, 0, 2), F64(0, 0, 0, 1));
    expect_values(tt_logsumexp(tt_zeros(ctx, TT_F32, TT_SHAPE(2, 0)), TT_AXES(1), false),
                  F64(-inf, -inf));
    tt_ctx_free(ctx);
}
END_TEST

/* n elements of float32 around a mean. */
static tt_tensor *around(tt_ctx *ctx, int64_t rows, int64_t n, double mean)
{
    return tt_cast(tt_add_scalar(tt_randn(ctx, TT_F64, TT_SHAPE(rows, n)), mean), TT_F32);
}

static double mean_of(tt_tensor *x, int64_t i)
{
    double sum = 0, first = at(x, i, 0);
    for (int64_t k = 0; k < tt_size(x, 1); k++)
        sum += at(x, i, k) - first;
    return first + sum / (double)tt_size(x, 1);
}

static double variance_of(tt_tensor *x, int64_t i)
{
    double sum = 0, mean = mean_of(x, i);
    for (int64_t k = 0; k < tt_size(x, 1); k++)
        sum += (at(x, i, k) - mean) * (at(x, i, k) - mean);
    return sum / (double)tt_size(x, 1);
}

static void close_to(double got, double want, double limit, const char *what, double mean)
{
    ck_assert_msg(fabs(got - want) <= limit, "%s around %g: %.9g, not %.9g", what, mean, got, want);
}

static const double means[] = {0, -3, 1e3, 1e5, -1e6, 1e7};
enum { MEANS = sizeof means / sizeof *means };

START_TEST(variances_around_large_means)
{
    static const int64_t lengths[] = {2, 17, 1000, 70000};
    for (int l = 0; l < 4; l++) {
        tt_ctx *ctx = tt_ctx_new();
        int64_t n = lengths[l];
        tt_tensor *x = around(ctx, 2, n, means[_i]), *t = tt_contiguous(tt_transpose(x, 0, 1));
        tt_tensor *rows = tt_var(x, TT_AXES(1), 0, false), *std = tt_std(x, TT_AXES(1), 0, false);
        tt_tensor *columns = tt_var(t, TT_AXES(0), 0, false);
        for (int64_t i = 0; i < 2; i++) {
            double want = variance_of(x, i), limit = 1e-6 * want;
            close_to(tt_get(rows, TT_INDEX(i)), want, limit, "var", means[_i]);
            close_to(tt_get(columns, TT_INDEX(i)), want, limit, "var of a column", means[_i]);
            close_to(tt_get(std, TT_INDEX(i)), sqrt(want), limit, "std", means[_i]);
        }
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(gradients_of_variances_around_large_means)
{
    tt_ctx *ctx = tt_ctx_new();
    enum { N = 300 };
    tt_tensor *x = tt_param(around(ctx, 2, N, means[_i]));
    tt_backward(tt_sum(tt_var(x, TT_AXES(1), 1, false), TT_ALL_AXES, false));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    for (int64_t i = 0; i < 2; i++)
        for (int64_t k = 0; k < N; k++)
            close_to(at(tt_grad(x), i, k), 2 * (at(x, i, k) - mean_of(x, i)) / (N - 1), 1e-8,
                     "gradient of var", means[_i]);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(gradients_of_deviations_of_equal_elements)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)));
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_set(x, TT_INDEX(1, 0), 4);
    tt_scope_end(ctx, s);
    tt_tensor *y = tt_std(x, TT_AXES(1), 0, false);
    expect_values(y, F64(0, (double)sqrtf(2)));
    tt_backward(tt_sum(y, TT_ALL_AXES, false));
    double third = 1 / sqrt(2) / 3;
    double want[] = {0, 0, 0, 2 * third, -third, -third};
    for (int i = 0; i < 6; i++)
        close_to(at(tt_grad(x), i / 3, i % 3), want[i], 1e-6, "gradient of std", 1);
    tt_ctx_free(ctx);
}
END_TEST

/* sum over k >= i of g_k e^(x_i - y_k), y_k the running one, in double. */
static double gradient_of_running(const double *x, const double *g, int n, int i)
{
    double sum = 0, top = -HUGE_VAL, rest = 0;
    for (int k = 0; k < n; k++) {
        double higher = fmax(top, x[k]);
        rest = rest * exp(top - higher) + exp(x[k] - higher);
        top = higher;
        if (k >= i)
            sum += g[k] * exp(x[i] - top) / rest;
    }
    return sum;
}

/* Exponentials of the range that the running values span would overflow. Around 1000 these have
 * four digits behind the point, and so has the gradient. */
START_TEST(gradients_of_running_logarithms)
{
    enum { N = 4 };
    static const double rows[][N] = {{0, 50, 100, 150},         {0, 200, -200, 300},
                                     {-200, 0, 5, 5},           {-1000, 1000, 1000, 1000},
                                     {1000, -1000, 1000, -1e4}, {-1e8, -1e8, 1e8, 1e8},
                                     {1e8, 1e8, 0, 1e8},        {-1e4, 0, 0, -1e4}};
    static const double weights[][N] = {{1, 1, 1, 1}, {-1, 2, 0, -3}, {0, 0, 0, 0}};
    for (int r = 0; r < 8; r++)
        for (int w = 0; w < 3; w++)
            for (int graph = 0; graph <= TT_CREATE_GRAPH; graph += TT_CREATE_GRAPH) {
                tt_ctx *ctx = tt_ctx_new();
                tt_tensor *x = tt_cast(tt_from_data(ctx, TT_F64, TT_SHAPE(N), rows[r]), TT_F32);
                tt_tensor *g = tt_cast(tt_from_data(ctx, TT_F64, TT_SHAPE(N), weights[w]), TT_F32);
                x = tt_param(x);
                tt_backward_with(tt_logcumsumexp(x, 0), g, (unsigned)graph);
                ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
                for (int i = 0; i < N; i++)
                    close_to(tt_get(tt_grad(x), TT_INDEX(i)),
                             gradient_of_running(rows[r], weights[w], N, i), 2e-6,
                             "gradient of logcumsumexp", r);
                tt_ctx_free(ctx);
            }
}
END_TEST

/* (x - mean) / sqrt(var + eps), its gradient for the gradient g of the result, and what the
 * weight's gradient adds up: all of one row, in double. */
typedef struct norm {
    double y, gx;
} norm;

static norm normalised(tt_tensor *x, tt_tensor *g, int64_t i, int64_t k, double eps)
{
    double n = (double)tt_size(x, 1), mean = mean_of(x, i), along = 0, sum = 0;
    double r = 1 / sqrt(variance_of(x, i) + eps);
    for (int64_t c = 0; c < tt_size(x, 1); c++) {
        sum += at(g, i, c) / n;
        along += at(g, i, c) * (at(x, i, c) - mean) * r / n;
    }
    double y = (at(x, i, k) - mean) * r;
    return (norm){y, r * (at(g, i, k) - sum - y * along)};
}

static void check_layer_norm(tt_tensor *x, double limit, const char *what, double mean)
{
    tt_ctx *ctx = tt_ctx_of(x);
    int64_t rows = tt_size(x, 0), n = tt_size(x, 1);
    x = tt_param(tt_clone(x));
    tt_tensor *w = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(n)));
    tt_tensor *g = tt_randn(ctx, TT_F32, TT_SHAPE(rows, n)), *y = tt_layer_norm(x, w, NULL, 1e-5);
    tt_backward_with(y, g, 0);
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    for (int64_t k = 0; k < n; k++) {
        double gw = 0;
        for (int64_t i = 0; i < rows; i++) {
            norm want = normalised(x, g, i, k, 1e-5);
            double r = fabs(want.y) > 0 ? 1 / sqrt(variance_of(x, i) + 1e-5) : 400;
            close_to(at(y, i, k), want.y, limit * (1 + fabs(want.y)), what, mean);
            close_to(at(tt_grad(x), i, k), want.gx, 4 * limit * r, what, mean);
            gw += want.y * at(g, i, k);
        }
        close_to(tt_get(tt_grad(w), TT_INDEX(k)), gw, 10 * limit * (1 + fabs(gw)), what, mean);
    }
}

START_TEST(layer_norm_around_large_means)
{
    static const int64_t lengths[] = {1, 2, 17, 768};
    for (int l = 0; l < 4; l++) {
        tt_ctx *ctx = tt_ctx_new();
        check_layer_norm(around(ctx, 3, lengths[l], means[_i]), 2e-6, "layer_norm", means[_i]);
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(layer_norm_of_equal_elements)
{
    static const double values[] = {0, 0.1, 3, 1e6, -1e10, 1e20, 3e38};
    for (int i = 0; i < 7; i++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *y =
            tt_layer_norm(tt_full(ctx, TT_F32, TT_SHAPE(1, 100), values[i]), NULL, NULL, 1e-5);
        double most = tt_item(tt_max(tt_abs(y), TT_ALL_AXES, false));
        ck_assert_msg(most == 0, "%g gives %g", values[i], most);
        tt_ctx_free(ctx);
    }
}
END_TEST

/* Rows whose sums or squares leave the range of float32. */
START_TEST(layer_norm_at_the_ends_of_the_range)
{
    static const double values[][4] = {{3e38, 3e38, 2e38, 3e38},
                                       {3e38, -3e38, -3e38, -3e38},
                                       {1e30, 2e30, -3e30, 4e30},
                                       {1e-38, 2e-38, 3e-38, -2e-38}};
    tt_ctx *ctx = tt_ctx_new();
    for (int i = 0; i < 4; i++) {
        tt_tensor *x = tt_cast(tt_from_data(ctx, TT_F64, TT_SHAPE(1, 4), values[i]), TT_F32);
        check_layer_norm(x, 2e-6, "row", (double)i);
    }
    for (int rms = 0; rms < 2; rms++) { /* float64, beyond what squares hold */
        tt_tensor *x = tt_param(tt_mul_scalar(tt_randn(ctx, TT_F64, TT_SHAPE(2, 9)), 0x1p1000));
        tt_tensor *z = tt_param(tt_mul_scalar(tt_detach(x), 0x1p-1000));
        tt_tensor *y[2], *in[] = {x, z};
        for (int k = 0; k < 2; k++) {
            y[k] = rms ? tt_rms_norm(in[k], NULL, 0) : tt_layer_norm(in[k], NULL, NULL, 0);
            tt_backward(tt_sum(tt_mul(y[k], tt_sin(tt_detach(z))), TT_ALL_AXES, false));
        }
        ck_assert(tt_allclose(y[0], y[1], 1e-14, 1e-14, false));
        ck_assert(tt_allclose(tt_mul_scalar(tt_grad(x), 0x1p1000), tt_grad(z), 1e-12, 1e-13, 0));
    }
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

int main(void)
{
    TCase *c = new_case("digits");
    tcase_add_loop_test(c, gradients_of_cross_entropy, 0, SIZES);
    tcase_add_test(c, gradients_with_smoothing_and_weights);
    tcase_add_loop_test(c, gradients_of_linear_cross_entropy, 0, SIZES);
    tcase_add_loop_test(c, gradients_of_logsumexp, 0, SIZES);
    tcase_add_test(c, logsumexp_of_infinities);
    tcase_add_loop_test(c, variances_around_large_means, 0, MEANS);
    tcase_add_loop_test(c, gradients_of_variances_around_large_means, 0, MEANS);
    tcase_add_test(c, gradients_of_deviations_of_equal_elements);
    tcase_add_test(c, gradients_of_running_logarithms);
    tcase_add_loop_test(c, layer_norm_around_large_means, 0, MEANS);
    tcase_add_test(c, layer_norm_of_equal_elements);
    tcase_add_test(c, layer_norm_at_the_ends_of_the_range);
    return run_suite("digits", c);
}
