/* Thousands of random patterns against loops over all axes: results in float32, float64 and int64,
 * gradients in float64, over strided, flipped, expanded and empty operands; and gradients of
 * gradients against differences for some of them. */
#include "sample.h"

#include <stdio.h>

enum { CHUNK = 500 };

static void expect_close(const sample *s, const char *what, tt_tensor *got, const double *want,
                         double tolerance)
{
    int64_t n = tt_numel(got);
    double *v = malloc(((size_t)n + 1) * sizeof *v);
    ck_assert_int_eq(tt_copy_out(tt_cast(got, TT_F64), v, (size_t)n * sizeof *v), TT_OK);
    for (int64_t k = 0; k < n; k++)
        ck_assert_msg(fabs(v[k] - want[k]) <= tolerance * (1 + fabs(want[k])) ||
                          (tolerance == 0 && fabs(want[k]) > 9e15), /* int64 is exact beyond */
                      "\"%s\": %s: element %lld is %.9g, not %.9g", s->text, what, (long long)k,
                      v[k], want[k]);
    free(v);
}

static void expect_shape_of(const sample *s, tt_tensor *y)
{
    ck_assert_msg(y != NULL, "\"%s\": %s", s->text, "failed");
    ck_assert_msg(tt_ndim(y) == s->out.n, "\"%s\" has %d axes", s->text, tt_ndim(y));
    ck_assert_msg(tt_numel(y) == out_numel(s), "\"%s\" has %lld elements", s->text,
                  (long long)tt_numel(y));
}

/* The gradients of sum(y * weight). */
static void check_gradients(sample *s, tt_ctx *ctx, tt_tensor **x, double *want)
{
    double *weight = malloc(((size_t)out_numel(s) + 1) * sizeof *weight), *grads[OPERANDS];
    tt_tensor *leaf[OPERANDS], *got[OPERANDS];
    for (int64_t k = 0; k < out_numel(s); k++)
        weight[k] = (double)pick(s, 2000) / 1000 - 1;
    for (int i = 0; i < s->n; i++) {
        grads[i] = malloc(((size_t)tt_numel(x[i]) + 1) * sizeof(double));
        leaf[i] = tt_detach(x[i]);
        tt_set_requires_grad(leaf[i], true);
    }
    naive(s, x, want, weight, grads);
    tt_tensor *y = run_sample(s, leaf);
    ck_assert_msg(y != NULL, "\"%s\": %s", s->text, tt_error_message(ctx));
    tt_tensor *w = tt_from_data(ctx, TT_F64, tt_ndim(y), tt_shape(y), weight);
    tt_status done = tt_grads_of(tt_sum(tt_mul(y, w), TT_ALL_AXES, false), s->n, leaf, 0, got);
    ck_assert_msg(done == TT_OK, "\"%s\": %s", s->text, tt_error_message(ctx));
    for (int i = 0; i < s->n; i++) {
        char what[32];
        snprintf(what, sizeof what, "gradient of operand %d", i);
        ck_assert_msg(got[i] && tt_same_shape(got[i], x[i]), "\"%s\": no %s", s->text, what);
        expect_close(s, what, got[i], grads[i], 1e-9);
        free(grads[i]);
    }
    free(weight);
}

static void check_sample(kind k, uint64_t seed)
{
    static const double tolerance[] = {2e-4, 1e-10, 0};
    sample s;
    tt_tensor *x[OPERANDS];
    make_sample(&s, k, seed);
    for (int dtype = TT_F32; dtype <= TT_I64; dtype++) {
        if (dtype == TT_I64 && k == REDUCE && s.how == TT_MEAN)
            continue;
        tt_ctx *ctx = tt_ctx_new();
        tt_set_num_threads(ctx, 1);
        double *want = malloc(((size_t)out_numel(&s) + 1) * sizeof *want);
        make_operands(&s, ctx, (tt_dtype)dtype, x);
        tt_tensor *y = run_sample(&s, x);
        ck_assert_msg(tt_ok(ctx), "seed %d: \"%s\": %s", (int)seed, s.text, tt_error_message(ctx));
        expect_shape_of(&s, y);
        naive(&s, x, want, NULL, NULL);
        expect_close(&s, "result", y, want, tolerance[dtype]);
        if (dtype == TT_F64 && (k != REDUCE || s.how == TT_SUM || s.how == TT_MEAN))
            check_gradients(&s, ctx, x, want);
        free(want);
        tt_ctx_free(ctx);
    }
}

