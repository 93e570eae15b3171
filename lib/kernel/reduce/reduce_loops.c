/* Inner loops of the reductions, compiled once per instruction set. A row loop keeps LANES partial
 * results side by side, which the compiler turns into vector registers, and joins blocks of rows
 * pairwise; a column loop keeps one per column. Which elements meet in which order depends on n and
 * the strides alone, so that the bits do not depend on the processor's vector length. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/isa.h"
#include "kernel/isa/transpose.h"
#include "kernel/isa/vmath.h"
#include "loops.h"

enum { BLOCK = 2048, DEPTH = 64, TILE = 16 };

/* Partial results of type L side by side: 256 bytes of them are a good few registers. */
#define LANES(L) (sizeof(L) == 8 ? 32 : 64)

/* NaN wins over everything: the other operand is taken only if it is larger, or itself NaN. */
#define JOIN_SUM(a, b)  ((a) + (b))
#define JOIN_PROD(a, b) ((a) * (b))
#define JOIN_MAX(a, b)  ((b) > (a) || (b) != (b) ? (b) : (a))
#define JOIN_MIN(a, b)  ((b) < (a) || (b) != (b) ? (b) : (a))

#define TAKE(x, c)      (x)
#define NONZERO(x, c)   ((x) != 0)
#define HALF(x, c)      (((x)&0x7fff) != 0)
#define SQUARE(x, c)    ((x) * (x))
#define NOT_NAN(x, c)   ((x) == (x))
#define OR_ZERO(x, c)   ((x) == (x) ? (x) : 0)
#define DEVIATION(x, c) (((x) - (c)) * ((x) - (c)))

