/* Inner loops of attention: rows of scores of one tile. */
#include <math.h>
#include "attention_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/isa/isa.h"
#include "kernel/isa/vmath.h"

extern const attention_kernels ISA(attention_loops);

#define T       float
#define NAME(x) f32_##x
#include "attention_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "attention_typed.h"

const attention_kernels ISA(attention_loops) = {
    .of = {{f32_step, f32_times, f32_grad, f32_dot}, {f64_step, f64_times, f64_grad, f64_dot}},
};
