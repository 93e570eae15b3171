/* Activations and their first and second derivatives (slope, bend), and the functions of two
 * operands that are libm's, written once for float and double. */
#ifndef TT_KERNEL_ISA_ACTIVATION_H
#define TT_KERNEL_ISA_ACTIVATION_H

#include "kernel/isa/vmath.h"

#define SQRT_HALF      0.707106781186547524401
#define INV_SQRT_2PI   0.398942280401432677940
#define TWO_INV_SQRTPI 1.128379167095512573896
#define GELU_K         0.797884560802865355880 /* sqrt(2 / pi) */
#define GELU_C         0.044715

VECTOR double f64_normal_cdf(double x)
{
    return 0.5 * erfc(-x * SQRT_HALF);
}

VECTOR double f64_exp_minus_square(double x, double c)
{
    return f64_exp(-c * x * x);
}

#define ACTIVATIONS(T, P, SUFFIX)                                                                  \
    VECTOR T P##_1mx2(T x)                                                                         \
    {                                                                                              \
        return (1 - x) * (1 + x);                                                                  \
    }                                                                                              \
    VECTOR T P##_1px2(T x)                                                                         \
    {                                                                                              \
        return 1 + x * x;                                                                          \
    }                                                                                              \
    VECTOR T P##_erf_slope(T x)                                                                    \
    {                                                                                              \
        return (T)TWO_INV_SQRTPI * P##_exp_minus_square(x, 1);                                     \
    }                                                                                              \
    VECTOR T P##_normal_density(T x)                                                               \
    {                                                                                              \
        return (T)INV_SQRT_2PI * P##_exp_minus_square(x, (T)0.5);                                  \
    }                                                                                              \
    VECTOR T P##_gelu(T x)                                                                         \
    {                                                                                              \
        return x * P##_normal_cdf(x);                                                              \
    }                                                                                              \
    VECTOR T P##_gelu_slope(T x)                                                                   \
    {                                                                                              \
        return P##_normal_cdf(x) + x * P##_normal_density(x);                                      \
    }                                                                                              \
    VECTOR T P##_gelu_bend(T x)                                                                    \
    {                                                                                              \
        return P##_normal_density(x) * (2 - x * x);                                                \
    }                                                                                              \
    /* (1 + tanh(u)) / 2 is sigmoid(v) with v = 2 u = 2 k (x + c x^3) */                           \
    VECTOR T P##_gelu_tanh(T x)                                                                    \
    {                                                                                              \
        return x * P##_sigmoid((T)(2 * GELU_K) * (x + (T)GELU_C * x * x * x));                     \
    }                                                                                              \
    VECTOR T P##_gelu_tanh_slope(T x)                                                              \
    {                                                                                              \
        T s = P##_sigmoid((T)(2 * GELU_K) * (x + (T)GELU_C * x * x * x));                          \
        T dv = (T)(2 * GELU_K) * (1 + (T)(3 * GELU_C) * x * x);                                    \
        return s + x * s * (1 - s) * dv;                                                           \
    }                                                                                              \
    VECTOR T P##_gelu_tanh_bend(T x)                                                               \
    {                                                                                              \
        T s = P##_sigmoid((T)(2 * GELU_K) * (x + (T)GELU_C * x * x * x));                          \
        T dv = (T)(2 * GELU_K) * (1 + (T)(3 * GELU_C) * x * x);                                    \
        T ddv = (T)(12 * GELU_K * GELU_C) * x;                                                     \
        return s * (1 - s) * (2 * dv + x * ((1 - 2 * s) * dv * dv + ddv));                         \
    }                                                                                              \
    VECTOR T P##_silu(T x)                                                                         \
    {                                                                                              \
        return x * P##_sigmoid(x);                                                                 \
    }                                                                                              \
    VECTOR T P##_silu_slope(T x)                                                                   \
    {                                                                                              \
        T s = P##_sigmoid(x);                                                                      \
        return s * (1 + x * (1 - s));                                                              \
    }                                                                                              \
    VECTOR T P##_silu_bend(T x)                                                                    \
    {                                                                                              \
        T s = P##_sigmoid(x);                                                                      \
        return s * (1 - s) * (2 + x * (1 - 2 * s));                                                \
    }                                                                                              \
    static inline T P##_fmod(T x, T y)                                                             \
    {                                                                                              \
        return fmod##SUFFIX(x, y);                                                                 \
    }                                                                                              \
    /* Python's: the sign of y; a zero has it too */                                               \
    static inline T P##_remainder(T x, T y)                                                        \
    {                                                                                              \
        T r = fmod##SUFFIX(x, y);                                                                  \
        if (r == 0)                                                                                \
            return P##_copysign(r, y);                                                             \
        return (r < 0) != (y < 0) && r == r ? r + y : r;                                           \
    }                                                                                              \
    /* from the exact remainder, so that y * result + remainder is x as nearly as can be */        \
    static inline T P##_floor_divide(T x, T y)                                                     \
    {                                                                                              \
        if (y == 0)                                                                                \
            return x / y;                                                                          \
        T r = fmod##SUFFIX(x, y), q = (x - r) / y;                                                 \
        if (r != 0 && (r < 0) != (y < 0))                                                          \
            q -= 1;                                                                                \
        return q == 0 ? P##_copysign(0, x / y) : P##_round(q);                                     \
    }                                                                                              \
    static inline T P##_atan2(T x, T y)                                                            \
    {                                                                                              \
        return atan2##SUFFIX(x, y);                                                                \
    }                                                                                              \
    static inline T P##_hypot(T x, T y)                                                            \
    {                                                                                              \
        return hypot##SUFFIX(x, y);                                                                \
    }

ACTIVATIONS(float, f32, f)
ACTIVATIONS(double, f64, )

static inline double f64_pow(double x, double y)
{
    return pow(x, y);
}

#endif
