/* Copying, casting and filling. All 8 dtypes; F32 F64 I64 BOOL I32 U8 F16 BF16 in any pair. */
#ifndef TT_KERNEL_COPY_H
#define TT_KERNEL_COPY_H

#include "kernel.h"

/* dst = src, both of one shape, any strides (src may be broadcast with stride 0); a cast when the
 * dtypes differ: to F16 and BF16 round to nearest even, float to integer truncates, saturates and
 * takes NaN to 0, to BOOL is x != 0. dst and src overlap only if they are the very same view. */
void copy_run(const exec *x, operand dst, operand src);

/* Every element of dst becomes *value, which has dst's dtype. */
void fill_run(const exec *x, operand dst, const void *value);

#endif
