/* The integer rows of ROWS, unary.def or binary.def, for a type that int64 holds, with T and
 * NAME(x) defined: what int64 gives, wrapped. */
#include "kernel/walk/rows_typed.h"

#define UNARY_INT(name, ...)                                                                       \
    VECTOR T NAME(name##_y)(T x)                                                                   \
    {                                                                                              \
        return (T)i64_##name##_y(x);                                                               \
    }                                                                                              \
    ROW_LOOP(name##_map, map1, name##_y)
#define BINARY_INT(name, ...)                                                                      \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        return (T)i64_##name##_z(x, y);                                                            \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#include ROWS
