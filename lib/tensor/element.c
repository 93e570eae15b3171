/* The table of dtypes, and single elements read and written. Invariant: an element is converted as
 * tt_cast converts a whole tensor. */
#include "element.h"

#include <float.h>
#include "convert.h"

static const struct {
    const char *name;
    tt_limits limits;
} dtypes[DTYPES] = {
    [TT_F32] = {"float32",
                {-(double)FLT_MAX, (double)FLT_MAX, (double)FLT_EPSILON, (double)FLT_MIN}},
    [TT_F64] = {"float64", {-DBL_MAX, DBL_MAX, DBL_EPSILON, DBL_MIN}},
    [TT_I64] = {"int64", {-0x1p63, 0x1p63, 0, 1}},
    [TT_BOOL] = {"bool", {0, 1, 0, 1}},
    [TT_I32] = {"int32", {-2147483648.0, 2147483647.0, 0, 1}},
    [TT_U8] = {"uint8", {0, 255, 0, 1}},
    [TT_F16] = {"float16", {-65504, 65504, 0x1p-10, 0x1p-14}},
    [TT_BF16] = {"bfloat16", {-0x1.fep127, 0x1.fep127, 0x1p-7, 0x1p-126}},
};
size_t tt_itemsize(tt_dtype dtype)
{
    return dtype_is_known(dtype) ? (size_t)element_size(dtype) : 0;
}

const char *tt_dtype_name(tt_dtype dtype)
{
    return dtype_is_known(dtype) ? dtypes[dtype].name : "unknown";
}

tt_limits tt_dtype_limits(tt_dtype dtype)
{
    return dtype_is_known(dtype) ? dtypes[dtype].limits : (tt_limits){0};
}

/* Ranks: the higher holds the lower, but for the halves, which are beside each other, and for the
 * floats below float64, which do not hold int32 and int64. */
tt_dtype tt_result_type(tt_dtype a, tt_dtype b)
{
    static const uint8_t rank[DTYPES] = {
        [TT_BOOL] = 0, [TT_U8] = 1,   [TT_I32] = 2, [TT_I64] = 3,
        [TT_F16] = 4,  [TT_BF16] = 4, [TT_F32] = 5, [TT_F64] = 6,
    };
    if (!dtype_is_known(a) || !dtype_is_known(b))
        return TT_F64;
    tt_dtype lo = rank[a] < rank[b] ? a : b, hi = lo == a ? b : a;
    if (rank[lo] == rank[hi])
        return lo == hi ? lo : TT_F32;
    return rank[hi] > rank[TT_I64] && (lo == TT_I32 || lo == TT_I64) ? TT_F64 : hi;
}

bool tt_can_cast(tt_dtype from, tt_dtype to)
{
    return dtype_is_known(from) && dtype_is_known(to) && tt_result_type(from, to) == to;
}

bool tt_isdtype(tt_dtype dtype, int kinds)
{
    static const uint8_t kind[DTYPES] = {
        [TT_BOOL] = TT_KIND_BOOL,  [TT_U8] = TT_KIND_UNSIGNED, [TT_I32] = TT_KIND_SIGNED,
        [TT_I64] = TT_KIND_SIGNED, [TT_F16] = TT_KIND_FLOAT,   [TT_BF16] = TT_KIND_FLOAT,
        [TT_F32] = TT_KIND_FLOAT,  [TT_F64] = TT_KIND_FLOAT,
    };
    return dtype_is_known(dtype) && (kind[dtype] & kinds);
}

/* The bits of an element, whatever it lies beside. */
typedef union bits {
    float f32;
    double f64;
    int64_t i64;
    int32_t i32;
    uint16_t u16;
    uint8_t u8;
} bits;

double element_load(const void *element, tt_dtype dtype)
{
    bits b;
    memcpy(&b, element, (size_t)element_size(dtype));
    switch (dtype) {
    case TT_F32:
        return (double)b.f32;
    case TT_F64:
        return b.f64;
    case TT_I64:
        return (double)b.i64;
    case TT_BOOL:
        return b.u8 != 0;
    case TT_I32:
        return b.i32;
    case TT_U8:
        return b.u8;
    case TT_F16:
        return (double)of_half(b.u16);
    case TT_BF16:
        return (double)of_brain(b.u16);
    }
    return 0;
}

int64_t element_load_i64(const void *element, tt_dtype dtype)
{
    int64_t v;
    if (dtype != TT_I64)
        return to_i64(element_load(element, dtype));
    memcpy(&v, element, sizeof v);
    return v;
}

void element_store(void *element, tt_dtype dtype, double v)
{
    bits b = {.f64 = v};
    switch (dtype) {
    case TT_F32:
        b.f32 = (float)v;
        break;
    case TT_F64:
        break;
    case TT_I64:
        b.i64 = to_i64(v);
        break;
    case TT_BOOL:
        b.u8 = v != 0;
        break;
    case TT_I32:
        b.i32 = to_i32(v);
        break;
    case TT_U8:
        b.u8 = to_u8(v);
        break;
    case TT_F16:
        b.u16 = half_of(f32_odd_of_f64(v));
        break;
    case TT_BF16:
        b.u16 = brain_of(f32_odd_of_f64(v));
        break;
    }
    memcpy(element, &b, (size_t)element_size(dtype));
}
