/* Elementary functions of doubles without branches, so that the compiler can vectorise loops over
 * them. Largest errors in units in the last place (ulp), which test_vmath.c measures: sigmoid
 * 2.5, expm1 2.3, softplus 1.6, exp and exp2 1.1, log and log1p 0.9. The *_short forms are what
 * float functions are rounded from, with relative errors of 6e-11 (exp), 5e-10 (expm1) and 1e-13
 * (log). The others are libm's. Coefficients: minimax fits made for this file. */
#ifndef TT_KERNEL_ISA_VMATH_F64_H
#define TT_KERNEL_ISA_VMATH_F64_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "isa.h"

#define LN2      0.693147180559945309417
#define LN10     2.302585092994045684018
#define F64_LN2H 0x1.62e42feep-1 /* 33 bits, so that n * F64_LN2H is exact */
#define F64_LN2L 0x1.a39ef35793c76p-33
#define F64_RINT 0x1.8p52 /* x + F64_RINT rounds x to an integer */

VECTOR uint64_t f64_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

VECTOR double f64_of_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

VECTOR double f64_abs(double x)
{
    return f64_of_bits(f64_bits(x) & 0x7fffffffffffffff);
}

VECTOR double f64_copysign(double x, double s)
{
    return f64_of_bits((f64_bits(x) & 0x7fffffffffffffff) | (f64_bits(s) & 0x8000000000000000));
}

VECTOR double f64_sqrt(double x)
{
    return sqrt(x);
}

/* p * 2^n for integral n in [-2200, 2200], rounded once; k is what n + F64_RINT has as bits. */
VECTOR double f64_scale(double p, uint64_t k)
{
    uint64_t n = k - f64_bits(F64_RINT) + 4096; /* positive: there is no 64-bit arithmetic shift */
    uint64_t half = n >> 1, rest = n - half;
    return p * f64_of_bits((half - 2048 + 1023) << 52) * f64_of_bits((rest - 2048 + 1023) << 52);
}

VECTOR double f64_clamp(double x, double lo, double hi) /* keeps NaN */
{
    x = x < lo ? lo : x;
    return x > hi ? hi : x;
}

/* e^r - 1 for |r| <= ln(2) / 2 */
VECTOR double f64_expm1_core(double r)
{
    double p = 2.499995559620635232e-8;
    p = p * r + 2.763037862415954903e-7;
    p = p * r + 2.755758737295599582e-6;
    p = p * r + 2.480149276277302753e-5;
    p = p * r + 1.984126950473060379e-4;
    p = p * r + 1.388888894392267144e-3;
    p = p * r + 8.333333333495640408e-3;
    p = p * r + 4.16666666665291885e-2;
    p = p * r + 1.666666666666641021e-1;
    p = p * r + 0.5000000000000010721;
    return r + r * r * p;
}

VECTOR double f64_expm1_core_short(double r)
{
    double p = 1.979024267172547873e-4;
    p = p * r + 1.394475860539533935e-3;
    p = p * r + 8.333497675983028277e-3;
    p = p * r + 4.16662936341610636e-2;
    p = p * r + 1.66666658645871046e-1;
    p = p * r + 0.5000000068037403174;
    return r + r * r * p;
}

VECTOR double f64_exp(double x)
{
    x = f64_clamp(x, -760.0, 720.0);
    double t = x * (1 / LN2) + F64_RINT, n = t - F64_RINT;
    double r = (x - n * F64_LN2H) - n * F64_LN2L;
    return f64_scale(1 + f64_expm1_core(r), f64_bits(t));
}

VECTOR double f64_exp_short(double x)
{
    x = f64_clamp(x, -760.0, 720.0);
    double t = x * (1 / LN2) + F64_RINT, n = t - F64_RINT;
    double r = (x - n * F64_LN2H) - n * F64_LN2L;
    return f64_scale(1 + f64_expm1_core_short(r), f64_bits(t));
}

VECTOR double f64_exp2(double x)
{
    x = f64_clamp(x, -1100.0, 1030.0);
    double t = x + F64_RINT, r = (x - (t - F64_RINT)) * LN2;
    return f64_scale(1 + f64_expm1_core(r), f64_bits(t));
}

/* 2^n (e^r - 1) + (2^n - 1), which keeps the relative error for small x, where n is 0. */
#define F64_EXPM1(CORE)                                                                            \
    double a = f64_clamp(x, -50.0, 709.8);                                                         \
    double t = a * (1 / LN2) + F64_RINT, n = t - F64_RINT;                                         \
    double r = (a - n * F64_LN2H) - n * F64_LN2L;                                                  \
    double half = f64_scale(0.5, f64_bits(t)); /* 2^1024 would not fit */                          \
    double y = 2 * (half * CORE(r) + (half - 0.5));                                                \
    return x > 709.8 ? (double)INFINITY : x == 0 ? x : y

