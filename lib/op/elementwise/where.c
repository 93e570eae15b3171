/* Choosing and comparing: where, clamp, masked_fill, lerp, nan_to_num, isclose and the like. */
#include <math.h>
#include <tinytensor/ops.h>
#include "kernel/walk/copy.h"
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

static tt_status where_infer(op_call *c)
{
    if (c->in[0]->dtype != TT_BOOL)
        return op_error(c, TT_ERR_DTYPE, "the condition is %s, not bool", describe(c->in[0]).s);
    if (c->in[1]->dtype != c->in[2]->dtype)
        return op_error(c, TT_ERR_DTYPE, "dtypes differ: %s and %s; cast one with tt_cast",
                        describe(c->in[1]).s, describe(c->in[2]).s);
    return infer_broadcast(c, c->in[1]->dtype);
}

static void where_forward(op_call *c)
{
    layout at[3];
    where_run(&c->ctx->ex, operand_of(c->out), operand_expand(c->in[0], &c->at, &at[0]),
              operand_expand(c->in[1], &c->at, &at[1]), operand_expand(c->in[2], &c->at, &at[2]));
}

static void where_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    if (grads_need(g, 1))
        grads_add(g, 1, tt_masked_fill(gy, tt_logical_not(c->in[0]), 0));
    if (grads_need(g, 2))
        grads_add(g, 2, tt_masked_fill(gy, c->in[0], 0));
}

static const op where = {.name = "where",
                         .infer = where_infer,
                         .forward = where_forward,
                         .vjp = where_vjp,
                         .saves = SAVE_IN(0)};

tt_tensor *tt_where(tt_tensor *condition, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {condition, a, b};
    return op_apply(&where, 3, in, NULL, 0);
}

static tt_status masked_fill_infer(op_call *c)
{
    if (c->in[1]->dtype != TT_BOOL)
        return op_error(c, TT_ERR_DTYPE, "the mask is %s, not bool", describe(c->in[1]).s);
    return infer_broadcast(c, c->in[0]->dtype);
}

static void masked_fill_forward(op_call *c)
{
    layout x, mask;
    int64_t element[1];
    element_store(element, c->dtype, *(const double *)c->attr);
    masked_fill_run(&c->ctx->ex, operand_of(c->out), operand_expand(c->in[0], &c->at, &x),
                    operand_expand(c->in[1], &c->at, &mask), element);
}

static void masked_fill_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_masked_fill(grads_out(g), c->in[1], 0));
}

static const op masked_fill = {.name = "masked_fill",
                               .infer = masked_fill_infer,
                               .forward = masked_fill_forward,
                               .vjp = masked_fill_vjp,
                               .saves = SAVE_IN(1)};

tt_tensor *tt_masked_fill(tt_tensor *x, tt_tensor *mask, double value)
{
    tt_tensor *in[] = {x, mask};
    return op_apply(&masked_fill, 2, in, &value, sizeof value);
}

typedef struct bounds {
    double lo, hi;
} bounds;

static tt_status arithmetic_infer(op_call *c)
{
    if (!dtype_is_arithmetic(c->in[0]->dtype))
        return op_no_arithmetic(c);
    return infer_same_shape(c, c->in[0]->dtype);
}

static void clamp_forward(op_call *c)
{
    const bounds *b = c->attr;
    clamp_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), b->lo, b->hi);
}

static void clamp_vjp(const op_call *c, op_grads *g)
{
    const bounds *b = c->attr;
    tt_tensor *x = c->in[0];
    tt_tensor *out = tt_logical_or(tt_lt_scalar(x, b->lo), tt_gt_scalar(x, b->hi));
    grads_add(g, 0, tt_masked_fill(grads_out(g), out, 0));
}

static const op clamp = {.name = "clamp",
                         .infer = arithmetic_infer,
                         .forward = clamp_forward,
                         .vjp = clamp_vjp,
                         .saves = SAVE_IN(0)};

tt_tensor *tt_clamp(tt_tensor *x, double lo, double hi)
{
    const bounds b = {lo, hi};
    return op_apply(&clamp, 1, &x, &b, sizeof b);
}

