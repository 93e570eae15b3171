/* The rows of calls.def and those that the library's own tables make, for the macros TENSOR to ASKS
 * that are defined where this is included. */
#define UNARY(name, ...)       TENSOR(name, tt_##name(x))
#define UNARY_TEST(name, ...)  TENSOR(name, tt_##name(x))
#define REDUCE(name, ...)      TENSOR(name, tt_##name(x, TT_AXES(1), false))
#define REDUCE_TEST(name, ...) TENSOR(name, tt_##name(x, TT_AXES(0), true))
#define BINARY(name, ...)                                                                          \
    TENSOR(name, tt_##name(x, y)) TENSOR(name##_scalar, tt_##name##_scalar(x, 2))
#define COMPARE(name, ...) BINARY(name, )
#define LOGICAL(name, ...) BINARY(name, )
#define BITWISE(name, ...)                                                                         \
    TENSOR(name, tt_##name(s->i, s->i)) TENSOR(name##_scalar, tt_##name##_scalar(s->i, 2))
#define SHIFT(name, ...) BITWISE(name, )
#include "kernel/elementwise/bitwise.def"
#include "kernel/elementwise/compare.def"
#include "kernel/elementwise/unary.def"
#include "kernel/elementwise/binary.def"
#include "kernel/reduce/reduce.def"
#include "calls.def"
