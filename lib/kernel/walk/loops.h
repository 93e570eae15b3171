/* The tables of pointwise inner loops that isa/ exports. A loop does n elements of one row; ptr and
 * step (in bytes) are per operand, the result first. A step of 0 repeats a scalar. A result may be
 * the very same row as an input, and overlaps none otherwise. */
#ifndef TT_KERNEL_LOOPS_H
#define TT_KERNEL_LOOPS_H

#include <stdint.h>
#include "kernel/elementwise/elementwise.h"

typedef void (*loop_fn)(int64_t n, char *const *ptr, const int64_t *step, const void *arg);

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

typedef struct select_kernels {
    loop_fn where[SIZES];       /* out, cond, a, b, by log2 of the itemsize */
    loop_fn clamp[NUMBERS];     /* out, x; arg: lo and hi of the dtype */
    loop_fn clamp_grad[FLOATS]; /* dx, g, x; arg as clamp */
    loop_fn lerp[FLOATS];       /* out, a, b, w */
    loop_fn axpy[NUMBERS];      /* y, x; arg: a of the dtype */
    loop_fn isclose[NUMBERS];   /* out (BOOL), a, b; arg: isclose_args */
    loop_fn nan_to_num[FLOATS]; /* out, x; arg: three of the dtype */
} select_kernels;

typedef struct isclose_args {
    double rtol, atol;
    bool equal_nan;
} isclose_args;

typedef struct copy_kernels {
    loop_fn cast[DTYPES][DTYPES]; /* [from][to]: out, in; same dtype: NULL */
    loop_fn move[SIZES];          /* out, in */
    loop_fn fill[SIZES];          /* out; arg: the element */
    /* dst (rows, cols), its columns adjacent, from src whose rows are adjacent */
    void (*transpose[SIZES])(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step,
                             const char *src, int64_t src_col_step);
} copy_kernels;

#endif
