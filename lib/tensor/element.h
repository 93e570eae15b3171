/* What is known of a dtype, and single elements: how large they are, which kind they are of, and
 * reading and writing one. Kernels ask here as well as operations and files. */
#ifndef TT_ELEMENT_H
#define TT_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <tinytensor/tensor.h>

/* Lengths of tables by dtype (the floats come first, the 16-bit ones last) and by size (1, 2, 4, 8
 * bytes). */
enum { FLOATS = TT_F64 + 1, NUMBERS = TT_U8 + 1, DTYPES = TT_BF16 + 1, SIZES = 4 };

/* Binary logarithm of an element's bytes: what tables of loops by size are indexed with. */
static inline int element_log2(tt_dtype d)
{
    static const uint8_t log2[DTYPES] = {
        [TT_F32] = 2, [TT_F64] = 3, [TT_I64] = 3, [TT_BOOL] = 0,
        [TT_I32] = 2, [TT_U8] = 0,  [TT_F16] = 1, [TT_BF16] = 1,
    };
    return log2[d];
}

/* Bytes of an element, of a dtype that is one (tt_itemsize asks). */
static inline int64_t element_size(tt_dtype d)
{
    return (int64_t)1 << element_log2(d);
}

static inline bool dtype_is_known(tt_dtype d)
{
    return (unsigned)d < DTYPES;
}

static inline bool dtype_is_float(tt_dtype d) /* those with gradients */
{
    return d == TT_F32 || d == TT_F64;
}

static inline bool dtype_is_half(tt_dtype d) /* the 16-bit floats */
{
    return d == TT_F16 || d == TT_BF16;
}

static inline bool dtype_is_narrow(tt_dtype d) /* integers that int64 holds */
{
    return d == TT_I32 || d == TT_U8;
}

static inline bool dtype_is_integer(tt_dtype d)
{
    return d == TT_I64 || dtype_is_narrow(d);
}

static inline bool dtype_is_arithmetic(tt_dtype d)
{
    return dtype_is_float(d) || dtype_is_integer(d);
}

/* One element as a number, and what a number becomes in a dtype; conversions are those of tt_cast.
 * element_load_i64 gives an int64 exactly. */
double element_load(const void *element, tt_dtype dtype);
int64_t element_load_i64(const void *element, tt_dtype dtype);
void element_store(void *element, tt_dtype dtype, double v);

#endif
