/* Inner loops of normalisation. A row is read twice, from cache the second time: its mean, then its
 * deviations from it. */
#include <math.h>
#include <string.h>
#include "kernel/isa/kernels.h"
#include "norm_loops.h"
#include "kernel/isa/isa.h"

extern const norm_kernels ISA(norm_loops);

#define SUM  _Pragma("omp simd reduction(+ : s)")
#define SUM2 _Pragma("omp simd reduction(+ : s, t)")
#define EACH _Pragma("omp simd")

#define NORM(P, T, SQRT)                                                                           \
    static void P##_row(const norm_args *a, void *to, const void *from, void *stats)               \
    {                                                                                              \
        const T *restrict x = from, *restrict w = a->weight, *restrict b = a->bias;                \
        T *restrict y = to, s = 0, mean = 0;                                                       \
        const int64_t n = a->n;                                                                    \
        if (a->centred) {                                                                          \
            SUM for (int64_t i = 0; i < n; i++) s += x[i];                                         \
            mean = s / (T)n;                                                                       \
            s = 0;                                                                                 \
        }                                                                                          \
        SUM for (int64_t i = 0; i < n; i++) s += (x[i] - mean) * (x[i] - mean);                    \
        const T r = 1 / SQRT(s / (T)n + (T)a->eps);                                                \
        ((T *)stats)[0] = mean;                                                                    \
        ((T *)stats)[1] = r;                                                                       \
        if (w && b) {                                                                              \
            EACH for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * r * w[i] + b[i];           \
        } else if (w) {                                                                            \
            EACH for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * r * w[i];                  \
        } else {                                                                                   \
            EACH for (int64_t i = 0; i < n; i++) y[i] = (x[i] - mean) * r + (b ? b[i] : 0);        \
        }                                                                                          \
    }                                                                                              \
    static void P##_grad(const norm_args *a, void *to, const void *grad, const void *from,         \
                         const void *stats)                                                        \
    {                                                                                              \
        const T *restrict x = from, *restrict g = grad, *restrict w = a->weight;                   \
        const T mean = ((const T *)stats)[0], r = ((const T *)stats)[1];                           \
        T *restrict gx = to, s = 0, t = 0;                                                         \
        const int64_t n = a->n;                                                                    \
        if (w) {                                                                                   \
            SUM2 for (int64_t i = 0; i < n; i++)                                                   \
            {                                                                                      \
                s += g[i] * w[i];                                                                  \
                t += g[i] * w[i] * (x[i] - mean);                                                  \
            }                                                                                      \
        } else {                                                                                   \
            SUM2 for (int64_t i = 0; i < n; i++)                                                   \
            {                                                                                      \
                s += g[i];                                                                         \
                t += g[i] * (x[i] - mean);                                                         \
            }                                                                                      \
        }                                                                                          \
        s = a->centred ? s / (T)n : 0;                                                             \
        t = t * r * r / (T)n;                                                                      \
        if (w) {                                                                                   \
            EACH for (int64_t i = 0; i < n; i++) gx[i] =                                           \
                r * (g[i] * w[i] - s - (x[i] - mean) * t);                                         \
        } else {                                                                                   \
            EACH for (int64_t i = 0; i < n; i++) gx[i] = r * (g[i] - s - (x[i] - mean) * t);       \
        }                                                                                          \
    }                                                                                              \
    static void P##_weights(const norm_args *a, int64_t rows, void *out, const void *grad,         \
                            const void *from, const void *stats)                                   \
    {                                                                                              \
        const int64_t n = a->n;                                                                    \
        T *restrict gw = out, *restrict gb = gw + n;                                               \
        const T *restrict g = grad, *restrict x = from, *st = stats;                               \
        memset(out, 0, (size_t)(2 * n) * sizeof(T));                                               \
        for (int64_t k = 0; k < rows; k++, g += n, x += n, st += 2) {                              \
            const T mean = st[0], r = st[1];                                                       \
            EACH for (int64_t i = 0; i < n; i++)                                                   \
            {                                                                                      \
                gw[i] += g[i] * ((x[i] - mean) * r);                                               \
                gb[i] += g[i];                                                                     \
            }                                                                                      \
        }                                                                                          \
    }

NORM(f32, float, sqrtf)
NORM(f64, double, sqrt)

const norm_kernels ISA(norm_loops) = {
    .of = {{f32_row, f32_grad, f32_weights}, {f64_row, f64_grad, f64_weights}},
};
