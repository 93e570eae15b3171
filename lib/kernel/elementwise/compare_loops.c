/* Inner loops of the comparison rows: from any type to BOOL. */
#include "kernel/isa/isa.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const compare_kernels ISA(compare_loops);

#define R uint8_t

#define T       float
#define NAME(x) f32_##x
#include "kernel/walk/rows_typed.h"
#include "compare_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "kernel/walk/rows_typed.h"
#include "compare_typed.h"
#undef T
#undef NAME

#define T       int64_t
#define NAME(x) i64_##x
#include "kernel/walk/rows_typed.h"
#include "compare_typed.h"
#undef T
#undef NAME

#define T       uint8_t
#define NAME(x) u8_##x
#include "kernel/walk/rows_typed.h"
#include "compare_typed.h"
#undef T
#undef NAME

#define T       int32_t
#define NAME(x) i32_##x
#include "kernel/walk/rows_typed.h"
#include "compare_typed.h"

const compare_kernels ISA(compare_loops) = {.map = {
#define COMPARE(name, ...)                                                                         \
    [COMPARE_##name] = {                                                                           \
        [TT_F32] = f32_##name##_map, [TT_F64] = f64_##name##_map, [TT_I64] = i64_##name##_map,     \
        [TT_BOOL] = u8_##name##_map, [TT_I32] = i32_##name##_map, [TT_U8] = u8_##name##_map},
#define LOGICAL COMPARE
#include "compare.def"
                                            }};
