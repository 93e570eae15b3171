/* What the test programs share: comparison of whole tensors with literals, and their main. */
#ifndef TT_UNIT_H
#define TT_UNIT_H

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

#define F64(...)                                                                                   \
    (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)), (double[])                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* The elements of x in C order, whatever its dtype, against n values. */
static inline void expect_values(tt_tensor *x, int n, const double *values)
{
    ck_assert_msg(x != NULL, "the tensor is NULL");
    ck_assert_int_eq(tt_numel(x), n);
    for (int k = 0; k < n; k++) {
        int64_t index[TT_MAX_NDIM], rest = k;
        for (int i = tt_ndim(x) - 1; i >= 0; i--) {
            index[i] = rest % tt_shape(x)[i];
            rest /= tt_shape(x)[i];
        }
        double got = tt_get(x, tt_ndim(x), index);
        if (isnan(values[k]))
            ck_assert_msg(isnan(got), "element %d is %g, not NaN", k, got);
        else
            ck_assert_msg(got == values[k] || fabs(got - values[k]) <= 1e-6 * (1 + fabs(values[k])),
                          "element %d is %.9g, not %.9g", k, got, values[k]);
    }
}

static inline void expect_shape(const tt_tensor *x, int ndim, const int64_t *shape)
{
    ck_assert_msg(x != NULL, "the tensor is NULL");
    ck_assert_int_eq(tt_ndim(x), ndim);
    for (int i = 0; i < ndim; i++)
        ck_assert_int_eq(tt_shape(x)[i], shape[i]);
}

/* The context holds this error, whose text has this in it; and is cleared for the next. */
static inline void expect_error(tt_ctx *ctx, tt_status code, const char *part)
{
    ck_assert_msg(tt_error_code(ctx) == code, "error is %s (%s), not %s",
                  tt_status_name(tt_error_code(ctx)), tt_error_message(ctx), tt_status_name(code));
    ck_assert_msg(strstr(tt_error_message(ctx), part) != NULL, "'%s' is not in '%s'", part,
                  tt_error_message(ctx));
    tt_error_clear(ctx);
}

/* 1, and said, when y is something, or the context holds another error than this; then it is
 * cleared for the next. */
static inline int not_refused(tt_ctx *ctx, const char *what, const tt_tensor *y, tt_status code,
                              const char *part)
{
    int wrong = y || tt_error_code(ctx) != code || !strstr(tt_error_message(ctx), part);
    if (wrong)
        fprintf(stderr, "%s: %s, '%s'; not %s, '%s'\n", what, tt_status_name(tt_error_code(ctx)),
                tt_error_message(ctx), tt_status_name(code), part);
    tt_error_clear(ctx);
    return wrong;
}

static inline tt_tensor *values_f64(tt_ctx *ctx, int ndim, const int64_t *shape, int n,
                                    const double *values)
{
    (void)n;
    return tt_from_data(ctx, TT_F64, ndim, shape, values);
}

/* 0, 1, 2, ... in the given shape, float32. */
static inline tt_tensor *counting(tt_ctx *ctx, int ndim, const int64_t *shape)
{
    int64_t n = 1;
    for (int i = 0; i < ndim; i++)
        n *= shape[i];
    return tt_reshape(tt_arange(ctx, TT_F32, 0, (double)n, 1), ndim, shape);
}

/* The one case of a test program, for tests of every kind to be added; run_suite() runs it. */
static inline TCase *new_case(const char *name)
{
    TCase *c = tcase_create(name);
    tcase_set_timeout(c, 120);
    return c;
}

/* Runs a case; the exit status of main. */
static inline int run_suite(const char *name, TCase *c)
{
    Suite *s = suite_create(name);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Runs tests that are plain functions; the exit status of main. */
static inline int run_tests(const char *name, const TTest *const *tests, size_t n)
{
    TCase *c = new_case(name);
    for (size_t i = 0; i < n; i++)
        tcase_add_test(c, tests[i]);
    return run_suite(name, c);
}

#define RUN_TESTS(name, ...)                                                                       \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        return run_tests(name, tests, sizeof tests / sizeof *tests);                               \
    }

#endif
