/* Inner loops of cross entropy and binary cross entropy, compiled once per instruction set. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/vmath.h"
#include "loss_loops.h"

enum { LANES = 32, BLOCK = 1024 };

extern const loss_kernels ISA(loss_loops);

#define T       float
#define NAME(x) f32_##x
#include "exp_typed.h"
#include "loss_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "exp_typed.h"
#include "loss_typed.h"

const loss_kernels ISA(loss_loops) = {
    .of = {{f32_row_sum_exp, f32_cross_entropy_grad, f32_bce, f32_bce_grad},
           {f64_row_sum_exp, f64_cross_entropy_grad, f64_bce, f64_bce_grad}},
};
