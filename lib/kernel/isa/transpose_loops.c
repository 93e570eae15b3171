/* Transposes tiles in squares of BLOCK elements. The lines of src lie a power of two apart as often
 * as not, and then share one set of the cache: each is read once, whole, into a buffer, and turned
 * there. The turn is written with intrinsics, because compilers make scalar code of it, six times
 * slower. */
#include "transpose.h"
#include "base/integer.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BLOCK = 16 };

#if defined(__SSE2__)
static void turn_4(uint32_t (*restrict y)[BLOCK], uint32_t (*restrict x)[BLOCK])
{
    for (int i = 0; i < BLOCK; i += 4)
        for (int k = 0; k < BLOCK; k += 4) {
            __m128i a = _mm_load_si128((const __m128i *)(const void *)&x[k][i]);
            __m128i b = _mm_load_si128((const __m128i *)(const void *)&x[k + 1][i]);
            __m128i c = _mm_load_si128((const __m128i *)(const void *)&x[k + 2][i]);
            __m128i d = _mm_load_si128((const __m128i *)(const void *)&x[k + 3][i]);
            __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
            _mm_store_si128((__m128i *)(void *)&y[i][k], _mm_unpacklo_epi64(ab, cd));
            _mm_store_si128((__m128i *)(void *)&y[i + 1][k], _mm_unpackhi_epi64(ab, cd));
            ab = _mm_unpackhi_epi32(a, b);
            cd = _mm_unpackhi_epi32(c, d);
            _mm_store_si128((__m128i *)(void *)&y[i + 2][k], _mm_unpacklo_epi64(ab, cd));
            _mm_store_si128((__m128i *)(void *)&y[i + 3][k], _mm_unpackhi_epi64(ab, cd));
        }
}

static void turn_8(uint64_t (*restrict y)[BLOCK], uint64_t (*restrict x)[BLOCK])
{
    for (int i = 0; i < BLOCK; i += 2)
        for (int k = 0; k < BLOCK; k += 2) {
            __m128i a = _mm_load_si128((const __m128i *)(const void *)&x[k][i]);
            __m128i b = _mm_load_si128((const __m128i *)(const void *)&x[k + 1][i]);
            _mm_store_si128((__m128i *)(void *)&y[i][k], _mm_unpacklo_epi64(a, b));
            _mm_store_si128((__m128i *)(void *)&y[i + 1][k], _mm_unpackhi_epi64(a, b));
        }
}
#endif

/* The lines of the next square: no processor guesses an order of 16 lines that lie pages apart. */
static void fetch(const char *dst, int64_t dst_row_step, const char *src, int64_t src_col_step)
{
#if defined(__SSE2__)
    for (int k = 0; k < BLOCK; k++) {
        _mm_prefetch(src + k * src_col_step, _MM_HINT_T0);
        _mm_prefetch(dst + k * dst_row_step, _MM_HINT_T0);
    }
#else
    (void)dst, (void)dst_row_step, (void)src, (void)src_col_step;
#endif
}

#define T         uint8_t
#define NAME(x)   b1_##x
#define TRANSPOSE ISA(transpose_1)
#include "transpose_typed.h"
#undef T
#undef NAME
#undef TRANSPOSE
#undef TURN

#define T         uint16_t
#define NAME(x)   b2_##x
#define TRANSPOSE ISA(transpose_2)
#include "transpose_typed.h"
#undef T
#undef NAME
#undef TRANSPOSE
#undef TURN

#define T         uint32_t
#define NAME(x)   b4_##x
#define TRANSPOSE ISA(transpose_4)
#if defined(__SSE2__)
#define TURN turn_4
#endif
#include "transpose_typed.h"
#undef T
#undef NAME
#undef TRANSPOSE
#undef TURN

#define T         uint64_t
#define NAME(x)   b8_##x
#define TRANSPOSE ISA(transpose_8)
#if defined(__SSE2__)
#define TURN turn_8
#endif
#include "transpose_typed.h"
#undef T
#undef NAME
#undef TRANSPOSE
#undef TURN
