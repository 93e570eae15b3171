/* A loop file for each size of an element, for loops that only move bits: includes the file that
 * EACH names (its path from lib/) with T an unsigned type and NAME(x) b1_x, b2_x, b4_x and b8_x. No
 * guard: it is included once for each file. */
#define T       uint8_t
#define NAME(x) b1_##x
#include EACH
#undef T
#undef NAME

#define T       uint16_t
#define NAME(x) b2_##x
#include EACH
#undef T
#undef NAME

#define T       uint32_t
#define NAME(x) b4_##x
#include EACH
#undef T
#undef NAME

#define T       uint64_t
#define NAME(x) b8_##x
#include EACH
#undef T
#undef NAME
#undef EACH
