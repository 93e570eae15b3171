/* The table of inner loops of the reductions, filled once per instruction set by reduce_loops.c
 * from the rows of reduce_loops.def and driven by reduce.c. A loop maps each element to a value,
 * some of them with a centre, one per output, and joins the values into accumulators. */
#ifndef TT_KERNEL_REDUCE_LOOPS_H
#define TT_KERNEL_REDUCE_LOOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REDUCE_COLUMNS = 2048, /* at most so many columns in one call of a column loop */
    REDUCE_STRIDED = 256,  /* and so many when they are not side by side in memory */
    REDUCE_TILE = 16,      /* rows of these that are copied at a time */
    REDUCE_BLOCK = 2048    /* elements of a row that are joined at a time */
};

typedef enum reduce_map {
#define LOOP_FLOAT(name, ...)  MAP_##name,
#define LOOP_DOUBLE(name, ...) MAP_##name,
#define LOOP_COUNT(name, ...)  MAP_##name,
#define LOOP_SPLIT(name, ...)  MAP_##name,
#include "reduce_loops.def"
    MAP_COUNT
} reduce_map;

typedef enum reduce_type {
    LOOP_TYPE_F32,
    LOOP_TYPE_F64,
    LOOP_TYPE_I64,
    LOOP_TYPE_I32,
    LOOP_TYPE_U8,
    LOOP_TYPE_H16,
    LOOP_TYPES
} reduce_type;

typedef union reduce_acc {
    double f;
    int64_t i;
} reduce_acc;

/* Bytes of memory that a loop works in, aligned to 64 bytes, over m columns, or along a row (m 1).
 */
static inline size_t reduce_space(bool columns, int64_t m, int64_t stride)
{
    if (!columns)
        return stride == 1 ? 0 : REDUCE_BLOCK * sizeof(double);
    size_t one = (size_t)(m + 7) / 8 * 8 * sizeof(double);
    return stride == 1 ? 2 * one : (2 + REDUCE_TILE) * one;
}

typedef struct reduce_loop {
    bool integer; /* accumulates in i, else in f */
    reduce_acc identity;
    /* *a joined with n elements, stride apart */
    void (*row)(int64_t n, const void *in, int64_t stride, double c, reduce_acc *a, char *space);
    /* a[j] joined with the n elements of column j; m columns, column and row strides apart */
    void (*column)(int64_t m, int64_t n, const void *in, int64_t column_stride, int64_t row_stride,
                   const double *c, reduce_acc *a, char *space);
    void (*join)(int64_t m, reduce_acc *a, const reduce_acc *b); /* a[j] joined with b[j] */
} reduce_loop;

typedef struct reduce_arg_loop {
    /* place of the first extremum (or first NaN) of n elements, n >= 1 */
    int64_t (*row)(int64_t n, const void *in, int64_t stride, char *space);
    /* the same for m columns of n elements */
    void (*column)(int64_t m, int64_t n, const void *in, int64_t column_stride, int64_t row_stride,
                   int64_t *at, char *space);
    bool (*beats)(const void *a, const void *b); /* a comes before b when b stands earlier */
} reduce_arg_loop;

typedef struct reduce_kernels {
    reduce_loop loop[LOOP_TYPES][MAP_COUNT]; /* row NULL where there is none */
    reduce_arg_loop arg[LOOP_TYPES][2];      /* smallest, largest: F32 F64 I64 U8 */
} reduce_kernels;

#endif
