/* The BINARY rows of binary.def for one float type, with T, NAME(x) and the rows of rows_typed.h
 * defined. Included by binary_loops.c. */
#define M(f) NAME(f)

#define BINARY(name, z, ...)                                                                       \
    VECTOR T NAME(name##_z)(T x, T y)                                                              \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    static void NAME(name##_map)(int64_t n, char *const *ptr, const int64_t *step,                 \
                                 const void *arg)                                                  \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map2)(n, ptr, step, NAME(name##_z));                                                  \
    }
#include "binary.def"

#undef M
