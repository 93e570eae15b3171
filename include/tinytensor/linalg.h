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
 * - Where values are repeated, or zero, their vectors may be any of a space, and have no
 *   derivative. A gradient through vectors is then that of a result which does not depend on the
 *   choice: its terms for such pairs are taken as 0. Where they are not 0 the result does depend on
 *   it, which is #TT_ERR_NUMERIC with the numbers of the pair. What such a term would tend to
 *   cannot be seen from there: of a sum of elements of u diag(s) vh, say, put together again, the
 *   gradient lacks it. Gradients through values alone are always there. Where values are equal
 *   these have no gradients, in turn, if they depend on the values: #TT_ERR_NUMERIC.
 * - In a build without LAPACK (tt_build_info() tells) all is #TT_ERR_UNSUPPORTED.
 * @{ */

/** Lower triangle l of a symmetric positive definite matrix, with a = l l^T
 * (numpy.linalg.cholesky). The upper triangle of a is not read.
 * @param a  (... n n)
 * @return   (... n n), zeros above the diagonal; NULL: #TT_ERR_NUMERIC, also where a leading minor
 *           is not positive, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, as if both of its triangles were read */
TT_API tt_tensor *tt_cholesky(tt_tensor *a);

/** Solution x of a x = b, by LU with pivoting (numpy.linalg.solve). Leading axes broadcast.
 * @param a  (... n n)
 * @param b  (... n k), or (n)
 * @return   (... n k), or (... n); NULL: #TT_ERR_NUMERIC, also where a is singular, #TT_ERR_SHAPE,
 *           #TT_ERR_DTYPE
 * @grad b: a^-T g, a: minus that times x^T */
TT_API tt_tensor *tt_solve(tt_tensor *a, tt_tensor *b);

/** Solution x of a x = b for a triangle of a (torch.linalg.solve_triangular,
 * scipy.linalg.solve_triangular). The rest of a is not read. Leading axes broadcast.
 * @param a      (... n n)
 * @param b      (... n k), or (n)
 * @param upper  the upper triangle, not the lower one
 * @param unit   the diagonal counts as ones, and is not read either
 * @return       (... n k), or (... n); NULL: #TT_ERR_NUMERIC for a zero on the diagonal,
 *               #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a: its triangle, b */
TT_API tt_tensor *tt_solve_triangular(tt_tensor *a, tt_tensor *b, bool upper, bool unit);

/** Inverse of a matrix (numpy.linalg.inv). To solve a system tt_solve() is faster and more exact.
 * @param a  (... n n)
 * @return   (... n n); NULL: #TT_ERR_NUMERIC, also where a is singular, #TT_ERR_SHAPE,
 *           #TT_ERR_DTYPE
 * @grad a: - y^T g y^T */
TT_API tt_tensor *tt_inv(tt_tensor *a);

/** Pseudo-inverse of Moore and Penrose, by singular values (torch.linalg.pinv; numpy.linalg.pinv
 * counts more values as zero by default).
 * @param a      (... m n)
 * @param rcond  values up to rcond times the largest count as zero; negative: the larger of m and n
 *               times the distance from 1 to the next number
 * @return       (... n m); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG
 * @grad a, as long as its rank does not change */
TT_API tt_tensor *tt_pinv(tt_tensor *a, double rcond);

/** Least squares: of the x for which a x comes nearest to b the shortest (numpy.linalg.lstsq, with
 * its rcond), by singular values. Leading axes broadcast.
 * @param a  (... m n)
 * @param b  (... m k), or (m)
 * @return   (... n k), or (... n); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, as long as its rank does not change, b */
TT_API tt_tensor *tt_lstsq(tt_tensor *a, tt_tensor *b);

/** Determinant (numpy.linalg.det). That of a matrix without elements is 1.
 * @param a  (... n n)
 * @return   (...); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a: the cofactors, also of singular matrices */
TT_API tt_tensor *tt_det(tt_tensor *a);

/** Sign and logarithm of the absolute value of the determinant, which itself may be beyond the
 * range of the dtype (numpy.linalg.slogdet).
 * @param a          (... n n)
 * @param[out] sign  (...): 1, -1, or 0 of singular matrices; may be NULL
 * @return           (...): the logarithm, minus infinity where sign is 0; NULL: #TT_ERR_NUMERIC,
 *                   #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a: g a^-T, #TT_ERR_NUMERIC where that is not there */
TT_API tt_tensor *tt_slogdet(tt_tensor *a, tt_tensor **sign);

/** Factors a = p l u: p exchanges rows, l is lower triangular with ones on the diagonal, u upper
 * triangular (scipy.linalg.lu, torch.linalg.lu). k is the smaller of m and n.
 * @param a       (... m n), also singular
 * @param[out] p  (... m m); may be NULL
 * @param[out] l  (... m k); may be NULL
 * @param[out] u  (... k n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, of l and u, where the square part of u is regular */
TT_API tt_status tt_lu(tt_tensor *a, tt_tensor **p, tt_tensor **l, tt_tensor **u);

/** Factors a = q r, the columns of q orthonormal, r upper triangular with a diagonal that is not
 * negative (numpy.linalg.qr, which leaves the signs open). k is the smaller of m and n.
 * @param a       (... m n)
 * @param[out] q  (... m k); may be NULL
 * @param[out] r  (... k n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, where the square part of r is regular */
TT_API tt_status tt_qr(tt_tensor *a, tt_tensor **q, tt_tensor **r);

/** As tt_qr(), with a square q: mode "complete" of numpy.linalg.qr.
 * @param a       (... m n)
 * @param[out] q  (... m m); may be NULL
 * @param[out] r  (... m n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, where m is not more than n; else the last columns of q may be any, and a gradient is
 *       #TT_ERR_UNSUPPORTED */
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
 * @return         #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, see @ref linalg */
TT_API tt_status tt_svd(tt_tensor *a, bool full, tt_tensor **u, tt_tensor **s, tt_tensor **vh);

/** The singular values alone, descending (numpy.linalg.svdvals).
 * @param a  (... m n)
 * @return   (... k), k the smaller of m and n; NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a: u diag(g) vh, also where values are repeated or zero */
TT_API tt_tensor *tt_svdvals(tt_tensor *a);

/** Eigenvalues, ascending, and eigenvectors of a symmetric matrix: a v = v diag(w), the columns of
 * v orthonormal (numpy.linalg.eigh). The upper triangle of a is not read. Of each column of v the
 * largest element is positive, the first one of those that are as large but for rounding.
 * @param a       (... n n)
 * @param[out] w  (... n); may be NULL
 * @param[out] v  (... n n); may be NULL
 * @return        #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, as if both of its triangles were read, see @ref linalg */
TT_API tt_status tt_eigh(tt_tensor *a, tt_tensor **w, tt_tensor **v);

/** The eigenvalues of a symmetric matrix alone, ascending (numpy.linalg.eigvalsh).
 * @param a  (... n n), of which the upper triangle is not read
 * @return   (... n); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a: v diag(g) v^T, also where values are repeated */
TT_API tt_tensor *tt_eigvalsh(tt_tensor *a);

/** Eigenvalues and right eigenvectors of any square matrix, as real and imaginary parts: a v =
 * v diag(w) (numpy.linalg.eig). Values are in the order of their real parts, then of the imaginary
 * ones. Vectors have norm 1; of each the largest element is real and positive, the first one of
 * those that are as large but for rounding.
 * @param a          (... n n)
 * @param[out] w_re  (... n), real parts of the values; may be NULL
 * @param[out] w_im  (... n), imaginary parts; may be NULL
 * @param[out] v_re  (... n n), real parts of the vectors, which are columns; may be NULL
 * @param[out] v_im  (... n n), imaginary parts; may be NULL
 * @return           #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, where it has n independent vectors, see @ref linalg */
TT_API tt_status tt_eig(tt_tensor *a, tt_tensor **w_re, tt_tensor **w_im, tt_tensor **v_re,
                        tt_tensor **v_im);

/** The eigenvalues of any square matrix alone, in the order of tt_eig() (numpy.linalg.eigvals).
 * @param a        (... n n)
 * @param[out] re  (... n), real parts; may be NULL
 * @param[out] im  (... n), imaginary parts; may be NULL
 * @return         #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, where it has n independent vectors */
TT_API tt_status tt_eigvals(tt_tensor *a, tt_tensor **re, tt_tensor **im);

/** Sum of a diagonal (numpy.trace, torch.trace).
 * @param a       (... m n), any dtype that tt_sum() takes
 * @param offset  0 for the main diagonal, above 0 for one above it
 * @return        (...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a */
TT_API tt_tensor *tt_trace(tt_tensor *a, int64_t offset);

/** Cross products of vectors of 3, the axis of which is counted after the shapes were broadcast
 * (numpy.cross, torch.linalg.cross).
 * @param a     (... 3 ...), float or integer
 * @param b     (... 3 ...), of the dtype of a
 * @param axis  that of the vectors
 * @return      the broadcast shape; NULL: #TT_ERR_SHAPE, #TT_ERR_AXIS, #TT_ERR_DTYPE
 * @grad a, b */
TT_API tt_tensor *tt_cross(tt_tensor *a, tt_tensor *b, int axis);

/** a multiplied n times with itself, by squaring (numpy.linalg.matrix_power); for n below 0 the
 * inverse, |n| times; for 0 the identity.
 * @param a  (... n n), float; also integers where n is not negative
 * @param n  the power
 * @return   (... n n); NULL: #TT_ERR_NUMERIC for a singular a with n below 0, #TT_ERR_SHAPE,
 *           #TT_ERR_DTYPE
 * @grad a */
TT_API tt_tensor *tt_matrix_power(tt_tensor *a, int64_t n);

/** The exponential of matrices, the sum of a^k / k! (scipy.linalg.expm, torch.linalg.matrix_exp),
 * by scaling and squaring: each matrix is halved until its 1-norm is at most 1/2, 17 terms of the
 * series are added, and the result is squared as often. What is not finite makes its own matrix
 * NaN.
 * @param a  (... n n)
 * @return   (... n n); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, through the steps above */
TT_API tt_tensor *tt_matrix_exp(tt_tensor *a);

/** Which norm of a matrix: of its elements, of the sums of absolute values of its columns (1) or
 * rows (inf), or of its singular values. */
typedef enum tt_matrix_norm_kind {
    TT_NORM_FROBENIUS, /**< root of the sum of squares */
    TT_NORM_NUCLEAR,   /**< sum of the singular values */
    TT_NORM_1,         /**< largest column */
    TT_NORM_MINUS_1,   /**< smallest column */
    TT_NORM_2,         /**< largest singular value */
    TT_NORM_MINUS_2,   /**< smallest singular value */
    TT_NORM_INF,       /**< largest row */
    TT_NORM_MINUS_INF  /**< smallest row */
} tt_matrix_norm_kind;

/** A norm of each matrix (numpy.linalg.norm, numpy.linalg.matrix_norm).
 * @param a     (... m n)
 * @param kind  which
 * @return      (...); NULL: #TT_ERR_SHAPE, also for matrices without elements but for the first two
 *              kinds, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_NUMERIC
 * @grad a */
TT_API tt_tensor *tt_matrix_norm(tt_tensor *a, tt_matrix_norm_kind kind);

/** Condition number: the norm of a times that of its inverse, for the kind 2 the largest singular
 * value by the smallest, and infinite where that is 0 (numpy.linalg.cond).
 * @param a     (... n n), for the kinds 2 and -2 also (... m n)
 * @param kind  of the norm
 * @return      (...); NULL: #TT_ERR_NUMERIC for a singular a where the inverse is needed,
 *              #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG
 * @grad a */
TT_API tt_tensor *tt_cond(tt_tensor *a, tt_matrix_norm_kind kind);

/** Rank: how many singular values are larger than a tolerance (numpy.linalg.matrix_rank).
 * @param a    (... m n)
 * @param tol  that tolerance; 0 or less, or NaN: max(m, n) eps times the largest singular value
 * @return     (...), int64; NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_tensor *tt_matrix_rank(tt_tensor *a, double tol);

/** An orthonormal basis of what the columns of a span: its left singular vectors whose value is
 * more than rcond times the largest (scipy.linalg.orth).
 * @param a      (... m n); all matrices of a batch have the same rank
 * @param rcond  0 or less, or NaN: max(m, n) eps
 * @return       (... m r) with the rank r; NULL: #TT_ERR_NUMERIC, also where ranks differ,
 *               #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, of what does not depend on the choice of basis */
TT_API tt_tensor *tt_orth(tt_tensor *a, double rcond);

/** An orthonormal basis of what a takes to 0: its right singular vectors whose value is not more
 * than rcond times the largest (scipy.linalg.null_space).
 * @param a      (... m n); all matrices of a batch have the same rank
 * @param rcond  0 or less, or NaN: max(m, n) eps
 * @return       (... n (n-r)) with the rank r; NULL: #TT_ERR_NUMERIC, also where ranks differ,
 *               #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, of what does not depend on the choice of basis */
TT_API tt_tensor *tt_null_space(tt_tensor *a, double rcond);

/** The same map in another basis, whose vectors are the columns of p: p^-1 a p. Leading axes
 * broadcast.
 * @param a  (... n n)
 * @param p  (... n n)
 * @return   (... n n); NULL: #TT_ERR_NUMERIC for a singular p, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, p */
TT_API tt_tensor *tt_change_of_basis(tt_tensor *a, tt_tensor *p);

/** Are all matrices orthogonal: does no element of a^T a - 1 exceed a tolerance.
 * @param a    (... n n)
 * @param tol  that tolerance; 0 or less, or NaN: 8 n eps
 * @return     false also where an element is NaN, and after #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API bool tt_is_orthogonal(tt_tensor *a, double tol);

/** Angles between the subspaces that the columns of a and of b span, descending, in [0, pi/2]
 * (scipy.linalg.subspace_angles), exact for small and for large ones.
 * @param a  (... m n); all matrices of a batch have the same rank
 * @param b  (... m k), likewise
 * @return   (... r), r the smaller of the two ranks; NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE,
 *           #TT_ERR_DTYPE
 * @grad a, b, where the angles differ from each other and from 0 */
TT_API tt_tensor *tt_principal_angles(tt_tensor *a, tt_tensor *b);

/** The matrix that projects onto what the columns of a span: symmetric, and its own square.
 * @param a      (... m n); the ranks may differ
 * @param rcond  singular values up to this part of the largest count as 0; 0 or less, or NaN:
 *               max(m, n) eps
 * @return       (... m m); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, while its rank stays */
TT_API tt_tensor *tt_projection(tt_tensor *a, double rcond);

/** x projected onto what the columns of a span, without the matrix of tt_projection(). Leading axes
 * broadcast.
 * @param x      (... m k), or (m): columns
 * @param a      (... m n)
 * @param rcond  as for tt_projection()
 * @return       (... m k), or (... m); NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad x; a, while its rank stays */
TT_API tt_tensor *tt_project(tt_tensor *x, tt_tensor *a, double rcond);

/** Columns made orthonormal one after the other, from the left: each loses what lies along those
 * before it, twice, as once leaves rounding, and is divided by its length. A column that depends on
 * those before it, of which not more than 8 max(m, n) eps of its length is left, becomes 0. The
 * others are those of q in tt_qr(), which is faster, but puts some vector in the place of a
 * dependent one.
 * @param a  (... m n)
 * @return   (... m n); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, through the steps above */
TT_API tt_tensor *tt_gram_schmidt(tt_tensor *a);

/** Singular values and vectors of the product a b, which is not formed: a = qa ra and b^T = qb rb
 * leave ra rb^T, no larger than r, to be decomposed. Signs and order are those of tt_svd(). Of the
 * values that the product has beyond k, all are 0. Leading axes broadcast.
 * @param a        (... m r)
 * @param b        (... r n)
 * @param[out] u   (... m k), k the smallest of m, r and n; may be NULL
 * @param[out] s   (... k), descending; may be NULL
 * @param[out] vh  (... k n); may be NULL
 * @return         #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, b, as of tt_svd(); factors that are taller than wide need independent columns, as in
 *       tt_qr() */
TT_API tt_status tt_factored_svd(tt_tensor *a, tt_tensor *b, tt_tensor **u, tt_tensor **s,
                                 tt_tensor **vh);

/** The singular values of a b alone, descending. In float32, where no gradient is wanted, from
 * squares in float64, which products of matrices give.
 * @param a  (... m r)
 * @param b  (... r n)
 * @return   (... k), k the smallest of m, r and n; NULL: #TT_ERR_NUMERIC, #TT_ERR_SHAPE,
 *           #TT_ERR_DTYPE
 * @grad a, b, as of tt_factored_svd() */
TT_API tt_tensor *tt_factored_svdvals(tt_tensor *a, tt_tensor *b);

/** The eigenvalues of b a, in the order of tt_eig(): those of a b, which is large, but for zeros.
 * @param a        (... m r)
 * @param b        (... r m)
 * @param[out] re  (... r), real parts; may be NULL
 * @param[out] im  (... r), imaginary parts; may be NULL
 * @return         #TT_ERR_NUMERIC, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, b, where b a has r independent vectors */
TT_API tt_status tt_factored_eigvals(tt_tensor *a, tt_tensor *b, tt_tensor **re, tt_tensor **im);

/** The Frobenius norm of a b, from the products of each factor with itself, in float64: what the
 * product has less of than 1e-8 of the norms of its factors is lost.
 * @param a  (... m r)
 * @param b  (... r n)
 * @return   (...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, b; 0 where the norm is 0 */
TT_API tt_tensor *tt_factored_norm(tt_tensor *a, tt_tensor *b);

/** The trace of a b: the sum of a[i][k] b[k][i].
 * @param a  (... m r)
 * @param b  (... r m)
 * @return   (...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad a, b */
TT_API tt_tensor *tt_factored_trace(tt_tensor *a, tt_tensor *b);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
