/* Activations and their first and second derivatives (slope, bend). Included once per float type,
 * with T and NAME(x) defined. */

VECTOR T NAME(1mx2)(T x)
{
    return (1 - x) * (1 + x);
}

VECTOR T NAME(1px2)(T x)
{
    return 1 + x * x;
}

VECTOR T NAME(erf_slope)(T x)
{
    return (T)TWO_INV_SQRTPI * NAME(exp_minus_square)(x, 1);
}

VECTOR T NAME(normal_density)(T x)
{
    return (T)INV_SQRT_2PI * NAME(exp_minus_square)(x, (T)0.5);
}

VECTOR T NAME(gelu)(T x)
{
    return x * NAME(normal_cdf)(x);
}

VECTOR T NAME(gelu_slope)(T x)
{
    return NAME(normal_cdf)(x) + x * NAME(normal_density)(x);
}

VECTOR T NAME(gelu_bend)(T x)
{
    return NAME(normal_density)(x) * (2 - x * x);
}

/* (1 + tanh(u)) / 2 is sigmoid(v) with v = 2 u = 2 k (x + c x^3) */
VECTOR T NAME(gelu_gate)(T x)
{
    return NAME(sigmoid)((T)(2 * GELU_K) * (x + (T)GELU_C * x * x * x));
}

VECTOR T NAME(gelu_tanh)(T x)
{
    return x * NAME(gelu_gate)(x);
}

VECTOR T NAME(gelu_tanh_slope)(T x)
{
    T s = NAME(gelu_gate)(x);
    T dv = (T)(2 * GELU_K) * (1 + (T)(3 * GELU_C) * x * x);
    return s + x * s * (1 - s) * dv;
}

VECTOR T NAME(gelu_tanh_bend)(T x)
{
    T s = NAME(gelu_gate)(x);
    T dv = (T)(2 * GELU_K) * (1 + (T)(3 * GELU_C) * x * x);
    T ddv = (T)(12 * GELU_K * GELU_C) * x;
    return s * (1 - s) * (2 * dv + x * ((1 - 2 * s) * dv * dv + ddv));
}

VECTOR T NAME(silu)(T x)
{
    return x * NAME(sigmoid)(x);
}

VECTOR T NAME(silu_slope)(T x)
{
    T s = NAME(sigmoid)(x);
    return s * (1 + x * (1 - s));
}

VECTOR T NAME(silu_bend)(T x)
{
    T s = NAME(sigmoid)(x);
    return s * (1 - s) * (2 + x * (1 - 2 * s));
}

/* tanh(log(1 + e^x)) is n / (n + 2) with n = e^x (e^x + 2), without a difference of near numbers.
 * Where x is above MISH_FLAT it is 1 in either type; NaN stays. */
VECTOR T NAME(mish_exp)(T x)
{
    return NAME(exp)(x > (T)MISH_FLAT ? (T)MISH_FLAT : x);
}

VECTOR T NAME(mish)(T x)
{
    T e = NAME(mish_exp)(x), n = e * (e + 2);
    return x * (n / (n + 2));
}

/* The gate and x times its slope, 4 e (1 + e) / (n + 2)^2, which is nothing where x is cut off. */
VECTOR T NAME(mish_slope)(T x)
{
    T e = NAME(mish_exp)(x), n = e * (e + 2), r = 1 / (n + 2);
    T gate = x > (T)MISH_FLAT ? 0 : x;
    return n * r + gate * (4 * e * r) * ((1 + e) * r);
}

VECTOR T NAME(mish_bend)(T x)
{
    T e = NAME(mish_exp)(x), r = 1 / (e * (e + 2) + 2);
    T slope = 4 * e * r * ((1 + e) * r);
    T bend = 4 * e * r * (((2 + 2 * e - 3 * e * e - 2 * e * e * e) * r) * r);
    return x > (T)MISH_FLAT ? 0 : 2 * slope + x * bend;
}
