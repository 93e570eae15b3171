/* Elementwise operations of two operands: a record and a public function per row of binary.def and
 * compare.def. Input: tensors of one dtype that broadcast; output: a tensor of the common shape.
 * Invariant: what a row computes and its gradients stand in the row, but for the functions that it
 * names. */
#include <tinytensor/activation.h>
#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

/* Whether the second operand is not what the row asks of integers; then with the error recorded. */
static bool integers_refused(op_call *c, binary_id id)
{
    binary_int y = binary_on_int(id);
    if (y == INT_NONZERO && pointwise_has_zero(&c->ctx->ex, operand_of(c->in[1])))
        op_error(c, TT_ERR_ARG, "integer division by zero");
    if (y == INT_NOT_NEGATIVE && pointwise_has_negative(&c->ctx->ex, operand_of(c->in[1])))
        op_error(c, TT_ERR_ARG, "integers have no negative powers; cast to float64 first");
    return c->ctx->err.code != 0;
}

static tt_status binary_infer(op_call *c)
{
    binary_id id = *(const binary_id *)c->attr;
    tt_dtype d = c->in[0]->dtype;
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!binary_takes(id, d))
        return op_no_arithmetic(c);
    if (dtype_is_integer(d) && integers_refused(c, id))
        return c->ctx->err.code;
    return infer_broadcast(c, d);
}

static void binary_forward(op_call *c)
{
    layout a, b;
    binary_run(&c->ctx->ex, *(const binary_id *)c->attr, operand_of(c->out),
               operand_expand(c->in[0], &c->at, &a), operand_expand(c->in[1], &c->at, &b));
}

static tt_tensor *apply_binary(const op *o, binary_id id, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    if (tensor_live(a) && dtype_is_integer(a->dtype) && !binary_takes(id, TT_I64) &&
        tensor_live(b) && b->dtype == a->dtype) { /* true division, atan2, hypot */
        in[0] = tt_cast(a, TT_F64);
        in[1] = tt_cast(b, TT_F64);
    }
    return op_apply(o, 2, in, &id, sizeof id);
}

/* d x^y / dx = y x^(y-1), 0 where y is 0. */
static tt_tensor *pow_dx(tt_tensor *g, tt_tensor *x, tt_tensor *y)
{
    tt_tensor *d = tt_mul(tt_mul(g, y), tt_pow(x, tt_sub_scalar(y, 1)));
    return tt_masked_fill(d, tt_eq_scalar(y, 0), 0);
}

/* d x^y / dy = z log x, 0 where x is 0 and y is not negative. */
static tt_tensor *pow_dy(tt_tensor *g, tt_tensor *x, tt_tensor *y, tt_tensor *z)
{
    tt_tensor *flat = tt_logical_and(tt_eq_scalar(x, 0), tt_ge_scalar(y, 0));
    return tt_masked_fill(tt_mul(g, tt_mul(z, tt_log(x))), flat, 0);
}

/* The share of x in the gradient of an extremum: 1 where it won, and where both are equal half, as
 * in PyTorch. */
static tt_tensor *share(tt_tensor *won, tt_tensor *x, tt_tensor *y)
{
    tt_dtype d = x->dtype;
    tt_tensor *half = tt_mul_scalar(tt_cast(tt_eq(x, y), d), 0.5);
    return tt_add(tt_cast(won, d), half);
}

/* The gradient of copysign: 1 where x has kept its sign, -1 where not, 0 at 0. */
static tt_tensor *signed_as(tt_tensor *g, tt_tensor *x, tt_tensor *z)
{
    return tt_mul(g, tt_mul(tt_sign(x), tt_sign(z)));
}

/* e^x / (e^x + e^y), the share of x in logaddexp; half where both are the same infinity. */
static tt_tensor *part_of_sum(tt_tensor *x, tt_tensor *y)
{
    return tt_masked_fill(tt_sigmoid(tt_sub(x, y)), tt_eq(x, y), 0.5);
}

enum { NONE = 0, X = SAVE_IN(0), Y = SAVE_IN(1), Z = SAVE_OUT };

/* The sum of what the tangents of both operands give, in the shape of the result. */
static tt_tensor *joined(const op_call *c, tt_tensor *a, tt_tensor *b)
{
    if (a && b)
        return tt_add(a, b);
    a = a ? a : b;
    return a ? tt_expand(a, c->out->at.ndim, c->out->at.shape) : NULL;
}

#define BINARY(name, z_, cost, lo, hi, kept, s_, dx, dy)                                           \
    static tt_tensor *name##_part(const op_call *c, tt_tensor *g, int i)                           \
    {                                                                                              \
        tt_tensor *x = c->in[0], *y = c->in[1], *z = c->out, *s = g ? s_ : NULL;                   \
        (void)x, (void)y, (void)z, (void)s;                                                        \
        return g ? i ? dy : dx : NULL;                                                             \
    }                                                                                              \
    static void name##_jvp(const op_call *c, tt_tensor *const *tangent, tt_tensor **out)           \
    {                                                                                              \
        out[0] = joined(c, name##_part(c, tangent[0], 0), name##_part(c, tangent[1], 1));          \
    }
#include "kernel/elementwise/binary.def"

#define BINARY(name, z_, cost, lo, hi, kept, s_, dx, dy)                                           \
    static void name##_vjp(const op_call *c, op_grads *grads)                                      \
    {                                                                                              \
        tt_tensor *x = c->in[0], *y = c->in[1], *z = c->out, *g = grads_out(grads), *s = s_;       \
        (void)x, (void)y, (void)z, (void)s;                                                        \
        if (grads_need(grads, 0))                                                                  \
            grads_add(grads, 0, dx);                                                               \
        if (grads_need(grads, 1))                                                                  \
            grads_add(grads, 1, dy);                                                               \
    }
#include "kernel/elementwise/binary.def"

#define BINARY(name, z_, cost, lo, hi, kept, s_, dx, dy)                                           \
    static const op op_##name = {#name,                                                            \
                                 .infer = binary_infer,                                            \
                                 .forward = binary_forward,                                        \
                                 .vjp = name##_vjp,                                                \
                                 .jvp = name##_jvp,                                                \
                                 .saves = kept};                                                   \
    tt_tensor *tt_##name(tt_tensor *a, tt_tensor *b)                                               \
    {                                                                                              \
        return apply_binary(&op_##name, BINARY_##name, a, b);                                      \
    }
#include "kernel/elementwise/binary.def"

static tt_status compare_infer(op_call *c)
{
    tt_dtype d = c->in[0]->dtype;
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!dtype_is_arithmetic(d) && d != TT_BOOL)
        return op_no_arithmetic(c);
    return infer_broadcast(c, TT_BOOL);
}

static void compare_forward(op_call *c)
{
    layout a, b;
    compare_run(&c->ctx->ex, *(const compare_id *)c->attr, operand_of(c->out),
                operand_expand(c->in[0], &c->at, &a), operand_expand(c->in[1], &c->at, &b));
}

#define COMPARE(name, ...)                                                                         \
    static const op op_##name = {#name, .infer = compare_infer, .forward = compare_forward};       \
    tt_tensor *tt_##name(tt_tensor *a, tt_tensor *b)                                               \
    {                                                                                              \
        compare_id id = COMPARE_##name;                                                            \
        tt_tensor *in[] = {a, b};                                                                  \
        return op_apply(&op_##name, 2, in, &id, sizeof id);                                        \
    }
#define LOGICAL COMPARE
#include "kernel/elementwise/compare.def"
