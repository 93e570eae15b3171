/* Elementary functions of floats without branches, so that the compiler can vectorise loops over
 * them. Largest errors, in units in the last place (ulp), which test_vmath.c measures with each
 * instruction set over floats spread over all of them, and closely where a function is delicate:
 * sigmoid 2.4, erf 1.8, e^(-c x^2) 1.8, tanh 1.4, exp 1.1, exp2 1, log 0.9. expm1, log1p, log2,
 * log10, sin, cos, sinh, cosh, erfc, softplus and pow are rounded from doubles: 0.6. The others are
 * libm's. NaN, infinities, zeros and subnormals are IEEE's. Coefficients: minimax fits made for
 * this file. */
#ifndef TT_KERNEL_ISA_VMATH_H
#define TT_KERNEL_ISA_VMATH_H

#include "tensor/convert.h"
#include "vmath_f64.h"

#define F32_LN2H 0x1.62e4p-1f /* 15 bits, so that n * F32_LN2H is exact */
#define F32_LN2L 0x1.7f7d1cp-20f
#define F32_RINT 0x1.8p23f /* x + F32_RINT rounds x to an integer */

VECTOR float f32_abs(float x)
{
    return f32_of_bits(f32_bits(x) & 0x7fffffff);
}

VECTOR float f32_copysign(float x, float s)
{
    return f32_of_bits((f32_bits(x) & 0x7fffffff) | (f32_bits(s) & 0x80000000));
}

VECTOR float f32_sqrt(float x)
{
    return sqrtf(x);
}

VECTOR float f32_clamp(float x, float lo, float hi) /* keeps NaN */
{
    x = x < lo ? lo : x;
    return x > hi ? hi : x;
}

/* p * 2^n, rounded once; t is n + F32_RINT, n in [-250, 250]. */
VECTOR float f32_scale(float p, float t)
{
    int32_t n = (int32_t)(f32_bits(t) - f32_bits(F32_RINT));
    int32_t half = n >> 1, rest = n - half;
    return p * f32_of_bits((uint32_t)(half + 127) << 23) *
           f32_of_bits((uint32_t)(rest + 127) << 23);
}

/* e^r for |r| <= ln(2) / 2 */
VECTOR float f32_exp_core(float r)
{
    float p = 1.381446893e-3f;
    p = p * r + 8.3687804532e-3f;
    p = p * r + 4.166839419e-2f;
    p = p * r + 0.16666520107f;
    p = p * r + 0.49999993412f;
    return 1 + (r + r * r * p);
}

VECTOR float f32_exp_sum(float x,
                         float small) /* e^(x + small), small being a rounding error of x */
{
    x = f32_clamp(x, -104.5f, 89.5f);
    float t = x * (float)(1 / LN2) + F32_RINT, n = t - F32_RINT;
    float r = ((x - n * F32_LN2H) - n * F32_LN2L) + small;
    return f32_scale(f32_exp_core(r), t);
}

VECTOR float f32_exp(float x)
{
    return f32_exp_sum(x, 0);
}

VECTOR float f32_exp2(float x)
{
    x = f32_clamp(x, -151.0f, 129.0f);
    float t = x + F32_RINT;
    return f32_scale(f32_exp_core((x - (t - F32_RINT)) * (float)LN2), t);
}

/* e^(-c x^2) for c = 1 or 1/2, as exact as exp: x^2 is split into an exact square and a rest. */
VECTOR float f32_exp_minus_square(float x, float c)
{
    x = f32_clamp(f32_abs(x), 0, 14.75f);
    float h = f32_of_bits(f32_bits(x) & 0xfffff000);
    return f32_exp_sum(-c * h * h, -c * (x - h) * (x + h));
}

VECTOR float f32_log(float x)
{
    float a = x < 0x1p-126f ? x * 0x1p23f : x;
    int32_t u = (int32_t)(f32_bits(a) - 0x3f3504f3); /* exponent counts from sqrt(1/2) */
    float e = (float)(u >> 23) - (x < 0x1p-126f ? 23.0f : 0.0f);
    float f = f32_of_bits(((uint32_t)u & 0x7fffff) + 0x3f3504f3) - 1;
    float p = 6.7466392292e-2f;
    p = p * f - 0.11675647279f;
    p = p * f + 0.11888160101f;
    p = p * f - 0.12405589471f;
    p = p * f + 0.14219552747f;
    p = p * f - 0.16667995842f;
    p = p * f + 0.2000211864f;
    p = p * f - 0.25000009599f;
    p = p * f + 0.33333312604f;
    float small = f * f * (f * p - 0.5f) + e * F32_LN2L;
    float y = e * F32_LN2H + (f + small);
    y = x < INFINITY ? y : x;
    y = x == 0 ? -INFINITY : y;
    return x < 0 ? NAN : y;
}

