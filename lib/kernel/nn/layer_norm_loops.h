/* The table of inner loops of normalisation, filled once per instruction set by layer_norm_loops.c.
 */
#ifndef TT_KERNEL_LAYER_NORM_LOOPS_H
#define TT_KERNEL_LAYER_NORM_LOOPS_H

#include "kernel/walk/loops.h"
#include "layer_norm.h"

typedef struct layer_norm_loops {
    /* one row; the row's three stats */
    void (*row)(const layer_norm_args *a, void *y, const void *x, void *stats);
    void (*grad)(const layer_norm_args *a, void *gx, const void *g, const void *x,
                 const void *stats);
    /* sums over rows one behind the other: out (2, n) = sum of g x^, sum of g */
    void (*weights)(const layer_norm_args *a, int64_t rows, void *out, const void *g, const void *x,
                    const void *stats);
} layer_norm_loops;

typedef struct layer_norm_kernels {
    layer_norm_loops of[FLOATS]; /* F32, F64 */
} layer_norm_kernels;

#endif
