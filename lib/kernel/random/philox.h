/* The generator of random.h: Philox 4x32-10. A block of 128 bits is found from seed, number and
 * stream alone: threads work on any range. Kinds of numbers draw from streams of their own. */
#ifndef TT_KERNEL_PHILOX_H
#define TT_KERNEL_PHILOX_H

#include <stdint.h>

enum { BATCH = 64 };

typedef enum stream {
    WORDS = 1, /* 32 bits */
    UNIT_F32,  /* [0, 1), 24 bits */
    UNIT_F64,  /* [0, 1), 53 bits */
    NORMALS,
    INTEGERS,
    PERMUTATION,
    RETRY /* and all beyond */
} stream;

/* Blocks side by side: word w of block i is word[w][i]. */
typedef struct batch {
    uint32_t word[4][BATCH];
} batch;

static inline void philox_batch(batch *b, uint64_t seed, uint64_t first, uint64_t stream_)
{
    uint32_t *restrict c0 = b->word[0], *restrict c1 = b->word[1];
    uint32_t *restrict c2 = b->word[2], *restrict c3 = b->word[3];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int i = 0; i < BATCH; i++) {
        uint64_t at = first + (uint64_t)i;
        c0[i] = (uint32_t)at;
        c1[i] = (uint32_t)(at >> 32);
        c2[i] = (uint32_t)stream_;
        c3[i] = (uint32_t)(stream_ >> 32);
    }
    for (int round = 0; round < 10; round++) {
#pragma omp simd
        for (int i = 0; i < BATCH; i++) {
            uint64_t p = (uint64_t)0xD2511F53 * c0[i], q = (uint64_t)0xCD9E8D57 * c2[i];
            c0[i] = (uint32_t)(q >> 32) ^ c1[i] ^ k0;
            c1[i] = (uint32_t)q;
            c2[i] = (uint32_t)(p >> 32) ^ c3[i] ^ k1;
            c3[i] = (uint32_t)p;
        }
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
}

/* One block. */
static inline void philox_block(uint64_t seed, uint64_t counter, uint64_t stream_, uint32_t out[4])
{
    uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32);
    uint32_t c2 = (uint32_t)stream_, c3 = (uint32_t)(stream_ >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p = (uint64_t)0xD2511F53 * c0, q = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(q >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)q;
        c2 = (uint32_t)(p >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

static inline uint64_t join(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

/* 64 bits times n: the upper half; *low is the lower one. */
static inline uint64_t multiply_high(uint64_t a, uint64_t n, uint64_t *low)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, n0 = (uint32_t)n, n1 = n >> 32;
    uint64_t p = a0 * n0, q = a1 * n0 + (p >> 32), r = a0 * n1 + (uint32_t)q;
    *low = a * n;
    return a1 * n1 + (q >> 32) + (r >> 32);
}

/* [0, n) from a word; the few words that would favour some results are drawn again. */
static inline uint64_t below(uint64_t word, uint64_t n, uint64_t seed, uint64_t number)
{
    uint64_t low, result = multiply_high(word, n, &low);
    for (uint64_t attempt = 0; low < n && low < (0 - n) % n; attempt++) {
        uint32_t w[4];
        philox_block(seed, number, RETRY + attempt, w);
        result = multiply_high(join(w[0], w[1]), n, &low);
    }
    return result;
}

#endif