VECTOR float f32_tanh(float x)
{
    float z = x * x;
    float p = 2.2310637643e-3f;
    p = p * z - 8.2670904621e-3f;
    p = p * z + 2.1734439543e-2f;
    p = p * z - 5.3952475534e-2f;
    p = p * z + 0.13333247791f;
    p = p * z - 0.33333331782f;
    float small = x + x * z * p;
    float large = 1 - 2 / (f32_exp(2 * f32_abs(x)) + 1);
    return f32_copysign(f32_abs(x) < 0.6f ? small : large, x);
}

/* erfc(z) for z >= 0: e^(-z^2) times a polynomial in t = 1 / (1 + 0.4 z) */
#define ERFC_POLYNOMIAL(T, t)                                                                      \
    T p = (T)-3.8364452795e-2;                                                                     \
    p = p * t + (T)0.2484767093;                                                                   \
    p = p * t - (T)0.62598397985;                                                                  \
    p = p * t + (T)0.73193385982;                                                                  \
    p = p * t - (T)0.45469461986;                                                                  \
    p = p * t + (T)0.37643597688;                                                                  \
    p = p * t + (T)8.6760461384e-2;                                                                \
    p = p * t + (T)0.22659889579;                                                                  \
    p = p * t + (T)0.22294092255;                                                                  \
    p = p * t + (T)0.22590466157;                                                                  \
    p = p * t - (T)8.432949731e-6

/* e^(z^2) erfc(z) */
VECTOR float f32_erfc_scaled(float z)
{
    float t = 1 / (1 + 0.4f * z);
    ERFC_POLYNOMIAL(float, t);
    return p;
}

VECTOR float f32_erf(float x)
{
    float z = x * x;
    float p = 8.8577682822e-5f;
    p = p * z - 8.2489770878e-4f;
    p = p * z + 5.2096820456e-3f;
    p = p * z - 2.6862626738e-2f;
    p = p * z + 0.11283749617f;
    p = p * z - 0.37612637027f;
    p = p * z + 0.128379167f;
    float small = x + x * p; /* 2 / sqrt(pi) = 1 + 0.128... */
    float tail = f32_erfc_scaled(f32_clamp(f32_abs(x), 0, 4)) * f32_exp_minus_square(x, 1);
    return f32_abs(x) < 0.85f ? small : f32_copysign(1 - tail, x);
}

VECTOR float f32_erfc(float x)
{
    double z = f64_clamp(f64_abs((double)x), 0, 12), t = 1 / (1 + 0.4 * z);
    ERFC_POLYNOMIAL(double, t);
    double tail = p * f64_exp_short(-z * z);
    return (float)(x < 0 ? 2 - tail : tail);
}

VECTOR float f32_normal_cdf(float x)
{
    float z = f32_clamp(f32_abs(x) * 0.70710678f, 0, 10.25f);
    float tail = 0.5f * f32_erfc_scaled(z) * f32_exp_minus_square(x, 0.5f);
    return x < 0 ? tail : 1 - tail;
}

VECTOR float f32_expm1(float x)
{
    float y = (float)f64_expm1_short((double)x);
    return x == 0 ? x : y;
}

/* log(1 + x) of a float from u = 1 + x rounded to double */
VECTOR float f32_log1p(float x)
{
    double v = (double)x, u = 1 + v;
    double y = f64_log_edges(u, f64_log_short(u) + (v - (u - 1)));
    return x == 0 ? x : (float)y;
}

VECTOR float f32_log2(float x)
{
    double v = (double)x, e, f = f64_split(v, &e);
    return (float)f64_log_edges(v, e + f64_log1p_core_short(f) * (1 / LN2));
}

VECTOR float f32_log10(float x)
{
    double v = (double)x;
    return (float)f64_log_edges(v, f64_log_short(v) * (1 / LN10));
}

