/* Quicksort of keys with AVX-512, for sorting_loops.c; without it there is none. */
#ifndef TT_KERNEL_QUICK_H
#define TT_KERNEL_QUICK_H

#ifdef __AVX512DQ__

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "kernel/isa/isa.h"

enum {
    QUICK_VECTORS = 16, /* of a block that a network sorts */
    QUICK_LONG = 4096,  /* from here on a larger sample is taken */
};

#define T        uint32_t
#define VT       __m512i
#define MASK_T   __mmask16
#define LANES    16
#define LOG      4
#define MIN      _mm512_min_epu32
#define MAX      _mm512_max_epu32
#define MASK_MAX _mm512_mask_max_epu32
#define PERMUTE  _mm512_permutexvar_epi32
#define LANES_XOR(d)                                                                               \
    _mm512_xor_si512(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),      \
                     _mm512_set1_epi32(d))
#define LANES_WITH(b)                                                                              \
    ((__mmask16)((b) == 1 ? 0xaaaa : (b) == 2 ? 0xcccc : (b) == 4 ? 0xf0f0 : 0xff00))
#define INTERLEAVE_LOW(a, b)                                                                       \
    _mm512_permutex2var_epi32(                                                                     \
        a, _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b)
#define INTERLEAVE_HIGH(a, b)                                                                      \
    _mm512_permutex2var_epi32(                                                                     \
        a, _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b)
#define ALL_ONES   _mm512_set1_epi32(-1)
#define ALL_OF(x)  _mm512_set1_epi32((int)(x))
#define LOAD       _mm512_loadu_si512
#define STORE      _mm512_storeu_si512
#define MASK_LOAD  _mm512_mask_loadu_epi32
#define MASK_STORE _mm512_mask_storeu_epi32
#define COMPRESS   _mm512_maskz_compress_epi32
#define LESS       _mm512_cmplt_epu32_mask
#define NAME(x)    quick32_##x
#include "quick_typed.h"

#define T        uint64_t
#define VT       __m512i
#define MASK_T   __mmask8
#define LANES    8
#define LOG      3
#define MIN      _mm512_min_epu64
#define MAX      _mm512_max_epu64
#define MASK_MAX _mm512_mask_max_epu64
#define PERMUTE  _mm512_permutexvar_epi64
#define LANES_XOR(d)                                                                               \
    _mm512_xor_si512(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64(d))
#define LANES_WITH(b) ((__mmask8)((b) == 1 ? 0xaa : (b) == 2 ? 0xcc : 0xf0))
#define INTERLEAVE_LOW(a, b)                                                                       \
    _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11), b)
#define INTERLEAVE_HIGH(a, b)                                                                      \
    _mm512_permutex2var_epi64(a, _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15), b)
#define ALL_ONES   _mm512_set1_epi64(-1)
#define ALL_OF(x)  _mm512_set1_epi64((long long)(x))
#define LOAD       _mm512_loadu_si512
#define STORE      _mm512_storeu_si512
#define MASK_LOAD  _mm512_mask_loadu_epi64
#define MASK_STORE _mm512_mask_storeu_epi64
#define COMPRESS   _mm512_maskz_compress_epi64
#define LESS       _mm512_cmplt_epu64_mask
#define NAME(x)    quick64_##x
#include "quick_typed.h"

#define QUICK_SORTS                                                                                \
    {                                                                                              \
        quick32_sort, quick64_sort, NULL                                                           \
    }
#define QUICK_SPLITS                                                                               \
    {                                                                                              \
        quick32_split, quick64_split, NULL                                                         \
    }

#else

#define QUICK_SORTS                                                                                \
    {                                                                                              \
        NULL, NULL, NULL                                                                           \
    }
#define QUICK_SPLITS                                                                               \
    {                                                                                              \
        NULL, NULL, NULL                                                                           \
    }

#endif

#endif
