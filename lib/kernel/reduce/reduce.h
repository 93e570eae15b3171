/* Reductions over any set of axes of a strided tensor.
 *
 * out (and mean) have as many axes as in, with size 1 at the reduced positions; strides are free.
 * A sum over nothing (no axis marked) is a copy through the finishing step. Results have the same
 * bits for any number of threads: the cuts depend on the shape and strides only. out must not
 * overlap in. Nothing here fails: refused scratch memory only costs time. */
#ifndef TT_KERNEL_REDUCE_H
#define TT_KERNEL_REDUCE_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef enum reduce_id {              /* in -> out */
                         REDUCE_SUM,  /* F32 F64 I64 -> same (I64 wraps), BOOL -> I64; empty: 0 */
                         REDUCE_MEAN, /* F32 F64 -> same, I64 BOOL -> F64; empty: NaN */
                         REDUCE_PROD, /* as REDUCE_SUM; empty: 1 */
                         REDUCE_MAX,  /* F32 F64 I64 BOOL -> same; NaN propagates; empty: caller's
                                         error */
                         REDUCE_MIN,  /* as REDUCE_MAX */
                         REDUCE_ANY,  /* any dtype -> BOOL; NaN is true; empty: false */
                         REDUCE_ALL,  /* any dtype -> BOOL; empty: true */
                         REDUCE_COUNT_NONZERO, /* any dtype -> I64; NaN counts */
                         REDUCE_COUNT_NUMBERS, /* F32 F64 -> I64: elements that are not NaN (the
                                                  divisor of nanmean) */
                         REDUCE_NANSUM,        /* F32 F64 -> same: NaN counts as 0 */
                         REDUCE_NANMEAN,       /* F32 F64 -> same; nothing but NaN: NaN */
                         REDUCE_SUM_SQUARES,   /* F32 F64 I64 -> same */
                         REDUCE_SUM_ABS,       /* F32 F64 I64 -> same */
                         REDUCE_MAX_ABS,       /* F32 F64 I64 -> same; NaN propagates; empty: 0 */
                         REDUCE_MIN_ABS,   /* F32 F64 I64 -> same; NaN propagates; empty: +inf, the
                                              largest I64 */
                         REDUCE_LOGSUMEXP, /* F32 F64 -> same; all -inf, or empty: -inf; any +inf:
                                              +inf */
                         REDUCE_COUNT
} reduce_id;

void reduce_run(const exec *x, reduce_id id, operand out, operand in, const bool *reduced);

/* Index of the first largest (or smallest) element along one axis, to I64; the first NaN wins, as
 * in NumPy. in: F32 F64 I64 BOOL; the axis must not be empty. Flatten first for an index over all.
 */
void reduce_arg_run(const exec *x, bool largest, operand out, operand in, int axis);

/* Sum of |in - mean|^2 over max(0, n - correction), in two passes; F32 and F64. mean is written too
 * (same dtype as in) and is what the second pass reads. With a divisor of 0: NaN or inf as x / 0.
 */
void reduce_var_run(const exec *x, operand out, operand mean, operand in, const bool *reduced,
                    double correction);

/* (sum of |in|^ord)^(1/ord) for F32 and F64: ord 2 and 1, +-inf (largest and smallest absolute
 * value), 0 (count of nonzeros), any other real. Order 2 does not overflow before its result in F32
 * (F64 squares as they are). Empty: 0 (ord -inf: +inf). */
void reduce_norm_run(const exec *x, operand out, operand in, const bool *reduced, double ord);

#endif
