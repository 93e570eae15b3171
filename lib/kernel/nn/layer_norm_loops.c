/* Inner loops of normalisation, compiled once per instruction set. */
#include <math.h>
#include <string.h>
#include "kernel/isa/vmath.h"
#include "layer_norm_loops.h"

extern const layer_norm_kernels ISA(layer_norm_loops);

#define T       float
#define NAME(x) f32_##x
#include "layer_norm_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "layer_norm_typed.h"

const layer_norm_kernels ISA(layer_norm_loops) = {
    .of = {{f32_row, f32_grad, f32_weights}, {f64_row, f64_grad, f64_weights}},
};
