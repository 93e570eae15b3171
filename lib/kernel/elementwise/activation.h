/* The functions of elementary ones that the rows of unary.def name: f32_gelu and f64_gelu, and so
 * on.
 */
#ifndef TT_KERNEL_ACTIVATION_H
#define TT_KERNEL_ACTIVATION_H

#include "kernel/isa/vmath.h"

#define INV_SQRT_2PI   0.398942280401432677940
#define TWO_INV_SQRTPI 1.128379167095512573896
#define GELU_K         0.797884560802865355880 /* sqrt(2 / pi) */
#define GELU_C         0.044715

#define T       float
#define NAME(x) f32_##x
#include "activation_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "activation_typed.h"
#undef T
#undef NAME

#endif
