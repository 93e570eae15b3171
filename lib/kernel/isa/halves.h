/* The two 16-bit floats: their elements, which no other type is taken for, and their conversions,
 * in plain arithmetic that loops are vectorised over. */
#ifndef TT_KERNEL_ISA_HALVES_H
#define TT_KERNEL_ISA_HALVES_H

#include <stdbool.h>
#include <stdint.h>
#include "vmath.h"
#if defined __AVX512F__ || defined __F16C__
#include <immintrin.h>
#endif

typedef struct half {
    uint16_t bits;
} half;
typedef struct brain {
    uint16_t bits;
} brain;

/* IEEE binary16 by arithmetic on the bits; rounds to nearest even. */
VECTOR uint16_t half_of(float x)
{
    uint32_t u = f32_bits(x), sign = u >> 16 & 0x8000, a = u & 0x7fffffff;
    uint32_t normal = a - (112u << 23) + 0xfff + (a >> 13 & 1);
    float tiny = f32_of_bits(a) + 0.5f; /* denormals: the adder rounds */
    uint32_t r = a < 113u << 23 ? f32_bits(tiny) - f32_bits(0.5f) : normal >> 13;
    r = a >= 0x477ff000u ? 0x7c00 : r;
    r = a > 0x7f800000u ? 0x7e00 : r;
    return (uint16_t)(sign | r);
}

VECTOR float of_half(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, a = h & 0x7fff;
    float tiny = (float)a * 0x1p-24f;
    uint32_t r = a < 0x0400 ? f32_bits(tiny) : (a << 13) + (112u << 23);
    r = a >= 0x7c00 ? (a << 13) | 0x7f800000u : r;
    return f32_of_bits(sign | r);
}

/* Of many at once the arithmetic takes longer than memory does, and the instruction does not. */
VECTOR void of_32_halves(const half *h, float *out)
{
#if defined __AVX512F__
    for (int i = 0; i < 32; i += 16)
        _mm512_storeu_ps(out + i, _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(h + i))));
#elif defined __F16C__
    for (int i = 0; i < 32; i += 8)
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128((const void *)(h + i))));
#else
    for (int i = 0; i < 32; i++)
        out[i] = of_half(h[i].bits);
#endif
}

VECTOR uint16_t brain_of(float x)
{
    uint32_t u = f32_bits(x);
    uint32_t r = (u + 0x7fff + (u >> 16 & 1)) >> 16;
    return (uint16_t)(x != x ? (u >> 16 | 0x40) : r);
}

VECTOR float of_brain(uint16_t b)
{
    return f32_of_bits((uint32_t)b << 16);
}

VECTOR void of_32_brains(const brain *b, float *out)
{
    for (int i = 0; i < 32; i++)
        out[i] = of_brain(b[i].bits);
}

#endif
