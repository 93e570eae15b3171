/* The tables of functions of elements: libm and a line of C are what the library's are compared
 * with. */
#include "beside.h"

#include <math.h>

static double square(double x)
{
    return x * x;
}
static double negative(double x)
{
    return -x;
}
static double sign(double x)
{
    return x != x ? x : (x > 0) - (x < 0);
}
static double reciprocal(double x)
{
    return 1 / x;
}
static double rsqrt(double x)
{
    return 1 / sqrt(x);
}
static double sigmoid(double x)
{
    return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}
static double relu(double x)
{
    return x > 0 ? x : x != x ? x : 0;
}
static double silu(double x)
{
    return x * sigmoid(x);
}
static double softplus(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}
static double add(double x, double y)
{
    return x + y;
}
static double sub(double x, double y)
{
    return x - y;
}
static double mul(double x, double y)
{
    return x * y;
}
static double divide(double x, double y)
{
    return x / y;
}
static double maximum(double x, double y)
{
    return x != x || y != y ? x + y : x > y ? x : y;
}
static double minimum(double x, double y)
{
    return x != x || y != y ? x + y : x < y ? x : y;
}

static double power(double x, double y)
{
    return pow(x, y);
}
static double remainder_of(double x, double y)
{
    double r = fmod(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r == 0 ? copysign(0, y) : r;
}
/* As NumPy: the nearest whole number to what is one but for roundings. */
static double quotient(double x, double y)
{
    double q = (x - remainder_of(x, y)) / y, down = floor(q);
    if (y == 0 || !isfinite(q))
        return y == 0 ? x / y : q;
    return q - down > 0.5 ? down + 1 : down;
}

static double gelu(double x)
{
    return x * erfc(-x / sqrt(2)) / 2;
}
static double gelu_tanh(double x)
{
    /* (1 + tanh(u)) / 2 is sigmoid(2 u), which loses no digits */
    return x * sigmoid(2 * sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x));
}
static double mish(double x)
{
    return x * tanh(softplus(x));
}
static double leaky(double x)
{
    return x > 0 ? x : 0.1 * x;
}
static double elu(double x)
{
    return x > 0 ? x : 1.5 * expm1(x);
}
static double between(double x)
{
    return x < -0.75 ? -0.75 : x > 1.25 ? 1.25 : x;
}
static double number(double x)
{
    return x != x ? 0.5 : x == HUGE_VAL ? 2 : x == -HUGE_VAL ? -3 : x;
}
static double is_nan(double x)
{
    return x != x;
}
static double is_inf(double x)
{
    return isinf(x) != 0;
}
static double is_finite(double x)
{
    return isfinite(x) != 0;
}
static double is_zero(double x)
{
    return x == 0;
}

