/* The tables of elementwise inner loops, filled once per instruction set by the *_loops.c beside
 * this file. */
#ifndef TT_KERNEL_ELEMENTWISE_LOOPS_H
#define TT_KERNEL_ELEMENTWISE_LOOPS_H

#include "elementwise.h"
#include "kernel/walk/loops.h"

typedef struct unary_kernels {
    loop_fn map[UNARY_COUNT][NUMBERS];  /* out, x; NULL where not defined */
    loop_fn grad[UNARY_COUNT][FLOATS];  /* dx, g, saved */
    loop_fn grad2[UNARY_COUNT][FLOATS]; /* ggx, gg, g, saved */
    loop_fn test[TEST_COUNT][DTYPES];   /* out (BOOL), x */
} unary_kernels;

typedef struct binary_kernels {
    loop_fn map[BINARY_COUNT][NUMBERS]; /* out, a, b */
} binary_kernels;

typedef struct compare_kernels {
    loop_fn map[COMPARE_COUNT][DTYPES]; /* out (BOOL), a, b */
} compare_kernels;

typedef struct bitwise_kernels {
    loop_fn map[BITWISE_COUNT][DTYPES]; /* out, a, b; NULL where not defined */
} bitwise_kernels;

typedef struct select_kernels {
    loop_fn where[SIZES];       /* out, cond, a, b, by log2 of the itemsize */
    loop_fn clamp[NUMBERS];     /* out, x; arg: lo and hi of the dtype */
    loop_fn lerp[FLOATS];       /* out, a, b, w */
    loop_fn axpy[NUMBERS];      /* y, x; arg: a of the dtype */
    loop_fn isclose[NUMBERS];   /* out (BOOL), a, b; arg: isclose_args */
    loop_fn nan_to_num[FLOATS]; /* out, x; arg: three of the dtype */
} select_kernels;

typedef struct isclose_args {
    double rtol, atol;
    bool equal_nan;
} isclose_args;

#endif
