/* The rows of compare.def for one type, with T, NAME(x) and the rows of rows_typed.h to uint8_t
 * defined. Included by compare_loops.c. */
#define COMPARE(name, z)                                                                           \
    VECTOR uint8_t NAME(name##_z)(T x, T y)                                                        \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#define LOGICAL(name, z)                                                                           \
    VECTOR uint8_t NAME(name##_z)(T u, T v)                                                        \
    {                                                                                              \
        const uint8_t x = u != 0, y = v != 0;                                                      \
        return z;                                                                                  \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#include "compare.def"
