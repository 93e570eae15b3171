/* Inner loops of copying, casting and filling. */
#include <math.h>
#include <string.h>
#include "kernel/isa/halves.h"
#include "rows.h"
#include "kernel/isa/transpose.h"

extern const copy_kernels ISA(copy_loops);

/* A value on its way: integers as int64, floats as double (which holds every float exactly). */
#define FROM_F32(v)  ((double)(v))
#define FROM_F64(v)  (v)
#define FROM_I64(v)  (v)
#define FROM_BOOL(v) ((int64_t)((v) != 0))
#define FROM_I32(v)  ((int64_t)(v))
#define FROM_U8(v)   ((int64_t)(v))
#define FROM_F16(v)  ((double)of_half((v).bits))
#define FROM_BF16(v) ((double)of_brain((v).bits))
/* The last step from a wide value w, of float (F) or integer (I) kind. To float32 from float64 is
 * one rounding; to half from double rounds twice, which only matters beyond float32's precision. */
#define TO_F32_F(w)  ((float)(w))
#define TO_F32_I(w)  ((float)(w))
#define TO_F64_F(w)  (w)
#define TO_F64_I(w)  ((double)(w))
#define TO_I64_F(w)  to_i64(w)
#define TO_I64_I(w)  (w)
#define TO_BOOL_F(w) ((uint8_t)((w) != 0))
#define TO_BOOL_I(w) ((uint8_t)((w) != 0))
#define TO_I32_F(w)  to_i32(w)
#define TO_I32_I(w)  ((int32_t)(uint32_t)(uint64_t)(w))
#define TO_U8_F(w)   to_u8(w)
#define TO_U8_I(w)   ((uint8_t)(uint64_t)(w))
#define TO_F16_F(w)  ((half){half_of((float)(w))})
#define TO_F16_I(w)  ((half){half_of((float)(w))})
#define TO_BF16_F(w) ((brain){brain_of((float)(w))})
#define TO_BF16_I(w) ((brain){brain_of((float)(w))})

#define CAST(A, TA, K, B, TB)                                                                      \
    VECTOR TB A##_to_##B(TA v)                                                                     \
    {                                                                                              \
        return TO_##B##_##K(FROM_##A(v));                                                          \
    }                                                                                              \
    LOOP1(cast_##A##_##B, TB, TA, A##_to_##B)
#define CAST_ALL(A, TA, K)                                                                         \
    CAST(A, TA, K, F32, float)                                                                     \
    CAST(A, TA, K, F64, double)                                                                    \
    CAST(A, TA, K, I64, int64_t)                                                                   \
    CAST(A, TA, K, BOOL, uint8_t)                                                                  \
    CAST(A, TA, K, I32, int32_t)                                                                   \
    CAST(A, TA, K, U8, uint8_t)                                                                    \
    CAST(A, TA, K, F16, half)                                                                      \
    CAST(A, TA, K, BF16, brain)
CAST_ALL(F32, float, F)
CAST_ALL(F64, double, F)
CAST_ALL(I64, int64_t, I)
CAST_ALL(BOOL, uint8_t, I)
CAST_ALL(I32, int32_t, I)
CAST_ALL(U8, uint8_t, I)
CAST_ALL(F16, half, F)
CAST_ALL(BF16, brain, F)

#define MOVE(T, S)                                                                                 \
    static void move_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)        \
    {                                                                                              \
        (void)arg;                                                                                 \
        if (step[0] == (int64_t)sizeof(T) && step[1] == (int64_t)sizeof(T)) {                      \
            memcpy(ptr[0], ptr[1], (size_t)n * sizeof(T));                                         \
        } else if (step[0] == (int64_t)sizeof(T) && step[1] == 0) {                                \
            T *out = (T *)(void *)ptr[0];                                                          \
            const T v = *ROW(1, T);                                                                \
            for (int64_t i = 0; i < n; i++)                                                        \
                out[i] = v;                                                                        \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(T, i) = AT(T, 1, i);                                                           \
        }                                                                                          \
    }                                                                                              \
    static void fill_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)        \
    {                                                                                              \
        const T v = *(const T *)arg;                                                               \
        if (step[0] == (int64_t)sizeof(T)) {                                                       \
            T *out = (T *)(void *)ptr[0];                                                          \
            for (int64_t i = 0; i < n; i++)                                                        \
                out[i] = v;                                                                        \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(T, i) = v;                                                                     \
        }                                                                                          \
    }

MOVE(uint8_t, 1)
MOVE(uint16_t, 2)
MOVE(uint32_t, 4)
MOVE(uint64_t, 8)

#define CASTS(A)                                                                                   \
    [TT_##                                                                                         \
        A] = {[TT_F32] = cast_##A##_F32,   [TT_F64] = cast_##A##_F64,  [TT_I64] = cast_##A##_I64,  \
              [TT_BOOL] = cast_##A##_BOOL, [TT_I32] = cast_##A##_I32,  [TT_U8] = cast_##A##_U8,    \
              [TT_F16] = cast_##A##_F16,   [TT_BF16] = cast_##A##_BF16}
const copy_kernels ISA(copy_loops) = {
    .cast = {CASTS(F32), CASTS(F64), CASTS(I64), CASTS(BOOL), CASTS(I32), CASTS(U8), CASTS(F16),
             CASTS(BF16)},
    .move = {move_1, move_2, move_4, move_8},
    .fill = {fill_1, fill_2, fill_4, fill_8},
    .transpose = {ISA(transpose_1), ISA(transpose_2), ISA(transpose_4), ISA(transpose_8)},
};
