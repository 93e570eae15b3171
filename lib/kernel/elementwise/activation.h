/* The functions of elementary ones that the rows of unary.def name: f32_gelu and f64_gelu, and so
 * on. Largest errors where the result is above 2^-10, in ulp (below, of 2^-10; test_vmath.c
 * measures them): float32 silu 3.2, gelu 8, gelu_tanh 16, mish 3.7; float64 silu 3.4, gelu 18.2,
 * gelu_tanh 16.1, mish 3.8. Far on the left, where they vanish, digits are lost to the rounding of
 * the exponent. The slope of erf: 2.8 in float32. */
#ifndef TT_KERNEL_ACTIVATION_H
#define TT_KERNEL_ACTIVATION_H

#include "kernel/isa/vmath.h"

#define INV_SQRT_2PI   0.398942280401432677940
#define TWO_INV_SQRTPI 1.128379167095512573896
#define GELU_K         0.797884560802865355880 /* sqrt(2 / pi) */
#define GELU_C         0.044715
#define MISH_FLAT      20 /* from here on mish(x) is x in double */

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
