/* The same elementwise operations with a number on one side. Invariant: a number that a tensor's
 * dtype cannot hold is an error, never rounded. */
#include <math.h>
#include "kernel/walk/copy.h"
#include "op/core/op.h"

/* What an operation asks of the tensor and the number. */
enum { ARITHMETIC, DIVISION, POWER, COMPARISON, LOGIC };

/* Can the dtype hold the number? Floats round it. */
static bool holds(tt_dtype dtype, double value)
{
    tt_limits l = tt_dtype_limits(dtype);
    if (dtype_is_float(dtype) || dtype == TT_F16 || dtype == TT_BF16)
        return true;
    return value == floor(value) && value >= l.min && value <= l.max && value != 0x1p63;
}

static tt_status check(const char *name, const tt_tensor *x, int kind, double value)
{
    tt_dtype d = x->dtype;
    bool takes = dtype_is_arithmetic(d) || (kind >= COMPARISON && d == TT_BOOL) ||
                 (kind == COMPARISON && (d == TT_I32 || d == TT_U8));
    if (!takes)
        return ctx_error(x->ctx, TT_ERR_DTYPE, "%s: no arithmetic on %s; cast first", name,
                         describe(x).s);
    if (!holds(d, value))
        return ctx_error(x->ctx, TT_ERR_DTYPE, "%s: %g is no %s; cast the tensor to float64 first",
                         name, value, tt_dtype_name(d));
    if (d == TT_I64 && kind == DIVISION && value == 0)
        return ctx_error(x->ctx, TT_ERR_ARG, "%s: integer division by zero", name);
    if (d == TT_I64 && kind == POWER && value < 0)
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
static tt_tensor *widened(tt_tensor *x)
{
    return tensor_live(x) && x->dtype == TT_I64 ? tt_cast(x, TT_F64) : x;
}

#define SCALAR(name, kind)                                                                         \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        tt_tensor *v = number(#name "_scalar", x, kind, value);                                    \
        return v ? tt_##name(x, v) : NULL;                                                         \
    }
#define SCALAR_FLOAT(name)                                                                         \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        tt_tensor *wide = widened(x);                                                              \
        tt_tensor *v = number(#name "_scalar", wide, ARITHMETIC, value);                           \
        return v ? tt_##name(wide, v) : NULL;                                                      \
    }
#define SCALAR_LEFT(name, op)                                                                      \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        tt_tensor *v = number(#name "_scalar", x, ARITHMETIC, value);                              \
        return v ? tt_##op(v, x) : NULL;                                                           \
    }

SCALAR(add, ARITHMETIC)
SCALAR(sub, ARITHMETIC)
SCALAR(mul, ARITHMETIC)
SCALAR(pow, POWER)
SCALAR(maximum, ARITHMETIC)
SCALAR(minimum, ARITHMETIC)
SCALAR(fmod, DIVISION)
SCALAR(remainder, DIVISION)
SCALAR(floor_divide, DIVISION)
SCALAR_FLOAT(div)
SCALAR_FLOAT(atan2)
SCALAR_FLOAT(hypot)
SCALAR(eq, COMPARISON)
SCALAR(ne, COMPARISON)
SCALAR(lt, COMPARISON)
SCALAR(le, COMPARISON)
SCALAR(gt, COMPARISON)
SCALAR(ge, COMPARISON)
SCALAR(logical_and, LOGIC)
SCALAR(logical_or, LOGIC)
SCALAR(logical_xor, LOGIC)
SCALAR_LEFT(rsub, sub)
SCALAR_LEFT(rpow, pow)

tt_tensor *tt_rdiv_scalar(tt_tensor *x, double value)
{
    tt_tensor *wide = widened(x);
    tt_tensor *v = number("rdiv_scalar", wide, ARITHMETIC, value);
    return v ? tt_div(v, wide) : NULL;
}
