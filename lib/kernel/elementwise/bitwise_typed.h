/* The BITWISE rows of bitwise.def for one type, and with BITS, the type's, the SHIFT rows; with T,
 * NAME(x) and the rows of rows_typed.h defined. Included by bitwise_loops.c. */
#define BITWISE(name, z)                                                                           \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        return (T)(z);                                                                             \
    }                                                                                              \
    static void NAME(name##_map)(int64_t n, char *const *ptr, const int64_t *step,                 \
                                 const void *arg)                                                  \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map2)(n, ptr, step, NAME(name##_z));                                                  \
    }
#define SHIFT(name, z)                                                                             \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        const uint64_t by = (uint64_t)y < BITS ? (uint64_t)y : 64;                                 \
        return (T)(z);                                                                             \
    }                                                                                              \
    static void NAME(name##_map)(int64_t n, char *const *ptr, const int64_t *step,                 \
                                 const void *arg)                                                  \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map2)(n, ptr, step, NAME(name##_z));                                                  \
    }
#include "bitwise.def"
