/* The shapes of pointwise inner loops: a contiguous branch that the compiler vectorises, branches
 * for a repeated scalar, and a strided one. The only macros with a loop in them. */
#ifndef TT_KERNEL_ROWS_H
#define TT_KERNEL_ROWS_H

#include "loops.h"

#define AT(T, k, i) (*(const T *)(const void *)(ptr[k] + (i)*step[k]))
#define PUT(T, i)   (*(T *)(void *)(ptr[0] + (i)*step[0]))
#define ROW(k, T)   ((const T *)(const void *)ptr[k])
#define WRAP(u)     ((int64_t)(u))

/* out = F(x) */
#define LOOP1(NAME, R, T, F)                                                                       \
    static void NAME(int64_t n, char *const *ptr, const int64_t *step, const void *arg)            \
    {                                                                                              \
        (void)arg;                                                                                 \
        if (step[0] == (int64_t)sizeof(R) && step[1] == (int64_t)sizeof(T)) {                      \
            R *out = (R *)(void *)ptr[0];                                                          \
            const T *a = ROW(1, T);                                                                \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) out[i] = F(a[i]);                  \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(R, i) = F(AT(T, 1, i));                                                        \
        }                                                                                          \
    }

/* out = F(x, y) */
#define LOOP2(NAME, R, T, F)                                                                       \
    static void NAME(int64_t n, char *const *ptr, const int64_t *step, const void *arg)            \
    {                                                                                              \
        const int64_t s = (int64_t)sizeof(T);                                                      \
        R *out = (R *)(void *)ptr[0];                                                              \
        const T *a = ROW(1, T), *b = ROW(2, T);                                                    \
        (void)arg;                                                                                 \
        if (step[0] == (int64_t)sizeof(R) && step[1] == s && step[2] == s) {                       \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) out[i] = F(a[i], b[i]);            \
        } else if (step[0] == (int64_t)sizeof(R) && step[1] == s && step[2] == 0) {                \
            const T y = n ? *b : 0;                                                                \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) out[i] = F(a[i], y);               \
        } else if (step[0] == (int64_t)sizeof(R) && step[1] == 0 && step[2] == s) {                \
            const T x = n ? *a : 0;                                                                \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) out[i] = F(x, b[i]);               \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(R, i) = F(AT(T, 1, i), AT(T, 2, i));                                           \
        }                                                                                          \
    }

/* out = F(x, y, z) */
#define LOOP3(NAME, R, T, F)                                                                       \
    static void NAME(int64_t n, char *const *ptr, const int64_t *step, const void *arg)            \
    {                                                                                              \
        const int64_t s = (int64_t)sizeof(T);                                                      \
        (void)arg;                                                                                 \
        if (step[0] == (int64_t)sizeof(R) && step[1] == s && step[2] == s && step[3] == s) {       \
            R *out = (R *)(void *)ptr[0];                                                          \
            const T *a = ROW(1, T), *b = ROW(2, T), *c = ROW(3, T);                                \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) out[i] = F(a[i], b[i], c[i]);      \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(R, i) = F(AT(T, 1, i), AT(T, 2, i), AT(T, 3, i));                              \
        }                                                                                          \
    }

#endif
