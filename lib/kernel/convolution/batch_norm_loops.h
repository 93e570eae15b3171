/* The table of inner loops of batch_norm: n elements of one channel that lie side by side. */
#ifndef TT_KERNEL_BATCH_NORM_LOOPS_H
#define TT_KERNEL_BATCH_NORM_LOOPS_H

#include "kernel/walk/loops.h"

typedef struct batch_norm_loops {
    /* adds to sum[0] the sum of x - centre, to sum[1] that of its square */
    void (*moments)(int64_t n, const void *x, double centre, double *sum);
    /* adds to sum[0] the sum of g, to sum[1] that of g (x - centre) */
    void (*products)(int64_t n, const void *g, const void *x, double centre, double *sum);
    /* y = (x - centre) scale + shift */
    void (*scale)(int64_t n, void *y, const void *x, double centre, double scale, double shift);
    /* gx = line[1] g + line[2] (x - line[0]) + line[3] */
    void (*grad)(int64_t n, void *gx, const void *g, const void *x, const double *line);
} batch_norm_loops;

typedef struct batch_norm_kernels {
    batch_norm_loops of[FLOATS]; /* F32, F64 */
} batch_norm_kernels;

#endif
