/* The logarithm of the gamma function, its derivatives, and the inverse of the error function: in
 * double, one element at a time; float results are rounded from them. Largest errors in ulp, which
 * test_vmath.c measures: float32 0.6; float64 erfinv 1.6, digamma 12 (of 2, where its terms
 * cancel); lgamma is libm's. Sources: NIST's Digital Library of Mathematical Functions, 5.5
 * (recurrence, reflection), 5.11 (expansions); M. Giles, Approximating the erfinv function, 2010.
 */
#ifndef TT_KERNEL_ISA_VMATH_GAMMA_H
#define TT_KERNEL_ISA_VMATH_GAMMA_H

#include "vmath.h"

#define GAMMA_PI  3.141592653589793238463
#define GAMMA_FAR 12 /* from here on eight terms of the expansions have all digits of a double */

/* The signs of gamma, which lgamma would leave in a variable of all threads, are of no use here. */
double lgamma_r(double x, int *sign);

static inline double f64_lgamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* c[0] + c[1] z + ... */
static inline double gamma_series(const double *c, int n, double z)
{
    double p = c[n - 1];
    for (int i = n - 2; i >= 0; i--)
        p = p * z + c[i];
    return p;
}

/* The derivative of log(gamma). At the poles it is as PyTorch's: the limit of 0's side, else NaN.
 */
static inline double f64_digamma(double x)
{
    static const double c[] = {-1.0 / 12,  1.0 / 120,     -1.0 / 252, 1.0 / 240,
                               -1.0 / 132, 691.0 / 32760, -1.0 / 12,  3617.0 / 8160};
    double y = 0;
    if (x == 0)
        return -copysign((double)INFINITY, x);
    if (x < 0) {
        if (x == trunc(x))
            return (double)NAN;
        y = -GAMMA_PI / tan(GAMMA_PI * (x - rint(x)));
        x = 1 - x;
    }
    if (isinf(x))
        return x;
    for (; x < GAMMA_FAR; x += 1)
        y -= 1 / x;
    double z = 1 / (x * x);
    return y + (log(x) - 0.5 / x + z * gamma_series(c, 8, z));
}

/* (pi / sin(pi x))^2, the reflection of trigamma */
static inline double gamma_mirror(double x)
{
    double s = GAMMA_PI / sin(GAMMA_PI * (x - rint(x)));
    return s * s;
}

static inline double f64_trigamma(double x)
{
    static const double c[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                               5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};
    double y = 0, sign = 1;
    if (x < 0.5) {
        y = -gamma_mirror(x);
        x = 1 - x;
        sign = -1;
    }
    for (; x < GAMMA_FAR; x += 1)
        y += 1 / (x * x);
    double z = 1 / (x * x);
    return sign * (y + (1 / x + 0.5 * z + z / x * gamma_series(c, 8, z)));
}

/* The derivative of trigamma. */
static inline double f64_tetragamma(double x)
{
    static const double c[] = {-1.0 / 2, 1.0 / 6,     -1.0 / 6,  3.0 / 10,
                               -5.0 / 6, 691.0 / 210, -35.0 / 2, 3617.0 / 30};
    double y = 0;
    if (x < 0.5) {
        double r = GAMMA_PI * (x - rint(x));
        y = -2 * GAMMA_PI * gamma_mirror(x) / tan(r);
        x = 1 - x;
    }
    for (; x < GAMMA_FAR; x += 1)
        y -= 2 / (x * x * x);
    double z = 1 / (x * x);
    return y + (-z - z / x + z * z * gamma_series(c, 8, z));
}

/* A polynomial of Giles, refined by two steps of Halley's method on what remains of erf or erfc,
 * whichever has the digits. */
static inline double f64_erfinv(double x)
{
    static const double near[] = {1.50140941,     0.246640727,    -0.00417768164,
                                  -0.00125372503, 0.00021858087,  -4.39150654e-06,
                                  -3.5233877e-06, 3.43273939e-07, 2.81022636e-08};
    static const double far[] = {2.83297682,    1.00167406,     0.00943887047,
                                 -0.0076224613, 0.00573950773,  -0.00367342844,
                                 0.00134934322, 0.000100950558, -0.000200214257};
    double a = fabs(x), rest = 1 - a;
    if (!(a < 1))
        return a == 1 ? copysign((double)INFINITY, x) : (double)NAN;
    if (a < 1e-9) /* the cubic term is below half an ulp */
        return x * 0.886226925452758013649;
    double w = -log(rest * (1 + a));
    double y = a * (w < 5 ? gamma_series(near, 9, w - 2.5) : gamma_series(far, 9, sqrt(w) - 3));
    if (w > 16) /* beyond Giles' floats: erfc(y) is about e^(-y^2) / (y sqrt(pi)) */
        y = sqrt(-log(rest) - 0.5 * log(-GAMMA_PI * log(rest)));
    for (int i = w > 16 ? 3 : 2; i > 0; i--) {
        double f = a < 0.5 ? erf(y) - a : rest - erfc(y);
        double step = f / (1.128379167095512573896 * exp(-y * y));
        y -= step / (1 + y * step);
    }
    return copysign(y, x);
}

/* Of y = erfinv(x): dy/dx = sqrt(pi) / 2 e^(y^2) */
static inline double f64_erfinv_slope(double y)
{
    return 0.886226925452758013649 * f64_exp(y * y);
}

#define GAMMA_FLOAT(name)                                                                          \
    static inline float f32_##name(float x)                                                        \
    {                                                                                              \
        return (float)f64_##name((double)x);                                                       \
    }
GAMMA_FLOAT(lgamma)
GAMMA_FLOAT(digamma)
GAMMA_FLOAT(trigamma)
GAMMA_FLOAT(tetragamma)
GAMMA_FLOAT(erfinv)
GAMMA_FLOAT(erfinv_slope)
#undef GAMMA_FLOAT

#endif
