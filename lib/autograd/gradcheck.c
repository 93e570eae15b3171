/* Gradients against central differences in float64. Input: a function of tensors; output: whether
 * backward agrees, and the worst element. Invariant: inputs are as they were when it returns. */
#include "callback.h"
#include "op/core/op.h"

#include <math.h>
#include <string.h>
#include <tinytensor/ops.h>

typedef struct check {
    tt_ctx *ctx;
    tt_scalar_fn fn;
    void *user;
    int n;
    tt_tensor *const *given;
    bool called;
    layout at; /* of what the function returned when it was first called */
    tt_gradcheck_report report;
} check;

enum { MAX_INPUTS = 16 };
static const double step = 1e-6, tolerance = 1e-5;

/* Fixed weights in [-1, 1], so that no cancellation in a plain sum hides a wrong gradient. */
static tt_tensor *weights(tt_tensor *y)
{
    int64_t n = tensor_numel(y);
    tt_tensor *w = tt_empty(y->ctx, TT_F64, y->at.ndim, y->at.shape);
    double *d = w ? (double *)(void *)w->data : NULL;
    uint64_t state = 88172645463325252u;
    for (int64_t i = 0; w && i < n; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        d[i] = (double)(state >> 11) / 4503599627370496.0 - 1.0;
    }
    return w;
}

/* The sums of the function's results belong together while these have one shape. */
static bool same_shape_again(check *k, const tt_tensor *y)
{
    if (k->called && !layout_same_shape(&k->at, &y->at)) {
        op_fail(y, TT_ERR_SHAPE, "gradcheck: the function gives %s, but first gave %s",
                describe(y).s, describe_shape(k->at.ndim, k->at.shape).s);
        return false;
    }
    k->called = true;
    layout_copy(&k->at, &y->at);
    return true;
}

static tt_tensor *loss(check *k, tt_tensor *const *inputs)
{
    callback c = callback_begin(k->ctx, "gradcheck: the function");
    tt_tensor *y = callback_end(&c, k->fn(k->ctx, k->n, inputs, k->user), false);
    if (!y)
        return NULL;
    if (y->dtype != TT_F64)
        return op_fail(y, TT_ERR_DTYPE, "gradcheck: the function gives %s, not float64",
                       describe(y).s);
    if (!same_shape_again(k, y))
        return NULL;
    return tt_sum(tt_mul(y, weights(y)), TT_ALL_AXES, false);
}

static bool analytic(check *k, tt_tensor **grads)
{
    tt_tensor *leaves[MAX_INPUTS];
    for (int i = 0; i < k->n; i++) {
        leaves[i] = tt_detach(k->given[i]);
        if (tt_set_requires_grad(leaves[i], true) < 0)
            return false;
    }
    tt_tensor *l = loss(k, leaves);
    if (!l)
        return false;
    if (!tensor_wants_grad(l)) { /* a constant function */
        for (int i = 0; i < k->n; i++)
            grads[i] = tt_zeros_like(leaves[i]);
        return true;
    }
    if (tt_grads_of(l, k->n, leaves, 0, grads) < 0)
        return false;
    for (int i = 0; i < k->n; i++)
        if (!grads[i])
            grads[i] = tt_zeros_like(leaves[i]);
    return tt_ok(k->ctx);
}

static double shifted(check *k, tt_tensor **inputs, double *element, double value)
{
    if (!tt_ok(k->ctx)) /* the function may have ended the scope of the element */
        return (double)NAN;
    double old = *element;
    *element = value;
    tt_scope s = tt_scope_begin(k->ctx, TT_NO_GRAD);
    double l = tt_item(loss(k, inputs));
    tt_scope_end(k->ctx, s);
    if (tt_ok(k->ctx))
        *element = old;
    return l;
}

static double element_of(const tt_tensor *t, int64_t j)
{
    layout at;
    layout_copy(&at, &t->at);
    at.offset = 0;
    return ((const double *)(const void *)t->data)[layout_at(&at, j)];
}

