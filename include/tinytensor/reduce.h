/** @file reduce.h
 * Reductions: many elements become one, along axes or up to each place.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_REDUCE_H
#define TINYTENSOR_REDUCE_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup reduce Reductions
 * One value for each group of elements along some axes. The axes are a list, so that
 * `tt_sum(x, TT_AXES(0, 2), false)` turns (a b c) into (b), and #TT_ALL_AXES names all.
 * With keepdim the reduced axes stay with size 1, so that the result broadcasts against x.
 * Sums are taken in fixed blocks and in pairs: accurate, and the same for any number of threads.
 * @{ */

/** Sum; 0 of nothing. Of bool it counts; of bool and integers it is int64.
 * @param x        (...), float, integer or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 */
TT_API tt_tensor *tt_sum(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Mean: the sum divided by the number; NaN of nothing. Of integers and bool it is float64, of the
 * exact sum, which does not wrap.
 * @param x        (...), float, integer or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 / n */
TT_API tt_tensor *tt_mean(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Product; 1 of nothing. Of bool and integers it is int64.
 * @param x        (...), float, integer or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: the product of the others, right for zeros, too */
TT_API tt_tensor *tt_prod(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Largest element; NaN when there is one.
 * @param x        (...), float, integer or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 for the largest, in equal shares if there are several */
TT_API tt_tensor *tt_max(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Smallest element; NaN when there is one.
 * @param x        (...), float, integer or bool
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 for the smallest, in equal shares if there are several */
TT_API tt_tensor *tt_min(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** log(sum(e^x)), without overflow; -inf of nothing (torch.logsumexp). The gradient has all its
 * digits, however large x is.
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

/** Largest element that is not NaN; NaN if there is nothing else.
 * @param x        (...), float32 or float64
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 for the largest, in equal shares if there are several */
TT_API tt_tensor *tt_nanmax(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Smallest element that is not NaN; NaN if there is nothing else.
 * @param x        (...), float32 or float64
 * @param naxes    number of axes; 0 for all
 * @param axes     the axes that are reduced
 * @param keepdim  whether they stay with size 1
 * @return         (...) without the axes; NULL: #TT_ERR_ARG of nothing, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 for the smallest, in equal shares if there are several */
TT_API tt_tensor *tt_nanmin(tt_tensor *x, int naxes, const int *axes, bool keepdim);

/** Variance: sum((x - mean(x))^2) / (n - correction), in two passes, accurate around large means,
 * too; NaN or infinite when the divisor is 0.
 * @param x           (...), float32 or float64
 * @param naxes       number of axes; 0 for all
 * @param axes        the axes that are reduced
 * @param correction  taken from the number n: 0 as in NumPy, 1 for an unbiased estimate, as in
 *                    PyTorch
 * @param keepdim     whether they stay with size 1
 * @return            (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 2 (x - mean(x)) / (n - correction) */
TT_API tt_tensor *tt_var(tt_tensor *x, int naxes, const int *axes, double correction, bool keepdim);

/** Standard deviation: the square root of tt_var(), and infinite where that is.
 * @param x           (...), float32 or float64
 * @param naxes       number of axes; 0 for all
 * @param axes        the axes that are reduced
 * @param correction  taken from the number n: 0 as in NumPy, 1 for an unbiased estimate, as in
 *                    PyTorch
 * @param keepdim     whether they stay with size 1
 * @return            (...) without the axes; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: (x - mean(x)) / (y (n - correction)), 0 where y is 0 */
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
 * @param x        (... n ...), float, integer or bool
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @return         (...) without the axis, int64; NULL: #TT_ERR_ARG when n is 0, #TT_ERR_DTYPE,
 *                 #TT_ERR_AXIS */
TT_API tt_tensor *tt_argmax(tt_tensor *x, int axis, bool keepdim);

/** Index of the smallest element along an axis: the first of several, and of NaN if there is one.
 * @param x        (... n ...), float, integer or bool
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @return         (...) without the axis, int64; NULL: #TT_ERR_ARG when n is 0, #TT_ERR_DTYPE,
 *                 #TT_ERR_AXIS */
TT_API tt_tensor *tt_argmin(tt_tensor *x, int axis, bool keepdim);

/** @} */

/** @defgroup scan Running reductions
 * Along one axis, each element of the result reduces the elements up to its place.
 * @{ */

/** Running sum: y_i = x_0 + ... + x_i. Of bool and integers it is int64.
 * @param x     (... n ...), float, integer or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x_i: 1 for each later or equal place */
TT_API tt_tensor *tt_cumsum(tt_tensor *x, int axis);

/** Running product: y_i = x_0 ... x_i. Of bool and integers it is int64.
 * @param x     (... n ...), float, integer or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x_i: the product of the others up to each later or equal place, right for zeros, too */
TT_API tt_tensor *tt_cumprod(tt_tensor *x, int axis);

/** Running maximum: y_i = max(x_0, ..., x_i); NaN from the first NaN on (torch.cummax).
 * @param x     (... n ...), float, integer or bool
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: to the element that is the maximum, the first of equal ones */
TT_API tt_tensor *tt_cummax(tt_tensor *x, int axis);

/** Running minimum: y_i = min(x_0, ..., x_i); NaN from the first NaN on (torch.cummin).
 * @param x     (... n ...), float, integer or bool
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
 * @param x     (... n ...), float or integer
 * @param axis  that of n
 * @return      (... n-1 ...), empty for n = 0; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: -1 and 1 */
TT_API tt_tensor *tt_diff(tt_tensor *x, int axis);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
