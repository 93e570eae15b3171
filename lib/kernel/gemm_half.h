/* Products of float32 with 16-bit floats, of more than one row. */
#ifndef TT_KERNEL_GEMM_HALF_H
#define TT_KERNEL_GEMM_HALF_H

#include "gemm.h"

/* gemm_run for a b that is half; no size 0. False, with c written in part, when scratch memory is
 * refused. */
bool gemm_half_run(const exec *x, const gemm_args *g);

#endif
