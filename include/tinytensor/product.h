/** @file product.h
 * Products of matrices and of tensors.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_PRODUCT_H
#define TINYTENSOR_PRODUCT_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup products Products
 * Sums of products, by BLAS for float32 and float64; those of integers wrap on overflow. Transposed
 * and sliced operands are passed on as they are where BLAS can read them, else copied once.
 * @{ */

/** Matrix product: y[i][j] = sum over k of a[i][k] b[k][j], for every pair of matrices in the last
 * two axes; the axes in front broadcast. A vector on the left counts as one row, on the right as
 * one column, and that axis disappears.
 * One operand may be float16 or bfloat16 while the other is float32: 16-bit weights are read as
 * they are, converted in registers and added up in float32. That has no gradients.
 * @param a  (... n k), or (k); float or integer
 * @param b  (... k m), or (k); of the dtype of a
 * @return   (... n m), float32 where one operand is; NULL: #TT_ERR_SHAPE, also for operands without
 *           axes, #TT_ERR_DTYPE, also for 16-bit weights where an operand requires grad in a
 *           #TT_GRAD scope
 * @grad a: g b^T; b: a^T g */
TT_API tt_tensor *tt_matmul(tt_tensor *a, tt_tensor *b);

/** Dot product as NumPy defines it: of two vectors the sum of products; else the sum over the last
 * axis of a and the second last of b, with all other axes of both in the result. An operand without
 * axes multiplies.
 * @param a  (i... k), float or integer
 * @param b  (j... k m), or (k); of the dtype of a
 * @return   (i... j... m); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, b */
TT_API tt_tensor *tt_dot(tt_tensor *a, tt_tensor *b);

/** Outer product: y[i][j] = a[i] b[j]. Operands are flattened.
 * @param a  n elements, float or integer
 * @param b  m elements, of the dtype of a
 * @return   (n m); NULL: #TT_ERR_DTYPE
 * @grad a: g b; b: g^T a */
TT_API tt_tensor *tt_outer(tt_tensor *a, tt_tensor *b);

/** Kronecker product: every element of a times the whole of b, block beside block,
 * y[i p + k] [j q + l] = a[i][j] b[k][l] for matrices (numpy.kron). The operand with fewer axes
 * gets axes of size 1 in front.
 * @param a  (n m), or any shape; float or integer
 * @param b  (p q), or any shape; of the dtype of a
 * @return   ((n p) (m q)); NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE where both together have more than 16
 *           axes larger than 1
 * @grad a, b */
TT_API tt_tensor *tt_kron(tt_tensor *a, tt_tensor *b);

/** Sum of products over n pairs of axes; the other axes of a, then those of b, are those of the
 * result.
 * @param a       (i... k...), float or integer, its axes in any order
 * @param b       (k... j...), of the dtype of a, its axes in any order
 * @param n       number of pairs; 0 for the outer product
 * @param axes_a  n axes of a
 * @param axes_b  n axes of b, of the same sizes
 * @return        (i... j...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_AXIS, #TT_ERR_ARG
 * @grad a, b */
TT_API tt_tensor *tt_tensordot(tt_tensor *a, tt_tensor *b, int n, const int *axes_a,
                               const int *axes_b);

/** Distances between the points that are the rows of two matrices: y[i][j] = |a[i] - b[j]| in the
 * norm of order p, as in tt_norm() (torch.cdist). Differences are taken as they are, so that near
 * points keep their digits, and are never all held; second derivatives hold (... n m d) of them.
 * @param a  (... n d), float; leading axes broadcast
 * @param b  (... m d), of the dtype of a
 * @param p  not negative: 2 for Euclid's distance, 1 for the sum of |differences|, INFINITY for the
 *           largest, 0 for the number of coordinates that differ
 * @return   (... n m); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG for p
 * @grad a, b, as of tt_norm(); 0 where two points are the same */
TT_API tt_tensor *tt_cdist(tt_tensor *a, tt_tensor *b, double p);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
