/* Inner loops of the optimisers' steps, compiled once per instruction set. */
#include <math.h>
#include "kernel/isa/vmath.h"
#include "optim_loops.h"

extern const optim_kernels ISA(optim_loops);

#define T       float
#define NAME(x) f32_##x
#include "optim_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "optim_typed.h"

const optim_kernels ISA(optim_loops) = {
    .of = {{f32_adam, f32_sgd, f32_scale_grad}, {f64_adam, f64_sgd, f64_scale_grad}},
};
