/* The op record, by operations that exist for these tests alone: several results with a gradient
 * each, a forward that fails, attributes that own something, a composition; and each of these with
 * every allocation failing once. */
#include "op/core/op.h"
#include "counted.h"
#include "unit.h"

/* Polar coordinates (r, theta) of (x, y), float64, and the number of the quadrant, int64. The first
 * is saved, so a recorded pass goes through it as well. */
enum { R, THETA, QUADRANT, RESULTS };

static tt_status polar_infer(op_call *c)
{
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    layout_init(infer_also(c, TT_F64), c->in[0]->at.ndim, c->in[0]->at.shape);
    layout_init(infer_also(c, TT_I64), c->in[0]->at.ndim, c->in[0]->at.shape);
    return infer_same_shape(c, TT_F64);
}

static void polar_forward(op_call *c)
{
    const double *x = tt_data(c->in[0]), *y = tt_data(c->in[1]);
    double *r = tt_data(c->out), *theta = tt_data(c->result[THETA].tensor);
    int64_t *quadrant = tt_data(c->result[QUADRANT].tensor);
    for (int64_t i = 0; i < tt_numel(c->in[0]); i++) {
        r[i] = hypot(x[i], y[i]);
        theta[i] = atan2(y[i], x[i]);
        quadrant[i] = y[i] >= 0 ? x[i] < 0 : 2 + (x[i] >= 0);
    }
}

static void polar_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gr = grads_out_of(g, R), *gt = grads_out_of(g, THETA);
    ck_assert_ptr_null(grads_out_of(g, QUADRANT));
    for (int i = 0; i < 2; i++) {
        tt_tensor *mine = tt_div(c->in[i], c->out), *other = tt_div(c->in[1 - i], c->out);
        if (gr)
            grads_add(g, i, tt_mul(gr, mine));
        if (gt)
            grads_add(g, i, tt_mul(tt_div(gt, c->out), i ? other : tt_neg(other)));
    }
}

static const op polar_op = {.name = "polar",
                            .infer = polar_infer,
                            .forward = polar_forward,
                            .vjp = polar_vjp,
                            .saves = SAVE_IN_ALL | SAVE_RESULT(R)};

static bool polar(tt_tensor *x, tt_tensor *y, tt_tensor **r, tt_tensor **theta,
                  tt_tensor **quadrant)
{
    tt_tensor *in[] = {x, y}, **const out[] = {r, theta, quadrant};
    return op_apply_all(&polar_op, 2, in, NULL, 0, RESULTS, out);
}

static void points(tt_ctx *ctx, tt_tensor **x, tt_tensor **y)
{
    *x = tt_param(values_f64(ctx, TT_SHAPE(3), F64(3, -1, 0.5)));
    *y = tt_param(values_f64(ctx, TT_SHAPE(3), F64(4, 2, -2)));
}

static tt_tensor *weighted(tt_tensor *t, double first)
{
    tt_tensor *w = tt_arange(tt_ctx_of(t), TT_F64, first, first + 3, 1);
    return tt_sum(tt_mul(tt_square(t), w), TT_ALL_AXES, false);
}

/* What is asked of both results (bit 0 and 1), by the op or by public operations. */
static tt_tensor *asked(tt_tensor *x, tt_tensor *y, int which, bool plain)
{
    tt_tensor *r = NULL, *theta = NULL, *loss = NULL;
    if (plain) {
        r = tt_hypot(x, y);
        theta = tt_atan2(y, x);
    } else {
        polar(x, y, &r, &theta, NULL);
    }
    if (which & 1)
        loss = weighted(r, 1);
    if (which & 2)
        loss = loss ? tt_add(loss, weighted(theta, -2)) : weighted(theta, -2);
    return loss;
}

static void expect_close(tt_tensor *a, tt_tensor *b)
{
    ck_assert_msg(a && b && tt_allclose(a, b, 1e-10, 1e-10, false), "the tensors differ");
}

