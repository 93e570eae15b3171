/* Inner loops of normalisation, compiled once per instruction set. */
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "kernel/isa/vmath.h"
#include "layer_norm_loops.h"

extern const layer_norm_kernels ISA(layer_norm_loops);

enum { LANES = 32 };

/* EXTREME: 1/deviations below come with squares near the end of the type's range. */
#define T       float
#define NAME(x) f32_##x
#define EXTREME 0x1p-60f
#include "layer_norm_typed.h"
#undef T
#undef NAME
#undef EXTREME

#define T       double
#define NAME(x) f64_##x
#define EXTREME 0x1p-500
#include "layer_norm_typed.h"

const layer_norm_kernels ISA(layer_norm_loops) = {
    .of = {{f32_row, f32_grad, f32_weights}, {f64_row, f64_grad, f64_weights}},
};