static tt_status lerp_infer(op_call *c)
{
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!dtype_is_float(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "%s is neither float32 nor float64; cast first",
                        describe(c->in[0]).s);
    return infer_broadcast(c, c->in[0]->dtype);
}

static void lerp_forward(op_call *c)
{
    layout at[3];
    lerp_run(&c->ctx->ex, operand_of(c->out), operand_expand(c->in[0], &c->at, &at[0]),
             operand_expand(c->in[1], &c->at, &at[1]), operand_expand(c->in[2], &c->at, &at[2]));
}

static void lerp_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, tt_mul(gy, tt_rsub_scalar(c->in[2], 1)));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_mul(gy, c->in[2]));
    if (grads_need(g, 2))
        grads_add(g, 2, tt_mul(gy, tt_sub(c->in[1], c->in[0])));
}

static const op lerp = {.name = "lerp",
                        .infer = lerp_infer,
                        .forward = lerp_forward,
                        .vjp = lerp_vjp,
                        .saves = SAVE_IN(0) | SAVE_IN(1) | SAVE_IN(2)};

tt_tensor *tt_lerp(tt_tensor *a, tt_tensor *b, tt_tensor *weight)
{
    tt_tensor *in[] = {a, b, weight};
    return op_apply(&lerp, 3, in, NULL, 0);
}

typedef struct replacements {
    double nan, posinf, neginf;
} replacements;

static void nan_to_num_forward(op_call *c)
{
    const replacements *r = c->attr;
    if (dtype_is_float(c->dtype))
        nan_to_num_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), r->nan, r->posinf,
                       r->neginf);
    else
        copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
}

static void nan_to_num_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_masked_fill(grads_out(g), tt_logical_not(tt_isfinite(c->in[0])), 0));
}

static const op nan_to_num = {.name = "nan_to_num",
                              .infer = arithmetic_infer,
                              .forward = nan_to_num_forward,
                              .vjp = nan_to_num_vjp,
                              .saves = SAVE_IN(0)};

tt_tensor *tt_nan_to_num(tt_tensor *x, double nan, double posinf, double neginf)
{
    const replacements r = {nan, posinf, neginf};
    return op_apply(&nan_to_num, 1, &x, &r, sizeof r);
}

typedef struct tolerance {
    double rtol, atol;
    bool equal_nan;
} tolerance;

static tt_status isclose_infer(op_call *c)
{
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!dtype_is_arithmetic(c->in[0]->dtype))
        return op_no_arithmetic(c);
    return infer_broadcast(c, TT_BOOL);
}

static void isclose_forward(op_call *c)
{
    const tolerance *t = c->attr;
    layout a, b;
    isclose_run(&c->ctx->ex, operand_of(c->out), operand_expand(c->in[0], &c->at, &a),
                operand_expand(c->in[1], &c->at, &b), t->rtol, t->atol, t->equal_nan);
}

static const op isclose = {.name = "isclose", .infer = isclose_infer, .forward = isclose_forward};

tt_tensor *tt_isclose(tt_tensor *a, tt_tensor *b, double rtol, double atol, bool equal_nan)
{
    const tolerance t = {rtol, atol, equal_nan};
    tt_tensor *in[] = {a, b};
    return op_apply(&isclose, 2, in, &t, sizeof t);
}

/* Whether all of a bool tensor is true; made and dropped in a scope of its own. */
static bool all_true(tt_ctx *ctx, tt_scope s, tt_tensor *x)
{
    tt_tensor *all = tt_all(x, TT_ALL_AXES, false);
    bool result = all && tt_item(all) != 0;
    tt_scope_end(ctx, s);
    return result;
}

bool tt_allclose(tt_tensor *a, tt_tensor *b, double rtol, double atol, bool equal_nan)
{
    tt_tensor *in[] = {a, b};
    tt_ctx *ctx = op_context("allclose", 2, in);
    if (!ctx)
        return false;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    return all_true(ctx, s, tt_isclose(a, b, rtol, atol, equal_nan));
}

bool tt_array_equal(tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    tt_ctx *ctx = op_context("array_equal", 2, in);
    if (!ctx || !layout_same_shape(&a->at, &b->at))
        return false;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    return all_true(ctx, s, tt_eq(a, b));
}
