/** @file linalg.h
 * Linear algebra: decompositions, systems of equations. */
#ifndef TINYTENSOR_LINALG_H
#define TINYTENSOR_LINALG_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup linalg Linear algebra
 * Factors of matrices, their values and vectors, and the systems that they solve, by LAPACK.
 *
 * What holds for all functions here:
 * - A matrix is the last two axes, (... m n); leading axes are a batch, each matrix of which is
 *   computed for itself. Dtypes are float32 and float64, of all operands the same: others are
 *   #TT_ERR_DTYPE. Strides may be any.
 * - No axes to speak of, or a matrix that is not square where it must be, is #TT_ERR_SHAPE.
 *   Matrices without elements are allowed, as in NumPy.
 * - A matrix that allows no answer is #TT_ERR_NUMERIC, with a message that names it, as in
 *   "cholesky: a[2, 0] is not positive definite": elements that are not finite, a pivot that is
 *   zero, an iteration that does not converge. Then no matrix of the batch has a result.
 * - Signs and orders that LAPACK leaves open are fixed, so that results do not depend on the
 *   machine but for rounding.
 * - The same bits for any number of threads.
 * - Results that are not wanted may be `NULL`, and then take no time where that is possible.
 * - In a build without LAPACK (tt_build_info() tells) all is #TT_ERR_UNSUPPORTED.
 * @{ */

/** Lower triangle l of a symmetric positive definite matrix, with a = l l^T
 * (numpy.linalg.cholesky). The upper triangle of a is not read.
 * @param a  (... n n)
 * @return   (... n n), zeros above the diagonal; NULL: #TT_ERR_NUMERIC, also where a leading minor
 *           is not positive, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_tensor *tt_cholesky(tt_tensor *a);

/** Solution x of a x = b, by LU with pivoting (numpy.linalg.solve). Leading axes broadcast.
 * @param a  (... n n)
 * @param b  (... n k), or (n)
 * @return   (... n k), or (... n); NULL: #TT_ERR_NUMERIC, also where a is singular, #TT_ERR_SHAPE,
 *           #TT_ERR_DTYPE */
TT_API tt_tensor *tt_solve(tt_tensor *a, tt_tensor *b);

/** Solution x of a x = b for a triangle of a (torch.linalg.solve_triangular,
 * scipy.linalg.solve_triangular). The rest of a is not read. Leading axes broadcast.
 * @param a      (... n n)
 * @param b      (... n k), or (n)
 * @param upper  the upper triangle, not the lower one
 * @param unit   the diagonal counts as ones, and is not read either
 * @return       (... n k), or (... n); NULL: #TT_ERR_NUMERIC for a zero on the diagonal,
 *               #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_tensor *tt_solve_triangular(tt_tensor *a, tt_tensor *b, bool upper, bool unit);

/** Factors a = q r, the columns of q orthonormal, r upper triangular with a diagonal that is not
 * negative (numpy.linalg.qr, which leaves the signs open). k is the smaller of m and n.
 * @param a       (... m n)
 * @param[out] q  (... m k); may be NULL
 * @param[out] r  (... k n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_status tt_qr(tt_tensor *a, tt_tensor **q, tt_tensor **r);

/** As tt_qr(), with a square q: mode "complete" of numpy.linalg.qr.
 * @param a       (... m n)
 * @param[out] q  (... m m); may be NULL
 * @param[out] r  (... m n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_status tt_qr_complete(tt_tensor *a, tt_tensor **q, tt_tensor **r);

/** Singular values and vectors: a = u diag(s) vh, columns of u and rows of vh orthonormal, s
 * descending (numpy.linalg.svd). k is the smaller of m and n. Of each column of u the largest
 * element is positive, the first one of those that are as large but for rounding; the same goes for
 * the rows of vh beyond k.
 * @param a        (... m n)
 * @param full     square u and vh, with a basis of what a does not reach and of what it takes to 0
 * @param[out] u   (... m k), full (... m m); may be NULL
 * @param[out] s   (... k); may be NULL
 * @param[out] vh  (... k n), full (... n n); may be NULL
 * @return         #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_status tt_svd(tt_tensor *a, bool full, tt_tensor **u, tt_tensor **s, tt_tensor **vh);

/** The singular values alone, descending (numpy.linalg.svdvals).
 * @param a  (... m n)
 * @return   (... k), k the smaller of m and n; NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 */
TT_API tt_tensor *tt_svdvals(tt_tensor *a);

/** Eigenvalues, ascending, and eigenvectors of a symmetric matrix: a v = v diag(w), the columns of
 * v orthonormal (numpy.linalg.eigh). The upper triangle of a is not read. Of each column of v the
 * largest element is positive, the first one of those that are as large but for rounding.
 * @param a       (... n n)
 * @param[out] w  (... n); may be NULL
 * @param[out] v  (... n n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_status tt_eigh(tt_tensor *a, tt_tensor **w, tt_tensor **v);

/** The eigenvalues of a symmetric matrix alone, ascending (numpy.linalg.eigvalsh).
 * @param a  (... n n), of which the upper triangle is not read
 * @return   (... n); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_tensor *tt_eigvalsh(tt_tensor *a);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
