/* The BINARY rows of binary.def for one float type, with T, NAME(x) and the rows of rows_typed.h
 * defined. Included by binary_loops.c. */
#define M(f) NAME(f)

#define BINARY(name, z, ...)                                                                       \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    ROW_LOOP(name##_map, map2, name##_z)
#include "binary.def"

#undef M
