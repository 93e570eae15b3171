/* The UNARY rows of unary.def for one float type: of each row its value, gradient and second
 * derivative as functions of one element, and the loops over them. Included by unary_loops.c with
 * T, NAME(x) and the rows of rows_typed.h defined. */
#define M(f) NAME(f)
#define C(v) ((T)(v))

#define UNARY(name, y_, ...)                                                                       \
    VECTOR T NAME(name##_y)(T x)                                                                   \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    static void NAME(name##_map)(int64_t n, char *const *ptr, const int64_t *step,                 \
                                 const void *arg)                                                  \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map1)(n, ptr, step, NAME(name##_y));                                                  \
    }
#include "unary.def"

#define UNARY(name, y_, dx_, ...)                                                                  \
    VECTOR T NAME(name##_dx)(T g, T x)                                                             \
    {                                                                                              \
        const T y = x;                                                                             \
        (void)g, (void)y, (void)x;                                                                 \
        return dx_;                                                                                \
    }                                                                                              \
    static void NAME(name##_grad)(int64_t n, char *const *ptr, const int64_t *step,                \
                                  const void *arg)                                                 \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map2)(n, ptr, step, NAME(name##_dx));                                                 \
    }
#include "unary.def"

#define UNARY(name, y_, dx_, ddx_, ...)                                                            \
    VECTOR T NAME(name##_ddx)(T gg, T g, T x)                                                      \
    {                                                                                              \
        const T y = x;                                                                             \
        (void)y, (void)x;                                                                          \
        return gg * g * (ddx_);                                                                    \
    }                                                                                              \
    static void NAME(name##_grad2)(int64_t n, char *const *ptr, const int64_t *step,               \
                                   const void *arg)                                                \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map3)(n, ptr, step, NAME(name##_ddx));                                                \
    }
#include "unary.def"

#undef M
#undef C
