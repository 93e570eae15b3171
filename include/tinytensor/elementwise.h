/** @file elementwise.h
 * Elementwise arithmetic: functions of two tensors and of one. The rest of the family is reached
 * from here, too: scalar.h (with a number), compare.h (comparison, logic, choice), bitwise.h,
 * inplace.h (writing to tensors that exist). What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_ELEMENTWISE_H
#define TINYTENSOR_ELEMENTWISE_H

#include <tinytensor/tensor.h>
#include <tinytensor/scalar.h>
#include <tinytensor/compare.h>
#include <tinytensor/bitwise.h>
#include <tinytensor/inplace.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup binary Elementwise, two operands
 * The operands have one dtype and broadcast against each other; shapes that do not are
 * #TT_ERR_SHAPE. Arithmetic takes float32, float64 and the integers int64, int32 and uint8, which
 * wrap on overflow; on bool it is #TT_ERR_DTYPE, where NumPy would mean logic. The gradient of an
 * operand that was stretched is summed to its shape.
 * @{ */

/** Sum: z = a + b.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 1 */
TT_API tt_tensor *tt_add(tt_tensor *a, tt_tensor *b);

/** Difference: z = a - b (numpy.subtract).
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1; b: -1 */
TT_API tt_tensor *tt_sub(tt_tensor *a, tt_tensor *b);

/** Product: z = a b (numpy.multiply).
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: b; b: a */
TT_API tt_tensor *tt_mul(tt_tensor *a, tt_tensor *b);

/** Quotient: z = a / b (numpy.divide). Of integers it is float64.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1 / b; b: -z / b */
TT_API tt_tensor *tt_div(tt_tensor *a, tt_tensor *b);

/** Power: z = a^b (numpy.power). Integers have no negative powers: #TT_ERR_ARG.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: b a^(b - 1), 0 where b is 0; b: z log(a), 0 where a is 0 and b is not negative */
TT_API tt_tensor *tt_pow(tt_tensor *a, tt_tensor *b);

/** The larger of two; NaN when one is NaN.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 1 for the larger one, 1/2 for equal ones */
TT_API tt_tensor *tt_maximum(tt_tensor *a, tt_tensor *b);

/** The smaller of two; NaN when one is NaN.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 1 for the smaller one, 1/2 for equal ones */
TT_API tt_tensor *tt_minimum(tt_tensor *a, tt_tensor *b);

/** Remainder with the sign of a, as C's: z = a - b trunc(a / b).
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1; b: -trunc(a / b) */
TT_API tt_tensor *tt_fmod(tt_tensor *a, tt_tensor *b);

/** Remainder with the sign of b, as Python's %: z = a - b floor(a / b).
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1; b: -floor(a / b) */
TT_API tt_tensor *tt_remainder(tt_tensor *a, tt_tensor *b);

/** Quotient rounded down, as Python's // and numpy.floor_divide: z = (a - r) / b with r =
 * tt_remainder(a, b), so that no rounding of a / b moves it to the next whole number. A division by
 * 0 gives a / b. For an infinite b it is 0, or -1 where the signs differ, which floor(a / b) would
 * not be; for an infinite a it is NaN.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 0 */
TT_API tt_tensor *tt_floor_divide(tt_tensor *a, tt_tensor *b);

/** Angle of the point (b, a): the inverse tangent of a / b in the right quadrant, in radians of
 * [-pi, pi] (numpy.arctan2). Of integers it is float64.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: b / (a^2 + b^2); b: -a / (a^2 + b^2) */
TT_API tt_tensor *tt_atan2(tt_tensor *a, tt_tensor *b);

/** Length of the hypotenuse: z = sqrt(a^2 + b^2), without overflow. Of integers it is float64.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: a / z; b: b / z */
TT_API tt_tensor *tt_hypot(tt_tensor *a, tt_tensor *b);

