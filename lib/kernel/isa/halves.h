/* The two 16-bit floats: their elements, which no other type is taken for, and conversions of many
 * at once (of one: tensor/convert.h). */
#ifndef TT_KERNEL_ISA_HALVES_H
#define TT_KERNEL_ISA_HALVES_H

#include <stdbool.h>
#include <stdint.h>
#include "vmath.h" /* before: its functions call numbers half */
#include "tensor/convert.h"
#if defined __AVX512F__ || defined __F16C__
#include <immintrin.h>
#endif

typedef struct half {
    uint16_t bits;
} half;
typedef struct brain {
    uint16_t bits;
} brain;

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

VECTOR void of_32_brains(const brain *b, float *out)
{
    for (int i = 0; i < 32; i++)
        out[i] = of_brain(b[i].bits);
}

#endif
