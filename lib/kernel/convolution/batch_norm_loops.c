/* Inner loops of batch_norm, compiled once per instruction set. */
#include "batch_norm_loops.h"
#include "kernel/isa/isa.h"
#include "kernel/isa/kernels.h"

extern const batch_norm_kernels ISA(batch_norm_loops);

enum { LANES = 32 };

VECTOR double fold(double *lane)
{
    for (int w = LANES / 2; w > 0; w /= 2)
        for (int l = 0; l < w; l++)
            lane[l] += lane[l + w];
    return lane[0];
}

#define T       float
#define NAME(x) f32_##x
#include "batch_norm_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "batch_norm_typed.h"

const batch_norm_kernels ISA(batch_norm_loops) = {
    .of = {{f32_moments, f32_products, f32_scale, f32_grad},
           {f64_moments, f64_products, f64_scale, f64_grad}},
};
