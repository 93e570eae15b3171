/* The table of inner loops of softmax, filled once per instruction set by softmax_loops.c. Rows are
 * contiguous; strides are in elements. */
#ifndef TT_KERNEL_SOFTMAX_LOOPS_H
#define TT_KERNEL_SOFTMAX_LOOPS_H

#include <stdbool.h>
#include <stdint.h>
#include "kernel/walk/loops.h"

enum { SOFTMAX_COLUMNS = 256 }; /* at most so many columns in one call */

/* One operand of m columns of n elements: distance between columns, and along one. */
typedef struct softmax_matrix {
    char *data;
    int64_t across, along;
} softmax_matrix;

/* log: the logarithm of softmax, and its gradient */
typedef struct softmax_loops {
    void (*row)(int64_t n, void *y, const void *x, bool log);
    void (*columns)(int64_t m, int64_t n, softmax_matrix y, softmax_matrix x, bool log);
    void (*grad_row)(int64_t n, void *gx, const void *y, const void *gy, bool log);
    void (*grad_columns)(int64_t m, int64_t n, softmax_matrix gx, softmax_matrix y,
                         softmax_matrix gy, bool log);
} softmax_loops;

typedef struct softmax_kernels {
    softmax_loops of[FLOATS]; /* F32, F64 */
} softmax_kernels;

#endif
