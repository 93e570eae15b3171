/* Steps of the optimisers over many parameters at once, each one pass over memory, and the norm and
 * scaling of their gradients. F32 and F64. The same bits for any number of threads. */
#ifndef TT_KERNEL_OPTIM_H
#define TT_KERNEL_OPTIM_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

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
