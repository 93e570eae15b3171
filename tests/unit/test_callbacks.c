/* What functions of the user may do to the library that calls them, and what is an error: hooks,
 * the functions of tt_checkpoint and tt_gradcheck, the release function of tt_borrow. */
#include "unit.h"

typedef enum deed {
    WELL,
    DEAD_RESULT,
    NULL_RESULT,
    FOREIGN_RESULT,
    OTHER_SHAPE,
    OTHER_DTYPE,
    OPEN_SCOPES,
    OPEN_SCOPE_BELOW, /* the result is older than the scope that is left open */
    ENDED_SCOPE,
    SWAPPED_SCOPE, /* ended, and another opened in its place */
    READONLY_RESULT,
    DEEDS
} deed;

typedef struct user {
    deed does;
    int calls, badly_from; /* the first call that does it, from 1 */
    tt_ctx *other;
    tt_scope outside; /* a scope of the test's */
} user;

/* x * x, in this or that way. */
static tt_tensor *square(tt_ctx *ctx, tt_tensor *x, user *u)
{
    deed does = ++u->calls >= u->badly_from ? u->does : WELL;
    tt_tensor *y = NULL;
    tt_scope s;
    switch (does) {
    case DEAD_RESULT:
        s = tt_scope_begin(ctx, TT_GRAD);
        y = tt_square(x);
        tt_scope_end(ctx, s);
        return y;
    case NULL_RESULT:
        return NULL;
    case FOREIGN_RESULT:
        return tt_full(u->other, TT_F64, tt_ndim(x), tt_shape(x), 4);
    case OTHER_SHAPE:
        return tt_stack(TT_TENSORS(x, x), 0);
    case OTHER_DTYPE:
        return tt_cast(tt_square(x), TT_F32);
    case OPEN_SCOPES:
        tt_scope_begin(ctx, TT_GRAD);
        tt_scope_begin(ctx, TT_GRAD);
        return tt_square(x);
    case OPEN_SCOPE_BELOW:
        y = tt_square(x);
        tt_scope_begin(ctx, TT_NO_GRAD);
        return y;
    case ENDED_SCOPE:
    case SWAPPED_SCOPE:
        y = tt_square(x);
        tt_scope_end(ctx, u->outside);
        if (does == SWAPPED_SCOPE)
            for (int i = 0; i < 9; i++)
                tt_scope_begin(ctx, TT_GRAD);
        return y;
    case READONLY_RESULT:
        return tt_set_readonly(tt_square(x));
    default:
        return tt_square(x);
    }
}

static tt_tensor *function(tt_ctx *ctx, int n, tt_tensor *const *in, void *arg)
{
    (void)n;
    return square(ctx, in[0], arg);
}

static tt_tensor *hook(tt_tensor *grad, void *arg)
{
    return square(tt_ctx_of(grad), grad, arg);
}

/* What each deed is answered with; fine: the call succeeds. */
typedef struct answer {
    bool fine;
    tt_status code;
    const char *text;
} answer;

static const answer common[DEEDS] = {
    [WELL] = {true, TT_OK, ""},
    [DEAD_RESULT] = {false, TT_ERR_DEAD, "returned a tensor whose scope has ended"},
    [NULL_RESULT] = {false, TT_ERR_ARG, "returned NULL"},
    [FOREIGN_RESULT] = {false, TT_ERR_CONTEXT, "returned a tensor of another context"},
    [OPEN_SCOPES] = {true, TT_OK, ""},
    [OPEN_SCOPE_BELOW] = {true, TT_OK, ""},
    [ENDED_SCOPE] = {false, TT_ERR_ARG, "ended a scope that it did not begin"},
    [SWAPPED_SCOPE] = {false, TT_ERR_ARG, "ended a scope that it did not begin"},
    [READONLY_RESULT] = {true, TT_OK, ""},
};

static void expect_answer(tt_ctx *ctx, const char *name, const answer *a)
{
    if (a->fine) {
        ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
        return;
    }
    ck_assert_msg(strstr(tt_error_message(ctx), name) == tt_error_message(ctx), "%s",
                  tt_error_message(ctx));
    expect_error(ctx, a->code, a->text);
}

