/* Singular values and eigenvalues over a batch (batch.h). Operands without data are not wanted.
 * Vectors have norm 1, and of each the largest element is positive: the first of those that are as
 * large but for rounding. */
#ifndef TT_KERNEL_LINALG_SPECTRAL_H
#define TT_KERNEL_LINALG_SPECTRAL_H

#include "batch.h"

/* s (k), descending, k the smaller of m and n; u (m k) and vh (k n), or u (m m) and vh (n n); both
 * or none of them. Signs are those of u. */
linalg_result svd_run(const exec *x, operand s, operand u, operand vh, operand a);
/* w (n), ascending, v (n n); the lower triangle of a (n n) is read. */
linalg_result eigh_run(const exec *x, operand w, operand v, operand a);
/* w (n) and v (n n), real and imaginary parts, by real part and then by imaginary part ascending.
 */
linalg_result eig_run(const exec *x, operand w_re, operand w_im, operand v_re, operand v_im,
                      operand a);
/* y (n k), of the shortest that come nearest to a (m n) y = b (m k); values below rcond times the
 * largest count as zero. `place` is 1 where b is not finite. */
linalg_result lstsq_run(const exec *x, operand y, operand a, operand b, double rcond);

#endif
