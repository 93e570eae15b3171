/* Reductions over any set of axes: a record and a public function per row of reduce.def. Input: a
 * tensor and the axes (none named: all); output: one value for each combination of the others.
 * Invariant: what a row computes and its gradient stand in the row, but for the functions that it
 * names. */
#include "reduce.h"

#include <tinytensor/ops.h>

static bool reduced_axes(const char *name, tt_tensor *x, int n, const int *axes, bool *reduced)
{
    for (int i = 0; i < x->at.ndim; i++)
        reduced[i] = n == 0;
    for (int i = 0; i < n; i++) {
        int k = layout_axis(x->at.ndim, axes[i]);
        if (k < 0 || reduced[k]) {
            op_fail(x, TT_ERR_AXIS, "%s: axis %d is %s for %s", name, axes[i],
                    k < 0 ? "out of range" : "named twice", describe(x).s);
            return false;
        }
        reduced[k] = true;
    }
    return true;
}

void reduced_layout(const tt_tensor *x, const bool *reduced, bool keepdim, layout *at)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    int n = 0;
    for (int i = 0; i < x->at.ndim; i++)
        if (keepdim || !reduced[i])
            shape[n++] = reduced[i] ? 1 : x->at.shape[i];
    layout_init(at, n, shape);
}

int64_t reduced_count(const tt_tensor *x, const bool *reduced)
{
    int64_t n = 1;
    for (int i = 0; i < x->at.ndim; i++)
        n *= reduced[i] ? x->at.shape[i] : 1;
    return n;
}

tt_status reduce_float_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    if (!dtype_is_float(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "%s is neither float32 nor float64; cast first",
                        describe(c->in[0]).s);
    c->dtype = c->in[0]->dtype;
    reduced_layout(c->in[0], a->axis, a->keepdim, &c->at);
    return TT_OK;
}

reduce_args reduce_args_of(op_call *c, reduce_id id, layout *at)
{
    const reduce_attr *a = c->attr;
    reduced_layout(c->in[0], a->axis, true, at);
    return (reduce_args){.id = id,
                         .out = {c->out->data, at, c->dtype},
                         .in = operand_of(c->in[0]),
                         .reduced = a->axis,
                         .p = a->parameter};
}

tt_tensor *reduce_keep(const op_call *c, tt_tensor *t)
{
    const reduce_attr *a = c->attr;
    layout at;
    reduced_layout(c->in[0], a->axis, true, &at);
    return tt_reshape(t, at.ndim, at.shape);
}

void reduce_spread(op_grads *g, const op_call *c, tt_tensor *t)
{
    grads_add(g, 0, tt_expand(t, c->in[0]->at.ndim, c->in[0]->at.shape));
}

static int axes_of(const op_call *c, int *axes)
{
    const reduce_attr *a = c->attr;
    int n = 0;
    for (int i = 0; i < c->in[0]->at.ndim; i++)
        if (a->axis[i])
            axes[n++] = i;
    return n;
}

/* Over no axes (of a 0-d tensor) that is t itself. */
tt_tensor *reduce_sum(const op_call *c, tt_tensor *t)
{
    int axes[LAYOUT_MAX_NDIM], n = axes_of(c, axes);
    return n ? tt_sum(t, n, axes, true) : t;
}

tt_tensor *reduce_apply(const op *o, reduce_id id, tt_tensor *x, int naxes, const int *axes,
                        bool keepdim, double parameter)
{
    reduce_attr a = {.id = id, .keepdim = keepdim, .parameter = parameter};
    if (!op_context(o->name, 1, &x) || !reduced_axes(o->name, x, naxes, axes, a.axis))
        return NULL;
    return op_apply(o, 1, &x, &a, sizeof a);
}

/* The rows' columns on dtypes: what int64 and bool become, and which rows take all dtypes. */
enum { NO_DTYPE = -1 };
enum { ZERO, UNIT, LOWEST, NO_NUMBER, REFUSED };

