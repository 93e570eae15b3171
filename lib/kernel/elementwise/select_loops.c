/* Inner loops of where, clamp, lerp, axpy, isclose, nan_to_num. */
#include <math.h>
#include "activation.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const select_kernels ISA(select_loops);

#define WHERE(T, S)                                                                                \
    static void where_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)       \
    {                                                                                              \
        (void)arg;                                                                                 \
        if (step[0] == (int64_t)sizeof(T) && step[1] == 1 && step[2] == (int64_t)sizeof(T) &&      \
            step[3] == (int64_t)sizeof(T)) {                                                       \
            T *out = (T *)(void *)ptr[0];                                                          \
            const uint8_t *c = ROW(1, uint8_t);                                                    \
            const T *a = ROW(2, T), *b = ROW(3, T);                                                \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) out[i] = c[i] ? a[i] : b[i];       \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(T, i) = AT(uint8_t, 1, i) ? AT(T, 2, i) : AT(T, 3, i);                         \
        }                                                                                          \
    }
WHERE(uint8_t, 1)
WHERE(uint16_t, 2)
WHERE(uint32_t, 4)
WHERE(uint64_t, 8)

#define CLAMP(T, S)                                                                                \
    static void clamp_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)       \
    {                                                                                              \
        const T lo = ((const T *)arg)[0], hi = ((const T *)arg)[1];                                \
        for (int64_t i = 0; i < n; i++) {                                                          \
            T x = AT(T, 1, i);                                                                     \
            x = x < lo ? lo : x;                                                                   \
            PUT(T, i) = x > hi ? hi : x;                                                           \
        }                                                                                          \
    }                                                                                              \
    static void axpy_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)        \
    {                                                                                              \
        const T a = *(const T *)arg;                                                               \
        if (step[0] == (int64_t)sizeof(T) && step[1] == (int64_t)sizeof(T)) {                      \
            T *y = (T *)(void *)ptr[0];                                                            \
            const T *x = ROW(1, T);                                                                \
            _Pragma("omp simd") for (int64_t i = 0; i < n; i++) y[i] = AXPY_##S(y[i], a, x[i]);    \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                PUT(T, i) = AXPY_##S(PUT(T, i), a, AT(T, 1, i));                                   \
        }                                                                                          \
    }
#define AXPY_f32(y, a, x) ((y) + (a) * (x))
#define AXPY_f64(y, a, x) ((y) + (a) * (x))
#define AXPY_i64(y, a, x) WRAP((uint64_t)(y) + (uint64_t)(a) * (uint64_t)(x))
CLAMP(float, f32)
CLAMP(double, f64)
CLAMP(int64_t, i64)

#define FLOAT_ROWS(T, S)                                                                           \
    static void clamp_grad_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)  \
    {                                                                                              \
        const T lo = ((const T *)arg)[0], hi = ((const T *)arg)[1];                                \
        for (int64_t i = 0; i < n; i++) {                                                          \
            const T x = AT(T, 2, i);                                                               \
            PUT(T, i) = x < lo || x > hi ? 0 : AT(T, 1, i);                                        \
        }                                                                                          \
    }                                                                                              \
    VECTOR T lerp_of_##S(T a, T b, T w)                                                            \
    {                                                                                              \
        return w < (T)0.5 ? a + w * (b - a) : b - (1 - w) * (b - a);                               \
    }                                                                                              \
    LOOP3(lerp_##S, T, T, lerp_of_##S)                                                             \
    static void nan_to_num_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)  \
    {                                                                                              \
        const T *to = arg;                                                                         \
        for (int64_t i = 0; i < n; i++) {                                                          \
            const T x = AT(T, 1, i);                                                               \
            PUT(T, i) = x != x ? to[0] : x - x == 0 ? x : x > 0 ? to[1] : to[2];                   \
        }                                                                                          \
    }
FLOAT_ROWS(float, f32)
FLOAT_ROWS(double, f64)

#define ISCLOSE(T, S, ABS)                                                                         \
    static void isclose_##S(int64_t n, char *const *ptr, const int64_t *step, const void *arg)     \
    {                                                                                              \
        const isclose_args *t = arg;                                                               \
        for (int64_t i = 0; i < n; i++) {                                                          \
            const double a = (double)AT(T, 1, i), b = (double)AT(T, 2, i);                         \
            bool finite = a - a == 0 && b - b == 0;                                                \
            PUT(uint8_t, i) = a == b || (finite && fabs(a - b) <= t->atol + t->rtol * fabs(b)) ||  \
                              (t->equal_nan && a != a && b != b);                                  \
        }                                                                                          \
    }
ISCLOSE(float, f32, fabsf)
ISCLOSE(double, f64, fabs)
ISCLOSE(int64_t, i64, llabs)

const select_kernels ISA(select_loops) = {
    .where = {where_1, where_2, where_4, where_8},
    .clamp = {clamp_f32, clamp_f64, clamp_i64},
    .clamp_grad = {clamp_grad_f32, clamp_grad_f64},
    .lerp = {lerp_f32, lerp_f64},
    .axpy = {axpy_f32, axpy_f64, axpy_i64},
    .isclose = {isclose_f32, isclose_f64, isclose_i64},
    .nan_to_num = {nan_to_num_f32, nan_to_num_f64},
};
