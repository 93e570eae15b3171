/* The table of inner loops of the fused operations, filled once per instruction set by fused_loops.c.
 * Rows are contiguous where no stride is given; strides are in elements. */
#ifndef TT_KERNEL_FUSED_LOOPS_H
#define TT_KERNEL_FUSED_LOOPS_H

#include <stdbool.h>
#include <stdint.h>
#include "fused.h"
#include "kernel/walk/loops.h"

enum { FUSED_COLUMNS = 256 }; /* at most so many columns in one call */

/* One operand of m columns of n elements: distance between columns, and along one. */
typedef struct fused_matrix {
    char *data;
    int64_t across, along;
} fused_matrix;

typedef struct fused_loops {
    void (*softmax_row)(int64_t n, void *y, const void *x, bool log);
    void (*softmax_columns)(int64_t m, int64_t n, fused_matrix y, fused_matrix x, bool log);
    void (*softmax_grad_row)(int64_t n, void *gx, const void *y, const void *gy, bool log);
    void (*softmax_grad_columns)(int64_t m, int64_t n, fused_matrix gx, fused_matrix y,
                                 fused_matrix gy, bool log);
    /* log of the sum of exp, reading x once */
    double (*lse)(int64_t n, const void *x, int64_t stride);
    /* g = a exp(x - lse) - b w, with w = 1 where NULL */
    void (*cross_entropy_grad)(int64_t n, void *g, int64_t g_stride, const void *x,
                               int64_t x_stride, const void *w, int64_t w_stride, double lse,
                               double a, double b);
    loop_fn bce, bce_grad;
    /* elements [from, to) of a slot */
    void (*adam)(const optim_slot *s, int64_t from, int64_t to, const adam_args *a);
    void (*sgd)(const optim_slot *s, int64_t from, int64_t to, const sgd_args *a);
    void (*scale)(const optim_slot *s, int64_t from, int64_t to, double factor);
} fused_loops;

typedef struct fused_kernels {
    fused_loops of[FLOATS]; /* F32, F64 */
} fused_kernels;

#endif
