/* The table of inner loops of attention, filled once per instruction set by attention_loops.c. */
#ifndef TT_KERNEL_ATTENTION_LOOPS_H
#define TT_KERNEL_ATTENTION_LOOPS_H

#include "attention.h"
#include "kernel/walk/loops.h"

typedef struct attention_loops {
    /* One row of n scores becomes exp(score - m), and m and sum, carried from tile to tile, are
     * brought up to date. Returns the factor of what was summed before. Scores of -inf give 0. */
    double (*step)(int64_t n, void *scores, double *m, double *sum);
    /* row *= f */
    void (*scale)(int64_t n, void *row, double f);
    /* scores become p = exp(score - lse); dp becomes p (dp - delta) scale */
    void (*grad)(int64_t n, void *scores, void *dp, double lse, double delta, double scale);
    double (*dot)(int64_t n, const void *a, const void *b);
} attention_loops;

typedef struct attention_kernels {
    attention_loops of[FLOATS]; /* F32, F64 */
} attention_kernels;

#endif
