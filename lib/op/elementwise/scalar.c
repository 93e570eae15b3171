/* The elementwise operations of two operands with a number on one side: a function for each row of
 * binary.def and compare.def, and those with the number on the left. Invariant: a number that a
 * tensor's dtype cannot hold is an error, never rounded. */
#include <math.h>
#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

typedef tt_tensor *binary(tt_tensor *, tt_tensor *);

/* What an operation asks of the number: for arithmetic a binary_int, or one of these. */
enum { COMPARISON = INT_NOT_NEGATIVE + 1, LOGIC };

static tt_status check(const char *name, const tt_tensor *x, int kind, double value)
{
    tt_dtype d = x->dtype;
    if (!(dtype_is_arithmetic(d) || (kind >= COMPARISON && d == TT_BOOL)))
        return ctx_error(x->ctx, TT_ERR_DTYPE, "%s: no arithmetic on %s; cast first", name,
                         describe(x).s);
    if (!dtype_holds(d, value))
        return ctx_error(x->ctx, TT_ERR_DTYPE, "%s: %g is no %s; cast the tensor to float64 first",
                         name, value, tt_dtype_name(d));
    if (dtype_is_integer(d) && kind == INT_NONZERO && value == 0)
        return ctx_error(x->ctx, TT_ERR_ARG, "%s: integer division by zero", name);
    if (dtype_is_integer(d) && kind == INT_NOT_NEGATIVE && value < 0)
        return ctx_error(x->ctx, TT_ERR_ARG,
                         "%s: integers have no negative powers; cast to float64 first", name);
    return TT_OK;
}

/* A 0-d tensor of x's dtype; a bool takes part in comparisons and logic as it is. */
static tt_tensor *number(const char *name, tt_tensor *x, int kind, double value)
{
    tt_ctx *ctx = op_context(name, 1, &x);
    if (kind == LOGIC)
        value = value != 0;
    if (!ctx || check(name, x, kind, value) < 0)
        return NULL;
    return tt_scalar(ctx, x->dtype, value);
}

/* Operations whose result on integers is float64 take any number. */
static tt_tensor *widened(tt_tensor *x, int kind)
{
    return kind == INT_NONE && tensor_live(x) && dtype_is_integer(x->dtype) ? tt_cast(x, TT_F64)
                                                                            : x;
}

static tt_tensor *on_right(const char *name, binary *f, int kind, tt_tensor *x, double value)
{
    x = widened(x, kind);
    tt_tensor *v = number(name, x, kind, value);
    return v ? f(x, v) : NULL;
}

static tt_tensor *on_left(const char *name, binary *f, int kind, tt_tensor *x, double value)
{
    x = widened(x, kind);
    tt_tensor *v = number(name, x, kind, value);
    return v ? f(v, x) : NULL;
}

#define SCALAR(name, kind)                                                                         \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        return on_right(#name "_scalar", tt_##name, kind, x, value);                               \
    }
#define BINARY(name, ...)  SCALAR(name, (int)binary_on_int(BINARY_##name))
#define COMPARE(name, ...) SCALAR(name, COMPARISON)
#define LOGICAL(name, ...) SCALAR(name, LOGIC)
#include "kernel/elementwise/binary.def"
#include "kernel/elementwise/compare.def"

tt_tensor *tt_rsub_scalar(tt_tensor *x, double value)
{
    return on_left("rsub_scalar", tt_sub, INT_ANY, x, value);
}

tt_tensor *tt_rdiv_scalar(tt_tensor *x, double value)
{
    return on_left("rdiv_scalar", tt_div, INT_NONE, x, value);
}

tt_tensor *tt_rpow_scalar(tt_tensor *x, double value)
{
    return on_left("rpow_scalar", tt_pow, INT_ANY, x, value);
}
