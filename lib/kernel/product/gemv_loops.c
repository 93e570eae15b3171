/* Inner loops of products that do not go to BLAS, for float32, float64 and int64, and of matrices
 * of 16-bit floats by float32 vectors; compiled once per instruction set. gemv.c, gemm.c and
 * contract.c drive them. int64 is computed in uint64_t, whose overflow wraps around. */
#include "gemv.h"
#include "kernel/isa/halves.h"
#include "kernel/isa/isa.h"
#include "kernel/isa/transpose.h"

enum { LINE = 64 };   /* bytes of a cache line */
enum { SQUARE = 16 }; /* columns that are turned at a time: so many streams */
enum { AHEAD = 16 };  /* rows of a block to be packed that are fetched early */

extern const gemv_kernels ISA(gemv_loops);

#define A              float
#define T              float
#define U              float
#define LOAD(a)        (a)
#define AS_LANES(v, a) const A *const v = (a)
#define NAME(x)        f32_##x
#define LANES          32
#define WIDTH          16
#include "vector_typed.h"
#include "product_typed.h"
#undef A
#undef LOAD
#undef NAME

#define A       half
#define LOAD(a) of_half((a).bits)
#undef AS_LANES
#define AS_LANES(v, a)                                                                             \
    float v[LANES];                                                                                \
    of_32_halves(a, v)
#define NAME(x) f16_##x
#include "vector_typed.h"
#include "half_pack_typed.h"
#undef A
#undef LOAD
#undef NAME

#define A       brain
#define LOAD(a) of_brain((a).bits)
#undef AS_LANES
#define AS_LANES(v, a)                                                                             \
    float v[LANES];                                                                                \
    of_32_brains(a, v)
#define NAME(x) bf16_##x
#include "vector_typed.h"
#include "half_pack_typed.h"
#undef A
#undef T
#undef U
#undef LOAD
#undef NAME
#undef LANES
#undef WIDTH

#define A       double
#define T       double
#define U       double
#define LOAD(a) (a)
#undef AS_LANES
#define AS_LANES(v, a) const A *const v = (a)
#define NAME(x)        f64_##x
#define LANES          16
#define WIDTH          8
#include "vector_typed.h"
#include "product_typed.h"
#undef A
#undef T
#undef U
#undef NAME

#define A       uint64_t
#define T       uint64_t
#define U       int64_t
#define NAME(x) i64_##x
#include "vector_typed.h"
#include "product_typed.h"

#define LOOPS(t)                                                                                   \
    {                                                                                              \
        t##_rows, t##_columns, t##_add, t##_finish, t##_product, t##_multiply, t##_pack            \
    }

const gemv_kernels ISA(gemv_loops) = {
    .f32 = LOOPS(f32),
    .f64 = LOOPS(f64),
    .i64 = LOOPS(i64),
    .f16 = {f16_rows, f16_columns, f32_add, f32_finish, .pack = f16_pack},
    .bf16 = {bf16_rows, bf16_columns, f32_add, f32_finish, .pack = bf16_pack},
};
