/* Losses of logits: cross entropy, binary cross entropy, forward and back. F32 and F64. The same
 * bits for any number of threads. Outputs overlap no input, except where said that they may be the
 * very same view. */
#ifndef TT_KERNEL_LOSS_H
#define TT_KERNEL_LOSS_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* Cross entropy of N rows of C logits against class numbers.
 * Row: (1 - s) w[t] l[t] + s / C sum_c w[c] l[c] with l[c] = log(sum(exp(x))) - x[c]; a row whose
 * target is ignore_index costs 0 and has no gradient. */
typedef struct cross_entropy_args {
    operand logits;  /* (N, C) */
    operand targets; /* (N) I64, in [0, C) or ignore_index */
    operand weight;  /* (C), the logits' dtype; data NULL: all 1 */
    int64_t ignore_index;
    double smoothing; /* s, in [0, 1] */
} cross_entropy_args;

/* Whether every target is in [0, C) or ignored; else *bad is the first that is not. */
bool cross_entropy_check(const cross_entropy_args *a, int64_t *bad);
/* Sum of w[t] over the rows that count (without weights their number): the divisor of the mean. */
double cross_entropy_weight(const cross_entropy_args *a);
/* One pass over the logits. loss (N) and stats (N, 2), contiguous, of the logits' dtype: of each
 * row the maximum m and the sum of exp(x - m), which is what the backward pass needs. They stay
 * apart because their joint logarithm has only the digits that its size leaves it. stats.data may
 * be NULL.
 */
void cross_entropy_run(const exec *x, const cross_entropy_args *a, operand loss, operand stats);
/* gx (N, C) = row_scale[i] * d loss[i] / d logits; row_scale (N) of the logits' dtype may have
 * stride 0. gx may be the logits. */
void cross_entropy_backward_run(const exec *x, const cross_entropy_args *a, operand gx,
                                operand stats, operand row_scale);

/* max(z, 0) - z t + log(1 + exp(-|z|)), elementwise on operands of one shape, any strides. */
void bce_logits_run(const exec *x, operand loss, operand z, operand t);
/* gz = g (sigmoid(z) - t). The gradient of t is -g z. g may have stride 0. */
void bce_logits_backward_run(const exec *x, operand gz, operand z, operand t, operand g);

#endif
