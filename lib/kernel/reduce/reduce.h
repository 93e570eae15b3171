/* Reductions over any set of axes of a strided tensor.
 *
 * out (with mid and rest) has as many axes as in, with size 1 at the reduced positions; strides are
 * free.
 * A sum over nothing (no axis marked) is a copy through the finishing step. Results have the same
 * bits for any number of threads: the cuts depend on the shape and strides only. out must not
 * overlap in. Nothing here fails: refused scratch memory only costs time. */
#ifndef TT_KERNEL_REDUCE_H
#define TT_KERNEL_REDUCE_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef enum reduce_id {
#define REDUCE(name, ...)       REDUCE_##name,
#define REDUCE_TEST(name, ...)  REDUCE_##name,
#define REDUCE_STEPS(name, ...) REDUCE_##name,
#include "reduce.def"
    REDUCE_COUNT
} reduce_id;

typedef struct reduce_args {
    reduce_id id;
    operand out, in;
    const bool *reduced; /* a mark per axis */
    double p;            /* of the ids that have a parameter */
    /* What a gradient reads besides, for ids of two steps; data NULL where nobody does. Both have
     * the shape and dtype of out, and one layout. mid: what the first step found, for var the mean,
     * for logsumexp the maximum. rest: what the result does not say: for var the part of the mean
     * that mid has no digits for, for logsumexp the sum of exp(in - mid), in place of an infinite
     * or NaN mid: 0. */
    operand mid, rest;
} reduce_args;

/* out as the row says: of F32 and F64 the same, of I64 and BOOL what REDUCE rows name, of any dtype
 * BOOL or I64 for REDUCE_TEST rows; an empty reduction gives the row's value. The ids for a
 * parameter p take F32 and F64:
 *   var         sum of (in - mean)^2 over max(0, n - p), in two passes; by 0: NaN or inf as x / 0
 *   norm_max, norm_min, norm_count, norm_sum, norm_root, norm_pow
 *               largest, smallest |in|, how many are not 0, (sum of |in|^p)^(1/p) for 1, 2, any p.
 *               norm_root does not overflow before its result in F32 (F64 squares as they are).
 * mean_of_int takes I64 to F64, and wraps for no sum. */
void reduce_run(const exec *x, const reduce_args *a);

/* Index of the first largest (or smallest) element along one axis, to I64; the first NaN wins, as
 * in NumPy. in: F32 F64 I64 BOOL; the axis must not be empty. Flatten first for an index over all.
 */
void reduce_arg_run(const exec *x, bool largest, operand out, operand in, int axis);

#endif
