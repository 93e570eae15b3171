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

#define TURN(T, S)                                                                                 \
    static void turn_##S(T(*restrict y)[BLOCK], T(*restrict x)[BLOCK])                             \
    {                                                                                              \
        for (int i = 0; i < BLOCK; i++)                                                            \
            for (int k = 0; k < BLOCK; k++)                                                        \
                y[i][k] = x[k][i];                                                                 \
    }
TURN(uint8_t, 1)
TURN(uint16_t, 2)

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
#else
TURN(uint32_t, 4)
TURN(uint64_t, 8)
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

#define TRANSPOSE(T, S)                                                                            \
    static void block_##S(char *dst, int64_t dst_row_step, const char *src, int64_t src_col_step)  \
    {                                                                                              \
        _Alignas(64) T x[BLOCK][BLOCK], y[BLOCK][BLOCK];                                           \
        for (int k = 0; k < BLOCK; k++)                                                            \
            memcpy(x[k], src + k * src_col_step, sizeof x[k]);                                     \
        turn_##S(y, x);                                                                            \
        for (int i = 0; i < BLOCK; i++)                                                            \
            memcpy(dst + i * dst_row_step, y[i], sizeof y[i]);                                     \
    }                                                                                              \
    static void edge_##S(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step,              \
                         const char *src, int64_t src_col_step)                                    \
    {                                                                                              \
        for (int64_t i = 0; i < rows; i++)                                                         \
            for (int64_t k = 0; k < cols; k++)                                                     \
                ((T *)(void *)(dst + i * dst_row_step))[k] =                                       \
                    ((const T *)(const void *)(src + k * src_col_step))[i];                        \
    }                                                                                              \
    void ISA(transpose_##S)(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step,           \
                            const char *src, int64_t src_col_step)                                 \
    {                                                                                              \
        for (int64_t i = 0; i < rows; i += BLOCK)                                                  \
            for (int64_t k = 0; k < cols; k += BLOCK) {                                            \
                char *to = dst + i * dst_row_step + k * (int64_t)sizeof(T);                        \
                const char *from = src + k * src_col_step + i * (int64_t)sizeof(T);                \
                if (k + 2 * BLOCK <= cols)                                                         \
                    fetch(to + BLOCK * sizeof(T), dst_row_step, from + BLOCK * src_col_step,       \
                          src_col_step);                                                           \
                if (i + BLOCK <= rows && k + BLOCK <= cols)                                        \
                    block_##S(to, dst_row_step, from, src_col_step);                               \
                else                                                                               \
                    edge_##S(smaller(rows - i, BLOCK), smaller(cols - k, BLOCK), to, dst_row_step, \
                             from, src_col_step);                                                  \
            }                                                                                      \
    }
TRANSPOSE(uint8_t, 1)
TRANSPOSE(uint16_t, 2)
TRANSPOSE(uint32_t, 4)
TRANSPOSE(uint64_t, 8)
