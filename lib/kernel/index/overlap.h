/* Adding to memory whose elements overlap: the gradient of windows and of other strided views. */
#ifndef TT_KERNEL_OVERLAP_H
#define TT_KERNEL_OVERLAP_H

#include "kernel/walk/kernel.h"

/* into[...] += src[...], both F32 or both F64 and of one shape; elements of into may be the same
 * memory, and then get the sum, in an order that the layout of into decides. */
void overlap_add_run(const exec *x, operand into, operand src);

#endif