/** The size of a with the sign of b, which -0 and NaN have, too. Of integers it is float64.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1 where its sign stays, -1 where not, 0 at 0; b: 0 */
TT_API tt_tensor *tt_copysign(tt_tensor *a, tt_tensor *b);

/** Sum of numbers whose logarithms are given: z = log(e^a + e^b), without overflow. Of integers
 * it is float64.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: e^(a - z); b: e^(b - z); 1/2 for equal infinities */
TT_API tt_tensor *tt_logaddexp(tt_tensor *a, tt_tensor *b);

/** The number of a's dtype that follows a in the direction of b; b if they are equal. Of integers
 * it is float64.
 * @param a  (...), float or integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1, as the step is a rounding; b: 0 */
TT_API tt_tensor *tt_nextafter(tt_tensor *a, tt_tensor *b);

/** @} */

/** @defgroup unary Elementwise, one operand
 * y has the shape of x. Float32 and float64 keep their type. Functions whose result is no integer
 * give float64 for integers and bool, as in NumPy; the others keep them. Other dtypes are
 * #TT_ERR_DTYPE: cast first.
 * @{ */

/** Negative: y = -x (numpy.negative).
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: -1 */
TT_API tt_tensor *tt_neg(tt_tensor *x);

/** Absolute value: y = |x|. The least of integers has none and stays as it is.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: sign(x), 0 at 0 */
TT_API tt_tensor *tt_abs(tt_tensor *x);

/** Sign: -1, 0 or 1; of -0 it is 0, NaN stays NaN.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_sign(tt_tensor *x);

/** Square: y = x^2.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 2 x */
TT_API tt_tensor *tt_square(tt_tensor *x);

/** Square root; NaN below 0.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / (2 y) */
TT_API tt_tensor *tt_sqrt(tt_tensor *x);

/** Reciprocal of the square root: y = 1 / sqrt(x) (torch.rsqrt).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: -y^3 / 2 */
TT_API tt_tensor *tt_rsqrt(tt_tensor *x);

/** Reciprocal: y = 1 / x. Unlike NumPy's it is a float for integers, too.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: -y^2 */
TT_API tt_tensor *tt_reciprocal(tt_tensor *x);

/** Exponential: y = e^x.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: y */
TT_API tt_tensor *tt_exp(tt_tensor *x);

/** Power of two: y = 2^x.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: y log(2) */
TT_API tt_tensor *tt_exp2(tt_tensor *x);

/** y = e^x - 1, accurate near 0, where the difference would lose digits. The largest error,
 * measured, is 0.6 ulp in float32 and 2.3 ulp in float64.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: y + 1 */
TT_API tt_tensor *tt_expm1(tt_tensor *x);

/** Natural logarithm; -inf at 0, NaN below.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / x */
TT_API tt_tensor *tt_log(tt_tensor *x);

/** Logarithm to base 2.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / (x log(2)) */
TT_API tt_tensor *tt_log2(tt_tensor *x);

/** Logarithm to base 10.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / (x log(10)) */
TT_API tt_tensor *tt_log10(tt_tensor *x);

/** y = log(1 + x), accurate near 0, where the sum would lose digits.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / (1 + x) */
TT_API tt_tensor *tt_log1p(tt_tensor *x);

/** Sine of x in radians.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: cos(x) */
TT_API tt_tensor *tt_sin(tt_tensor *x);

/** Cosine of x in radians.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: -sin(x) */
TT_API tt_tensor *tt_cos(tt_tensor *x);

/** Tangent of x in radians.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 + y^2 */
TT_API tt_tensor *tt_tan(tt_tensor *x);

/** Inverse sine, in radians of [-pi/2, pi/2]; NaN outside [-1, 1] (numpy.arcsin).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / sqrt(1 - x^2) */
TT_API tt_tensor *tt_asin(tt_tensor *x);

/** Inverse cosine, in radians of [0, pi]; NaN outside [-1, 1] (numpy.arccos).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: -1 / sqrt(1 - x^2) */
TT_API tt_tensor *tt_acos(tt_tensor *x);

