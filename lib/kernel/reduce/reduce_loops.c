/* Inner loops of the reductions, compiled once per instruction set from the rows of
 * reduce_loops.def. A row loop keeps LANES partial results side by side, which the compiler turns
 * into vector registers, and joins blocks of rows pairwise; a column loop keeps one per column.
 * Which elements meet in which order depends on n and the strides alone, so that the bits do not
 * depend on the processor's vector length. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/isa.h"
#include "kernel/isa/transpose.h"
#include "kernel/isa/vmath.h"
#include "loops.h"

extern const reduce_kernels ISA(reduce_loops);

enum { BLOCK = REDUCE_BLOCK, DEPTH = 64, TILE = REDUCE_TILE };

/* Partial results of type L side by side: 256 bytes of them are a good few registers. */
#define LANES(L) (sizeof(L) == 8 ? 32 : 64)

#define TRANSPOSE_(size) ISA(transpose_##size)
#define TRANSPOSE(size)  TRANSPOSE_(size)

/* How two values are joined; how is a constant wherever it matters. NaN wins over everything: the
 * other operand is taken only if it is larger, or itself NaN. Among numbers it loses: the
 * other is taken if it is larger, or the first NaN. */
typedef enum join { ADD, MULTIPLY, LARGER, SMALLER, LARGER_NUMBER, SMALLER_NUMBER } join;

#define IS_NAN(x) ((x) != (x)) /* of integers, too */
#define JOIN(how, a, b)                                                                            \
    ((how) == ADD             ? (a) + (b)                                                          \
     : (how) == MULTIPLY      ? (a) * (b)                                                          \
     : (how) == LARGER        ? ((b) > (a) || IS_NAN(b) ? (b) : (a))                               \
     : (how) == SMALLER       ? ((b) < (a) || IS_NAN(b) ? (b) : (a))                               \
     : (how) == LARGER_NUMBER ? ((b) > (a) || IS_NAN(a) ? (b) : (a))                               \
                              : ((b) < (a) || IS_NAN(a) ? (b) : (a)))

/* Accumulators joined with those of another part. */
#define JOINS(NAME, how, A, F)                                                                     \
    static void NAME(int64_t m, reduce_acc *a, const reduce_acc *b)                                \
    {                                                                                              \
        for (int64_t j = 0; j < m; j++) {                                                          \
            A u = (A)a[j].F, v = (A)b[j].F;                                                        \
            a[j].F = JOIN(how, u, v);                                                              \
        }                                                                                          \
    }

JOINS(join_f_ADD, ADD, double, f)
JOINS(join_f_MULTIPLY, MULTIPLY, double, f)
JOINS(join_f_LARGER, LARGER, double, f)
JOINS(join_f_SMALLER, SMALLER, double, f)
JOINS(join_f_LARGER_NUMBER, LARGER_NUMBER, double, f)
JOINS(join_f_SMALLER_NUMBER, SMALLER_NUMBER, double, f)
JOINS(join_i_ADD, ADD, uint64_t, i) /* integers wrap, so they are added and multiplied unsigned */
JOINS(join_i_MULTIPLY, MULTIPLY, uint64_t, i)
JOINS(join_i_LARGER, LARGER, int64_t, i)
JOINS(join_i_SMALLER, SMALLER, int64_t, i)

/* What a row of reduce_loops.def becomes in reduce_typed.h: the functions of its own. */
#define ROW(name, value, how, start)                                                               \
    VALUE_OF(name, value)                                                                          \
    BLOCK_OF(name, how, start)                                                                     \
    LOOPS_OF(name, how, start)
