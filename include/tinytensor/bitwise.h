/** @file bitwise.h
 * Operations on the bits of integers, and on truth values.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_BITWISE_H
#define TINYTENSOR_BITWISE_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup bitwise Bits
 * The operands have one dtype, which the result has, too, and broadcast against each other. They
 * are int64, int32, uint8 or, but for shifts, bool, for which each is the logical operation; floats
 * are #TT_ERR_DTYPE. Negative numbers are two's complements. Nothing is differentiable.
 * @{ */

/** Bits that are set in both.
 * @param a  (...), integer or bool
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape */
TT_API tt_tensor *tt_bitwise_and(tt_tensor *a, tt_tensor *b);

/** Bits that are set in one or both.
 * @param a  (...), integer or bool
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape */
TT_API tt_tensor *tt_bitwise_or(tt_tensor *a, tt_tensor *b);

/** Bits that are set in exactly one.
 * @param a  (...), integer or bool
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape */
TT_API tt_tensor *tt_bitwise_xor(tt_tensor *a, tt_tensor *b);

/** Every bit the other way round (numpy.invert): -x - 1 for signed integers.
 * @param x  (...), integer or bool
 * @return   (...) */
TT_API tt_tensor *tt_bitwise_not(tt_tensor *x);

/** Bits moved up: a 2^b, without what does not fit (numpy.left_shift). As NumPy has it, b below 0
 * or not below the number of bits gives 0.
 * @param a  (...), integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape */
TT_API tt_tensor *tt_bitwise_left_shift(tt_tensor *a, tt_tensor *b);

/** Bits moved down, the sign staying: a / 2^b rounded down (numpy.right_shift). As NumPy has it, b
 * below 0 or not below the number of bits gives 0, and -1 for a negative a.
 * @param a  (...), integer
 * @param b  like a, or broadcast with it
 * @return   the broadcast shape */
TT_API tt_tensor *tt_bitwise_right_shift(tt_tensor *a, tt_tensor *b);

/** tt_bitwise_and() with a number.
 * @param x      (...), integer or bool
 * @param value  the number, which the dtype must hold
 * @return       (...) */
TT_API tt_tensor *tt_bitwise_and_scalar(tt_tensor *x, int64_t value);

/** tt_bitwise_or() with a number.
 * @param x      (...), integer or bool
 * @param value  the number, which the dtype must hold
 * @return       (...) */
TT_API tt_tensor *tt_bitwise_or_scalar(tt_tensor *x, int64_t value);

/** tt_bitwise_xor() with a number.
 * @param x      (...), integer or bool
 * @param value  the number, which the dtype must hold
 * @return       (...) */
TT_API tt_tensor *tt_bitwise_xor_scalar(tt_tensor *x, int64_t value);

/** tt_bitwise_left_shift() by a number of bits.
 * @param x      (...), integer
 * @param value  the number of bits
 * @return       (...) */
TT_API tt_tensor *tt_bitwise_left_shift_scalar(tt_tensor *x, int64_t value);

/** tt_bitwise_right_shift() by a number of bits.
 * @param x      (...), integer
 * @param value  the number of bits
 * @return       (...) */
TT_API tt_tensor *tt_bitwise_right_shift_scalar(tt_tensor *x, int64_t value);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
