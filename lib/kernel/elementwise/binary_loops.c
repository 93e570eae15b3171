/* Inner loops of the binary rows. */
#include <math.h>
#include "kernel/isa/vmath.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const binary_kernels ISA(binary_loops);

/* Divisors of 0 give 0 here: callers have made an error of them. -1 is apart: INT64_MIN / -1. */
static inline int64_t i64_fmod(int64_t x, int64_t y)
{
    return y == 0 || y == -1 ? 0 : x % y;
}

static inline int64_t i64_remainder(int64_t x, int64_t y)
{
    int64_t r = i64_fmod(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static inline int64_t i64_floor_divide(int64_t x, int64_t y)
{
    if (y == 0)
        return 0;
    if (y == -1)
        return WRAP(0 - (uint64_t)x);
    int64_t q = x / y;
    return x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
}

static inline int64_t i64_pow(int64_t x, int64_t y)
{
    uint64_t base = (uint64_t)x, r = 1;
    if (y < 0)
        return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;
    for (; y; y >>= 1) {
        if (y & 1)
            r *= base;
        base *= base;
    }
    return WRAP(r);
}

#define T       float
#define R       T
#define NAME(x) f32_##x
#include "division_typed.h"
#include "kernel/walk/rows_typed.h"
#include "binary_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "division_typed.h"
#include "kernel/walk/rows_typed.h"
#include "binary_typed.h"
#undef T
#undef NAME

#define T       int64_t
#define NAME(x) i64_##x
#include "kernel/walk/rows_typed.h"

#define BINARY_INT(name, z, ...)                                                                   \
    VECTOR int64_t i64_##name##_z(int64_t x, int64_t y)                                            \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#include "binary.def"
#undef T
#undef NAME

#define ROWS    "kernel/elementwise/binary.def"
#define T       int32_t
#define NAME(x) i32_##x
#include "narrow_typed.h"
#undef T
#undef NAME

#define T       uint8_t
#define NAME(x) u8_##x
#include "narrow_typed.h"

const binary_kernels ISA(binary_loops) = {.map = {
#define BINARY(name, ...)                                                                          \
    [BINARY_##name][TT_F32] = f32_##name##_map, [BINARY_##name][TT_F64] = f64_##name##_map,
#define BINARY_INT(name, ...)                                                                      \
    [BINARY_##name][TT_I64] = i64_##name##_map, [BINARY_##name][TT_I32] = i32_##name##_map,        \
    [BINARY_##name][TT_U8] = u8_##name##_map,
#include "binary.def"
                                          }};
