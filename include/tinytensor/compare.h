/** @file compare.h
 * Comparison and logic, choosing between elements, and whether tensors are equal.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_COMPARE_H
#define TINYTENSOR_COMPARE_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

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
 * @param a  (...), float, integer or bool; what is not 0 is true, NaN too
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_logical_and(tt_tensor *a, tt_tensor *b);

/** Whether one or both are true.
 * @param a  (...), float, integer or bool; what is not 0 is true, NaN too
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_logical_or(tt_tensor *a, tt_tensor *b);

/** Whether exactly one is true.
 * @param a  (...), float, integer or bool; what is not 0 is true, NaN too
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape, bool */
TT_API tt_tensor *tt_logical_xor(tt_tensor *a, tt_tensor *b);

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
 * @param x   (...), float or integer
 * @param lo  the least value; for integers rounded up to a whole one; -INFINITY for none
 * @param hi  the largest value; for integers rounded down; it wins when lo is above it
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

/** Linear interpolation: a + weight (b - a), which gives a at weight 0 and b at 1, exactly, also
 * where b - a overflows (torch.lerp).
 * @param a       (...), float32 or float64
 * @param b       of the dtype of a; all three broadcast
 * @param weight  of the dtype of a
 * @return        the broadcast shape; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad a: 1 - weight; b: weight; weight: b - a */
TT_API tt_tensor *tt_lerp(tt_tensor *a, tt_tensor *b, tt_tensor *weight);

/** x with numbers in place of what is none (numpy.nan_to_num).
 * @param x       (...), float or integer, which has no such elements
 * @param nan     in place of NaN
 * @param posinf  in place of infinity
 * @param neginf  in place of minus infinity
 * @return        (...); NULL: #TT_ERR_DTYPE
 * @grad x: 1 where it is finite, else 0 */
TT_API tt_tensor *tt_nan_to_num(tt_tensor *x, double nan, double posinf, double neginf);

/** Whether elements are close: |a - b| is at most atol + rtol |b|. An infinite tolerance takes all
 * finite elements as close; infinite ones are close to their equals only, whatever the tolerance.
 * @param a          (...), float or integer
 * @param b          of the dtype of a, broadcast with it
 * @param rtol       tolerance relative to b
 * @param atol       absolute tolerance
 * @param equal_nan  whether two NaN are close
 * @return           the broadcast shape, bool; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE */
TT_API tt_tensor *tt_isclose(tt_tensor *a, tt_tensor *b, double rtol, double atol, bool equal_nan);

/** Whether all elements are close, as tt_isclose() tells.
 * @param a          (...), float or integer
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
/** @} */

#ifdef __cplusplus
}
#endif

#endif