/* The context works, and counts its tensors right, after whatever has happened in it. */
static void expect_sound(tt_ctx *ctx)
{
    int64_t live = tt_memory_stats(ctx).live_tensors;
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *x = tt_scalar(ctx, TT_F64, 3);
    tt_set_requires_grad(x, true);
    tt_backward(tt_square(x));
    ck_assert_msg(tt_ok(ctx), "%s", tt_error_message(ctx));
    ck_assert(tt_item(tt_grad(x)) == 6);
    tt_scope_end(ctx, s);
    ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, live);
}

START_TEST(hooks)
{
    static const answer shape = {false, TT_ERR_GRAD, "put (2, 3) float64 in place of (3,) float64"},
                        dtype = {false, TT_ERR_GRAD, "put (3,) float32 in place of (3,) float64"},
                        kept = {true, TT_OK, ""};
    for (deed does = WELL; does < DEEDS; does++)
        for (int flags = 0; flags <= TT_CREATE_GRAPH; flags += TT_CREATE_GRAPH)
            for (int leaf = 0; leaf < 2; leaf++) {
                tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
                tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(3), 2));
                user u = {does, 0, 1, other, tt_scope_begin(ctx, TT_GRAD)};
                tt_scope_begin(ctx, TT_GRAD);
                tt_tensor *h = tt_mul_scalar(x, 1),
                          *y = tt_sum(tt_mul_scalar(h, 3), TT_AXES(0), false);
                tt_on_grad(leaf ? x : h, hook, &u);
                tt_backward_with(y, NULL, (unsigned)flags);
                ck_assert_int_eq(u.calls, 1);
                const answer *a = does == OTHER_SHAPE   ? &shape
                                  : does == OTHER_DTYPE ? &dtype
                                  : does == NULL_RESULT ? &kept
                                                        : &common[does];
                expect_answer(ctx, "on_grad: the hook ", a);
                ck_assert(tt_has_grad(x) == a->fine);
                if (a->fine) {
                    double g = does == NULL_RESULT ? 3 : 9;
                    expect_values(tt_grad(x), F64(g, g, g));
                    ck_assert(!tt_is_readonly(tt_grad(x)));
                    if (!flags) /* and again, added in place */
                        tt_backward(tt_sum(x, TT_AXES(0), false));
                }
                expect_sound(ctx);
                tt_scope_end(ctx, u.outside);
                expect_sound(ctx);
                tt_ctx_free(ctx);
                tt_ctx_free(other);
            }
}
END_TEST

/* tt_grads_of hands out what a hook made: whole, and to be written to. */
START_TEST(hooks_of_what_is_captured)
{
    for (deed does = WELL; does < DEEDS; does++) {
        tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
        tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(3), 2)), *g[2];
        user u = {does, 0, 1, other, tt_scope_begin(ctx, TT_GRAD)};
        tt_tensor *h = tt_square(x), *y = tt_sum(tt_mul_scalar(h, 3), TT_AXES(0), false);
        tt_on_grad(h, hook, &u);
        tt_status s = tt_grads_of(y, 2, (tt_tensor *[]){x, h}, 0, g);
        ck_assert((s == TT_OK) == (g[0] != NULL) && (s == TT_OK) == (g[1] != NULL));
        if (common[does].fine) {
            expect_values(g[0], F64(36, 36, 36));
            expect_values(g[1], F64(9, 9, 9));
            ck_assert_int_eq(tt_fill_(g[1], 1), TT_OK);
        }
        tt_error_clear(ctx);
        expect_sound(ctx);
        tt_ctx_free(ctx);
        tt_ctx_free(other);
    }
}
END_TEST

