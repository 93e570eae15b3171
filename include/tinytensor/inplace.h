/** @file inplace.h
 * Writing to tensors that exist.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_INPLACE_H
#define TINYTENSOR_INPLACE_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

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
 * @param x  (...), float or integer
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_add_(tt_tensor *x, tt_tensor *y);

/** x = x - y.
 * @param x  (...), float or integer
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_sub_(tt_tensor *x, tt_tensor *y);

/** x = x y.
 * @param x  (...), float or integer
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_mul_(tt_tensor *x, tt_tensor *y);

/** x = x / y.
 * @param x  (...), float32 or float64: a quotient is no integer
 * @param y  of the dtype of x, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_div_(tt_tensor *x, tt_tensor *y);

/** x = x + value.
 * @param x      (...), float or integer
 * @param value  for integers a whole number that the dtype holds
 * @return       #TT_OK, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_add_scalar_(tt_tensor *x, double value);

/** x = x value.
 * @param x      (...), float or integer
 * @param value  for integers a whole number that the dtype holds
 * @return       #TT_OK, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_mul_scalar_(tt_tensor *x, double value);

/** y = y + a x, in one pass: the step of gradient descent.
 * @param y  (...), float or integer
 * @param a  for integers a whole number that the dtype holds
 * @param x  of the dtype of y, broadcast to it
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_GRAD */
TT_API tt_status tt_axpy_(tt_tensor *y, double a, tt_tensor *x);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