/** Inverse tangent, in radians of [-pi/2, pi/2] (numpy.arctan).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / (1 + x^2) */
TT_API tt_tensor *tt_atan(tt_tensor *x);

/** Hyperbolic sine: y = (e^x - e^-x) / 2.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: cosh(x) */
TT_API tt_tensor *tt_sinh(tt_tensor *x);

/** Hyperbolic cosine: y = (e^x + e^-x) / 2.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: sinh(x) */
TT_API tt_tensor *tt_cosh(tt_tensor *x);

/** Hyperbolic tangent: y = (e^x - e^-x) / (e^x + e^-x).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 - y^2 */
TT_API tt_tensor *tt_tanh(tt_tensor *x);

/** Inverse hyperbolic sine: y = log(x + sqrt(x^2 + 1)) (numpy.arcsinh).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / sqrt(x^2 + 1) */
TT_API tt_tensor *tt_asinh(tt_tensor *x);

/** Inverse hyperbolic cosine: y = log(x + sqrt(x^2 - 1)); NaN below 1 (numpy.arccosh).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / sqrt(x^2 - 1) */
TT_API tt_tensor *tt_acosh(tt_tensor *x);

/** Inverse hyperbolic tangent: y = log((1 + x) / (1 - x)) / 2; NaN outside [-1, 1] (numpy.arctanh).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 1 / (1 - x^2) */
TT_API tt_tensor *tt_atanh(tt_tensor *x);

/** Error function: y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x (torch.erf).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: 2 / sqrt(pi) e^(-x^2) */
TT_API tt_tensor *tt_erf(tt_tensor *x);

/** Complement of the error function: y = 1 - erf(x), without its loss of digits (torch.erfc).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: -2 / sqrt(pi) e^(-x^2) */
TT_API tt_tensor *tt_erfc(tt_tensor *x);

/** Inverse of the error function: the y with erf(y) = x; infinite at -1 and 1, NaN beyond
 * (torch.erfinv).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: sqrt(pi) / 2 e^(y^2) */
TT_API tt_tensor *tt_erfinv(tt_tensor *x);

/** Logarithm of the absolute value of the gamma function, for which gamma(n + 1) = n!
 * (torch.lgamma); infinite at 0, -1, -2, ...
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: digamma(x) */
TT_API tt_tensor *tt_lgamma(tt_tensor *x);

/** Derivative of tt_lgamma() (torch.digamma): -inf at 0, inf at -0, NaN at -1, -2, ...
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: the trigamma function, the sum of 1 / (x + k)^2 over k = 0, 1, 2, ... */
TT_API tt_tensor *tt_digamma(tt_tensor *x);

/** The largest whole number that is not above x.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_floor(tt_tensor *x);

/** The least whole number that is not below x.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_ceil(tt_tensor *x);

/** The nearest whole number; halves go to the even one, as in IEEE 754.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_round(tt_tensor *x);

/** The whole number nearest to x on the way to 0.
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_trunc(tt_tensor *x);

/** Whether an element is NaN.
 * @param x  (...), float or integer, which never is
 * @return   (...), bool */
TT_API tt_tensor *tt_isnan(tt_tensor *x);

/** Whether an element is positive or negative infinity.
 * @param x  (...), float or integer, which never is
 * @return   (...), bool */
TT_API tt_tensor *tt_isinf(tt_tensor *x);

/** Whether an element is neither NaN nor infinite.
 * @param x  (...), float or integer, which always is
 * @return   (...), bool */
TT_API tt_tensor *tt_isfinite(tt_tensor *x);

/** Whether the sign of an element is minus, as it is of -0 and may be of NaN.
 * @param x  (...), float or integer
 * @return   (...), bool */
TT_API tt_tensor *tt_signbit(tt_tensor *x);

/** Whether an element is 0; NaN is not.
 * @param x  (...), float, integer or bool
 * @return   (...), bool */
TT_API tt_tensor *tt_logical_not(tt_tensor *x);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
