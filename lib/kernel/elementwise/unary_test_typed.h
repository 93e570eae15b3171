/* The UNARY_TEST rows of unary.def for one type, with T and NAME(x) defined; the rows of loops are
 * those to uint8_t. Included by unary_loops.c. */
#define UNARY_TEST(name, y_, ...)                                                                  \
    VECTOR uint8_t NAME(name##_y)(T x)                                                             \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    static void NAME(name##_test)(int64_t n, char *const *ptr, const int64_t *step,                \
                                  const void *arg)                                                 \
    {                                                                                              \
        (void)arg;                                                                                 \
        NAME(map1)(n, ptr, step, NAME(name##_y));                                                  \
    }
#include "unary.def"
