/* Functions that are written the same for both types of floats. Included by vmath.h once for each,
 * with T, NAME(x) and ALL_WHOLE, from which on every number is a whole one, defined. */

VECTOR T NAME(maximum)(T x, T y)
{
    return x > y || x != x ? x : y;
}

VECTOR T NAME(minimum)(T x, T y)
{
    return x < y || x != x ? x : y;
}

VECTOR T NAME(relu)(T x)
{
    return x <= 0 ? 0 : x;
}

VECTOR T NAME(sign)(T x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x + 0; /* of -0 it is 0 */
}

VECTOR T NAME(round)(T x)
{
    T a = NAME(abs)(x), r = (a + ALL_WHOLE) - ALL_WHOLE;
    return a < ALL_WHOLE ? NAME(copysign)(r, x) : x;
}

VECTOR T NAME(floor)(T x)
{
    T r = NAME(round)(x);
    return NAME(copysign)(r > x ? r - 1 : r, x);
}

VECTOR T NAME(ceil)(T x)
{
    T r = NAME(round)(x);
    return NAME(copysign)(r < x ? r + 1 : r, x);
}

VECTOR T NAME(trunc)(T x)
{
    return NAME(copysign)(NAME(floor)(NAME(abs)(x)), x);
}

VECTOR T NAME(sigmoid)(T x)
{
    T e = NAME(exp)(-NAME(abs)(x));
    return (x < 0 ? e : 1) / (1 + e);
}

/* log(e^x + e^y); the difference of equal infinities would be NaN */
VECTOR T NAME(logaddexp)(T x, T y)
{
    T z = NAME(maximum)(x, y) + NAME(softplus)(-NAME(abs)(x - y));
    return x == y ? x + (T)LN2 : z;
}
