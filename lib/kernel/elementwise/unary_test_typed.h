/* The UNARY_TEST rows of unary.def for one type, with T and NAME(x) defined; the rows of loops are
 * those to uint8_t. Included by unary_loops.c. */
#define UNARY_TEST(name, y_, ...)                                                                  \
    VECTOR uint8_t NAME(name##_y)(T x)                                                             \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    ROW_LOOP(name##_test, map1, name##_y)
#include "unary.def"
