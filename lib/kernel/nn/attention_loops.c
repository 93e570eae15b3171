/* Inner loops of attention: rows of scores of one tile. */
#include <math.h>
#include "attention_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/isa/isa.h"
#include "kernel/isa/vmath.h"

extern const attention_kernels ISA(attention_loops);

#define ATTENTION(P, T, EXP)                                                                       \
    static double P##_step(int64_t n, void *scores, double *m, double *sum)                        \
    {                                                                                              \
        T *restrict x = scores, top = (T)*m, total = 0;                                            \
        _Pragma("omp simd reduction(max : top)") for (int64_t i = 0; i < n; i++) top =             \
            x[i] > top ? x[i] : top;                                                               \
        const T base = top == -(T)INFINITY ? 0 : top;                                              \
        _Pragma("omp simd reduction(+ : total)") for (int64_t i = 0; i < n; i++)                   \
        {                                                                                          \
            x[i] = EXP(x[i] - base);                                                               \
            total += x[i];                                                                         \
        }                                                                                          \
        double factor = *sum == 0 ? 0 : exp(*m - (double)base);                                    \
        *m = (double)top;                                                                          \
        *sum = *sum * factor + (double)total;                                                      \
        return factor;                                                                             \
    }                                                                                              \
    static void P##_times(int64_t n, void *row, double f)                                          \
    {                                                                                              \
        T *restrict x = row;                                                                       \
        _Pragma("omp simd") for (int64_t i = 0; i < n; i++) x[i] *= (T)f;                          \
    }                                                                                              \
    static void P##_grad(int64_t n, void *scores, void *dp, double lse, double delta,              \
                         double scale)                                                             \
    {                                                                                              \
        T *restrict x = scores, *restrict g = dp;                                                  \
        const T l = (T)lse, d = (T)delta, s = (T)scale;                                            \
        _Pragma("omp simd") for (int64_t i = 0; i < n; i++)                                        \
        {                                                                                          \
            T p = EXP(x[i] - l);                                                                   \
            x[i] = p;                                                                              \
            g[i] = p * (g[i] - d) * s;                                                             \
        }                                                                                          \
    }                                                                                              \
    static double P##_dot(int64_t n, const void *a, const void *b)                                 \
    {                                                                                              \
        const T *restrict x = a, *restrict y = b;                                                  \
        T s = 0;                                                                                   \
        _Pragma("omp simd reduction(+ : s)") for (int64_t i = 0; i < n; i++) s += x[i] * y[i];     \
        return (double)s;                                                                          \
    }

ATTENTION(f32, float, f32_exp)
ATTENTION(f64, double, f64_exp)

const attention_kernels ISA(attention_loops) = {
    .of = {{f32_step, f32_times, f32_grad, f32_dot}, {f64_step, f64_times, f64_grad, f64_dot}},
};
