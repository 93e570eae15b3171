/* Inner loops of copying, casting and filling. A value on its way from one type to another is wide:
 * integers are int64, floats double (which holds every float exactly). */
#include <math.h>
#include <string.h>
#include "kernel/isa/halves.h"
#include "kernel/isa/transpose.h"
#include "loops.h"
#include "rows.h"

extern const copy_kernels ISA(copy_loops);

#define EACH "kernel/walk/move_typed.h"
#include "kernel/isa/each_size.h"

#define TO_I64(w) to_i64(w)
#define TO_I32(w) to_i32(w)
#define TO_U8(w)  to_u8(w)
#define ODD(w)    ((float)(w))
#define T         float
#define FROM(x)   f32_to_##x
#define WIDE(v)   ((double)(v))
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE

#define T       half
#define FROM(x) f16_to_##x
#define WIDE(v) ((double)of_half((v).bits))
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE

#define T       brain
#define FROM(x) bf16_to_##x
#define WIDE(v) ((double)of_brain((v).bits))
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE
#undef ODD

#define ODD(w)  f32_odd_of_f64(w)
#define T       double
#define FROM(x) f64_to_##x
#define WIDE(v) (v)
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE
#undef ODD
#undef TO_I64
#undef TO_I32
#undef TO_U8

#define TO_I64(w) (w)
#define TO_I32(w) ((int32_t)(uint32_t)(uint64_t)(w))
#define TO_U8(w)  ((uint8_t)(uint64_t)(w))
#define ODD(w)    f32_odd_of_i64(w)
#define T         int64_t
#define FROM(x)   i64_to_##x
#define WIDE(v)   (v)
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE

#define T       int32_t
#define FROM(x) i32_to_##x
#define WIDE(v) ((int64_t)(v))
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE
#undef ODD

#define ODD(w)  ((float)(w))
#define T       uint8_t
#define FROM(x) bool_to_##x
#define WIDE(v) ((int64_t)((v) != 0))
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE

#define T       uint8_t
#define FROM(x) u8_to_##x
#define WIDE(v) ((int64_t)(v))
#include "cast_typed.h"
#undef T
#undef FROM
#undef WIDE

#define CASTS(t)                                                                                   \
    {                                                                                              \
        [TT_F32] = t##_to_f32_cast, [TT_F64] = t##_to_f64_cast, [TT_I64] = t##_to_i64_cast,        \
        [TT_BOOL] = t##_to_bool_cast, [TT_I32] = t##_to_i32_cast, [TT_U8] = t##_to_u8_cast,        \
        [TT_F16] = t##_to_f16_cast, [TT_BF16] = t##_to_bf16_cast,                                  \
    }

const copy_kernels ISA(copy_loops) = {
    .cast = {[TT_F32] = CASTS(f32),
             [TT_F64] = CASTS(f64),
             [TT_I64] = CASTS(i64),
             [TT_BOOL] = CASTS(bool),
             [TT_I32] = CASTS(i32),
             [TT_U8] = CASTS(u8),
             [TT_F16] = CASTS(f16),
             [TT_BF16] = CASTS(bf16)},
    .move = {b1_move, b2_move, b4_move, b8_move},
    .fill = {b1_fill, b2_fill, b4_fill, b8_fill},
    .transpose = {ISA(transpose_1), ISA(transpose_2), ISA(transpose_4), ISA(transpose_8)},
};
