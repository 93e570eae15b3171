/* Inner loops of where, clamp, lerp, axpy, isclose, nan_to_num. */
#include <math.h>
#include <stdbool.h>
#include "kernel/isa/isa.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const select_kernels ISA(select_loops);

#define R T

#define EACH "kernel/elementwise/where_typed.h"
#include "kernel/isa/each_size.h"

#define T       float
#define U       float
#define NAME(x) f32_##x
#include "select_typed.h"
#include "kernel/walk/rows_typed.h"
#include "select_float_typed.h"
#undef T
#undef U
#undef NAME

#define T       double
#define U       double
#define NAME(x) f64_##x
#include "select_typed.h"
#include "kernel/walk/rows_typed.h"
#include "select_float_typed.h"
#undef T
#undef U
#undef NAME

#define T       int64_t
#define U       uint64_t
#define NAME(x) i64_##x
#include "select_typed.h"
#undef T
#undef U
#undef NAME

#define T       int32_t
#define U       uint32_t
#define NAME(x) i32_##x
#include "select_typed.h"
#undef T
#undef U
#undef NAME

#define T       uint8_t
#define U       unsigned
#define NAME(x) u8_##x
#include "select_typed.h"

#define EACH_NUMBER(loop)                                                                          \
    {                                                                                              \
        [TT_F32] = f32_##loop, [TT_F64] = f64_##loop, [TT_I64] = i64_##loop,                       \
        [TT_I32] = i32_##loop, [TT_U8] = u8_##loop                                                 \
    }

const select_kernels ISA(select_loops) = {
    .where = {b1_where, b2_where, b4_where, b8_where},
    .clamp = EACH_NUMBER(clamp),
    .lerp = {f32_lerp, f64_lerp},
    .axpy = EACH_NUMBER(axpy),
    .isclose = EACH_NUMBER(isclose),
    .nan_to_num = {f32_nan_to_num, f64_nan_to_num},
};
