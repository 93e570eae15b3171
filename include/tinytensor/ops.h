/** @file ops.h
 * Operations on tensors: elementwise functions, reductions, views, copies, indexing, products. */
#ifndef TINYTENSOR_OPS_H
#define TINYTENSOR_OPS_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup ops Operations
 * An operation makes a new tensor in the innermost scope and leaves its operands as they are; only
 * those whose name ends in `_` write in place. Operands that are `NULL` give `NULL`. What an
 * operation reports besides the errors that it names is told in @ref tensor.
 *
 * Semantics are those of the NumPy function of the same name, or of the one that is given in
 * parentheses, with these rules throughout:
 * - Shapes broadcast as in NumPy: aligned at the right, axes that are missing or of size 1 stretch.
 * - Dtypes are never mixed: different ones are #TT_ERR_DTYPE, and tt_cast() converts.
 * - A negative axis counts from the end. No such axis, or one named twice, is #TT_ERR_AXIS.
 * - Floats follow IEEE 754: NaN and infinities pass through, and reductions propagate NaN.
 * - Integer overflow wraps; an integer division by zero is #TT_ERR_ARG.
 * - Results have the same bits for any number of threads.
 *
 * "Differentiable" names the operands through which a gradient flows, and the derivative.
 * @{ */

/** @defgroup unary Elementwise, one operand
 * y has the shape of x. Float32 and float64 keep their type. Functions whose result is no integer
 * give float64 for int64 and bool, as in NumPy; the others keep int64. Other dtypes are
 * #TT_ERR_DTYPE: cast first.
 * @{ */

/** Negative: y = -x.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: -1 */
TT_API tt_tensor *tt_neg(tt_tensor *x);

/** Absolute value: y = |x|. The least int64 has none and stays as it is.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: sign(x), 0 at 0 */
TT_API tt_tensor *tt_abs(tt_tensor *x);

/** Sign: -1, 0 or 1; NaN stays NaN.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_sign(tt_tensor *x);

/** Square: y = x^2.
 * @param x  (...), float or int64
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

/** y = e^x - 1, accurate near 0, where the difference would lose digits.
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

/** Logistic function: y = 1 / (1 + e^-x), without overflow (torch.sigmoid).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: y (1 - y) */
TT_API tt_tensor *tt_sigmoid(tt_tensor *x);

/** Rectifier: y = max(x, 0); NaN stays NaN (torch.relu).
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: 1 above 0, else 0 */
TT_API tt_tensor *tt_relu(tt_tensor *x);

/** Gaussian error linear unit: y = x P(x) with P(x) = (1 + erf(x / sqrt(2))) / 2, the exact form
 * (torch.nn.functional.gelu).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: P(x) + x e^(-x^2 / 2) / sqrt(2 pi) */
TT_API tt_tensor *tt_gelu(tt_tensor *x);

/** Its approximation, as in GPT-2: y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 (gelu with
 * approximate='tanh').
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: that of the formula */
TT_API tt_tensor *tt_gelu_tanh(tt_tensor *x);

/** Sigmoid linear unit, also called swish: y = x sigmoid(x) (torch.nn.functional.silu).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: s (1 + x (1 - s)) with s = sigmoid(x) */
TT_API tt_tensor *tt_silu(tt_tensor *x);

/** Smooth rectifier: y = log(1 + e^x), without overflow (torch.nn.functional.softplus).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: sigmoid(x) */
TT_API tt_tensor *tt_softplus(tt_tensor *x);

/** The largest whole number that is not above x.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_floor(tt_tensor *x);

/** The least whole number that is not below x.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_ceil(tt_tensor *x);

/** The nearest whole number; halves go to the even one, as in IEEE 754.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_round(tt_tensor *x);

/** The whole number nearest to x on the way to 0.
 * @param x  (...), float or int64
 * @return   (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_trunc(tt_tensor *x);

/** Whether an element is NaN.
 * @param x  (...), float or int64, which never is
 * @return   (...), bool */
TT_API tt_tensor *tt_isnan(tt_tensor *x);

/** Whether an element is positive or negative infinity.
 * @param x  (...), float or int64, which never is
 * @return   (...), bool */
TT_API tt_tensor *tt_isinf(tt_tensor *x);

/** Whether an element is neither NaN nor infinite.
 * @param x  (...), float or int64, which always is
 * @return   (...), bool */
TT_API tt_tensor *tt_isfinite(tt_tensor *x);

/** Whether an element is 0; NaN is not.
 * @param x  (...), float, int64 or bool
 * @return   (...), bool */
TT_API tt_tensor *tt_logical_not(tt_tensor *x);

/** @} */
/** @defgroup binary Elementwise, two operands
 * The operands have one dtype and broadcast against each other; shapes that do not are
 * #TT_ERR_SHAPE. Arithmetic takes float32, float64 and int64; on bool it is #TT_ERR_DTYPE, where
 * NumPy would mean logic. The gradient of an operand that was stretched is summed to its shape.
 * @{ */

/** Sum: z = a + b.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 1 */
TT_API tt_tensor *tt_add(tt_tensor *a, tt_tensor *b);

/** Difference: z = a - b (numpy.subtract).
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1; b: -1 */
TT_API tt_tensor *tt_sub(tt_tensor *a, tt_tensor *b);

/** Product: z = a b (numpy.multiply).
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: b; b: a */
TT_API tt_tensor *tt_mul(tt_tensor *a, tt_tensor *b);

/** Quotient: z = a / b (numpy.divide). Of int64 it is float64.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1 / b; b: -z / b */
TT_API tt_tensor *tt_div(tt_tensor *a, tt_tensor *b);

/** Power: z = a^b (numpy.power). An int64 has no negative powers: #TT_ERR_ARG.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: b a^(b - 1), 0 where b is 0; b: z log(a), 0 where a is 0 and b is not negative */
TT_API tt_tensor *tt_pow(tt_tensor *a, tt_tensor *b);

/** The larger of two; NaN when one is NaN.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 1 for the larger one, 1/2 for equal ones */
TT_API tt_tensor *tt_maximum(tt_tensor *a, tt_tensor *b);

/** The smaller of two; NaN when one is NaN.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 1 for the smaller one, 1/2 for equal ones */
TT_API tt_tensor *tt_minimum(tt_tensor *a, tt_tensor *b);

/** Remainder with the sign of a, as C's: z = a - b trunc(a / b).
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1; b: -trunc(a / b) */
TT_API tt_tensor *tt_fmod(tt_tensor *a, tt_tensor *b);

/** Remainder with the sign of b, as Python's %: z = a - b floor(a / b).
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: 1; b: -floor(a / b) */
TT_API tt_tensor *tt_remainder(tt_tensor *a, tt_tensor *b);

/** Quotient rounded down: z = floor(a / b), as Python's //.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a, b: 0 */
TT_API tt_tensor *tt_floor_divide(tt_tensor *a, tt_tensor *b);

/** Angle of the point (b, a): the inverse tangent of a / b in the right quadrant, in radians of
 * [-pi, pi] (numpy.arctan2). Of int64 it is float64.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: b / (a^2 + b^2); b: -a / (a^2 + b^2) */
TT_API tt_tensor *tt_atan2(tt_tensor *a, tt_tensor *b);

/** Length of the hypotenuse: z = sqrt(a^2 + b^2), without overflow. Of int64 it is float64.
 * @param a  (...), float or int64
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape
 * @grad a: a / z; b: b / z */
TT_API tt_tensor *tt_hypot(tt_tensor *a, tt_tensor *b);

/** @} */
/** @defgroup compare Comparison and logic
 * The result is bool. Operands have one dtype and broadcast against each other.
 * @{ */

/** Whether a = b (numpy.equal); false with NaN.
 * @param a  (...), any dtype but float16 and bfloat16
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_eq(tt_tensor *a, tt_tensor *b);

/** Whether a and b differ (numpy.not_equal); true with NaN.
 * @param a  (...), any dtype but float16 and bfloat16
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_ne(tt_tensor *a, tt_tensor *b);

/** Whether a is less than b (numpy.less); false with NaN.
 * @param a  (...), any dtype but float16 and bfloat16
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_lt(tt_tensor *a, tt_tensor *b);

/** Whether a is less than b or equal (numpy.less_equal); false with NaN.
 * @param a  (...), any dtype but float16 and bfloat16
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_le(tt_tensor *a, tt_tensor *b);

/** Whether a is greater than b (numpy.greater); false with NaN.
 * @param a  (...), any dtype but float16 and bfloat16
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_gt(tt_tensor *a, tt_tensor *b);

/** Whether a is greater than b or equal (numpy.greater_equal); false with NaN.
 * @param a  (...), any dtype but float16 and bfloat16
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_ge(tt_tensor *a, tt_tensor *b);

/** Whether both are true.
 * @param a  (...), float, int64 or bool; what is not 0 is true, NaN too
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_logical_and(tt_tensor *a, tt_tensor *b);

/** Whether one or both are true.
 * @param a  (...), float, int64 or bool; what is not 0 is true, NaN too
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_logical_or(tt_tensor *a, tt_tensor *b);

/** Whether exactly one is true.
 * @param a  (...), float, int64 or bool; what is not 0 is true, NaN too
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_logical_xor(tt_tensor *a, tt_tensor *b);

/** @} */
/** @defgroup scalar Elementwise, with a number
 * The functions of two operands with a number on the right, or, where the name begins with an r, on
 * the left. The number takes the dtype of x; one that an integer tensor cannot hold, such as 0.5,
 * is #TT_ERR_DTYPE, except where the result is float64 anyway, and in logic, which asks only
 * whether it is 0. The rest is as for two tensors.
 * @{ */

/** y = x + value.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_add_scalar(tt_tensor *x, double value);

/** y = x - value.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_sub_scalar(tt_tensor *x, double value);

/** y = x value.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: value */
TT_API tt_tensor *tt_mul_scalar(tt_tensor *x, double value);

/** y = x / value; of int64 it is float64.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 / value */
TT_API tt_tensor *tt_div_scalar(tt_tensor *x, double value);

/** y = x^value.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: value x^(value - 1) */
TT_API tt_tensor *tt_pow_scalar(tt_tensor *x, double value);

/** The larger of x and value; NaN for NaN.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 above value, 1/2 at it */
TT_API tt_tensor *tt_maximum_scalar(tt_tensor *x, double value);

/** The smaller of x and value; NaN for NaN.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 below value, 1/2 at it */
TT_API tt_tensor *tt_minimum_scalar(tt_tensor *x, double value);

/** Remainder with the sign of x, as tt_fmod().
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_fmod_scalar(tt_tensor *x, double value);

/** Remainder with the sign of value, as tt_remainder().
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_remainder_scalar(tt_tensor *x, double value);

/** y = floor(x / value).
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_floor_divide_scalar(tt_tensor *x, double value);

/** Angle of the point (value, x), as tt_atan2(); of int64 it is float64.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: value / (x^2 + value^2) */
TT_API tt_tensor *tt_atan2_scalar(tt_tensor *x, double value);

/** y = sqrt(x^2 + value^2); of int64 it is float64.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: x / y */
TT_API tt_tensor *tt_hypot_scalar(tt_tensor *x, double value);

/** Whether x = value; false for NaN.
 * @param x      (...), any dtype but float16 and bfloat16
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_eq_scalar(tt_tensor *x, double value);

/** Whether x and value differ; true for NaN.
 * @param x      (...), any dtype but float16 and bfloat16
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_ne_scalar(tt_tensor *x, double value);

/** Whether x is less than value.
 * @param x      (...), any dtype but float16 and bfloat16
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_lt_scalar(tt_tensor *x, double value);

/** Whether x is less than value or equal.
 * @param x      (...), any dtype but float16 and bfloat16
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_le_scalar(tt_tensor *x, double value);

/** Whether x is greater than value.
 * @param x      (...), any dtype but float16 and bfloat16
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_gt_scalar(tt_tensor *x, double value);

/** Whether x is greater than value or equal.
 * @param x      (...), any dtype but float16 and bfloat16
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_ge_scalar(tt_tensor *x, double value);

/** Whether x and value are both not 0.
 * @param x      (...), float, int64 or bool; what is not 0 is true, NaN too
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_logical_and_scalar(tt_tensor *x, double value);

/** Whether x or value is not 0.
 * @param x      (...), float, int64 or bool; what is not 0 is true, NaN too
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_logical_or_scalar(tt_tensor *x, double value);

/** Whether exactly one of x and value is not 0.
 * @param x      (...), float, int64 or bool; what is not 0 is true, NaN too
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_logical_xor_scalar(tt_tensor *x, double value);

/** y = value - x.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: -1 */
TT_API tt_tensor *tt_rsub_scalar(tt_tensor *x, double value);

/** y = value / x; of int64 it is float64.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: -y / x */
TT_API tt_tensor *tt_rdiv_scalar(tt_tensor *x, double value);

/** y = value^x.
 * @param x      (...), float or int64
 * @param value  the number
 * @return       (...)
 * @grad x: y log(value) */
TT_API tt_tensor *tt_rpow_scalar(tt_tensor *x, double value);

/** @} */
/** @defgroup choice Choosing and comparing
 * @{ */

/** Elements of a where the condition holds, of b elsewhere.
 * @param condition  (...), bool
 * @param a          (...), any dtype
 * @param b          of the dtype of a; all three broadcast
 * @return           the broadcast shape; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad a, b: 1 where chosen, else 0 */
TT_API tt_tensor *tt_where(tt_tensor *condition, tt_tensor *a, tt_tensor *b);

/** x limited to an interval: min(max(x, lo), hi) (numpy.clip). NaN stays NaN, and a bound that is
 * NaN limits nothing.
 * @param x   (...), float or int64
 * @param lo  the least value, for int64 without its fraction; -INFINITY for none
 * @param hi  the largest value, likewise; it wins when lo is above it
 * @return    (...); NULL: #TT_ERR_DTYPE
 * @grad x: 1 inside, bounds included, else 0 */
TT_API tt_tensor *tt_clamp(tt_tensor *x, double lo, double hi);

/** x with a value where a mask is true (torch.masked_fill).
 * @param x      (...), any dtype
 * @param mask   bool, broadcast with x
 * @param value  converted to the dtype of x as by tt_cast()
 * @return       the broadcast shape; NULL: #TT_ERR_DTYPE for the mask, #TT_ERR_SHAPE
 * @grad x: 0 where the mask is true, else 1 */
TT_API tt_tensor *tt_masked_fill(tt_tensor *x, tt_tensor *mask, double value);

/** Linear interpolation: a + weight (b - a), which gives a at weight 0 and b at 1, exactly
 * (torch.lerp).
 * @param a       (...), float32 or float64
 * @param b       of the dtype of a; all three broadcast
 * @param weight  of the dtype of a
 * @return        the broadcast shape; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad a: 1 - weight; b: weight; weight: b - a */
TT_API tt_tensor *tt_lerp(tt_tensor *a, tt_tensor *b, tt_tensor *weight);

/** x with numbers in place of what is none (numpy.nan_to_num).
 * @param x       (...), float or int64, which has no such elements
 * @param nan     in place of NaN
 * @param posinf  in place of infinity
 * @param neginf  in place of minus infinity
 * @return        (...); NULL: #TT_ERR_DTYPE
 * @grad x: 1 where it is finite, else 0 */
TT_API tt_tensor *tt_nan_to_num(tt_tensor *x, double nan, double posinf, double neginf);

/** Whether elements are close: |a - b| is at most atol + rtol |b|. Equal infinities are close.
 * @param a          (...), float or int64
 * @param b          of the dtype of a, broadcast with it
 * @param rtol       tolerance relative to b
 * @param atol       absolute tolerance
 * @param equal_nan  whether two NaN are close
 * @return           the broadcast shape, bool; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE */
TT_API tt_tensor *tt_isclose(tt_tensor *a, tt_tensor *b, double rtol, double atol, bool equal_nan);

/** Whether all elements are close, as tt_isclose() tells.
 * @param a          (...), float or int64
 * @param b          of the dtype of a, broadcast with it
 * @param rtol       tolerance relative to b
 * @param atol       absolute tolerance
 * @param equal_nan  whether two NaN are close
 * @return           false after an error as well */
TT_API bool tt_allclose(tt_tensor *a, tt_tensor *b, double rtol, double atol, bool equal_nan);

/** Whether two tensors have the same shape and equal elements. NaN equals nothing.
 * @param a  (...), any dtype that tt_eq() takes
 * @param b  of the dtype of a
 * @return   false for different shapes and after an error */
TT_API bool tt_array_equal(tt_tensor *a, tt_tensor *b);

/** @} */
/** @defgroup reduce Reductions
 * One value for each group of elements along some axes. The axes are a list, so that
 * `tt_sum(x, TT_AXES(0, 2), false)` turns (a b c) into (b), and #TT_ALL_AXES names all.
 * With keepdim the reduced axes stay with size 1, so that the result broadcasts against x.
 * Sums are taken in fixed blocks and in pairs: accurate, and the same for any number of threads.
 * @{ */

/** Sum; 0 of nothing. Of bool it counts, as int64.
 * @param x        (...), float, int64 or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 */
TT_API tt_tensor *tt_sum(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Mean: the sum divided by the number; NaN of nothing. Of int64 and bool it is float64.
 * @param x        (...), float, int64 or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 / n */
TT_API tt_tensor *tt_mean(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Product; 1 of nothing. Of bool it is int64.
 * @param x        (...), float, int64 or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: the product of the others, right for zeros, too */
TT_API tt_tensor *tt_prod(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Largest element; NaN when there is one.
 * @param x        (...), float, int64 or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 for the largest, in equal shares if there are several */
TT_API tt_tensor *tt_max(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Smallest element; NaN when there is one.
 * @param x        (...), float, int64 or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 for the smallest, in equal shares if there are several */
TT_API tt_tensor *tt_min(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** log(sum(e^x)), without overflow; -inf of nothing (torch.logsumexp).
 * @param x        (...), float32 or float64
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: e^(x - y), the softmax */
TT_API tt_tensor *tt_logsumexp(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Whether all elements are true, that is, not 0; true of nothing.
 * @param x        (...), any dtype
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes, bool; NULL: #TT_ERR_AXIS */
TT_API tt_tensor *tt_all(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Whether one element is true, that is, not 0; false of nothing.
 * @param x        (...), any dtype
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes, bool; NULL: #TT_ERR_AXIS */
TT_API tt_tensor *tt_any(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Number of elements that are not 0; NaN counts.
 * @param x        (...), any dtype
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes, int64; NULL: #TT_ERR_AXIS */
TT_API tt_tensor *tt_count_nonzero(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Sum of what is not NaN; 0 if there is nothing else.
 * @param x        (...), float32 or float64
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1, and 0 for NaN */
TT_API tt_tensor *tt_nansum(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Mean of what is not NaN; NaN if there is nothing else.
 * @param x        (...), float32 or float64
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 / n with n the number of others, and 0 for NaN */
TT_API tt_tensor *tt_nanmean(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Variance: sum((x - mean(x))^2) / (n - correction), in two passes; NaN or infinite when the
 * divisor is 0.
 * @param x           (...), float32 or float64
 * @param naxes       number of axes; 0 for all
 * @param axes        the axes that are reduced
 * @param correction  taken from the number n: 0 as in NumPy, 1 for an unbiased estimate, as in
 *                    PyTorch
 * @param keepdim     whether they stay with size 1
 * @return            (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 2 (x - mean(x)) / (n - correction) */
TT_API tt_tensor *tt_var(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim);

/** Standard deviation: the square root of tt_var().
 * @param x           (...), float32 or float64
 * @param naxes       number of axes; 0 for all
 * @param axes        the axes that are reduced
 * @param correction  taken from the number n: 0 as in NumPy, 1 for an unbiased estimate, as in
 *                    PyTorch
 * @param keepdim     whether they stay with size 1
 * @return            (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: (x - mean(x)) / (y (n - correction)) */
TT_API tt_tensor *tt_std(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim);

/** Vector norm: sum(|x|^ord)^(1 / ord) over the elements, also where several axes are named
 * (torch.linalg.vector_norm).
 * @param x        (...), float32 or float64
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param ord      the order: 2 as a rule; INFINITY for the largest |x|, -INFINITY for the smallest,
 *                 0 for the number of elements that are not 0
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing where ord is infinite,
 *                 #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: sign(x) (|x| / y)^(ord - 1), 0 where y is 0 */
TT_API tt_tensor *tt_norm(tt_tensor *x, int naxes, const int *axes, double ord, bool keepdim);

/** Index of the largest element along an axis: the first of several, and of NaN if there is one.
 * @param x        (... n ...), float, int64 or bool
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @return         (...) without the axis, int64; NULL: #TT_ERR_ARG when n is 0, #TT_ERR_DTYPE,
 *                 #TT_ERR_AXIS */
TT_API tt_tensor *tt_argmax(tt_tensor *x, int axis, bool keepdim);

/** Index of the smallest element along an axis: the first of several, and of NaN if there is one.
 * @param x        (... n ...), float, int64 or bool
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @return         (...) without the axis, int64; NULL: #TT_ERR_ARG when n is 0, #TT_ERR_DTYPE,
 *                 #TT_ERR_AXIS */
TT_API tt_tensor *tt_argmin(tt_tensor *x, int axis, bool keepdim);

/** @} */
/** @defgroup scan Running reductions
 * Along one axis, each element of the result reduces the elements up to its place.
 * @{ */

/** Running sum: y_i = x_0 + ... + x_i. Of bool it is int64.
 * @param x     (... n ...), float, int64 or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x_i: 1 for each later or equal place */
TT_API tt_tensor *tt_cumsum(tt_tensor *x, int axis);

/** Running product: y_i = x_0 ... x_i. Of bool it is int64.
 * @param x     (... n ...), float, int64 or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x_i: the product of the others up to each later or equal place, right for zeros, too */
TT_API tt_tensor *tt_cumprod(tt_tensor *x, int axis);

/** Running maximum: y_i = max(x_0, ..., x_i); NaN from the first NaN on (torch.cummax).
 * @param x     (... n ...), float, int64 or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: to the element that is the maximum, the first of equal ones */
TT_API tt_tensor *tt_cummax(tt_tensor *x, int axis);

/** Running minimum: y_i = min(x_0, ..., x_i); NaN from the first NaN on (torch.cummin).
 * @param x     (... n ...), float, int64 or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: to the element that is the minimum, the first of equal ones */
TT_API tt_tensor *tt_cummin(tt_tensor *x, int axis);

/** Running log(sum(e^x)), without overflow (torch.logcumsumexp).
 * @param x     (... n ...), float32 or float64
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x_i: e^(x_i - y_k) for each k from i on */
TT_API tt_tensor *tt_logcumsumexp(tt_tensor *x, int axis);

/** Differences of neighbours: y_i = x_(i+1) - x_i.
 * @param x     (... n ...), float or int64
 * @param axis  that of n
 * @return      (... n-1 ...), empty for n = 0; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: -1 and 1 */
TT_API tt_tensor *tt_diff(tt_tensor *x, int axis);

/** @} */
/** @defgroup views Views
 * The same memory under another shape: nothing is copied, whatever the size, and what is written to
 * one is seen in the other. The gradient goes back to the place that an element came from. All
 * dtypes.
 * @{ */

/** The same elements, in C order, in another shape. A view where the strides of x allow it; else a
 * copy is made first.
 * @param x      (...)
 * @param ndim   number of new axes
 * @param shape  their sizes, whose product is that of x; one may be -1 and is worked out
 * @return       (shape...); NULL: #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_reshape(tt_tensor *x, int ndim, const int64_t *shape);

/** As tt_reshape(), but never a copy (torch.Tensor.view).
 * @param x      (...)
 * @param ndim   number of new axes
 * @param shape  their sizes; one may be -1
 * @return       (shape...); NULL: #TT_ERR_SHAPE, with a message that names the two axes that cannot
 *               be merged
 * @grad x */
TT_API tt_tensor *tt_view(tt_tensor *x, int ndim, const int64_t *shape);

/** Merges neighbouring axes into one (torch.flatten): with 0 and -1 all of them. A view where the
 * strides allow it, else a copy.
 * @param x     (a... from...to b...); without axes it becomes (1)
 * @param from  the first axis
 * @param to    the last, included
 * @return      (a... n b...); NULL: #TT_ERR_AXIS, also when to stands before from
 * @grad x */
TT_API tt_tensor *tt_flatten(tt_tensor *x, int from, int to);

/** Splits an axis into several (torch.unflatten): the reverse of tt_flatten().
 * @param x      (a... n b...)
 * @param axis   that of n
 * @param ndim   number of axes to put in its place
 * @param shape  their sizes, with the product n; one may be -1
 * @return       (a... shape... b...); NULL: #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_unflatten(tt_tensor *x, int axis, int ndim, const int64_t *shape);

/** Another order of the axes: axis i of the result is axis axes[i] of x (numpy.transpose).
 * @param x      (...)
 * @param naxes  the number of axes of x
 * @param axes   each of them once
 * @return       a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_permute(tt_tensor *x, int naxes, const int *axes);

/** Exchanges two axes (torch.transpose, numpy.swapaxes).
 * @param x  (... a ... b ...)
 * @param a  an axis
 * @param b  another, or the same
 * @return   (... b ... a ...), a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_transpose(tt_tensor *x, int a, int b);

/** Moves one axis to another place; the others keep their order.
 * @param x     (...)
 * @param from  the axis
 * @param to    its place in the result
 * @return      a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_moveaxis(tt_tensor *x, int from, int to);

/** Drops axes of size 1.
 * @param x      (...)
 * @param naxes  number of axes; 0 for all that have size 1
 * @param axes   the axes
 * @return       a view; NULL: #TT_ERR_SHAPE when one has another size, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_squeeze(tt_tensor *x, int naxes, const int *axes);

/** Inserts an axis of size 1 (numpy.expand_dims).
 * @param x     (...)
 * @param axis  its place in the result, from -ndim - 1 to ndim
 * @return      (... 1 ...), a view; NULL: #TT_ERR_AXIS, #TT_ERR_SHAPE when x has 16 axes
 * @grad x */
TT_API tt_tensor *tt_unsqueeze(tt_tensor *x, int axis);

/** Stretches axes of size 1, and adds axes in front, by stride 0 (numpy.broadcast_to). As elements
 * then share memory, the result cannot be written to in place: tt_contiguous() makes a copy that
 * can.
 * @param x      (...)
 * @param ndim   number of axes of the result
 * @param shape  their sizes; -1 keeps that of x
 * @return       (shape...), a view; NULL: #TT_ERR_SHAPE
 * @grad x: summed over the stretched axes */
TT_API tt_tensor *tt_expand(tt_tensor *x, int ndim, const int64_t *shape);

/** Reverses the order of the elements along axes.
 * @param x      (...)
 * @param naxes  number of axes; 0 for all
 * @param axes   the axes
 * @return       (...), a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_flip(tt_tensor *x, int naxes, const int *axes);

/** The diagonals of the matrices in two axes.
 * @param x       (... a ... b ...)
 * @param offset  0 for the main diagonal, above 0 for one above it, below 0 for one below
 * @param a       the axis of the rows
 * @param b       the axis of the columns
 * @return        (... n), a view with the diagonal last, empty outside; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_diagonal(tt_tensor *x, int64_t offset, int a, int b);

/** One index of an axis, which disappears (torch.select).
 * @param x      (... n ...)
 * @param axis   that of n
 * @param index  negative counts from the end
 * @return       (... ...), a view; NULL: #TT_ERR_INDEX, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_select(tt_tensor *x, int axis, int64_t index);

/** All indices of an axis, each as tt_select() gives it (torch.unbind).
 * @param x     (... n ...)
 * @param axis  that of n
 * @param max   room in out
 * @param out   receives n views
 * @return      n; or a negative status: #TT_ERR_ARG when n is above max, #TT_ERR_AXIS
 * @grad x */
TT_API int tt_unbind(tt_tensor *x, int axis, int max, tt_tensor **out);

/** A part of a tensor by NumPy's basic indexing, as text. Items stand for axes from the left and
 * are separated by commas; axes without an item are taken whole. An item is
 * - an integer: that index, and the axis disappears; negative counts from the end,
 * - `start:stop:step`, each of which may be missing: a range, clipped as in Python; a step below 0
 *   walks backwards,
 * - `...`: as many axes as the other items leave, once at most,
 * - `None` or `newaxis`: a new axis of size 1.
 *
 * @code
 * tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(8, 3, 32, 32));
 * tt_tensor *red = tt_slice(x, ":, 0");                     // (8, 32, 32)
 * tt_tensor *last = tt_slice(x, "-1, ..., ::-1");           // (3, 32, 32), mirrored
 * tt_tensor *batch = tt_slice(x, "%d:%d", 2, 6);            // (4, 3, 32, 32)
 * printf("%d %d %d\n", tt_ndim(red), tt_ndim(last), (int)tt_size(batch, 0));
 * @endcode
 * The example prints `3 3 4`.
 * @param x     (...)
 * @param text  the items, as a printf format of at most 511 bytes when it is filled in
 * @param ...   its arguments, checked by the compiler
 * @return      a view; NULL: #TT_ERR_PATTERN or #TT_ERR_INDEX, with a message that marks the place
 * @grad x */
TT_API tt_tensor *tt_slice(tt_tensor *x, const char *text, ...) TT_PRINTF(2, 3);
/** As tt_slice(), with text that is taken as it is: for text that a program did not write itself,
 * and for other languages.
 * @param x     (...)
 * @param text  the items, of any length
 * @return      a view; NULL as for tt_slice(), #TT_ERR_ARG for NULL text
 * @grad x */
TT_API tt_tensor *tt_slice_n(tt_tensor *x, const char *text);

/** A range of an axis (torch.narrow).
 * @param x       (... n ...)
 * @param axis    that of n
 * @param start   the first index; negative counts from the end
 * @param length  how many, all of them inside
 * @return        (... length ...), a view; NULL: #TT_ERR_INDEX, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_narrow(tt_tensor *x, int axis, int64_t start, int64_t length);

/** Cuts an axis into ranges of given sizes (torch.split).
 * @param x      (... s ...)
 * @param axis   that of s
 * @param n      number of parts
 * @param sizes  their sizes, which add up to s
 * @param out    receives n views (... sizes[i] ...)
 * @return       #TT_OK, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x */
TT_API tt_status tt_split(tt_tensor *x, int axis, int n, const int64_t *sizes, tt_tensor **out);

/** Cuts an axis into at most n parts of ceil(s / n) each, of which the last may be smaller
 * (torch.chunk).
 * @param x     (... s ...)
 * @param axis  that of s
 * @param n     number of parts, at least 1
 * @param out   receives n views; NULL for parts that are left over, as the fourth when 5 are cut
 *              into 4
 * @return      #TT_OK, #TT_ERR_ARG for n, #TT_ERR_AXIS
 * @grad x */
TT_API tt_status tt_chunk(tt_tensor *x, int axis, int n, tt_tensor **out);

/** @} */
/** @defgroup copies Copies
 * New memory, unless it says otherwise. All dtypes.
 * @{ */

/** The elements one behind the other in C order: x itself when they are, else a copy.
 * @param x  (...)
 * @return   (...), contiguous
 * @grad x */
TT_API tt_tensor *tt_contiguous(tt_tensor *x);

/** A copy, contiguous (torch.clone).
 * @param x  (...)
 * @return   (...)
 * @grad x */
TT_API tt_tensor *tt_clone(tt_tensor *x);

/** Converts the elements; x itself when it has the dtype. A float becomes an integer by dropping
 * its fraction, is limited to the range of the type, and NaN becomes 0; an integer becomes a
 * smaller one by dropping upper bits; a bool becomes 0 or 1, and what is not 0 becomes true. Floats
 * are rounded to nearest.
 * @param x      (...), any dtype
 * @param dtype  any dtype
 * @return       (...); NULL: #TT_ERR_DTYPE for what is none
 * @grad x, from float32 and float64 to each other */
TT_API tt_tensor *tt_cast(tt_tensor *x, tt_dtype dtype);

/** Joins tensors along an axis (numpy.concatenate).
 * @param n        at least 1
 * @param tensors  (... s_i ...), of one dtype, that differ in s_i only
 * @param axis     that of s_i
 * @return         (... s ...) with s the sum of s_i; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE,
 *                 #TT_ERR_AXIS
 * @grad all tensors */
TT_API tt_tensor *tt_cat(int n, tt_tensor *const *tensors, int axis);

/** Joins tensors along a new axis.
 * @param n        at least 1
 * @param tensors  (...), of one dtype and shape
 * @param axis     its place in the result
 * @return         (... n ...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad all tensors */
TT_API tt_tensor *tt_stack(int n, tt_tensor *const *tensors, int axis);

/** x repeated as a whole, reps[i] times along axis i. The list and the axes are aligned at the
 * right, and the shorter one is filled up with 1.
 * @param x     (...)
 * @param n     length of the list
 * @param reps  not negative
 * @return      the tiled shape; NULL: #TT_ERR_ARG, #TT_ERR_SHAPE
 * @grad x: summed over the repetitions */
TT_API tt_tensor *tt_tile(tt_tensor *x, int n, const int64_t *reps);

/** Each element repeated n times where it stands (numpy.repeat).
 * @param x     (... s ...)
 * @param n     not negative
 * @param axis  that of s
 * @return      (... s*n ...); NULL: #TT_ERR_ARG, #TT_ERR_AXIS
 * @grad x: summed over the repetitions */
TT_API tt_tensor *tt_repeat_interleave(tt_tensor *x, int64_t n, int axis);

/** Moves the elements n places along an axis; what leaves at one end enters at the other.
 * @param x     (...)
 * @param n     places, negative for backwards
 * @param axis  the axis
 * @return      (...); NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_roll(tt_tensor *x, int64_t n, int axis);

/** x with elements added around it, or cut off (numpy.pad with a constant).
 * @param x       (...)
 * @param naxes   the number of axes of x
 * @param before  how many in front of each axis, first axis first; negative cuts
 * @param after   how many behind each axis, likewise
 * @param value   of what is added; for int64 a whole number
 * @return        the padded shape; NULL: #TT_ERR_SHAPE, #TT_ERR_AXIS, #TT_ERR_DTYPE, #TT_ERR_ARG
 * @grad x */
TT_API tt_tensor *tt_pad(tt_tensor *x, int naxes, const int64_t *before, const int64_t *after,
                         double value);

/** Lower triangles: zero where column - row is above the offset.
 * @param x       (... r c)
 * @param offset  0 for the main diagonal, above 0 for more
 * @return        (... r c); NULL: #TT_ERR_SHAPE for fewer than two axes
 * @grad x */
TT_API tt_tensor *tt_tril(tt_tensor *x, int64_t offset);

/** Upper triangles: zero where column - row is below the offset.
 * @param x       (... r c)
 * @param offset  0 for the main diagonal, above 0 for less
 * @return        (... r c); NULL: #TT_ERR_SHAPE for fewer than two axes
 * @grad x */
TT_API tt_tensor *tt_triu(tt_tensor *x, int64_t offset);

/** A matrix with a vector on a diagonal; or the diagonal of a matrix, as a view.
 * @param x       (n), or (r c)
 * @param offset  as for tt_diagonal()
 * @return        (n+|offset| n+|offset|), or the diagonal; NULL: #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_diag(tt_tensor *x, int64_t offset);

/** A 1 at each index, 0 elsewhere (torch.nn.functional.one_hot).
 * @param indices  (...), int64 in [0, classes)
 * @param classes  size of the new axis
 * @return         (... classes), int64; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE */
TT_API tt_tensor *tt_one_hot(tt_tensor *indices, int64_t classes);

/** Coordinates of a grid, in NumPy's default order 'xy': out[0] varies along axis 1, out[1] along
 * axis 0, out[k] along axis k. The results are views by tt_expand().
 * @param n        1 to 16
 * @param tensors  (s_i) each
 * @param out      receives n tensors (s_1 s_0 s_2 ...)
 * @return         #TT_OK, #TT_ERR_SHAPE
 * @grad all tensors */
TT_API tt_status tt_meshgrid(int n, tt_tensor *const *tensors, tt_tensor **out);

/** @} */
/** @defgroup index Indexing by tensors
 * Indices are int64; negative ones count from the end, and one out of range is #TT_ERR_INDEX, with
 * a message that tells where it stands. All dtypes, except where numbers are added.
 * @{ */

/** The given indices of an axis: the axes of the indices stand in its place (numpy.take,
 * torch.index_select).
 * @param x        (a... n b...)
 * @param axis     that of n
 * @param indices  (i...), int64
 * @return         (a... i... b...); NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x: added up where an index repeats */
TT_API tt_tensor *tt_take(tt_tensor *x, int axis, tt_tensor *indices);

/** For each place of the indices the element of x at the same place, but with the index along the
 * axis: for axis 1 y[i][j] = x[i][indices[i][j]] (torch.gather).
 * @param x        (...)
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @return         the shape of the indices; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE,
 *                 #TT_ERR_AXIS
 * @grad x: added up where an index repeats */
TT_API tt_tensor *tt_gather(tt_tensor *x, int axis, tt_tensor *indices);

/** A copy of x with elements of src at the places that tt_gather() would read: for axis 1
 * y[i][indices[i][j]] = src[i][j] (torch.scatter). Of several for one place the last in C order
 * stays.
 * @param x        (...)
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @param src      of the dtype of x, at least as large as the indices
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x: 0 where written; src: 1 where it stayed */
TT_API tt_tensor *tt_scatter(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** As tt_scatter(), but adding: for axis 1 y[i][indices[i][j]] += src[i][j] (torch.scatter_add).
 * @param x        (...), float or int64
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @param src      of the dtype of x, at least as large as the indices
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x, src: 1 */
TT_API tt_tensor *tt_scatter_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** A copy of x to which src is added at the given indices of an axis: the reverse of tt_take()
 * (torch.index_add).
 * @param x        (a... n b...), float or int64
 * @param axis     that of n
 * @param indices  (i...), int64
 * @param src      (a... i... b...), of the dtype of x
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x, src: 1 */
TT_API tt_tensor *tt_index_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** The elements where a mask is true, in C order (torch.masked_select).
 * @param x     (...)
 * @param mask  bool, broadcast with x
 * @return      (n) with n the number of them; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad x: 1 where selected */
TT_API tt_tensor *tt_masked_select(tt_tensor *x, tt_tensor *mask);

/** The places of the elements that are not 0, in C order (torch.nonzero).
 * @param x  (...) with d axes, any dtype
 * @return   (n d), int64: one row of indices for each */
TT_API tt_tensor *tt_nonzero(tt_tensor *x);

/** @} */
/** @defgroup inplace In place
 * Writing to tensors that exist, also through views. Operands broadcast to the destination, may
 * overlap it, and have its dtype (tt_copy_() converts). It is #TT_ERR_ARG to write to a read-only
 * tensor, or to one whose elements share memory, as after tt_expand(). While operations are
 * recorded, it is #TT_ERR_GRAD when the destination or the source requires a gradient: write inside
 * a scope opened with #TT_NO_GRAD, or through tt_detach(). Each write is counted, so that a record
 * that needs the old values reports it. After an error nothing has been written.
 * @{ */

/** dst = src, converted as by tt_cast().
 * @param dst  (...), any dtype
 * @param src  any dtype, broadcast to dst
 * @return     #TT_OK, #TT_ERR_SHAPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_copy_(tt_tensor *dst, tt_tensor *src);

/** Sets all elements to a value.
 * @param x      (...), any dtype
 * @param value  converted as by tt_cast()
 * @return       #TT_OK, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_fill_(tt_tensor *x, double value);

/** Sets all elements to 0.
 * @param x  (...), any dtype
 * @return   #TT_OK, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_zero_(tt_tensor *x);

/** x = x + y.
 * @param x  (...), float or int64
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_add_(tt_tensor *x, tt_tensor *y);

/** x = x - y.
 * @param x  (...), float or int64
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_sub_(tt_tensor *x, tt_tensor *y);

/** x = x y.
 * @param x  (...), float or int64
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_mul_(tt_tensor *x, tt_tensor *y);

/** x = x / y.
 * @param x  (...), float32 or float64: a quotient is no int64
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_div_(tt_tensor *x, tt_tensor *y);

/** x = x + value.
 * @param x      (...), float or int64
 * @param value  for int64 a whole number
 * @return       #TT_OK, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_add_scalar_(tt_tensor *x, double value);

/** x = x value.
 * @param x      (...), float or int64
 * @param value  for int64 a whole number
 * @return       #TT_OK, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_mul_scalar_(tt_tensor *x, double value);

/** y = y + a x, in one pass: the step of gradient descent.
 * @param y  (...), float or int64
 * @param a  for int64 a whole number
 * @param x  of the dtype of y, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_axpy_(tt_tensor *y, double a, tt_tensor *x);

/** @} */
/** @defgroup products Products
 * Sums of products, by BLAS for float32 and float64; those of int64 wrap on overflow. Transposed
 * and sliced operands are passed on as they are where BLAS can read them, else copied once.
 * @{ */

/** Matrix product: y[i][j] = sum over k of a[i][k] b[k][j], for every pair of matrices in the last
 * two axes; the axes in front broadcast. A vector on the left counts as one row, on the right as
 * one column, and that axis disappears.
 * One operand may be float16 or bfloat16 while the other is float32: 16-bit weights are read as
 * they are, converted in registers and added up in float32. That has no gradients.
 * @param a  (... n k), or (k); float or int64
 * @param b  (... k m), or (k); of the dtype of a
 * @return   (... n m), float32 where one operand is; NULL: #TT_ERR_SHAPE, also for operands without
 *           axes, #TT_ERR_DTYPE, also for 16-bit weights where an operand requires grad in a
 *           #TT_GRAD scope
 * @grad a: g b^T; b: a^T g */
TT_API tt_tensor *tt_matmul(tt_tensor *a, tt_tensor *b);

/** Dot product as NumPy defines it: of two vectors the sum of products; else the sum over the last
 * axis of a and the second last of b, with all other axes of both in the result. An operand without
 * axes multiplies.
 * @param a  (i... k), float or int64
 * @param b  (j... k m), or (k); of the dtype of a
 * @return   (i... j... m); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, b */
TT_API tt_tensor *tt_dot(tt_tensor *a, tt_tensor *b);

/** Outer product: y[i][j] = a[i] b[j]. Operands are flattened.
 * @param a  n elements, float or int64
 * @param b  m elements, of the dtype of a
 * @return   (n m); NULL: #TT_ERR_DTYPE
 * @grad a: g b; b: g^T a */
TT_API tt_tensor *tt_outer(tt_tensor *a, tt_tensor *b);

/** Sum of products over n pairs of axes; the other axes of a, then those of b, are those of the
 * result.
 * @param a       (i... k...), float or int64, its axes in any order
 * @param b       (k... j...), of the dtype of a, its axes in any order
 * @param n       number of pairs; 0 for the outer product
 * @param axes_a  n axes of a
 * @param axes_b  n axes of b, of the same sizes
 * @return        (i... j...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_AXIS, #TT_ERR_ARG
 * @grad a, b */
TT_API tt_tensor *tt_tensordot(tt_tensor *a, tt_tensor *b, int n, const int *axes_a,
                               const int *axes_b);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