#define VALUE_OF(name, value)                                                                      \
    VECTOR L NAME(name##_value)(V x, V c)                                                          \
    {                                                                                              \
        (void)c;                                                                                   \
        return (L)(value);                                                                         \
    }
#define BLOCK_OF(name, how, start)                                                                 \
    static L NAME(name##_block)(int64_t n, const T *x, V c)                                        \
    {                                                                                              \
        return NAME(block)(NAME(name##_value), how, (L)(start), n, x, c);                          \
    }
#define LOOPS_OF(name, how, start)                                                                 \
    static void NAME(name##_row)(int64_t n, const void *in, int64_t s, double c, reduce_acc *a,    \
                                 char *space)                                                      \
    {                                                                                              \
        A u = (A)a->F, v = s == 1 && n <= BLOCK                                                    \
                               ? (A)NAME(name##_block)(n, in, (V)c)                                \
                               : NAME(span)(NAME(name##_block), how, n, in, s, (V)c, space);       \
        a->F = JOIN(how, u, v);                                                                    \
    }                                                                                              \
    static void NAME(name##_column)(int64_t m, int64_t n, const void *in, int64_t cs, int64_t rs,  \
                                    const double *c, reduce_acc *a, char *space)                   \
    {                                                                                              \
        NAME(column)(NAME(name##_value), how, (L)(start), m, n, in, cs, rs, c, a, space);          \
    }

#define T       float
#define SIZE    4
#define P(x)    f32_##x
#define M(f)    f32_##f
#define COUNTER int32_t
#include "float_typed.h"

#define T       double
#define SIZE    8
#define P(x)    f64_##x
#define M(f)    f64_##f
#define COUNTER int64_t
#include "float_typed.h"

#define T    int64_t
#define SIZE 8
#define P(x) i64_##x
#include "pack_typed.h"

#define LOOP_I64   ROW
#define LOOP_SPLIT ROW
#define NAME(x)    P(I64_##x)
#define V          int64_t
#define L          int64_t
#define A          int64_t
#define F          i
#include "reduce_typed.h"

#define LOOP_U64 ROW
#define NAME(x)  P(U64_##x)
#define V        uint64_t
#define L        uint64_t
#define A        uint64_t
#define F        i
#include "reduce_typed.h"

#define NAME(x) P(argmax_##x)
#define BEST    P(I64_max_block)
#define LARGEST 1
#include "arg_typed.h"

#define NAME(x) P(argmin_##x)
#define BEST    P(I64_min_block)
#define LARGEST 0
#include "arg_typed.h"
#undef T
#undef P

#define T    int32_t
#define SIZE 4
#define P(x) i32_##x
#include "pack_typed.h"

#define LOOP_I32 ROW
#define NAME(x)  P(I32_##x)
#define V        int32_t
#define L        int32_t
#define A        int64_t
#define F        i
#include "reduce_typed.h"
#undef T
#undef P

#define T    uint16_t
#define SIZE 2
#define P(x) h16_##x
#include "pack_typed.h"

#define LOOP_H16 ROW
#define NAME(x)  P(H16_##x)
#define V        uint16_t
#define L        int32_t
#define A        int64_t
#define F        i
#include "reduce_typed.h"
#undef T
#undef P

#define T    uint8_t
#define SIZE 1
#define P(x) u8_##x
#include "pack_typed.h"

#define LOOP_U8 ROW
#define NAME(x) P(U8_##x)
#define V       uint8_t
#define L       int32_t
#define A       int64_t
#define F       i
#include "reduce_typed.h"

#define LOOP_BYTE ROW
#define NAME(x)   P(BYTE_##x)
#define V         uint8_t
#define L         uint8_t
#define A         int64_t
#define F         i
#include "reduce_typed.h"

#define NAME(x) P(argmax_##x)
#define BEST    P(BYTE_max_block)
#define LARGEST 1
#include "arg_typed.h"

#define NAME(x) P(argmin_##x)
#define BEST    P(BYTE_min_block)
#define LARGEST 0
#include "arg_typed.h"

/* clang-format off */
#define ENTRY_F(NAME, name, how, start) \
    [MAP_##name] = {false, {.f = (double)(start)}, NAME##_row, NAME##_column, join_f_##how},
#define ENTRY_I(NAME, name, how, start) \
    [MAP_##name] = {true, {.i = start}, NAME##_row, NAME##_column, join_i_##how},
#define ARG(NAME) {NAME##_row, NAME##_column, NAME##_beats}
/* clang-format on */

const reduce_kernels ISA(reduce_loops) = {
    .loop =
        {
            [LOOP_TYPE_F32] =
                {
#define LOOP_FLOAT(name, value, how, start)  ENTRY_F(f32_FLOAT_##name, name, how, start)
#define LOOP_DOUBLE(name, value, how, start) ENTRY_F(f32_DOUBLE_##name, name, how, start)
#define LOOP_COUNT(name, value, how, start)  ENTRY_I(f32_COUNT_##name, name, how, start)
#include "reduce_loops.def"
                },
            [LOOP_TYPE_F64] =
                {
#define LOOP_FLOAT(name, value, how, start)  ENTRY_F(f64_FLOAT_##name, name, how, start)
#define LOOP_DOUBLE(name, value, how, start) ENTRY_F(f64_DOUBLE_##name, name, how, start)
#define LOOP_COUNT(name, value, how, start)  ENTRY_I(f64_COUNT_##name, name, how, start)
#include "reduce_loops.def"
                },
            [LOOP_TYPE_I64] =
                {
#define LOOP_I64(name, value, how, start)   ENTRY_I(i64_I64_##name, name, how, start)
#define LOOP_SPLIT(name, value, how, start) ENTRY_I(i64_I64_##name, name, how, start)
#define LOOP_U64(name, value, how, start)   ENTRY_I(i64_U64_##name, name, how, start)
#include "reduce_loops.def"
                },
            [LOOP_TYPE_I32] =
                {
#define LOOP_I32(name, value, how, start) ENTRY_I(i32_I32_##name, name, how, start)
#include "reduce_loops.def"
                },
            [LOOP_TYPE_U8] =
                {
#define LOOP_U8(name, value, how, start)   ENTRY_I(u8_U8_##name, name, how, start)
#define LOOP_BYTE(name, value, how, start) ENTRY_I(u8_BYTE_##name, name, how, start)
#include "reduce_loops.def"
                },
            [LOOP_TYPE_H16] =
                {
#define LOOP_H16(name, value, how, start) ENTRY_I(h16_H16_##name, name, how, start)
#include "reduce_loops.def"
                },
        },
    .arg = {[LOOP_TYPE_F32] = {ARG(f32_argmin), ARG(f32_argmax)},
            [LOOP_TYPE_F64] = {ARG(f64_argmin), ARG(f64_argmax)},
            [LOOP_TYPE_I64] = {ARG(i64_argmin), ARG(i64_argmax)},
            [LOOP_TYPE_U8] = {ARG(u8_argmin), ARG(u8_argmax)}},
};