START_TEST(each_result_has_its_own_gradient)
{
    for (int which = 1; which <= 3; which++) { /* of one result, of the other, of both */
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *x, *y, *got[2], *want[2];
        points(ctx, &x, &y);
        ck_assert_int_eq(tt_grads_of(asked(x, y, which, false), TT_TENSORS(x, y), 0, got), TT_OK);
        ck_assert_int_eq(tt_grads_of(asked(x, y, which, true), TT_TENSORS(x, y), 0, want), TT_OK);
        for (int i = 0; i < 2; i++)
            expect_close(got[i], want[i]);
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(second_derivatives_through_each_result)
{
    for (int which = 1; which <= 3; which++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *x, *y, *seconds[2][2];
        points(ctx, &x, &y);
        for (int plain = 0; plain < 2; plain++) {
            tt_tensor *g[2];
            tt_tensor *loss = asked(x, y, which, plain);
            ck_assert_int_eq(tt_grads_of(loss, TT_TENSORS(x, y), TT_CREATE_GRAPH, g), TT_OK);
            tt_tensor *z = tt_add(weighted(g[0], 2), weighted(g[1], 5));
            ck_assert_int_eq(tt_grads_of(z, TT_TENSORS(x, y), 0, seconds[plain]), TT_OK);
        }
        for (int i = 0; i < 2; i++)
            expect_close(seconds[0][i], seconds[1][i]);
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(results_that_nobody_takes_are_not_kept)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_ones(ctx, TT_F64, TT_SHAPE(1000)), *r, *theta, *quadrant;
    tt_memory before = tt_memory_stats(ctx);
    ck_assert(polar(x, x, NULL, &theta, NULL));
    tt_memory after = tt_memory_stats(ctx);
    ck_assert_int_eq(after.live_tensors, before.live_tensors + 1);
    ck_assert_int_lt(after.bytes_in_use - before.bytes_in_use, 2 * 8000);
    ck_assert(polar(x, x, &r, NULL, &quadrant));
    expect_values(tt_narrow(quadrant, 0, 0, 2), F64(0, 0));
    expect_values(tt_narrow(theta, 0, 0, 1), F64(atan2(1, 1)));
    ck_assert(polar(x, x, NULL, NULL, NULL));
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, before.live_tensors + 5);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(integer_results_have_no_gradient)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x, *y, *r, *theta, *quadrant;
    points(ctx, &x, &y);
    ck_assert(polar(x, y, &r, &theta, &quadrant));
    ck_assert(tt_requires_grad(r) && tt_requires_grad(theta) && !tt_requires_grad(quadrant));
    ck_assert(polar(x, y, NULL, NULL, &quadrant)); /* nothing to record */
    ck_assert(!tt_requires_grad(quadrant));
    expect_values(quadrant, F64(0, 1, 3));
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *tripled(tt_tensor *grad, void *user)
{
    ++*(int *)user;
    return tt_mul_scalar(grad, 3);
}

START_TEST(hooks_and_captures_belong_to_one_result)
{
    int calls[2] = {0, 0};
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x, *y, *r, *theta, *g[3], *plain;
    points(ctx, &x, &y);
    polar(x, y, &r, &theta, NULL);
    tt_on_grad(r, tripled, &calls[0]);
    tt_on_grad(theta, tripled, &calls[1]);
    tt_tensor *loss = tt_sum(tt_mul_scalar(theta, 5), TT_ALL_AXES, false);
    ck_assert_int_eq(tt_grads_of(loss, TT_TENSORS(r, theta, x), TT_RETAIN_GRAPH, g), TT_OK);
    ck_assert_int_eq(calls[0], 0);
    ck_assert_int_eq(calls[1], 1);
    ck_assert_ptr_null(g[0]);
    expect_values(g[1], F64(15, 15, 15));
    tt_grads_of(tt_sum(tt_atan2(y, x), TT_ALL_AXES, false), TT_TENSORS(x), 0, &plain);
    expect_close(g[2], tt_mul_scalar(plain, 15));
    tt_grads_of(tt_sum(tt_add(r, theta), TT_ALL_AXES, false), TT_TENSORS(theta, r), 0, g);
    expect_values(g[0], F64(3, 3, 3));
    expect_values(g[1], F64(3, 3, 3));
    ck_assert_int_eq(calls[0] + calls[1], 3);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(one_pass_after_another_over_two_results)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x, *y, *r, *theta, *want[2];
    points(ctx, &x, &y);
    tt_grads_of(asked(x, y, 3, true), TT_TENSORS(x, y), 0, want);
    polar(x, y, &r, &theta, NULL);
    tt_tensor *a = weighted(r, 1), *b = weighted(theta, -2);
    ck_assert_int_eq(tt_backward_with(a, NULL, TT_RETAIN_GRAPH), TT_OK);
    ck_assert_int_eq(tt_backward(b), TT_OK);
    expect_close(tt_grad(x), want[0]);
    expect_close(tt_grad(y), want[1]);
    ck_assert_int_eq(tt_backward(weighted(r, 1)), TT_ERR_GRAD);
    expect_error(ctx, TT_ERR_GRAD, "the graph of polar was released");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(a_node_lives_while_any_of_its_results_does)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x, *y, *r, *theta;
    points(ctx, &x, &y);
    polar(x, y, &r, &theta, NULL);
    tt_memory before = tt_memory_stats(ctx);
    for (int which = 0; which < 2; which++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD), inner = tt_scope_begin(ctx, TT_GRAD);
        polar(x, y, &r, &theta, NULL);
        tt_tensor *left = tt_keep(which ? theta : r);
        tt_scope_end(ctx, inner);
        ck_assert_ptr_nonnull(ctx->tape_last);
        ck_assert_int_eq(tt_backward(weighted(left, 1)), TT_OK);
        tt_scope_end(ctx, s);
        tt_zero_grad(TT_TENSORS(x, y));
    }
    ck_assert_int_eq(tt_memory_stats(ctx).bytes_in_use, before.bytes_in_use);
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, before.live_tensors);
    tt_ctx_free(ctx);
}
END_TEST

/* Two results and random numbers, and then a failure as LAPACK reports it; attr: whether. */
static tt_status solve_infer(op_call *c)
{
    layout_init(infer_also(c, TT_F64), 1, c->in[0]->at.shape);
    return infer_same_shape(c, TT_F64);
}

static void solve_forward(op_call *c)
{
    c->ctx->counter += 100;
    memset(c->out->data, 0, sizeof(double));
    if (*(const bool *)c->attr)
        op_error(c, TT_ERR_ARG, "no convergence");
}

static void solve_vjp(const op_call *c, op_grads *g)
{
    (void)c;
    grads_add(g, 0, grads_out_of(g, 0));
}

static const op solve_op = {.name = "solve",
                            .infer = solve_infer,
                            .forward = solve_forward,
                            .vjp = solve_vjp,
                            .saves = SAVE_IN_ALL | SAVE_OUT};

START_TEST(a_forward_that_fails_leaves_its_message_alone)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(100)));
    tt_tensor *h = tt_square(x), *a = x, *b = x, **const out[] = {&a, &b};
    for (int fails = 1; fails >= 0; fails--) {
        tt_memory before = tt_memory_stats(ctx);
        uint64_t drawn = ctx->counter;
        node *last = ctx->tape_last;
        int refs = last->refs;
        bool attr = fails, ok = op_apply_all(&solve_op, 1, &h, &attr, sizeof attr, 2, out);
        ck_assert_int_eq(ok, !fails);
        if (!fails)
            break;
        expect_error(ctx, TT_ERR_ARG, "solve: no convergence");
        ck_assert(!a && !b);
        ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, before.live_tensors);
        ck_assert_int_eq(tt_memory_stats(ctx).bytes_in_use, before.bytes_in_use);
        ck_assert(ctx->counter == drawn && ctx->tape_last == last && last->refs == refs);
        ck_assert_ptr_null(op_apply(&solve_op, 1, &h, &attr, sizeof attr));
        expect_error(ctx, TT_ERR_ARG, "solve: no convergence");
        ck_assert(ctx->counter == drawn && ctx->tape_last == last && last->refs == refs);
    }
    ck_assert_int_eq(tt_backward(tt_sum(a, TT_ALL_AXES, false)), TT_OK);
    expect_values(tt_narrow(tt_grad(x), 0, 0, 2), F64(2, 2));
    tt_ctx_free(ctx);
}
END_TEST

