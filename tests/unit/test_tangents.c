/* Forward mode: tangents through the rows of the tables, against differences; what has no jvp; and
 * every allocation failing once. */
#include "autograd/tangents.h"
#include "counted.h"
#include "tensor/object.h"
#include "unit.h"

typedef tt_tensor *(*fn1)(tt_tensor *);
typedef tt_tensor *(*fn2)(tt_tensor *, tt_tensor *);

static tt_tensor *range(tt_ctx *ctx, int ndim, const int64_t *shape, double lo, double hi)
{
    return tt_uniform(ctx, TT_F64, ndim, shape, lo, hi);
}

/* dz of z = f(x, y), of which y may be NULL, against (f(x + h dx, y + h dy) - f(x - ...)) / 2h. */
static void check(const char *name, fn1 one, fn2 two, tt_tensor *x, tt_tensor *y)
{
    tt_ctx *ctx = tt_ctx_of(x);
    const double h = 1e-6;
    const char *unable;
    tt_tensor *both[] = {tt_param(x), y ? tt_param(y) : NULL};
    tt_tensor *d[] = {tt_randn(ctx, TT_F64, tt_ndim(x), tt_shape(x)),
                      y ? tt_randn(ctx, TT_F64, tt_ndim(y), tt_shape(y)) : NULL};
    const node *before = ctx->tape_last;
    tt_tensor *z = one ? one(both[0]) : two(both[0], both[1]), *ends[2];
    tt_tensor *got = tangents_through(ctx, before, y ? 2 : 1, both, d, z, &unable);
    for (int s = 0; s < 2; s++) {
        tt_tensor *a = tt_add(tt_detach(x), tt_mul_scalar(d[0], s ? h : -h));
        tt_tensor *b = y ? tt_add(tt_detach(y), tt_mul_scalar(d[1], s ? h : -h)) : NULL;
        ends[s] = one ? one(a) : two(a, b);
    }
    tt_tensor *want = tt_mul_scalar(tt_sub(ends[1], ends[0]), 1 / (2 * h));
    ck_assert_msg(!unable, "%s: unable at %s", name, unable ? unable : "");
    if (got)
        ck_assert_msg(tt_allclose(got, tt_detach(want), 1e-5, 1e-6, false), "%s: %s", name,
                      tt_error_message(ctx));
    else
        ck_assert_msg(tt_allclose(want, tt_zeros_like(want), 0, 1e-9, false), "%s", name);
    ck_assert_msg(tt_ok(ctx), "%s: %s", name, tt_error_message(ctx));
}

START_TEST(unary_rows_have_tangents)
{
    tt_ctx *ctx = tt_ctx_new();
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi)                                               \
    check(#name, tt_##name, NULL, range(ctx, TT_SHAPE(3, 4), lo, hi), NULL);
#include "kernel/elementwise/unary.def"
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(binary_rows_have_tangents_and_broadcast_them)
{
    tt_ctx *ctx = tt_ctx_new();
#define BINARY(name, z, cost, lo, hi, ...)                                                         \
    check(#name, NULL, tt_##name, range(ctx, TT_SHAPE(3, 4), lo, hi),                              \
          range(ctx, TT_SHAPE(3, 1), lo, hi));
#include "kernel/elementwise/binary.def"
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *longer(tt_tensor *x, tt_tensor *y)
{
    tt_tensor *a = tt_mul(tt_tanh(x), tt_exp(y)), *b = tt_cumsum(tt_reshape(a, TT_SHAPE(-1)), 0);
    return tt_add(b, tt_mul(b, tt_reshape(x, TT_SHAPE(-1))));
}

START_TEST(tangents_pass_through_compositions)
{
    tt_ctx *ctx = tt_ctx_new();
    check("longer", NULL, longer, range(ctx, TT_SHAPE(3, 4), -1, 1),
          range(ctx, TT_SHAPE(4), -1, 1));
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(one_operand_may_have_no_tangent)
{
    tt_ctx *ctx = tt_ctx_new();
    const char *unable;
    tt_tensor *x = tt_param(range(ctx, TT_SHAPE(2, 3), 1, 2)), *dx = tt_ones_like(x);
    tt_tensor *y = range(ctx, TT_SHAPE(4, 1, 3), 1, 2);
    tt_tensor *z = tt_sub(y, x);
    tt_tensor *dz = tangents_through(ctx, NULL, 1, &x, &dx, z, &unable);
    expect_shape(dz, TT_SHAPE(4, 2, 3));
    ck_assert(tt_array_equal(dz, tt_full(ctx, TT_F64, TT_SHAPE(4, 2, 3), -1)));
    ck_assert_ptr_null(tangents_through(ctx, NULL, 1, &x, &dx, tt_exp(y), &unable));
    ck_assert_ptr_null(unable);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(what_was_saved_and_written_since_is_an_error)
{
    tt_ctx *ctx = tt_ctx_new();
    const char *unable;
    tt_tensor *x = tt_param(range(ctx, TT_SHAPE(3), 1, 2)), *dx = tt_ones_like(x);
    tt_tensor *z = tt_exp(x), *written = tt_detach(z);
    tt_zero_(written);
    ck_assert_ptr_null(tangents_through(ctx, NULL, 1, &x, &dx, z, &unable));
    expect_error(ctx, TT_ERR_GRAD, "jvp: its result of exp");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(what_has_no_jvp_is_named)
{
    tt_ctx *ctx = tt_ctx_new();
    const char *unable;
    tt_tensor *x = tt_param(range(ctx, TT_SHAPE(2, 3), 1, 2)), *dx = tt_ones_like(x);
    tt_tensor *z = tt_logsumexp(tt_exp(x), TT_AXES(1), false);
    ck_assert_ptr_null(tangents_through(ctx, NULL, 1, &x, &dx, z, &unable));
    ck_assert_str_eq(unable, "logsumexp");
    ck_assert(tt_ok(ctx));
    ck_assert_int_eq(tt_backward_with(z, tt_ones_like(z), 0), TT_OK); /* nothing was left behind */
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(memory_failing_anywhere_is_an_error_and_leaves_nothing)
{
    bool failed = true;
    for (int64_t at = 1; failed; at++) {
        counter c = {0};
        tt_ctx *ctx = counted(&c);
        const char *unable;
        tt_tensor *x = tt_param(range(ctx, TT_SHAPE(40, 50), -1, 1)), *dx = tt_ones_like(x);
        tt_tensor *z = longer(x, tt_ones_like(x)), *dz;
        c.fail_at = at;
        c.calls = 0;
        dz = tangents_through(ctx, NULL, 1, &x, &dx, z, &unable);
        failed = c.calls >= at;
        c.fail_at = 0;
        ck_assert_ptr_null(unable);
        ck_assert(dz ? tt_ok(ctx) : tt_error_code(ctx) == TT_ERR_NOMEM);
        tt_ctx_free(ctx);
        ck_assert_int_eq(c.held, 0);
    }
}
END_TEST

RUN_TESTS("tangents", unary_rows_have_tangents, binary_rows_have_tangents_and_broadcast_them,
          tangents_pass_through_compositions, one_operand_may_have_no_tangent,
          what_was_saved_and_written_since_is_an_error, what_has_no_jvp_is_named,
          memory_failing_anywhere_is_an_error_and_leaves_nothing)
