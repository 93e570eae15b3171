/* The UNARY_WITH rows of unary.def for one float type: as unary_typed.h, with the numbers a and b
 * of the call, which arg points at. Included by unary_loops.c with T and NAME(x) defined. */
#define M(f) NAME(f)
#define C(v) ((T)(v))

/* out = f(x, a, b); the contiguous branch is what the compiler vectorises. */
VECTOR void NAME(map1_with)(int64_t n, char *const *ptr, const int64_t *step, const void *arg,
                            T (*f)(T, T, T))
{
    const T a = ((const T *)arg)[0], b = ((const T *)arg)[1];
    if (step[0] == (int64_t)sizeof(T) && step[1] == (int64_t)sizeof(T)) {
        T *out = (T *)(void *)ptr[0];
        const T *x = ROW(1, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(x[i], a, b);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(T, i) = f(AT(T, 1, i), a, b);
    }
}

/* out = f(g, x, a, b) */
VECTOR void NAME(map2_with)(int64_t n, char *const *ptr, const int64_t *step, const void *arg,
                            T (*f)(T, T, T, T))
{
    const T a = ((const T *)arg)[0], b = ((const T *)arg)[1];
    const int64_t s = (int64_t)sizeof(T);
    if (step[0] == s && step[1] == s && step[2] == s) {
        T *out = (T *)(void *)ptr[0];
        const T *g = ROW(1, T), *x = ROW(2, T);
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            out[i] = f(g[i], x[i], a, b);
    } else {
        for (int64_t i = 0; i < n; i++)
            PUT(T, i) = f(AT(T, 1, i), AT(T, 2, i), a, b);
    }
}

#define UNARY_WITH(name, y_, dx_, ...)                                                             \
    VECTOR T NAME(name##_y)(T x, T a, T b)                                                         \
    {                                                                                              \
        (void)a, (void)b;                                                                          \
        return y_;                                                                                 \
    }                                                                                              \
    static void NAME(name##_map)(int64_t n, char *const *ptr, const int64_t *step,                 \
                                 const void *arg)                                                  \
    {                                                                                              \
        NAME(map1_with)(n, ptr, step, arg, NAME(name##_y));                                        \
    }
#include "unary.def"

#define UNARY_WITH(name, y_, dx_, ...)                                                             \
    VECTOR T NAME(name##_dx)(T g, T x, T a, T b)                                                   \
    {                                                                                              \
        (void)a, (void)b;                                                                          \
        return dx_;                                                                                \
    }                                                                                              \
    static void NAME(name##_grad)(int64_t n, char *const *ptr, const int64_t *step,                \
                                  const void *arg)                                                 \
    {                                                                                              \
        NAME(map2_with)(n, ptr, step, arg, NAME(name##_dx));                                       \
    }
#include "unary.def"

/* out = gg g f''(x) */
#define UNARY_WITH(name, y_, dx_, ddx_, ...)                                                       \
    static void NAME(name##_grad2)(int64_t n, char *const *ptr, const int64_t *step,               \
                                   const void *arg)                                                \
    {                                                                                              \
        const T a = ((const T *)arg)[0], b = ((const T *)arg)[1];                                  \
        (void)a, (void)b;                                                                          \
        for (int64_t i = 0; i < n; i++) {                                                          \
            const T x = AT(T, 3, i);                                                               \
            (void)x;                                                                               \
            PUT(T, i) = AT(T, 1, i) * AT(T, 2, i) * (ddx_);                                        \
        }                                                                                          \
    }
#include "unary.def"

#undef M
#undef C