/* Input i is perturbed in a copy with the same layout, so that strided code paths are taken. */
static bool same_layout_copy(tt_tensor *x, tt_tensor **copy)
{
    int64_t lo, hi, n = layout_extent(&x->at, &lo, &hi) ? hi - lo + 1 : 0;
    storage *s = storage_new(x->ctx->pool, n * (int64_t)sizeof(double));
    if (!s) {
        ctx_error(x->ctx, TT_ERR_NOMEM, "out of memory: gradcheck");
        return false;
    }
    layout at;
    layout_copy(&at, &x->at);
    at.offset = n ? x->at.offset - lo : 0;
    if (n)
        memcpy(s->data, x->store->data + lo * (int64_t)sizeof(double), (size_t)n * sizeof(double));
    *copy = tensor_of(x->ctx, TT_F64, &at, s);
    return *copy != NULL;
}

static void compare(check *k, int i, int64_t j, double a, double b)
{
    double scale = fmax(1.0, fmax(fabs(a), fabs(b))), error = fabs(a - b) / scale;
    if (!(error <= k->report.max_error)) { /* NaN counts as worst */
        k->report = (tt_gradcheck_report){error <= tolerance, i, j, a, b, error};
        if (isnan(error))
            k->report.max_error = (double)INFINITY;
    }
}

static bool check_input(check *k, int i, tt_tensor **inputs, const tt_tensor *grad)
{
    layout at;
    if (!same_layout_copy(k->given[i], &inputs[i]))
        return false;
    tt_tensor *x = inputs[i];
    layout_copy(&at, &x->at);
    at.offset = 0;
    bool shared = layout_overlaps(&at); /* an expanded input: an element moves its twins */
    int64_t n = tensor_numel(x);
    if (shared) {
        inputs[i] = x = tt_clone(k->given[i]);
        if (!x)
            return false;
        layout_copy(&at, &x->at);
        at.offset = 0;
    }
    for (int64_t j = 0; j < n && tt_ok(k->ctx); j++) {
        double *e = (double *)(void *)x->data + layout_at(&at, j), v = *e;
        double h = step * fmax(1.0, fabs(v));
        double up = shifted(k, inputs, e, v + h), down = shifted(k, inputs, e, v - h);
        if (tt_ok(k->ctx))
            compare(k, i, j, element_of(grad, j), (up - down) / (2 * h));
    }
    inputs[i] = k->given[i];
    return tt_ok(k->ctx);
}

static void run(check *k)
{
    tt_tensor *grads[MAX_INPUTS] = {NULL}, *inputs[MAX_INPUTS];
    if (!analytic(k, grads))
        return;
    for (int i = 0; i < k->n; i++)
        inputs[i] = k->given[i];
    for (int i = 0; i < k->n; i++)
        if (!check_input(k, i, inputs, grads[i]))
            return;
    const tt_gradcheck_report *r = &k->report;
    if (!r->ok)
        ctx_error(k->ctx, TT_ERR_GRAD,
                  "gradcheck: input %d, element %lld: backward gives %.9g, differences %.9g",
                  r->input, (long long)r->element, r->analytic, r->numeric);
}

static bool acceptable(tt_ctx *ctx, int n, tt_tensor *const *inputs)
{
    if (n < 1 || n > MAX_INPUTS) {
        ctx_error(ctx, TT_ERR_ARG, "gradcheck: %d inputs; from 1 to %d are possible", n,
                  MAX_INPUTS);
        return false;
    }
    if (op_context("gradcheck", n, inputs) != ctx) {
        ctx_error(ctx, TT_ERR_ARG, "gradcheck: an input is NULL or of another context");
        return false;
    }
    for (int i = 0; i < n; i++)
        if (inputs[i]->dtype != TT_F64) {
            ctx_error(ctx, TT_ERR_DTYPE, "gradcheck: input %d is %s, not float64", i,
                      describe(inputs[i]).s);
            return false;
        }
    return true;
}

tt_status tt_gradcheck(tt_ctx *ctx, tt_scalar_fn fn, void *user, int n, tt_tensor *const *inputs,
                       tt_gradcheck_report *report)
{
    check k = {.ctx = ctx, .fn = fn, .user = user, .n = n, .given = inputs, .report = {.ok = true}};
    if (!ctx)
        return TT_ERR_ARG;
    if (!ctx->err.code && !fn)
        ctx_error(ctx, TT_ERR_ARG, "gradcheck: the function is NULL");
    if (fn && !ctx->err.code && acceptable(ctx, n, inputs)) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        run(&k);
        tt_scope_end(ctx, s);
    }
    k.report.ok = k.report.ok && !ctx->err.code;
    if (report)
        *report = k.report;
    return ctx->err.code;
}