/* Scales by a number that lies in memory of the context, which the attribute owns. */
enum { NOWHERE, IN_INFER, IN_FORWARD };

typedef struct owning {
    double *factor;
    int *released;
    int fails;
} owning;

static tt_status scale_infer(op_call *c)
{
    const owning *a = c->attr;
    if (a->fails == IN_INFER)
        return op_error(c, TT_ERR_SHAPE, "refused");
    return infer_same_shape(c, TT_F64);
}

static void scale_forward(op_call *c)
{
    const owning *a = c->attr;
    const double *x = tt_data(c->in[0]);
    double *y = tt_data(c->out);
    for (int64_t i = 0; i < tt_numel(c->out); i++)
        y[i] = x[i] * *a->factor;
    if (a->fails == IN_FORWARD)
        op_error(c, TT_ERR_ARG, "failed");
}

static void scale_composed(const op_call *c, tt_tensor **out)
{
    const owning *a = c->attr;
    *out = tt_mul_scalar(c->in[0], *a->factor);
}

static void scale_release(tt_ctx *ctx, const void *attr)
{
    const owning *a = attr;
    ++*a->released;
    tt_ctx_dealloc(ctx, a->factor);
}

static const op scale_op = {.name = "scale",
                            .infer = scale_infer,
                            .forward = scale_forward,
                            .composed = scale_composed,
                            .release = scale_release};

/* made counts the attributes that were handed to a call. */
static tt_tensor *scale(tt_tensor *x, int fails, int *made, int *released)
{
    owning a = {x ? tt_ctx_alloc(tt_ctx_of(x), sizeof(double)) : NULL, released, fails};
    if (!a.factor)
        return NULL;
    *a.factor = 3;
    ++*made;
    return op_apply(&scale_op, 1, &x, &a, sizeof a);
}

