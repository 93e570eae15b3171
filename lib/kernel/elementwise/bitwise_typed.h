/* The BITWISE rows of bitwise.def for one type, and with BITS, the type's, the SHIFT rows; with T,
 * NAME(x) and the rows of rows_typed.h defined. Included by bitwise_loops.c. */
#define BITWISE(name, z)                                                                           \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        return (T)(z);                                                                             \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#define SHIFT(name, z)                                                                             \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        const uint64_t by = (uint64_t)y < BITS ? (uint64_t)y : 64;                                 \
        return (T)(z);                                                                             \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#include "bitwise.def"