/* from: 1, the first call misbehaves; 2, the one in the backward pass. */
static void check_checkpoint(deed does, int from, tt_grad_mode mode)
{
    static const answer shape = {false, TT_ERR_GRAD,
                                 "returned (2, 3) float64 the second time, not (3,) float64"},
                        dtype = {false, TT_ERR_GRAD,
                                 "returned (3,) float32 the second time, not (3,) float64"};
    tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
    tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(3), 2));
    user u = {does, 0, from, other, tt_scope_begin(ctx, mode)};
    tt_scope inside = tt_scope_begin(ctx, mode);
    tt_tensor *y = tt_checkpoint(ctx, function, &u, 1, &x);
    const answer *a = &common[does];
    if (from == 2 && does == OTHER_SHAPE)
        a = &shape;
    else if (from == 2 && does == OTHER_DTYPE)
        a = &dtype;
    if (from == 1 && (does == OTHER_SHAPE || does == OTHER_DTYPE)) {
        ck_assert(tt_ok(ctx)); /* it is whatever it is the first time */
    } else if (from == 1 && !a->fine) {
        ck_assert_ptr_null(y);
        expect_answer(ctx, "checkpoint: the function ", a);
    } else {
        expect_values(y, F64(4, 4, 4));
        if (mode == TT_GRAD) {
            tt_backward_with(y, tt_ones_like(y), 0);
            ck_assert_int_eq(u.calls, 2);
            expect_answer(ctx, "checkpoint: the function ", a);
            ck_assert(tt_has_grad(x) == a->fine);
            if (a->fine)
                expect_values(tt_grad(x), F64(4, 4, 4));
        }
    }
    tt_scope_end(ctx, inside);
    expect_sound(ctx);
    tt_scope_end(ctx, u.outside);
    if (does != ENDED_SCOPE && does != SWAPPED_SCOPE)
        ck_assert_int_eq(tt_memory_stats(ctx).live_tensors, 1);
    expect_sound(ctx);
    tt_ctx_free(ctx);
    tt_ctx_free(other);
}

START_TEST(checkpoints)
{
    for (deed does = WELL; does < DEEDS; does++) {
        check_checkpoint(does, 1, TT_GRAD);
        check_checkpoint(does, 2, TT_GRAD);
        check_checkpoint(does, 1, TT_NO_GRAD);
    }
}
END_TEST

/* The first call, one of the perturbed calls. */
START_TEST(gradchecks)
{
    static const answer shape = {false, TT_ERR_SHAPE, "gives (2, 3) float64, but first gave (3,)"},
                        dtype = {false, TT_ERR_DTYPE, "gives (3,) float32, not float64"},
                        fine = {true, TT_OK, ""};
    for (deed does = WELL; does < DEEDS; does++)
        for (int from = 1; from < 6; from += 3) {
            tt_ctx *ctx = tt_ctx_new(), *other = tt_ctx_new();
            user u = {does, 0, from, other, tt_scope_begin(ctx, TT_GRAD)};
            tt_tensor *x = tt_full(ctx, TT_F64, TT_SHAPE(3), 2);
            tt_gradcheck_report r;
            tt_status s = tt_gradcheck(ctx, function, &u, 1, &x, &r);
            const answer *a = does == OTHER_SHAPE   ? from > 1 ? &shape : &fine
                              : does == OTHER_DTYPE ? &dtype
                                                    : &common[does];
            ck_assert((s == TT_OK) == a->fine && r.ok == a->fine);
            expect_answer(ctx, "gradcheck: the function ", a);
            expect_sound(ctx);
            tt_ctx_free(ctx);
            tt_ctx_free(other);
        }
}
END_TEST

/* d(x^3)/dx = 3 x^2, by a pass of its own. */
static tt_tensor *slope(tt_ctx *ctx, int n, tt_tensor *const *in, void *arg)
{
    tt_tensor *g = NULL;
    (void)n, (void)arg;
    tt_scope_begin(ctx, TT_GRAD); /* the first call is not recorded */
    tt_grads_of(tt_mul(tt_square(in[0]), in[0]), 1, in, TT_CREATE_GRAPH, &g);
    return g;
}

START_TEST(a_function_may_ask_for_gradients_itself)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 2)), *g;
    tt_tensor *h = tt_mul_scalar(x, 1), *y = tt_checkpoint(ctx, slope, NULL, 1, &h);
    ck_assert_msg(tt_item(y) == 12, "%s", tt_error_message(ctx));
    ck_assert_int_eq(tt_backward_with(y, NULL, TT_RETAIN_GRAPH), TT_OK);
    expect_values(tt_grad(x), F64(12));
    ck_assert_int_eq(tt_grads_of(y, 1, &x, TT_RETAIN_GRAPH, &g), TT_OK);
    expect_values(g, F64(12));
    /* The same where another way leads to x: the outer pass is at it, and they do not mix. */
    tt_tensor *both = tt_add(y, tt_square(h));
    tt_zero_grad(1, &x);
    tt_status s = tt_backward_with(both, NULL, TT_RETAIN_GRAPH);
    ck_assert(s == TT_OK || strstr(tt_error_message(ctx), "under way at the same tensors"));
    tt_error_clear(ctx);
    expect_sound(ctx);
    tt_ctx_free(ctx);
}
END_TEST