START_TEST(random_einsum)
{
    for (int i = 0; i < CHUNK; i++)
        check_sample(EINSUM, (uint64_t)(_i * CHUNK + i));
}
END_TEST

START_TEST(random_rearrange)
{
    for (int i = 0; i < CHUNK; i++)
        check_sample(REARRANGE, (uint64_t)(_i * CHUNK + i));
}
END_TEST

START_TEST(random_reduce)
{
    for (int i = 0; i < CHUNK; i++)
        check_sample(REDUCE, (uint64_t)(_i * CHUNK + i));
}
END_TEST

START_TEST(random_repeat)
{
    for (int i = 0; i < CHUNK; i++)
        check_sample(REPEAT, (uint64_t)(_i * CHUNK + i));
}
END_TEST

/* Differences. */

static tt_tensor *as_function(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    (void)ctx, (void)n;
    return run_sample(user, in);
}

/* The sum of the squares of the gradients, whose own gradient is of the second order. */
static tt_tensor *gradient_function(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    tt_tensor *leaf[OPERANDS], *g[OPERANDS], *total = tt_scalar(ctx, TT_F64, 0);
    tt_scope scope = tt_scope_begin(ctx, TT_GRAD);
    for (int i = 0; i < n; i++) {
        leaf[i] = in[i];
        if (!tt_requires_grad(in[i])) {
            leaf[i] = tt_detach(in[i]);
            tt_set_requires_grad(leaf[i], true);
        }
    }
    tt_tensor *y = run_sample(user, leaf);
    tt_tensor *loss = tt_sum(tt_mul(y, tt_mul(y, y)), TT_ALL_AXES, false);
    if (tt_grads_of(loss, n, leaf, TT_CREATE_GRAPH, g) == TT_OK)
        for (int i = 0; i < n; i++)
            total = tt_add(total, tt_sum(tt_mul(g[i], g[i]), TT_ALL_AXES, false));
    total = tt_keep(total);
    tt_scope_end(ctx, scope);
    return total;
}

/* Operands of a context, small enough that third powers stay where differences are accurate. */
static bool small_operands(sample *s, tt_ctx *ctx, tt_tensor **x)
{
    int64_t elements = 0;
    make_operands(s, ctx, TT_F64, x);
    for (int i = 0; i < s->n; i++) {
        elements += tt_numel(x[i]);
        x[i] = tt_mul_scalar(x[i], 0.2);
    }
    return elements <= 64;
}

START_TEST(differences)
{
    for (int i = 0; i < 40; i++) {
        sample s;
        tt_tensor *x[OPERANDS];
        tt_gradcheck_report report;
        make_sample(&s, (kind)_i, 100000 + (uint64_t)i);
        tt_ctx *ctx = tt_ctx_new();
        tt_set_num_threads(ctx, 1);
        if (small_operands(&s, ctx, x)) {
            bool ties = s.kind == REDUCE && (s.how == TT_MAX || s.how == TT_MIN);
            ck_assert_msg(ties || tt_gradcheck(ctx, as_function, &s, s.n, x, &report) == TT_OK,
                          "\"%s\": %s", s.text, tt_error_message(ctx));
            ck_assert_msg(ties ||
                              tt_gradcheck(ctx, gradient_function, &s, s.n, x, &report) == TT_OK,
                          "second order: \"%s\": %s", s.text, tt_error_message(ctx));
        }
        tt_ctx_free(ctx);
    }
}
END_TEST

int main(void)
{
    TCase *c = new_case("random patterns");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, random_einsum, 0, 8);
    tcase_add_loop_test(c, random_rearrange, 0, 4);
    tcase_add_loop_test(c, random_reduce, 0, 4);
    tcase_add_loop_test(c, random_repeat, 0, 4);
    tcase_add_loop_test(c, differences, EINSUM, REPEAT + 1);
    return run_suite("random patterns", c);
}
