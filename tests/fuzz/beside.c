/* The rows of beside.h: libm and a line of C are what the library's functions are compared with. */
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
};
const beside_zip zips[] = {
    {"add", tt_add, tt_add_, add},          {"sub", tt_sub, tt_sub_, sub},
    {"mul", tt_mul, tt_mul_, mul},          {"div", tt_div, tt_div_, divide},
    {"maximum", tt_maximum, NULL, maximum}, {"minimum", tt_minimum, NULL, minimum},
    {"fmod", tt_fmod, NULL, fmod},          {"hypot", tt_hypot, NULL, hypot},
    {"atan2", tt_atan2, NULL, atan2},
};
const beside_fold folds[] = {
    {"sum", tt_sum, tt_cumsum, 0, add},
    {"prod", tt_prod, tt_cumprod, 1, mul},
    {"max", tt_max, tt_cummax, -HUGE_VAL, maximum},
    {"min", tt_min, tt_cummin, HUGE_VAL, minimum},
};
const int maps_count = sizeof maps / sizeof *maps;
const int zips_count = sizeof zips / sizeof *zips;
