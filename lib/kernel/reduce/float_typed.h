/* All loops of a floating type: the three kinds of rows, and the places of extrema. Included once
 * per type, with T, its SIZE in bytes, P(x), the prefix of its names, COUNTER, an integer of its
 * size, and M(f); all are undefined at the end. */
#include "pack_typed.h"

#define LOOP_FLOAT ROW
#define NAME(x)    P(FLOAT_##x)
#define V          T
#define L          T
#define A          double
#define F          f
#include "reduce_typed.h"

#define LOOP_DOUBLE ROW
#define NAME(x)     P(DOUBLE_##x)
#define V           double
#define L           double
#define A           double
#define F           f
#include "reduce_typed.h"

#define LOOP_COUNT ROW
#define NAME(x)    P(COUNT_##x)
#define V          T
#define L          COUNTER
#define A          int64_t
#define F          i
#include "reduce_typed.h"

#define NAME(x) P(argmax_##x)
#define BEST    P(FLOAT_max_block)
#define LARGEST 1
#include "arg_typed.h"

#define NAME(x) P(argmin_##x)
#define BEST    P(FLOAT_min_block)
#define LARGEST 0
#include "arg_typed.h"

#undef T
#undef P
#undef COUNTER
#undef M
