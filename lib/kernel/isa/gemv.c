/* Inner loops of products that do not go to BLAS, for float32, float64 and int64, compiled once per
 * instruction set. gemv.c, gemm.c and contract.c drive them. int64 is computed in uint64_t, whose
 * overflow wraps around. */
#include "isa.h"
#include "../gemv.h"

enum { PANEL_K = 64, PANEL_N = 64 }; /* the packed part of b: 16 or 32 KiB, on the stack */

extern const gemv_kernels ISA(gemv_loops);

#define T       float
#define U       float
#define NAME(x) f32_##x
#define LANES   32
#define WIDTH   16
#include "gemv_loops.h"
#undef T
#undef U
#undef NAME
#undef LANES
#undef WIDTH

#define T       double
#define U       double
#define NAME(x) f64_##x
#define LANES   16
#define WIDTH   8
#include "gemv_loops.h"
#undef T
#undef U
#undef NAME
#undef LANES
#undef WIDTH

#define T       uint64_t
#define U       int64_t
#define NAME(x) i64_##x
#define LANES   16
#define WIDTH   8
#include "gemv_loops.h"

#define LOOPS(t)                                                                                   \
    {t##_rows, t##_columns, t##_add, t##_finish, t##_product, t##_multiply, t##_pack}

const gemv_kernels ISA(gemv_loops) = {LOOPS(f32), LOOPS(f64), LOOPS(i64)};
