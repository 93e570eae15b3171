/* The COMPARE rows of compare.def for one type, with T, NAME(x) and the rows of rows_typed.h to
 * uint8_t defined. Included by compare_loops.c. */
#define COMPARE(name, z)                                                                           \
    VECTOR uint8_t NAME(name##_z)(T x, T y)                                                        \
    {                                                                                              \
        return z;                                                                                  \
    }                                                                                              \
    static void NAME(name##_map)(int64_t n, char *const *ptr, const int64_t *step,                 \
                                 const void *arg)                                                  \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map2)(n, ptr, step, NAME(name##_z));                                                  \
    }
#include "compare.def"
