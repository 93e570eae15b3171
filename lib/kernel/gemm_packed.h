/* Products big enough to be brought into the form that BLAS's kernels for small products like best.
 */
#ifndef TT_KERNEL_GEMM_PACKED_H
#define TT_KERNEL_GEMM_PACKED_H

#include "blas.h"
#include "gemm.h"

/* Is this the faster way here? A matter of the shape and of what BLAS has. */
bool gemm_packed_suits(const gemm_args *g);
/* One product after the other, a and b on any strides, c with contiguous rows. False when scratch
 * memory is refused; c is then untouched. */
bool gemm_packed_run(const exec *x, const gemm_args *g, blas_gemm *blas);

/* The same for batches of middling products; needs no scratch memory. */
bool gemm_packed_suits_many(const gemm_args *g);
void gemm_packed_run_many(const exec *x, const gemm_args *g, blas_gemm *blas);

#endif
