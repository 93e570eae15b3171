/* The same elementwise operations with a number on one side. Invariant: a number that an integer
 * tensor cannot hold is an error, never rounded. */
#include <math.h>
#include "../kernel/copy.h"
#include "op.h"

/* A 0-d tensor of x's dtype; a bool takes part in comparisons and logic as it is. */
static tt_tensor *number(const char *name, tt_tensor *x, double value)
{
    tt_ctx *ctx = op_context(name, 1, &x);
    if (!ctx)
        return NULL;
    if (x->dtype == TT_I64 && (value != floor(value) || fabs(value) >= 0x1p63))
        return op_fail(x, TT_ERR_DTYPE, "%s: %g is no int64; cast the tensor to float64 first", name,
                       value);
    return tt_scalar(ctx, (tt_dtype)x->dtype, value);
}

/* Operations whose result on integers is float64 take any number. */
static tt_tensor *widened(tt_tensor *x)
{
    return x && tensor_alive(x) && x->dtype == TT_I64 ? tt_cast(x, TT_F64) : x;
}

#define SCALAR(name)                                                                               \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        tt_tensor *v = number(#name "_scalar", x, value);                                          \
        return v ? tt_##name(x, v) : NULL;                                                         \
    }
#define SCALAR_FLOAT(name)                                                                         \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        x = widened(x);                                                                            \
        tt_tensor *v = number(#name "_scalar", x, value);                                          \
        return v ? tt_##name(x, v) : NULL;                                                         \
    }
#define SCALAR_LEFT(name, op)                                                                      \
    tt_tensor *tt_##name##_scalar(tt_tensor *x, double value)                                      \
    {                                                                                              \
        tt_tensor *v = number(#name "_scalar", x, value);                                          \
        return v ? tt_##op(v, x) : NULL;                                                           \
    }

SCALAR(add)
SCALAR(sub)
SCALAR(mul)
SCALAR(pow)
SCALAR(maximum)
SCALAR(minimum)
SCALAR(fmod)
SCALAR(remainder)
SCALAR(floor_divide)
SCALAR_FLOAT(div)
SCALAR_FLOAT(atan2)
SCALAR_FLOAT(hypot)
SCALAR(eq)
SCALAR(ne)
SCALAR(lt)
SCALAR(le)
SCALAR(gt)
SCALAR(ge)
SCALAR(logical_and)
SCALAR(logical_or)
SCALAR(logical_xor)
SCALAR_LEFT(rsub, sub)
SCALAR_LEFT(rpow, pow)

tt_tensor *tt_rdiv_scalar(tt_tensor *x, double value)
{
    x = widened(x);
    tt_tensor *v = number("rdiv_scalar", x, value);
    return v ? tt_div(v, x) : NULL;
}