/* Copies of what is apart: n elements of a row, or n rows of m columns. */
#define PACK(NAME, T, SIZE)                                                                        \
    static void NAME##_tile(int64_t m, int64_t n, const T *restrict x, int64_t cs, int64_t rs,     \
                            T *restrict out)                                                       \
    {                                                                                              \
        if (rs == 1) {                                                                             \
            ISA(transpose_##SIZE)                                                                  \
            (n, m, (char *)out, m * SIZE, (const char *)x, cs * SIZE);                             \
            return;                                                                                \
        }                                                                                          \
        for (int64_t j = 0; j < m; j++)                                                            \
            for (int64_t i = 0; i < n; i++)                                                        \
                out[i * m + j] = x[j * cs + i * rs];                                               \
    }                                                                                              \
    static void NAME(int64_t n, const T *restrict x, int64_t s, T *restrict out)                   \
    {                                                                                              \
        for (int64_t i = 0; i < n; i++)                                                            \
            out[i] = x[i * s];                                                                     \
    }

PACK(pack_f32, float, 4)
PACK(pack_f64, double, 8)
PACK(pack_i64, int64_t, 8)
PACK(pack_i32, int32_t, 4)
PACK(pack_h16, uint16_t, 2)
PACK(pack_u8, uint8_t, 1)

/* The upper half of 2 * WIDTH lanes joined into the lower. */
#define FOLD(LANE, L, JOIN, WIDTH)                                                                 \
    for (int l = 0; l < WIDTH; l++) {                                                              \
        L v = LANE[l + WIDTH];                                                                     \
        LANE[l] = JOIN(LANE[l], v);                                                                \
    }

/* One loop family. T: element, with its PACK; V: what an element is converted to before MAP; L:
 * lanes; F: member of reduce_acc that accumulates, of type A. */
#define LOOPS(NAME, T, PACK_T, V, L, A, F, INIT, MAP, JOIN)                                        \
    static L NAME##_block(int64_t n, const T *x, V c)                                              \
    {                                                                                              \
        (void)c;                                                                                   \
        L lane[LANES(L)];                                                                          \
        T rest[LANES(L)] = {0};                                                                    \
        int64_t i = 0;                                                                             \
        for (int l = 0; l < LANES(L); l++)                                                         \
            lane[l] = INIT;                                                                        \
        for (; i + LANES(L) <= n; i += LANES(L))                                                   \
            for (int l = 0; l < LANES(L); l++) {                                                   \
                L v = (L)MAP((V)x[i + l], c);                                                      \
                lane[l] = JOIN(lane[l], v);                                                        \
            }                                                                                      \
        if (i < n) {                                                                               \
            PACK_T(n - i, x + i, 1, rest);                                                         \
            for (int l = 0; l < LANES(L); l++) {                                                   \
                L v = l < n - i ? (L)MAP((V)rest[l], c) : (L)INIT;                                 \
                lane[l] = JOIN(lane[l], v);                                                        \
            }                                                                                      \
        }                                                                                          \
        if (LANES(L) == 64)                                                                        \
            FOLD(lane, L, JOIN, 32)                                                                \
        FOLD(lane, L, JOIN, 16)                                                                    \
        FOLD(lane, L, JOIN, 8)                                                                     \
        FOLD(lane, L, JOIN, 4)                                                                     \
        FOLD(lane, L, JOIN, 2)                                                                     \
        FOLD(lane, L, JOIN, 1)                                                                     \
        return lane[0];                                                                            \
    }                                                                                              \
    static A NAME##_span(int64_t n, const T *x, int64_t s, V c)                                    \
    {                                                                                              \
        T packed[BLOCK];                                                                           \
        if (n > BLOCK) {                                                                           \
            int64_t half = (n / 2 + BLOCK - 1) / BLOCK * BLOCK;                                    \
            A a = NAME##_span(half, x, s, c);                                                      \
            A b = NAME##_span(n - half, x + half * s, s, c);                                       \
            return JOIN(a, b);                                                                     \
        }                                                                                          \
        if (s != 1)                                                                                \
            PACK_T(n, x, s, packed);                                                               \
        return (A)NAME##_block(n, s == 1 ? x : packed, c);                                         \
    }                                                                                              \
    static void NAME##_row(int64_t n, const void *in, int64_t s, double c, reduce_acc *a)          \
    {                                                                                              \
        A v = NAME##_span(n, in, s, (V)c);                                                         \
        A u = (A)a->F;                                                                             \
        a->F = JOIN(u, v);                                                                         \
    }                                                                                              \
    static void NAME##_rows(int64_t m, int64_t n, const T *restrict x, int64_t rs,                 \
                            const V *restrict c, L *restrict lane)                                 \
    {                                                                                              \
        (void)c;                                                                                   \
        for (int64_t j = 0; j < m; j++)                                                            \
            lane[j] = INIT;                                                                        \
        int64_t i = 0;                                                                             \
        for (; i + 4 <= n; i += 4) { /* rows are streams: several at once hide their latency */    \
            const T *restrict p = x + i * rs, *restrict q = p + rs;                                \
            const T *restrict r = q + rs, *restrict t = r + rs;                                    \
            for (int64_t j = 0; j < m; j++) {                                                      \
                L v = (L)MAP((V)p[j], c[j]), w = (L)MAP((V)q[j], c[j]);                            \
                v = JOIN(v, w);                                                                    \
                w = (L)MAP((V)r[j], c[j]);                                                         \
                v = JOIN(v, w);                                                                    \
                w = (L)MAP((V)t[j], c[j]);                                                         \
                v = JOIN(v, w);                                                                    \
                lane[j] = JOIN(lane[j], v);                                                        \
            }                                                                                      \
        }                                                                                          \
        for (; i < n; i++)                                                                         \
            for (int64_t j = 0; j < m; j++) {                                                      \
                L v = (L)MAP((V)x[i * rs + j], c[j]);                                              \
                lane[j] = JOIN(lane[j], v);                                                        \
            }                                                                                      \
    }                                                                                              \
    static void NAME##_column(int64_t m, int64_t n, const void *in, int64_t cs, int64_t rs,        \
                              const double *c, reduce_acc *a)                                      \
    {                                                                                              \
        L lane[REDUCE_COLUMNS];                                                                    \
        V centre[REDUCE_COLUMNS];                                                                  \
        for (int64_t j = 0; j < m; j++)                                                            \
            centre[j] = c ? (V)c[j] : 0;                                                           \
        _Alignas(64) T tile[TILE * REDUCE_STRIDED];                                                \
        int64_t depth = cs == 1 ? DEPTH : TILE;                                                    \
        for (int64_t i = 0; i < n; i += depth) {                                                   \
            int64_t rows = n - i < depth ? n - i : depth;                                          \
            const T *x = (const T *)in + i * rs;                                                   \
            if (cs == 1) {                                                                         \
                NAME##_rows(m, rows, x, rs, centre, lane);                                         \
            } else {                                                                               \
                PACK_T##_tile(m, rows, x, cs, rs, tile);                                           \
                NAME##_rows(m, rows, tile, m, centre, lane);                                       \
            }                                                                                      \
            for (int64_t j = 0; j < m; j++) {                                                      \
                A u = (A)a[j].F, v = (A)lane[j];                                                   \
                a[j].F = JOIN(u, v);                                                               \
            }                                                                                      \
        }                                                                                          \
    }

