/* Operations that would otherwise be several passes over memory: softmax, losses, optimiser steps.
 * F32 and F64. The same bits for any number of threads. Outputs overlap no input, except where said
 * that they may be the very same view. */
#ifndef TT_KERNEL_FUSED_H
#define TT_KERNEL_FUSED_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* softmax along an axis, or its logarithm (log). Any strides; out may be in. A row of -inf gives 0s
 * (log: -inf); a row with NaN or +inf gives NaN. */
void softmax_run(const exec *x, bool log, operand out, operand in, int axis);
/* gx from the result y and the gradient gy: y (gy - sum(gy y)), log: gy - exp(y) sum(gy).
 * gx may be y or gy. A row of y that is all -inf (log) gives gx = gy. */
void softmax_backward_run(const exec *x, bool log, operand gx, operand y, operand gy, int axis);

/* Cross entropy of N rows of C logits against class numbers.
 * Row: (1 - s) w[t] (lse - x[t]) + s / C sum_c w[c] (lse - x[c]); a row whose target is
 * ignore_index costs 0 and has no gradient. */
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
/* One pass over the logits. loss (N) and lse (N), of the logits' dtype; lse, the log-sum-exp of
 * each row, is what the backward pass needs. lse.data may be NULL. */
void cross_entropy_run(const exec *x, const cross_entropy_args *a, operand loss, operand lse);
/* gx (N, C) = row_scale[i] * d loss[i] / d logits; row_scale (N) of the logits' dtype may have
 * stride 0. gx may be the logits. */
void cross_entropy_backward_run(const exec *x, const cross_entropy_args *a, operand gx, operand lse,
                                operand row_scale);

/* max(z, 0) - z t + log(1 + exp(-|z|)), elementwise on operands of one shape, any strides. */
void bce_logits_run(const exec *x, operand loss, operand z, operand t);
/* gz = g (sigmoid(z) - t). The gradient of t is -g z. g may have stride 0. */
void bce_logits_backward_run(const exec *x, operand gz, operand z, operand t, operand g);

/* One parameter of an optimiser step: contiguous arrays of numel elements of one dtype. */
typedef struct optim_slot {
    int64_t numel;
    void *param, *grad; /* grad is only read, except by slots_scale */
    void *m, *v;        /* state; v is used by Adam only; for sgd m may be NULL without momentum */
} optim_slot;

typedef struct adam_args {
    double lr, beta1, beta2, eps, weight_decay;
    double correction1, correction2; /* 1 - beta1^step, 1 - beta2^step */
    bool decoupled;                  /* AdamW: the weights decay by lr * weight_decay */
} adam_args;

typedef struct sgd_args {
    double lr, momentum, dampening, weight_decay;
    bool nesterov;
    bool first; /* the momentum buffer m starts as the gradient */
} sgd_args;

/* One step over all slots together, in place. Slots with numel 0 or grad NULL are skipped. */
void adam_step_run(const exec *x, tt_dtype dtype, const adam_args *a, int n,
                   const optim_slot *slots);
void sgd_step_run(const exec *x, tt_dtype dtype, const sgd_args *a, int n, const optim_slot *slots);

/* For clip_grad_norm: the sum of squares of all grads, and grad *= factor. */
double slots_sum_squares(const exec *x, tt_dtype dtype, int n, const optim_slot *slots);
void slots_scale(const exec *x, tt_dtype dtype, double factor, int n, const optim_slot *slots);

#endif
