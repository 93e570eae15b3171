/* Elementwise operations on bits: a record and two public functions per row of bitwise.def. Input:
 * tensors of one integer dtype, or bool, that broadcast; output: a tensor of that dtype. Invariant:
 * a number that the dtype cannot hold is an error. */
#include <tinytensor/elementwise.h>
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

static tt_status bitwise_infer(op_call *c)
{
    tt_dtype d = c->in[0]->dtype;
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!bitwise_takes(*(const bitwise_id *)c->attr, d))
        return op_error(c, TT_ERR_DTYPE, "no operation on the bits of %s", describe(c->in[0]).s);
    return infer_broadcast(c, d);
}

static void bitwise_forward(op_call *c)
{
    layout a, b;
    bitwise_run(&c->ctx->ex, *(const bitwise_id *)c->attr, operand_of(c->out),
                operand_expand(c->in[0], &c->at, &a), operand_expand(c->in[1], &c->at, &b));
}

static tt_tensor *apply(const op *o, bitwise_id id, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    return op_apply(o, 2, in, &id, sizeof id);
}

/* A 0-d tensor with the number, exactly; NULL: x's dtype does not hold it. */
static tt_tensor *number(const char *name, tt_tensor *x, int64_t value)
{
    tt_ctx *ctx = op_context(name, 1, &x);
    if (!ctx)
        return NULL;
    tt_dtype d = x->dtype;
    tt_limits l = tt_dtype_limits(d);
    if (d == TT_I64)
        return tt_from_data(ctx, d, TT_SCALAR, &value);
    if (!dtype_is_float(d) && !dtype_is_half(d) && ((double)value < l.min || (double)value > l.max))
        return op_fail(x, TT_ERR_DTYPE, "%s: %lld is no %s; cast the tensor to int64 first", name,
                       (long long)value, tt_dtype_name(d));
    return tt_scalar(ctx, d, (double)value);
}

#define BITWISE(name, ...)                                                                         \
    static const op op_##name = {#name, .infer = bitwise_infer, .forward = bitwise_forward};       \
    tt_tensor *tt_##name(tt_tensor *a, tt_tensor *b)                                               \
    {                                                                                              \
        return apply(&op_##name, BITWISE_##name, a, b);                                            \
    }                                                                                              \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, int64_t value)                                     \
    {                                                                                              \
        tt_tensor *v = number(#name "_scalar", x, value);                                          \
        return v ? tt_##name(x, v) : NULL;                                                         \
    }
#define SHIFT BITWISE
#include "kernel/elementwise/bitwise.def"

tt_tensor *tt_bitwise_not(tt_tensor *x)
{
    if (!op_context("bitwise_not", 1, &x))
        return NULL;
    if (!bitwise_takes(BITWISE_bitwise_xor, x->dtype))
        return op_fail(x, TT_ERR_DTYPE, "bitwise_not: no operation on the bits of %s",
                       describe(x).s);
    if (x->dtype == TT_BOOL)
        return tt_logical_not(x);
    return tt_bitwise_xor_scalar(x, x->dtype == TT_U8 ? 255 : -1);
}