START_TEST(attributes_are_released_once)
{
    int made = 0, gone = 0;
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(2))), *plain = tt_detach(x);
    expect_values(scale(plain, NOWHERE, &made, &gone), F64(3, 3));
    ck_assert_int_eq(gone, 1); /* not recorded */
    ck_assert_ptr_null(scale(x, IN_INFER, &made, &gone));
    expect_error(ctx, TT_ERR_SHAPE, "scale: refused");
    ck_assert_int_eq(gone, 2);
    ck_assert_ptr_null(scale(x, IN_FORWARD, &made, &gone));
    expect_error(ctx, TT_ERR_ARG, "scale: failed");
    ck_assert_int_eq(gone, 3);
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *y = scale(x, NOWHERE, &made, &gone);
    ck_assert_int_eq(tt_backward(tt_sum(y, TT_ALL_AXES, false)), TT_OK);
    ck_assert_int_eq(gone, 3); /* the node lives while y does */
    tt_scope_end(ctx, s);
    ck_assert_int_eq(gone, 4);
    expect_values(tt_grad(x), F64(3, 3));
    owning a = {tt_ctx_alloc(ctx, sizeof(double)), &gone, NOWHERE};
    tt_tensor *none[] = {x, NULL};
    ck_assert_ptr_null(op_apply(&scale_op, 2, none, &a, sizeof a)); /* operands are refused */
    expect_error(ctx, TT_ERR_ARG, "scale: an operand is NULL");
    ck_assert_int_eq(gone, 5);
    scale(x, NOWHERE, &made, &gone);
    tt_ctx_free(ctx); /* what is recorded still goes with the context */
    ck_assert_int_eq(gone, 6);
    ck_assert_int_eq(made, 5);
}
END_TEST

static bool all_composed(const op *o)
{
    return o != NULL;
}

/* Several results, attributes that own, compositions in a pass and in place of forward. */
static void everything(tt_tensor *x, tt_tensor *y, int *made, int *released)
{
    tt_ctx *ctx = tt_ctx_of(x);
    tt_tensor *r = NULL, *theta = NULL, *quadrant = NULL, *g[2], *seconds[2];
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    polar(x, y, &r, &theta, &quadrant);
    tt_tensor *h = tt_add(scale(r, NOWHERE, made, released), theta);
    scale(tt_detach(r), NOWHERE, made, released);
    h = tt_layer_norm(h, NULL, NULL, 1e-5);
    tt_tensor *loss = tt_sum(tt_square(tt_mul(h, x)), TT_ALL_AXES, false);
    if (tt_grads_of(loss, TT_TENSORS(x, y), TT_CREATE_GRAPH, g) == TT_OK)
        tt_grads_of(tt_sum(tt_mul(g[0], g[1]), TT_ALL_AXES, false), TT_TENSORS(x, y), 0, seconds);
    ctx->composing = all_composed;
    h = tt_softmax(scale(x, NOWHERE, made, released), -1);
    ctx->composing = NULL;
    tt_backward(tt_sum(tt_square(h), TT_ALL_AXES, false));
    tt_scope_end(ctx, s);
}

START_TEST(out_of_memory_at_every_call)
{
    bool failed = true;
    for (int64_t at = 1; failed; at++) {
        int made = 0, released = 0;
        counter c = {.fail_at = at};
        tt_ctx *ctx = counted(&c);
        if (ctx) {
            tt_tensor *x, *y;
            points(ctx, &x, &y);
            int64_t live = tt_memory_stats(ctx).live_tensors;
            if (x && y)
                everything(x, y, &made, &released);
            failed = c.calls >= at;
            if (failed && !tt_ok(ctx)) {
                expect_error(ctx, TT_ERR_NOMEM, "out of memory");
                ck_assert(tt_item(tt_scalar(ctx, TT_F64, 3)) == 3);
                live++;
            }
            ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
            ck_assert_msg(tt_memory_stats(ctx).live_tensors == live,
                          "call %lld failed: %lld tensors stay", (long long)at,
                          (long long)(tt_memory_stats(ctx).live_tensors - live));
            tt_ctx_free(ctx);
        }
        ck_assert_msg(made == released, "call %lld failed: %d attributes, %d released",
                      (long long)at, made, released);
        ck_assert_msg(c.held == 0, "call %lld failed: %lld blocks leak", (long long)at,
                      (long long)c.held);
    }
}
END_TEST

RUN_TESTS("op", each_result_has_its_own_gradient, second_derivatives_through_each_result,
          results_that_nobody_takes_are_not_kept, integer_results_have_no_gradient,
          hooks_and_captures_belong_to_one_result, one_pass_after_another_over_two_results,
          a_node_lives_while_any_of_its_results_does, a_forward_that_fails_leaves_its_message_alone,
          attributes_are_released_once, out_of_memory_at_every_call)
