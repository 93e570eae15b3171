/* The table of inner loops of the optimisers' steps, filled once per instruction set by
 * optim_loops.c. A loop does the elements [from, to) of a slot. */
#ifndef TT_KERNEL_OPTIM_LOOPS_H
#define TT_KERNEL_OPTIM_LOOPS_H

#include <stdint.h>
#include "kernel/walk/loops.h"
#include "optim.h"

typedef struct optim_loops {
    void (*adam)(const optim_slot *s, int64_t from, int64_t to, const adam_args *a);
    void (*sgd)(const optim_slot *s, int64_t from, int64_t to, const sgd_args *a);
    void (*scale)(const optim_slot *s, int64_t from, int64_t to, double factor);
} optim_loops;

typedef struct optim_kernels {
    optim_loops of[FLOATS]; /* F32, F64 */
} optim_kernels;

#endif
