/* Casts of T to each type. Included by copy_loops.c once per type, with T, WIDE(v) (v as the wide
 * type: double or int64_t), TO_I64(w), TO_I32(w), TO_U8(w) and ODD(w), a float32 that 16-bit floats
 * are rounded from (tensor/convert.h), from that one, and FROM(x), a name of this type's, defined.
 * Each cast rounds once. */

#define R         float
#define NAME(x)   FROM(f32_##x)
#define NARROW(w) ((float)(w))
#include "cast_pair_typed.h"

#define R         double
#define NAME(x)   FROM(f64_##x)
#define NARROW(w) ((double)(w))
#include "cast_pair_typed.h"

#define R         int64_t
#define NAME(x)   FROM(i64_##x)
#define NARROW(w) TO_I64(w)
#include "cast_pair_typed.h"

#define R         uint8_t
#define NAME(x)   FROM(bool_##x)
#define NARROW(w) ((uint8_t)((w) != 0))
#include "cast_pair_typed.h"

#define R         int32_t
#define NAME(x)   FROM(i32_##x)
#define NARROW(w) TO_I32(w)
#include "cast_pair_typed.h"

#define R         uint8_t
#define NAME(x)   FROM(u8_##x)
#define NARROW(w) TO_U8(w)
#include "cast_pair_typed.h"

#define R         half
#define NAME(x)   FROM(f16_##x)
#define NARROW(w) ((half){half_of(ODD(w))})
#include "cast_pair_typed.h"

#define R         brain
#define NAME(x)   FROM(bf16_##x)
#define NARROW(w) ((brain){brain_of(ODD(w))})
#include "cast_pair_typed.h"