static const struct {
    int of_int, of_bool; /* NO_DTYPE: refused */
    bool any_dtype, not_empty;
} rows[] = {
#define TT_NONE NO_DTYPE
#define REDUCE(name, of_int, of_bool, empty, ...)                                                  \
    {TT_##of_int, TT_##of_bool, false, empty == REFUSED},
#define REDUCE_TEST(name, result, ...) {TT_##result, TT_##result, true, false},
#include "kernel/reduce/reduce.def"
};

/* An extremum of nothing does not exist. */
static bool can_choose(const char *name, const tt_tensor *x, const bool *reduced)
{
    if (reduced_count(x, reduced) > 0)
        return true;
    op_fail(x, TT_ERR_ARG, "%s: no elements to choose from in %s", name, describe(x).s);
    return false;
}

static tt_status reduce_infer(op_call *c)
{
    const reduce_attr *a = c->attr;
    tt_dtype d = c->in[0]->dtype;
    int result = rows[a->id].of_int;
    if (!rows[a->id].any_dtype)
        result = dtype_is_float(d) ? (int)d
                 : d == TT_I64     ? result
                 : d == TT_BOOL    ? rows[a->id].of_bool
                                   : NO_DTYPE;
    if (result == NO_DTYPE)
        return op_no_arithmetic(c);
    if (rows[a->id].not_empty && !can_choose(c->op->name, c->in[0], a->axis))
        return c->ctx->err.code;
    c->dtype = (tt_dtype)result;
    reduced_layout(c->in[0], a->axis, a->keepdim, &c->at);
    return TT_OK;
}

static void reduce_forward(op_call *c)
{
    const reduce_attr *a = c->attr;
    bool joined = a->id == REDUCE_mean && c->in[0]->dtype == TT_I64; /* their sum may wrap */
    layout at;
    reduce_args r = reduce_args_of(c, joined ? REDUCE_mean_of_int : a->id, &at);
    reduce_run(&c->ctx->ex, &r);
}

/* Products of all but one: the total divided by the element, or, for the only zero of a group, the
 * product of the others; with two zeros nothing. */
static tt_tensor *prod_dx(const op_call *c, tt_tensor *g, tt_tensor *x)
{
    tt_tensor *zero = tt_eq_scalar(x, 0);
    tt_dtype d = x->dtype;
    int axes[LAYOUT_MAX_NDIM], n = axes_of(c, axes);
    tt_tensor *ones = tt_cast(zero, d), *count = reduce_sum(c, ones);
    tt_tensor *safe = tt_masked_fill(x, zero, 1);
    tt_tensor *others = n ? tt_prod(safe, n, axes, true) : safe;
    tt_tensor *none = tt_cast(tt_eq_scalar(count, 0), d), *one = tt_cast(tt_eq_scalar(count, 1), d);
    tt_tensor *plain = tt_mul(tt_div(others, safe), none);
    tt_tensor *at_zero = tt_mul(tt_mul(others, ones), one);
    return tt_mul(g, tt_add(plain, at_zero));
}

/* Equal extrema share the gradient evenly. */
static tt_tensor *extreme_dx(const op_call *c, tt_tensor *g, tt_tensor *x, tt_tensor *y)
{
    tt_tensor *hit = tt_cast(tt_eq(x, y), x->dtype);
    return tt_mul(hit, tt_div(g, reduce_sum(c, hit)));
}

/* The same where all may be NaN: then nothing was chosen. */
static tt_tensor *chosen_dx(const op_call *c, tt_tensor *g, tt_tensor *x, tt_tensor *y)
{
    tt_tensor *hit = tt_cast(tt_eq(x, y), x->dtype), *n = reduce_sum(c, hit);
    return tt_mul(hit, tt_div(g, tt_maximum_scalar(n, 1)));
}

/* 1 where x is a number, 0 where it is NaN. */
static tt_tensor *numbers(tt_tensor *x)
{
    return tt_cast(tt_logical_not(tt_isnan(x)), x->dtype);
}

static tt_tensor *nanmean_dx(const op_call *c, tt_tensor *g, tt_tensor *x)
{
    tt_tensor *n = numbers(x);
    return tt_mul(tt_div(g, reduce_sum(c, n)), n);
}

/* Sums and means of int32 and uint8 are those of int64, as in NumPy; extrema keep the dtype. What
 * is wrong is said of x as it was given. */
static tt_tensor *apply(const op *o, reduce_id id, tt_tensor *x, int n, const int *axes,
                        bool keepdim)
{
    bool widen = tensor_live(x) && dtype_is_narrow(x->dtype) && !rows[id].any_dtype &&
                 rows[id].of_int != NO_DTYPE;
    if (!widen)
        return reduce_apply(o, id, x, n, axes, keepdim, 0);
    bool reduced[LAYOUT_MAX_NDIM];
    if (!op_context(o->name, 1, &x) || !reduced_axes(o->name, x, n, axes, reduced) ||
        (rows[id].not_empty && !can_choose(o->name, x, reduced)))
        return NULL;
    tt_tensor *y = reduce_apply(o, id, op_widened(x), n, axes, keepdim, 0);
    return rows[id].not_empty ? op_narrowed(y, x->dtype) : y;
}

enum { NONE = 0, X = SAVE_IN(0), Y = SAVE_OUT };

#define REDUCE(name, of_int, of_bool, empty, saved, dx, ...)                                       \
    static void name##_vjp(const op_call *c, op_grads *grads)                                      \
    {                                                                                              \
        const double n = (double)reduced_count(c->in[0], ((const reduce_attr *)c->attr)->axis);    \
        tt_tensor *x = c->in[0], *y = (saved)&Y ? reduce_keep(c, c->out) : NULL;                   \
        tt_tensor *g = reduce_keep(c, grads_out(grads));                                           \
        (void)n, (void)x, (void)y;                                                                 \
        reduce_spread(grads, c, dx);                                                               \
    }                                                                                              \
    PUBLIC(name, name##_vjp, saved)
#define REDUCE_APART(...)
#define REDUCE_TEST(name, ...) PUBLIC(name, NULL, 0)
#define PUBLIC(name, gradient, saved)                                                              \
    static const op op_##name = {#name, .infer = reduce_infer, .forward = reduce_forward,          \
                                 .vjp = gradient, .saves = saved};                                 \
    tt_tensor *tt_##name(tt_tensor *x, int naxes, const int *axes, bool keepdim)                   \
    {                                                                                              \
        return apply(&op_##name, REDUCE_##name, x, naxes, axes, keepdim);                          \
    }
#include "kernel/reduce/reduce.def"
