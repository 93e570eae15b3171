/* Factors of matrices, and what they solve, over a batch (batch.h). Leading axes are those of the
 * result, and have been broadcast. */
#ifndef TT_KERNEL_LINALG_FACTOR_H
#define TT_KERNEL_LINALG_FACTOR_H

#include "batch.h"

/* l (n n) of a (n n), of which the lower triangle is read; l's upper triangle becomes zero. */
linalg_result cholesky_run(const exec *x, operand l, operand a);
/* y (n k) with a (n n) y = b (n k). */
linalg_result solve_run(const exec *x, operand y, operand a, operand b);

typedef struct triangle {
    bool upper, unit;
} triangle;

/* The same for a triangle of a; the rest of it, and its diagonal if that is said to be ones, are
 * not read. */
linalg_result triangular_run(const exec *x, operand y, operand a, operand b, triangle t);
/* q (m k), r (k n) with k the smaller of m and n; or q (m m), r (m n). r's diagonal is not
 * negative. */
linalg_result qr_run(const exec *x, operand q, operand r, operand a);
/* p (m m), l (m k), u (k n). */
linalg_result lu_run(const exec *x, operand p, operand l, operand u, operand a);
/* sign and logarithm of the absolute value of the determinant of a (n n), numbers both; the
 * determinant into sign where log has no data. */
linalg_result det_run(const exec *x, operand sign, operand log, operand a);

#endif
