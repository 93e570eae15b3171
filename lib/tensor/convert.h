/* One number from one dtype to another, in plain arithmetic that loops are vectorised over: the two
 * 16-bit floats by their bits, wider numbers on their way to these, and floats to integers, which
 * truncates, saturates and takes NaN to 0. Single elements (element.c) and the loops of tt_cast are
 * made of these. */
#ifndef TT_CONVERT_H
#define TT_CONVERT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "base/inline.h"

INLINE uint32_t f32_bits(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

INLINE float f32_of_bits(uint32_t u)
{
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* IEEE binary16 by arithmetic on the bits; rounds to nearest even. */
INLINE uint16_t half_of(float x)
{
    uint32_t u = f32_bits(x), sign = u >> 16 & 0x8000, a = u & 0x7fffffff;
    uint32_t normal = a - (112u << 23) + 0xfff + (a >> 13 & 1);
    float tiny = f32_of_bits(a) + 0.5f; /* denormals: the adder rounds */
    uint32_t r = a < 113u << 23 ? f32_bits(tiny) - f32_bits(0.5f) : normal >> 13;
    r = a >= 0x477ff000u ? 0x7c00 : r;
    r = a > 0x7f800000u ? 0x7e00 : r;
    return (uint16_t)(sign | r);
}

INLINE float of_half(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, a = h & 0x7fff;
    float tiny = (float)a * 0x1p-24f;
    uint32_t r = a < 0x0400 ? f32_bits(tiny) : (a << 13) + (112u << 23);
    r = a >= 0x7c00 ? (a << 13) | 0x7f800000u : r;
    return f32_of_bits(sign | r);
}

/* bfloat16: the upper half of a float; rounds to nearest even. */
INLINE uint16_t brain_of(float x)
{
    uint32_t u = f32_bits(x);
    uint32_t r = (u + 0x7fff + (u >> 16 & 1)) >> 16;
    return (uint16_t)(x != x ? (u >> 16 | 0x40) : r);
}

INLINE float of_brain(uint16_t b)
{
    return f32_of_bits((uint32_t)b << 16);
}

/* What the 16-bit floats are made of: x with 15 digits, the last of which is 1 where others were
 * cut off. They are more digits than the 16-bit floats have, and a float holds them even where a
 * bfloat16 is subnormal, so that rounding again gives what rounding x once would: the last digit
 * says that x lies beside the middle. (Rounding to odd: S. Boldo and G. Melquiond, Emulation of FMA
 * and correctly rounded sums: proved algorithms using rounding to odd, 2008) */
INLINE float f32_odd_of_f64(double x)
{
    const uint64_t rest = ((uint64_t)1 << 38) - 1;
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    u = (u | ((u & rest) + rest)) & ~rest;
    memcpy(&x, &u, sizeof x);
    return (float)x;
}

/* Above 2^53 a double has no room for all digits: those below 2^11 are made one. */
INLINE float f32_odd_of_i64(int64_t x)
{
    uint64_t u = (uint64_t)x, odd = (u & ~(uint64_t)0x7ff) | (uint64_t)((u & 0x7ff) != 0) << 11;
    bool far = x > (int64_t)1 << 53 || x < -((int64_t)1 << 53);
    return f32_odd_of_f64((double)(far ? (int64_t)odd : x));
}

INLINE int64_t to_i64(double x)
{
    return x != x ? 0 : x <= -0x1p63 ? INT64_MIN : x >= 0x1p63 ? INT64_MAX : (int64_t)x;
}

INLINE int32_t to_i32(double x)
{
    return x != x ? 0 : x <= INT32_MIN ? INT32_MIN : x >= INT32_MAX ? INT32_MAX : (int32_t)x;
}

INLINE uint8_t to_u8(double x)
{
    return x != x ? 0 : x <= 0 ? 0 : x >= UINT8_MAX ? UINT8_MAX : (uint8_t)x;
}

#endif
