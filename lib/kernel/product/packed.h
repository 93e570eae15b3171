/* Products big enough to be cut into tiles for BLAS's kernels for small products. */
#ifndef TT_KERNEL_GEMM_PACKED_H
#define TT_KERNEL_GEMM_PACKED_H

#include "blas.h"
#include "gemm.h"

/* Is this the faster way here? A matter of the shape and of what BLAS has. */
bool gemm_packed_suits(const gemm_args *g);
/* The same for batches of middling products. */
bool gemm_packed_suits_many(const gemm_args *g);

/* With b on any strides, a as BLAS reads it, c's rows contiguous. False: no scratch memory. */
bool gemm_packed_run(const exec *x, const gemm_args *g, blas_gemm *blas, blas_matrix a);

#endif