typedef struct pair {
    tt_tensor *y, *x;
    tt_status got;
} pair;

static tt_tensor *backward_again(tt_tensor *grad, void *arg)
{
    pair *p = arg;
    (void)grad;
    p->got = tt_backward_with(p->y, NULL, TT_RETAIN_GRAPH);
    return NULL;
}

START_TEST(a_pass_within_a_pass)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 2)), *z = tt_param(tt_scalar(ctx, TT_F64, 5));
    tt_tensor *h = tt_square(x);
    pair elsewhere = {.y = tt_square(z), .x = z};
    tt_on_grad(h, backward_again, &elsewhere);
    ck_assert_int_eq(tt_backward(tt_square(h)), TT_OK);
    expect_values(tt_grad(x), F64(32));
    expect_values(tt_grad(z), F64(10));

    tt_tensor *k = tt_square(x), *y = tt_square(k);
    pair same = {.y = y, .x = x};
    tt_on_grad(k, backward_again, &same);
    tt_backward_with(y, NULL, TT_RETAIN_GRAPH);
    expect_error(ctx, TT_ERR_GRAD, "under way at the same tensors");
    expect_values(tt_grad(x), F64(32)); /* as it was */
    expect_sound(ctx);
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *add_another(tt_tensor *grad, void *arg)
{
    tt_tensor *x = *(tt_tensor **)arg;
    tt_on_grad(x, add_another, arg);
    return tt_mul_scalar(grad, 2);
}

START_TEST(a_hook_that_is_added_by_a_hook_waits)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 1));
    tt_on_grad(x, add_another, &x);
    tt_backward(tt_mul_scalar(x, 1));
    expect_values(tt_grad(x), F64(2));
    tt_ctx_free(ctx);
}
END_TEST

static tt_tensor *later; /* what is computed after the checkpoint that uses it */

static tt_tensor *uses_later(tt_ctx *ctx, int n, tt_tensor *const *in, void *arg)
{
    (void)ctx, (void)n, (void)arg;
    return later ? tt_mul(in[0], later) : tt_square(in[0]);
}

START_TEST(a_function_that_uses_what_came_later)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 2));
    later = NULL;
    tt_tensor *y = tt_checkpoint(ctx, uses_later, NULL, 1, &x);
    later = tt_exp(x);
    tt_backward(y);
    expect_error(ctx, TT_ERR_GRAD, "uses a tensor that was computed after it");
    ck_assert(!tt_has_grad(x));
    expect_sound(ctx);
    tt_backward(later); /* nothing of the failed pass is left in it */
    expect_values(tt_grad(x), F64(exp(2)));
    tt_ctx_free(ctx);
}
END_TEST

typedef struct borrower {
    int what, calls;
    tt_ctx *ctx;
    tt_tensor *x;
    tt_scope scope;
    bool ok;
    char text[100];
} borrower;

static const char *const called[] = {"add",  "zeros",       "scope_begin", "scope_end", "ctx_free",
                                     "keep", "error_clear", "ctx_alloc",   "backward"};
enum { CALLED = sizeof called / sizeof *called };

static void release(void *arg)
{
    borrower *b = arg;
    b->calls++;
    switch (b->what) {
    case 0:
        ck_assert_ptr_null(tt_add(b->x, b->x));
        break;
    case 1:
        ck_assert_ptr_null(tt_zeros(b->ctx, TT_F32, TT_SHAPE(3)));
        break;
    case 2:
        ck_assert_int_eq(tt_scope_begin(b->ctx, TT_GRAD).mark, 0);
        break;
    case 3:
        tt_scope_end(b->ctx, b->scope);
        break;
    case 4:
        tt_ctx_free(b->ctx);
        break;
    case 5:
        ck_assert_ptr_null(tt_keep(b->x));
        break;
    case 6:
        tt_error_clear(b->ctx);
        break;
    case 7:
        ck_assert_ptr_null(tt_ctx_alloc(b->ctx, 10));
        break;
    case 8:
        ck_assert_int_eq(tt_backward(b->x), TT_ERR_ARG);
        break;
    default:
        break;
    }
    b->ok = tt_ok(b->ctx);
    snprintf(b->text, sizeof b->text, "%s", tt_error_message(b->ctx));
}

