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
