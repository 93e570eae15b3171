/** @file scalar.h
 * Elementwise functions of a tensor and a number.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_SCALAR_H
#define TINYTENSOR_SCALAR_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup scalar Elementwise, with a number
 * The functions of two operands with a number on the right, or, where the name begins with an r, on
 * the left. The number takes the dtype of x; one that an integer tensor cannot hold, such as 0.5,
 * is #TT_ERR_DTYPE, except where the result is float64 anyway, and in logic, which asks only
 * whether it is 0. The rest is as for two tensors.
 * @{ */

/** y = x + value.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_add_scalar(tt_tensor *x, double value);

/** y = x - value.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_sub_scalar(tt_tensor *x, double value);

/** y = x value.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: value */
TT_API tt_tensor *tt_mul_scalar(tt_tensor *x, double value);

/** y = x / value; of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 / value */
TT_API tt_tensor *tt_div_scalar(tt_tensor *x, double value);

/** y = x^value.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: value x^(value - 1) */
TT_API tt_tensor *tt_pow_scalar(tt_tensor *x, double value);

/** The larger of x and value; NaN for NaN.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 above value, 1/2 at it */
TT_API tt_tensor *tt_maximum_scalar(tt_tensor *x, double value);

/** The smaller of x and value; NaN for NaN.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 below value, 1/2 at it */
TT_API tt_tensor *tt_minimum_scalar(tt_tensor *x, double value);

/** Remainder with the sign of x, as tt_fmod().
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_fmod_scalar(tt_tensor *x, double value);

/** Remainder with the sign of value, as tt_remainder().
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_remainder_scalar(tt_tensor *x, double value);

/** y = floor(x / value).
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 0 */
TT_API tt_tensor *tt_floor_divide_scalar(tt_tensor *x, double value);

/** Angle of the point (value, x), as tt_atan2(); of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: value / (x^2 + value^2) */
TT_API tt_tensor *tt_atan2_scalar(tt_tensor *x, double value);

/** y = sqrt(x^2 + value^2); of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: x / y */
TT_API tt_tensor *tt_hypot_scalar(tt_tensor *x, double value);

/** y = |x| with the sign of value; of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number; -0 has a sign
 * @return       (...)
 * @grad x: 1 where its sign stays, -1 where not, 0 at 0 */
TT_API tt_tensor *tt_copysign_scalar(tt_tensor *x, double value);

/** y = log(e^x + e^value); of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: e^(x - y) */
TT_API tt_tensor *tt_logaddexp_scalar(tt_tensor *x, double value);

/** The number that follows x in the direction of value; of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: 1 */
TT_API tt_tensor *tt_nextafter_scalar(tt_tensor *x, double value);

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
 * @param x      (...), float, integer or bool; what is not 0 is true, NaN too
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_logical_and_scalar(tt_tensor *x, double value);

/** Whether x or value is not 0.
 * @param x      (...), float, integer or bool; what is not 0 is true, NaN too
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_logical_or_scalar(tt_tensor *x, double value);

/** Whether exactly one of x and value is not 0.
 * @param x      (...), float, integer or bool; what is not 0 is true, NaN too
 * @param value  the number
 * @return       (...), bool */
TT_API tt_tensor *tt_logical_xor_scalar(tt_tensor *x, double value);

/** y = value - x.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: -1 */
TT_API tt_tensor *tt_rsub_scalar(tt_tensor *x, double value);

/** y = value / x; of integers it is float64.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: -y / x */
TT_API tt_tensor *tt_rdiv_scalar(tt_tensor *x, double value);

/** y = value^x.
 * @param x      (...), float or integer
 * @param value  the number
 * @return       (...)
 * @grad x: y log(value) */
TT_API tt_tensor *tt_rpow_scalar(tt_tensor *x, double value);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
