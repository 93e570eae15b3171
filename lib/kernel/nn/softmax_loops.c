/* Inner loops of softmax along rows and along columns, compiled once per instruction set. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/vmath.h"
#include "softmax_loops.h"

enum { LANES = 32, BLOCK = 1024, COLUMNS = SOFTMAX_COLUMNS, DEPTH = 16 };

extern const softmax_kernels ISA(softmax_loops);

#define T       float
#define NAME(x) f32_##x
#include "exp_typed.h"
#include "softmax_typed.h"
#include "softmax_columns_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "exp_typed.h"
#include "softmax_typed.h"
#include "softmax_columns_typed.h"

const softmax_kernels ISA(softmax_loops) = {
    .of = {{f32_row, f32_columns, f32_grad_row, f32_grad_columns},
           {f64_row, f64_columns, f64_grad_row, f64_grad_columns}},
};
