/* The table of inner loops of the reductions, filled once per instruction set by reduce_loops.c and
 * driven by reduce.c. A loop maps each element to a value and joins the values into accumulators.
 */
#ifndef TT_KERNEL_REDUCE_LOOPS_H
#define TT_KERNEL_REDUCE_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    REDUCE_COLUMNS = 2048, /* at most so many columns in one call of a column loop */
    REDUCE_STRIDED = 256   /* and so many when they are not side by side in memory */
};

typedef enum reduce_map {                /* c is the centre, one per output */
                          MAP_SUM,       /* x */
                          MAP_PROD,      /* x, joined by * */
                          MAP_MAX,       /* x, joined by max */
                          MAP_MIN,       /* x, joined by min */
                          MAP_NONZERO,   /* x != 0, counted */
                          MAP_SQUARE,    /* x x */
                          MAP_ABS,       /* |x| */
                          MAP_MAX_ABS,   /* |x|, joined by max */
                          MAP_MIN_ABS,   /* |x|, joined by min */
                          MAP_NANSUM,    /* x, or 0 for NaN */
                          MAP_NUMBER,    /* x is not NaN, counted */
                          MAP_DEVIATION, /* (x - c)^2 */
                          MAP_EXP,       /* exp(x - c) */
                          MAP_POW,       /* |x|^c */
                          MAP_COUNT
} reduce_map;

typedef enum reduce_type {
    LOOP_F32,
    LOOP_F64,
    LOOP_I64,
    LOOP_I32,
    LOOP_U8,
    LOOP_H16,
    LOOP_TYPES
} reduce_type;

typedef union reduce_acc {
    double f;
    int64_t i;
} reduce_acc;

typedef struct reduce_loop {
    bool integer; /* accumulates in i, else in f */
    reduce_acc identity;
    /* *a joined with n elements, stride apart */
    void (*row)(int64_t n, const void *in, int64_t stride, double c, reduce_acc *a);
    /* a[j] joined with the n elements of column j; m columns, column and row strides apart */
    void (*column)(int64_t m, int64_t n, const void *in, int64_t column_stride, int64_t row_stride,
                   const double *c, reduce_acc *a);
    void (*join)(int64_t m, reduce_acc *a, const reduce_acc *b); /* a[j] joined with b[j] */
} reduce_loop;

typedef struct reduce_arg_loop {
    /* place of the first extremum (or first NaN) of n elements, n >= 1 */
    int64_t (*row)(int64_t n, const void *in, int64_t stride);
    /* the same for m columns of n elements */
    void (*column)(int64_t m, int64_t n, const void *in, int64_t column_stride, int64_t row_stride,
                   int64_t *at);
    bool (*beats)(const void *a, const void *b); /* a comes before b when b stands earlier */
} reduce_arg_loop;

typedef struct reduce_kernels {
    reduce_loop loop[LOOP_TYPES][MAP_COUNT]; /* row NULL where there is none */
    reduce_arg_loop arg[LOOP_TYPES][2];      /* smallest, largest: F32 F64 I64 U8 */
} reduce_kernels;

#endif