VECTOR double f64_expm1(double x)
{
    F64_EXPM1(f64_expm1_core);
}

VECTOR double f64_expm1_short(double x)
{
    F64_EXPM1(f64_expm1_core_short);
}

/* x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for x > 0, subnormal ones too. */
VECTOR double f64_split(double x, double *e)
{
    double small = x < 0x1p-1022 ? 0x1p54 : 1.0;
    uint64_t u = f64_bits(x * small) - 0x3fe6a09e667f3bcd + ((uint64_t)1024 << 52);
    double shift = x < 0x1p-1022 ? 0x1p52 + 1024 + 54 : 0x1p52 + 1024;
    *e = f64_of_bits(0x4330000000000000 | u >> 52) - shift;
    return f64_of_bits((u & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd) - 1;
}

/* y, a logarithm of x > 0, or what belongs to the other x. */
VECTOR double f64_log_edges(double x, double y)
{
    y = x < (double)INFINITY ? y : x;
    y = x == 0 ? -(double)INFINITY : y;
    return x < 0 ? (double)NAN : y;
}

/* log(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + R)) with s = f / (2 + f); tail is added to the small
 * part. */
VECTOR double f64_log1p_core(double f, double tail, double *big)
{
    double s = f / (2 + f), z = s * s, h = 0.5 * f * f;
    double p = 0.1479750878211320549;
    p = p * z + 0.1531390314056487683;
    p = p * z + 0.1818356974389920067;
    p = p * z + 0.2222219847590881843;
    p = p * z + 0.2857142874326342056;
    p = p * z + 0.3999999999941108904;
    p = p * z + 0.6666666666666734896;
    *big = f;
    return h - (s * (h + z * p) + tail);
}

VECTOR double f64_log1p_core_short(double f)
{
    double s = f / (2 + f), z = s * s;
    double p = 0.195855278497363367;
    p = p * z + 0.2217609915058638171;
    p = p * z + 0.2857211114633363052;
    p = p * z + 0.3999999560465560295;
    p = p * z + 0.6666666667584640778;
    return 2 * s + s * z * p;
}

/* log(x) + tail for finite x > 0 */
VECTOR double f64_log_tail(double x, double tail)
{
    double e, big, f = f64_split(x, &e);
    double small = f64_log1p_core(f, e * F64_LN2L + tail, &big);
    return e * F64_LN2H - (small - big);
}

VECTOR double f64_log(double x)
{
    return f64_log_edges(x, f64_log_tail(x, 0));
}

/* For finite x > 0 */
VECTOR double f64_log_short(double x)
{
    double e, f = f64_split(x, &e);
    return e * LN2 + f64_log1p_core_short(f);
}

/* log(u) + (x - (u - 1)) / u with u = 1 + x rounded */
VECTOR double f64_log1p(double x)
{
    double u = 1 + x;
    double y = f64_log_edges(u, f64_log_tail(u, (x - (u - 1)) / u));
    return x == 0 ? x : y;
}

VECTOR double f64_log2(double x)
{
    return log2(x);
}

VECTOR double f64_log10(double x)
{
    return log10(x);
}

VECTOR double f64_softplus(double x)
{
    double y = f64_log1p(f64_exp(-f64_abs(x)));
    return x > 0 ? x + y : x == x ? y : x;
}

#define F64_LIBM(name)                                                                             \
    static inline double f64_##name(double x)                                                      \
    {                                                                                              \
        return name(x);                                                                            \
    }
#define F64_LIBM2(name)                                                                            \
    static inline double f64_##name(double x, double y)                                            \
    {                                                                                              \
        return name(x, y);                                                                         \
    }
F64_LIBM(sin)
F64_LIBM(cos)
F64_LIBM(tan)
F64_LIBM(asin)
F64_LIBM(acos)
F64_LIBM(atan)
F64_LIBM(sinh)
F64_LIBM(cosh)
F64_LIBM(tanh)
F64_LIBM(asinh)
F64_LIBM(acosh)
F64_LIBM(atanh)
F64_LIBM(erf)
F64_LIBM(erfc)
F64_LIBM2(pow)
F64_LIBM2(fmod)
F64_LIBM2(atan2)
F64_LIBM2(hypot)
F64_LIBM2(nextafter)
#undef F64_LIBM
#undef F64_LIBM2
#undef F64_EXPM1

VECTOR double f64_normal_cdf(double x)
{
    return 0.5 * erfc(-x * 0.707106781186547524401);
}

/* e^(-c x^2) for c = 1 or 1/2; the rounding of x^2 counts x^2 times in the result */
VECTOR double f64_exp_minus_square(double x, double c)
{
    return f64_exp(-c * x * x);
}

#endif
