/* An optimiser: parameters in groups, and what it remembers of each parameter. */
#ifndef TT_OPTIM_OPTIM_H
#define TT_OPTIM_OPTIM_H

#include <tinytensor/tinytensor.h>

typedef enum optim_kind { SGD, ADAM, ADAMW } optim_kind;

typedef struct optim_group {
    int first, n;
    double lr, weight_decay;
} optim_group;

struct tt_optim {
    tt_ctx *ctx;
    optim_kind kind;
    tt_sgd_options sgd;
    tt_adamw_options adam;
    int n, n_groups;
    tt_step_slot *slots; /* m and v are owned */
    int64_t *steps;      /* taken by each parameter */
    optim_group *groups;
    bool released;
};

/* How many tensors of a parameter's shape it remembers: m, or m and v, or none. */
static inline int optim_states(const tt_optim *o)
{
    return o->kind != SGD ? 2 : o->sgd.momentum != 0 ? 1 : 0;
}

#endif
