/* Inner loops of the distances of rows, a tile at a time, compiled once per instruction set.
 * cdist.c drives them. */
#include <math.h>
#include <stddef.h>
#include "cdist.h"
#include "kernel/isa/isa.h"
#include "kernel/isa/kernels.h"
#include "kernel/isa/vmath.h"

extern const cdist_kernels ISA(cdist_loops);

#define T       float
#define POW     powf
#define NAME(x) f32_##x
#include "cdist_typed.h"
#undef T
#undef POW
#undef NAME

#define T       double
#define POW     pow
#define NAME(x) f64_##x
#include "cdist_typed.h"

/* clang-format off */
#define KINDS(NAME) \
    {{NAME(count_forward), NAME(sum_forward), NAME(square_forward), NAME(power_forward), NAME(max_forward)}, \
     {NAME(count_backward), NAME(sum_backward), NAME(square_backward), NAME(power_backward), NAME(max_backward)}}
/* clang-format on */
#define F32(x) f32_##x
#define F64(x) f64_##x

const cdist_kernels ISA(cdist_loops) = {.loops = {[TT_F32] = KINDS(F32), [TT_F64] = KINDS(F64)}};
