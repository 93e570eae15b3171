/* What an inner loop is: it does n elements of one row; ptr and step (in bytes) are per operand,
 * the result first. A step of 0 repeats a scalar. A result may be the very same row as an input,
 * and overlaps none otherwise. And the table of the loops that copy, which every family uses. */
#ifndef TT_KERNEL_LOOPS_H
#define TT_KERNEL_LOOPS_H

#include <stdint.h>
#include "tensor/element.h"

typedef void (*loop_fn)(int64_t n, char *const *ptr, const int64_t *step, const void *arg);

typedef struct copy_kernels {
    loop_fn cast[DTYPES][DTYPES]; /* [from][to]: out, in */
    loop_fn move[SIZES];          /* out, in */
    loop_fn fill[SIZES];          /* out; arg: the element */
    /* dst (rows, cols), its columns adjacent, from src whose rows are adjacent */
    void (*transpose[SIZES])(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step,
                             const char *src, int64_t src_col_step);
} copy_kernels;

#endif
