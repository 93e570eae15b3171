/* Inner loops of the binary and comparison rows. */
#include <math.h>
#include "activation.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const binary_kernels ISA(binary_loops);
extern const compare_kernels ISA(compare_loops);

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

#define M(f) f32_##f
#define BINARY(name, z, ...)                                                                       \
    VECTOR float name##_f32(float x, float y)                                                      \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    LOOP2(name##_map_f32, float, float, name##_f32)
#include "binary.def"
#undef M
#define M(f) f64_##f
#define BINARY(name, z, ...)                                                                       \
    VECTOR double name##_f64(double x, double y)                                                   \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    LOOP2(name##_map_f64, double, double, name##_f64)
#define BINARY_INT(name, z, y_)                                                                    \
    VECTOR int64_t name##_i64(int64_t x, int64_t y)                                                \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    LOOP2(name##_map_i64, int64_t, int64_t, name##_i64)
#include "binary.def"
#undef M

const binary_kernels ISA(binary_loops) = {.map = {
#define BINARY(name, z, ...)                                                                       \
    [BINARY_##name][TT_F32] = name##_map_f32, [BINARY_##name][TT_F64] = name##_map_f64,
#define BINARY_INT(name, z, y_) [BINARY_##name][TT_I64] = name##_map_i64,
#include "binary.def"
                                          }};

#define RELATION(name, z, T, S)                                                                    \
    VECTOR uint8_t name##_rel_##S(T x, T y)                                                        \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    LOOP2(name##_map_rel_##S, uint8_t, T, name##_rel_##S)
#define LOGIC(name, z, T, S)                                                                       \
    VECTOR uint8_t name##_rel_##S(T u, T v)                                                        \
    {                                                                                              \
        const uint8_t x = u != 0, y = v != 0;                                                      \
        return z;                                                                                  \
    }                                                                                              \
    LOOP2(name##_map_rel_##S, uint8_t, T, name##_rel_##S)
#define COMPARE(name, z)                                                                           \
    RELATION(name, z, float, f32)                                                                  \
    RELATION(name, z, double, f64)                                                                 \
    RELATION(name, z, int64_t, i64)                                                                \
    RELATION(name, z, int32_t, i32)                                                                \
    RELATION(name, z, uint8_t, u8)
#define LOGICAL(name, z)                                                                           \
    LOGIC(name, z, float, f32)                                                                     \
    LOGIC(name, z, double, f64)                                                                    \
    LOGIC(name, z, int64_t, i64)                                                                   \
    LOGIC(name, z, uint8_t, u8)
#include "compare.def"

const compare_kernels ISA(compare_loops) = {.map = {
#define LOGICAL(name, z)                                                                           \
    [COMPARE_##name] = {[TT_F32] = name##_map_rel_f32,                                             \
                        [TT_F64] = name##_map_rel_f64,                                             \
                        [TT_I64] = name##_map_rel_i64,                                             \
                        [TT_BOOL] = name##_map_rel_u8},
#define COMPARE(name, z)                                                                           \
    [COMPARE_##name] = {[TT_F32] = name##_map_rel_f32, [TT_F64] = name##_map_rel_f64,              \
                        [TT_I64] = name##_map_rel_i64, [TT_BOOL] = name##_map_rel_u8,              \
                        [TT_I32] = name##_map_rel_i32, [TT_U8] = name##_map_rel_u8},
#include "compare.def"
                                            }};