/* Accumulators joined with those of another part: one per way of joining. */
#define JOINS(NAME, A, F, JOIN)                                                                    \
    static void NAME(int64_t m, reduce_acc *a, const reduce_acc *b)                                \
    {                                                                                              \
        for (int64_t j = 0; j < m; j++) {                                                          \
            A u = (A)a[j].F, v = (A)b[j].F;                                                        \
            a[j].F = JOIN(u, v);                                                                   \
        }                                                                                          \
    }

JOINS(add_f, double, f, JOIN_SUM)
JOINS(multiply_f, double, f, JOIN_PROD)
JOINS(larger_f, double, f, JOIN_MAX)
JOINS(smaller_f, double, f, JOIN_MIN)
JOINS(add_i, uint64_t, i, JOIN_SUM)
JOINS(multiply_i, uint64_t, i, JOIN_PROD)
JOINS(larger_i, int64_t, i, JOIN_MAX)
JOINS(smaller_i, int64_t, i, JOIN_MIN)

/* Integers wrap around, so they are added and multiplied unsigned. */
#define FLOAT_LOOPS(P, T, ABS, EXP)                                                                \
    LOOPS(P##_sum, T, pack_##P, T, T, double, f, 0, TAKE, JOIN_SUM)                                \
    LOOPS(P##_prod, T, pack_##P, double, double, double, f, 1, TAKE, JOIN_PROD)                    \
    LOOPS(P##_max, T, pack_##P, T, T, double, f, -(T)INFINITY, TAKE, JOIN_MAX)                     \
    LOOPS(P##_min, T, pack_##P, T, T, double, f, (T)INFINITY, TAKE, JOIN_MIN)                      \
    LOOPS(P##_square, T, pack_##P, double, double, double, f, 0, SQUARE, JOIN_SUM)                 \
    LOOPS(P##_abs, T, pack_##P, T, T, double, f, 0, ABS, JOIN_SUM)                                 \
    LOOPS(P##_max_abs, T, pack_##P, T, T, double, f, 0, ABS, JOIN_MAX)                             \
    LOOPS(P##_min_abs, T, pack_##P, T, T, double, f, (T)INFINITY, ABS, JOIN_MIN)                   \
    LOOPS(P##_nansum, T, pack_##P, T, T, double, f, 0, OR_ZERO, JOIN_SUM)                          \
    LOOPS(P##_deviation, T, pack_##P, double, double, double, f, 0, DEVIATION, JOIN_SUM)           \
    LOOPS(P##_exp, T, pack_##P, T, T, double, f, 0, EXP, JOIN_SUM)                                 \
    LOOPS(P##_pow, T, pack_##P, double, double, double, f, 0, POWER, JOIN_SUM)

#define FABSF(x, c)    fabsf(x)
#define FABS(x, c)     fabs(x)
#define EXPF(x, c)     f32_exp((x) - (c))
#define EXPD(x, c)     f64_exp((x) - (c))
#define POWER(x, c)    pow(fabs(x), c)
#define WRAP_ABS(x, c) ((x) < 0 ? 0 - (uint64_t)(x) : (uint64_t)(x))

FLOAT_LOOPS(f32, float, FABSF, EXPF)
FLOAT_LOOPS(f64, double, FABS, EXPD)
LOOPS(f32_nonzero, float, pack_f32, float, int32_t, int64_t, i, 0, NONZERO, JOIN_SUM)
LOOPS(f64_nonzero, double, pack_f64, double, int64_t, int64_t, i, 0, NONZERO, JOIN_SUM)
LOOPS(f32_number, float, pack_f32, float, int32_t, int64_t, i, 0, NOT_NAN, JOIN_SUM)
LOOPS(f64_number, double, pack_f64, double, int64_t, int64_t, i, 0, NOT_NAN, JOIN_SUM)
LOOPS(i64_nonzero, int64_t, pack_i64, int64_t, int64_t, int64_t, i, 0, NONZERO, JOIN_SUM)
LOOPS(i32_nonzero, int32_t, pack_i32, int32_t, int32_t, int64_t, i, 0, NONZERO, JOIN_SUM)
LOOPS(u8_nonzero, uint8_t, pack_u8, uint8_t, int32_t, int64_t, i, 0, NONZERO, JOIN_SUM)
LOOPS(h16_nonzero, uint16_t, pack_h16, uint16_t, int32_t, int64_t, i, 0, HALF, JOIN_SUM)
LOOPS(i64_sum, int64_t, pack_i64, uint64_t, uint64_t, uint64_t, i, 0, TAKE, JOIN_SUM)
LOOPS(i64_prod, int64_t, pack_i64, uint64_t, uint64_t, uint64_t, i, 1, TAKE, JOIN_PROD)
LOOPS(i64_square, int64_t, pack_i64, uint64_t, uint64_t, uint64_t, i, 0, SQUARE, JOIN_SUM)
LOOPS(i64_abs, int64_t, pack_i64, int64_t, uint64_t, uint64_t, i, 0, WRAP_ABS, JOIN_SUM)
LOOPS(i64_max_abs, int64_t, pack_i64, int64_t, int64_t, int64_t, i, 0, WRAP_ABS, JOIN_MAX)
LOOPS(i64_min_abs, int64_t, pack_i64, int64_t, int64_t, int64_t, i, INT64_MAX, WRAP_ABS, JOIN_MIN)
LOOPS(i64_max, int64_t, pack_i64, int64_t, int64_t, int64_t, i, INT64_MIN, TAKE, JOIN_MAX)
LOOPS(i64_min, int64_t, pack_i64, int64_t, int64_t, int64_t, i, INT64_MAX, TAKE, JOIN_MIN)

/* Place of the first extremum. BEATS(b, a): b replaces a that stands before it; NaN beats all but
 * NaN. */
#define BEATS_MAX(b, a) ((b) > (a) || ((b) != (b) && (a) == (a)))
#define BEATS_MIN(b, a) ((b) < (a) || ((b) != (b) && (a) == (a)))

#define ARG_LOOPS(NAME, T, PACK_T, BLOCK_OF, BEATS)                                                \
    static int64_t NAME##_row(int64_t n, const void *in, int64_t s)                                \
    {                                                                                              \
        const T *x = in;                                                                           \
        T best = x[0], packed[BLOCK];                                                              \
        int64_t from = 0;                                                                          \
        for (int64_t i = 0; i < n && best == best; i += BLOCK) {                                   \
            int64_t count = n - i < BLOCK ? n - i : BLOCK;                                         \
            if (s != 1)                                                                            \
                PACK_T(count, x + i * s, s, packed);                                               \
            T v = BLOCK_OF(count, s == 1 ? x + i : packed, 0);                                     \
            if (BEATS(v, best)) {                                                                  \
                best = v;                                                                          \
                from = i;                                                                          \
            }                                                                                      \
        }                                                                                          \
        while (x[from * s] != best && x[from * s] == x[from * s])                                  \
            from++;                                                                                \
        return from;                                                                               \
    }                                                                                              \
    static void NAME##_column(int64_t m, int64_t n, const void *in, int64_t cs, int64_t rs,        \
                              int64_t *restrict at)                                                \
    {                                                                                              \
        const T *restrict x = in;                                                                  \
        T best[REDUCE_COLUMNS];                                                                    \
        for (int64_t j = 0; j < m; j++) {                                                          \
            best[j] = x[j * cs];                                                                   \
            at[j] = 0;                                                                             \
        }                                                                                          \
        for (int64_t i = 1; i < n; i++)                                                            \
            for (int64_t j = 0; j < m; j++) {                                                      \
                T v = x[i * rs + j * cs];                                                          \
                bool better = BEATS(v, best[j]);                                                   \
                best[j] = better ? v : best[j];                                                    \
                at[j] = better ? i : at[j];                                                        \
            }                                                                                      \
    }                                                                                              \
    static bool NAME##_beats(const void *b, const void *a)                                         \
    {                                                                                              \
        T v = *(const T *)b, u = *(const T *)a;                                                    \
        return BEATS(v, u);                                                                        \
    }

LOOPS(u8_max, uint8_t, pack_u8, uint8_t, uint8_t, int64_t, i, 0, TAKE, JOIN_MAX)
LOOPS(u8_min, uint8_t, pack_u8, uint8_t, uint8_t, int64_t, i, UINT8_MAX, TAKE, JOIN_MIN)
ARG_LOOPS(f32_argmax, float, pack_f32, f32_max_block, BEATS_MAX)
ARG_LOOPS(f32_argmin, float, pack_f32, f32_min_block, BEATS_MIN)
ARG_LOOPS(f64_argmax, double, pack_f64, f64_max_block, BEATS_MAX)
ARG_LOOPS(f64_argmin, double, pack_f64, f64_min_block, BEATS_MIN)
ARG_LOOPS(i64_argmax, int64_t, pack_i64, i64_max_block, BEATS_MAX)
ARG_LOOPS(i64_argmin, int64_t, pack_i64, i64_min_block, BEATS_MIN)
ARG_LOOPS(u8_argmax, uint8_t, pack_u8, u8_max_block, BEATS_MAX)
ARG_LOOPS(u8_argmin, uint8_t, pack_u8, u8_min_block, BEATS_MIN)

#define ENTRY_F(NAME, JOIN, ID)                                                                    \
    {                                                                                              \
        false, {.f = ID}, NAME##_row, NAME##_column, JOIN                                          \
    }
#define ENTRY_I(NAME, JOIN, ID)                                                                    \
    {                                                                                              \
        true, {.i = ID}, NAME##_row, NAME##_column, JOIN                                           \
    }
#define INF (double)INFINITY
#define FLOAT_ENTRIES(P)                                                                           \
    {                                                                                              \
        [MAP_SUM] = ENTRY_F(P##_sum, add_f, 0), [MAP_PROD] = ENTRY_F(P##_prod, multiply_f, 1),     \
        [MAP_MAX] = ENTRY_F(P##_max, larger_f, -INF),                                              \
        [MAP_MIN] = ENTRY_F(P##_min, smaller_f, INF),                                              \
        [MAP_NONZERO] = ENTRY_I(P##_nonzero, add_i, 0),                                            \
        [MAP_SQUARE] = ENTRY_F(P##_square, add_f, 0), [MAP_ABS] = ENTRY_F(P##_abs, add_f, 0),      \
        [MAP_MAX_ABS] = ENTRY_F(P##_max_abs, larger_f, 0),                                         \
        [MAP_MIN_ABS] = ENTRY_F(P##_min_abs, smaller_f, INF),                                      \
        [MAP_NANSUM] = ENTRY_F(P##_nansum, add_f, 0),                                              \
        [MAP_NUMBER] = ENTRY_I(P##_number, add_i, 0),                                              \
        [MAP_DEVIATION] = ENTRY_F(P##_deviation, add_f, 0),                                        \
        [MAP_EXP] = ENTRY_F(P##_exp, add_f, 0), [MAP_POW] = ENTRY_F(P##_pow, add_f, 0),            \
    }
#define ARG(NAME)                                                                                  \
    {                                                                                              \
        NAME##_row, NAME##_column, NAME##_beats                                                    \
    }

const reduce_kernels ISA(reduce_loops) = {
    .loop = {[LOOP_F32] = FLOAT_ENTRIES(f32),
             [LOOP_F64] = FLOAT_ENTRIES(f64),
             [LOOP_I64] = {[MAP_SUM] = ENTRY_I(i64_sum, add_i, 0),
                           [MAP_PROD] = ENTRY_I(i64_prod, multiply_i, 1),
                           [MAP_MAX] = ENTRY_I(i64_max, larger_i, INT64_MIN),
                           [MAP_MIN] = ENTRY_I(i64_min, smaller_i, INT64_MAX),
                           [MAP_NONZERO] = ENTRY_I(i64_nonzero, add_i, 0),
                           [MAP_SQUARE] = ENTRY_I(i64_square, add_i, 0),
                           [MAP_ABS] = ENTRY_I(i64_abs, add_i, 0),
                           [MAP_MAX_ABS] = ENTRY_I(i64_max_abs, larger_i, 0),
                           [MAP_MIN_ABS] = ENTRY_I(i64_min_abs, smaller_i, INT64_MAX)},
             [LOOP_I32] = {[MAP_NONZERO] = ENTRY_I(i32_nonzero, add_i, 0)},
             [LOOP_U8] = {[MAP_NONZERO] = ENTRY_I(u8_nonzero, add_i, 0),
                          [MAP_MAX] = ENTRY_I(u8_max, larger_i, 0),
                          [MAP_MIN] = ENTRY_I(u8_min, smaller_i, UINT8_MAX)},
             [LOOP_H16] = {[MAP_NONZERO] = ENTRY_I(h16_nonzero, add_i, 0)}},
    .arg = {[LOOP_F32] = {ARG(f32_argmin), ARG(f32_argmax)},
            [LOOP_F64] = {ARG(f64_argmin), ARG(f64_argmax)},
            [LOOP_I64] = {ARG(i64_argmin), ARG(i64_argmax)},
            [LOOP_U8] = {ARG(u8_argmin), ARG(u8_argmax)}},
};