/* Functions with numbers beside x; and truths, as numbers. */
static tt_tensor *call_leaky(tt_tensor *x)
{
    return tt_leaky_relu(x, 0.1);
}
static tt_tensor *call_elu(tt_tensor *x)
{
    return tt_elu(x, 1.5);
}
static tt_tensor *call_hardtanh(tt_tensor *x)
{
    return tt_hardtanh(x, -0.75, 1.25);
}
static tt_tensor *call_clamp(tt_tensor *x)
{
    return tt_clamp(x, -0.75, 1.25);
}
static tt_tensor *call_nan_to_num(tt_tensor *x)
{
    return tt_nan_to_num(x, 0.5, 2, -3);
}
#define TRUTH(name)                                                                                \
    static tt_tensor *truth_##name(tt_tensor *x)                                                   \
    {                                                                                              \
        return tt_cast(tt_##name(x), TT_F64);                                                      \
    }
TRUTH(isnan)
TRUTH(isinf)
TRUTH(isfinite)
TRUTH(logical_not)

/* Relations: as numbers, of two tensors and of a tensor and a number. */
#define RELATION(name, truth)                                                                      \
    static double is_##name(double x, double y)                                                    \
    {                                                                                              \
        return truth;                                                                              \
    }                                                                                              \
    static tt_tensor *truth_##name(tt_tensor *x, tt_tensor *y)                                     \
    {                                                                                              \
        return tt_cast(tt_##name(x, y), TT_F64);                                                   \
    }                                                                                              \
    static tt_tensor *truth_##name##_scalar(tt_tensor *x, double y)                                \
    {                                                                                              \
        return tt_cast(tt_##name##_scalar(x, y), TT_F64);                                          \
    }
RELATION(eq, x == y)
RELATION(ne, x != y)
RELATION(lt, x < y)
RELATION(le, x <= y)
RELATION(gt, x > y)
RELATION(ge, x >= y)
RELATION(logical_and, x != 0 && y != 0)
RELATION(logical_or, x != 0 || y != 0)
RELATION(logical_xor, (x != 0) != (y != 0))

static double from(double x, double y)
{
    return y - x;
}
static double into(double x, double y)
{
    return y / x;
}
static double raised(double x, double y)
{
    return pow(y, x);
}

const beside_map maps[] = {
    {"neg", tt_neg, negative},
    {"abs", tt_abs, fabs},
    {"sign", tt_sign, sign},
    {"square", tt_square, square},
    {"sqrt", tt_sqrt, sqrt},
    {"rsqrt", tt_rsqrt, rsqrt},
    {"reciprocal", tt_reciprocal, reciprocal},
    {"exp", tt_exp, exp},
    {"exp2", tt_exp2, exp2},
    {"expm1", tt_expm1, expm1},
    {"log", tt_log, log},
    {"log2", tt_log2, log2},
    {"log10", tt_log10, log10},
    {"log1p", tt_log1p, log1p},
    {"sin", tt_sin, sin},
    {"cos", tt_cos, cos},
    {"tan", tt_tan, tan},
    {"asin", tt_asin, asin},
    {"acos", tt_acos, acos},
    {"atan", tt_atan, atan},
    {"sinh", tt_sinh, sinh},
    {"cosh", tt_cosh, cosh},
    {"tanh", tt_tanh, tanh},
    {"asinh", tt_asinh, asinh},
    {"acosh", tt_acosh, acosh},
    {"atanh", tt_atanh, atanh},
    {"erf", tt_erf, erf},
    {"erfc", tt_erfc, erfc},
    {"sigmoid", tt_sigmoid, sigmoid},
    {"relu", tt_relu, relu},
    {"silu", tt_silu, silu},
    {"softplus", tt_softplus, softplus},
    {"floor", tt_floor, floor},
    {"ceil", tt_ceil, ceil},
    {"round", tt_round, rint},
    {"trunc", tt_trunc, trunc},
    {"gelu", tt_gelu, gelu},
    {"gelu_tanh", tt_gelu_tanh, gelu_tanh},
    {"mish", tt_mish, mish},
    {"leaky_relu", call_leaky, leaky},
    {"elu", call_elu, elu},
    {"hardtanh", call_hardtanh, between},
    {"clamp", call_clamp, between},
    {"nan_to_num", call_nan_to_num, number},
    {"isnan", truth_isnan, is_nan},
    {"isinf", truth_isinf, is_inf},
    {"isfinite", truth_isfinite, is_finite},
    {"logical_not", truth_logical_not, is_zero},
};
#define ZIP(name, write, f)                                                                        \
    {                                                                                              \
#name, tt_##name, tt_##name##_scalar, write, f                                             \
    }
#define ONE_WAY(name, f)                                                                           \
    {                                                                                              \
#name, NULL, tt_##name##_scalar, NULL, f                                                   \
    }
#define TRUE_IF(name)                                                                              \
    {                                                                                              \
#name, truth_##name, truth_##name##_scalar, NULL, is_##name                                \
    }
const beside_zip zips[] = {
    ZIP(add, tt_add_, add),
    ZIP(sub, tt_sub_, sub),
    ZIP(mul, tt_mul_, mul),
    ZIP(div, tt_div_, divide),
    ZIP(maximum, NULL, maximum),
    ZIP(minimum, NULL, minimum),
    ZIP(fmod, NULL, fmod),
    ZIP(hypot, NULL, hypot),
    ZIP(atan2, NULL, atan2),
    ZIP(pow, NULL, power),
    ZIP(remainder, NULL, remainder_of),
    ZIP(floor_divide, NULL, quotient),
    TRUE_IF(eq),
    TRUE_IF(ne),
    TRUE_IF(lt),
    TRUE_IF(le),
    TRUE_IF(gt),
    TRUE_IF(ge),
    TRUE_IF(logical_and),
    TRUE_IF(logical_or),
    TRUE_IF(logical_xor),
    ONE_WAY(rsub, from),
    ONE_WAY(rdiv, into),
    ONE_WAY(rpow, raised),
};
const beside_fold folds[] = {
    {"sum", tt_sum, tt_cumsum, 0, add},
    {"prod", tt_prod, tt_cumprod, 1, mul},
    {"max", tt_max, tt_cummax, -HUGE_VAL, maximum},
    {"min", tt_min, tt_cummin, HUGE_VAL, minimum},
};
const int maps_count = sizeof maps / sizeof *maps;
const int zips_count = sizeof zips / sizeof *zips;

tt_tensor *beside_tensor(tt_ctx *ctx, const naive *x)
{
    naive flat = naive_copy(x);
    return tt_from_data(ctx, TT_F64, x->ndim, x->shape, flat.memory->at);
}

tt_tensor *beside_index(tt_ctx *ctx, const naive *x)
{
    return tt_cast(beside_tensor(ctx, x), TT_I64);
}

double beside_slack(const naive *x)
{
    return naive_most(x) * (double)(x->n + 1) * 1e-15;
}

int beside_axis(const naive *x, int a)
{
    return (a & 127) % x->ndim;
}

bool beside_same_shape(const naive *x, const naive *y)
{
    bool same = x->ndim == y->ndim;
    for (int i = 0; same && i < x->ndim; i++)
        same = x->shape[i] == y->shape[i];
    return same;
}
