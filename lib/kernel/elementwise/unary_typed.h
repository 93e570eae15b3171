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
    ROW_LOOP(name##_map, map1, name##_y)
#include "unary.def"

#define UNARY(name, y_, dx_, ...)                                                                  \
    VECTOR T NAME(name##_dx)(T g, T x)                                                             \
    {                                                                                              \
        const T y = x;                                                                             \
        (void)g, (void)y, (void)x;                                                                 \
        return dx_;                                                                                \
    }                                                                                              \
    ROW_LOOP(name##_grad, map2, name##_dx)
#include "unary.def"

#define UNARY(name, y_, dx_, ddx_, ...)                                                            \
    VECTOR T NAME(name##_ddx)(T gg, T g, T x)                                                      \
    {                                                                                              \
        const T y = x;                                                                             \
        (void)y, (void)x;                                                                          \
        return gg * g * (ddx_);                                                                    \
    }                                                                                              \
    ROW_LOOP(name##_grad2, map3, name##_ddx)
#include "unary.def"

#undef M
#undef C