VECTOR float f32_softplus(float x)
{
    double u = 1 + f64_exp_short(-f64_abs((double)x));
    double y = f64_log_short(u) + (f64_exp_short(-f64_abs((double)x)) - (u - 1));
    return x > 0 ? (float)((double)x + y) : x == x ? (float)y : x;
}

VECTOR float f32_sinh(float x)
{
    double m = f64_expm1_short(f64_clamp(f64_abs((double)x), 0, 100));
    return x == 0 ? x : f32_copysign((float)(0.5 * (m + m / (m + 1))), x);
}

VECTOR float f32_cosh(float x)
{
    double e = f64_exp_short(f64_clamp(f64_abs((double)x), 0, 100));
    return (float)(0.5 * (e + 1 / e));
}

/* sin(x + quarter pi / 2) for |x| <= F32_NEAR */
#define F32_NEAR 1e6f
VECTOR float f32_sin_shifted(float x, uint64_t quarter)
{
    double t = (double)x * 0x1.45f306dc9c883p-1 + F64_RINT, n = t - F64_RINT; /* 2 / pi */
    double r = ((double)x - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34;
    double z = r * r;
    double s = 2.718237296615622371e-6;
    s = s * z - 1.98393271391761252e-4;
    s = s * z + 8.333329362290386839e-3;
    s = s * z - 0.1666666664142661366;
    s = r + r * z * s;
    double c = -2.720954797520633761e-7;
    c = c * z + 2.479951176688427492e-5;
    c = c * z - 1.388888372263691214e-3;
    c = c * z + 4.166666662247723696e-2;
    c = 1 - 0.5 * z + z * z * c;
    uint64_t q = f64_bits(t) + quarter;
    double y = q & 1 ? c : s;
    return (float)f64_of_bits(f64_bits(y) ^ (q & 2) << 62);
}

VECTOR float f32_sin(float x)
{
    return x == 0 ? x : f32_sin_shifted(x, 0);
}

VECTOR float f32_cos(float x)
{
    return f32_sin_shifted(x, 1);
}

static inline float f32_libm_sin(float x)
{
    return sinf(x);
}

static inline float f32_libm_cos(float x)
{
    return cosf(x);
}

/* e^(y log|x|) in double, with the sign and the special cases of IEEE pow */
VECTOR float f32_pow(float x, float y)
{
    double a = f64_abs((double)x);
    double l = f64_log_edges(a, f64_log_short(a));
    double r = f64_exp_short(f64_clamp(a == 1 ? 0 : l * (double)y, -200, 200));
    /* of |y| >= 2^24 all are even, infinity too; NaN fails every test */
    double w = f64_clamp((double)y, -0x1p30, 0x1p30), t = w + F64_RINT;
    bool integer = t - F64_RINT == w, odd = integer && (f64_bits(t) & 1);
    bool negative = f32_bits(x) >> 31;
    r = negative && odd ? -r : r;
    r = x < 0 && x > -INFINITY && !integer ? (double)NAN : r;
    r = x != x || y != y ? (double)(x + y) : r;
    return y == 0 || x == 1 ? 1 : (float)r;
}

#define T         float
#define NAME(x)   f32_##x
#define ALL_WHOLE 0x1p23f
#include "vmath_typed.h"
#undef T
#undef NAME
#undef ALL_WHOLE

#define T         double
#define NAME(x)   f64_##x
#define ALL_WHOLE 0x1p52
#include "vmath_typed.h"
#undef T
#undef NAME
#undef ALL_WHOLE

#define F32_LIBM(name)                                                                             \
    static inline float f32_##name(float x)                                                        \
    {                                                                                              \
        return name##f(x);                                                                         \
    }
#define F32_LIBM2(name)                                                                            \
    static inline float f32_##name(float x, float y)                                               \
    {                                                                                              \
        return name##f(x, y);                                                                      \
    }
F32_LIBM(tan)
F32_LIBM(asin)
F32_LIBM(acos)
F32_LIBM(atan)
F32_LIBM(asinh)
F32_LIBM(acosh)
F32_LIBM(atanh)
F32_LIBM2(fmod)
F32_LIBM2(atan2)
F32_LIBM2(hypot)
F32_LIBM2(nextafter)
#undef F32_LIBM
#undef F32_LIBM2

#endif
