/* Inner loops for small matrices side by side, compiled once per instruction set. small.c drives
 * them. */
#include <float.h>
#include <math.h>
#include "kernel/isa/isa.h"
#include "kernel/isa/kernels.h"
#include "small.h"

extern const small_kernels ISA(small_loops);

#define T       float
#define M(x)    x##f
#define EPS     FLT_EPSILON
#define LARGE   0x1p60f
#define STEP    0x1p80f
#define NAME(x) x##_f32
#include "small_typed.h"
#undef T
#undef M
#undef EPS
#undef LARGE
#undef STEP
#undef NAME
#define T       double
#define M(x)    x
#define EPS     DBL_EPSILON
#define LARGE   0x1p500
#define STEP    0x1p600
#define NAME(x) x##_f64
#include "small_typed.h"

const small_kernels ISA(small_loops) = {
    .loops = {[TT_F32] = {solve_f32, jacobi_f32}, [TT_F64] = {solve_f64, jacobi_f64}}};