START_TEST(a_release_function_that_calls_the_library)
{
    static float data[4] = {1, 2, 3, 4};
    for (int what = 0; what <= CALLED; what++) {
        tt_ctx *ctx = tt_ctx_new();
        borrower b = {.what = what, .ctx = ctx, .x = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(1)))};
        b.scope = tt_scope_begin(ctx, TT_GRAD);
        tt_scope inner = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *t = tt_borrow(ctx, TT_F32, TT_SHAPE(4), NULL, data, release, &b);
        expect_values(tt_mul(t, t), F64(1, 4, 9, 16));
        tt_scope_end(ctx, inner);
        ck_assert_int_eq(b.calls, 1);
        ck_assert(!b.ok && strstr(b.text, "a release function of borrow"));
        if (what < CALLED) {
            char text[100];
            snprintf(text, sizeof text,
                     "borrow: the release function called %s; it may not use the context",
                     called[what]);
            expect_error(ctx, TT_ERR_ARG, text);
        }
        ck_assert(tt_ok(ctx));
        tt_scope_end(ctx, b.scope);
        expect_sound(ctx);
        /* at the end of the context, and in the middle of a release of the graph */
        tt_mul(tt_borrow(ctx, TT_F32, TT_SHAPE(4), NULL, data, release, &b), b.x);
        tt_ctx_free(ctx);
        ck_assert_int_eq(b.calls, 2);
    }
}
END_TEST

/* An error from before stays, and with it its message. */
START_TEST(a_release_function_after_an_error)
{
    static float data[4];
    tt_ctx *ctx = tt_ctx_new();
    borrower b = {.what = 6, .ctx = ctx};
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_borrow(ctx, TT_F32, TT_SHAPE(4), NULL, data, release, &b);
    tt_error_set(ctx, TT_ERR_IO, "first");
    tt_scope_end(ctx, s);
    ck_assert_int_eq(b.calls, 1);
    ck_assert(strcmp(tt_error_message(ctx), "first") == 0);
    expect_error(ctx, TT_ERR_IO, "first");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(strides_that_reach_beyond_memory_are_refused)
{
    static const int64_t large = INT64_MAX / 2;
    static double data[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    tt_ctx *ctx = tt_ctx_new();
    borrower b = {.what = -1, .ctx = ctx};
    const int64_t bad[][2] = {
        {large, 1}, {1, INT64_MIN}, {-large, -large}, {INT64_MAX / 8, 1}, {large / 8, large / 8}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_ptr_null(tt_borrow(ctx, TT_F64, TT_SHAPE(2, 2), bad[i], data, release, &b));
        expect_error(ctx, TT_ERR_SHAPE, "of (2, 2) float64 reach beyond all memory");
        ck_assert_ptr_null(tt_borrow(ctx, TT_F64, TT_SHAPE(2, 0, 2),
                                     (int64_t[]){bad[i][0], 0, bad[i][1]}, data, release, &b));
        expect_error(ctx, TT_ERR_SHAPE, "reach beyond all memory");
    }
    ck_assert_ptr_null(
        tt_borrow(ctx, TT_F64, TT_SHAPE(3), (int64_t[]){-((int64_t)1 << 58)}, data, release, &b));
    expect_error(ctx, TT_ERR_SHAPE, "strides (-288230376151711744,) of (3,) float64");
    ck_assert_int_eq(b.calls, 0); /* the memory is the caller's still */
    /* Strides that nothing reads may be anything. */
    tt_tensor *x = tt_borrow(ctx, TT_F64, TT_SHAPE(1, 2, 1, 2),
                             (int64_t[]){INT64_MAX, -4, INT64_MIN, 1}, data + 4, NULL, NULL);
    expect_values(x, F64(4, 5, 0, 1));
    expect_values(tt_slice(x, "0:1, ::-1, :, 1:"), F64(1, 5));
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("callbacks", hooks, hooks_of_what_is_captured, checkpoints, gradchecks,
          a_function_may_ask_for_gradients_itself, a_pass_within_a_pass,
          a_hook_that_is_added_by_a_hook_waits, a_function_that_uses_what_came_later,
          a_release_function_that_calls_the_library, a_release_function_after_an_error,
          strides_that_reach_beyond_memory_are_refused)
