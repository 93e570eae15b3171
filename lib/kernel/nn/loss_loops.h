/* The table of inner loops of the losses, filled once per instruction set by loss_loops.c. Strides
 * are in elements. */
#ifndef TT_KERNEL_LOSS_LOOPS_H
#define TT_KERNEL_LOSS_LOOPS_H

#include <stdint.h>
#include "kernel/walk/loops.h"

typedef struct loss_loops {
    /* the sum of exp(x - *top), with *top the maximum, or 0 where that is -inf; x is read once */
    double (*sum_exp)(int64_t n, const void *x, int64_t stride, double *top);
    /* g = a exp(x - top) - b w, with w = 1 where NULL */
    void (*cross_entropy_grad)(int64_t n, void *g, int64_t g_stride, const void *x,
                               int64_t x_stride, const void *w, int64_t w_stride, double top,
                               double a, double b);
    loop_fn bce;      /* loss, z, t */
    loop_fn bce_grad; /* gz, z, t, g */
} loss_loops;

typedef struct loss_kernels {
    loss_loops of[FLOATS]; /* F32, F64 */
} loss_kernels;

#endif
