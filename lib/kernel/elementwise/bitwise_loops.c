/* Inner loops of the rows on bits. */
#include "kernel/isa/isa.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const bitwise_kernels ISA(bitwise_loops);

#define T       int64_t
#define R       T
#define BITS    64
#define NAME(x) i64_##x
#include "kernel/walk/rows_typed.h"
#include "bitwise_typed.h"
#undef T
#undef BITS
#undef NAME

#define T       int32_t
#define BITS    32
#define NAME(x) i32_##x
#include "kernel/walk/rows_typed.h"
#include "bitwise_typed.h"
#undef T
#undef BITS
#undef NAME

#define T       uint8_t
#define BITS    8
#define NAME(x) u8_##x
#include "kernel/walk/rows_typed.h"
#include "bitwise_typed.h"

const bitwise_kernels ISA(bitwise_loops) = {.map = {
#define BITWISE(name, ...)                                                                         \
    [BITWISE_##name] = {[TT_I64] = i64_##name##_map,                                               \
                        [TT_BOOL] = u8_##name##_map,                                               \
                        [TT_I32] = i32_##name##_map,                                               \
                        [TT_U8] = u8_##name##_map},
#define SHIFT(name, ...)                                                                           \
    [BITWISE_##name] = {                                                                           \
        [TT_I64] = i64_##name##_map, [TT_I32] = i32_##name##_map, [TT_U8] = u8_##name##_map},
#include "bitwise.def"
                                            }};
