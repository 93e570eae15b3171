/* Inner loops of sorting, compiled once per instruction set: elements to keys and back, and what is
 * asked of many elements at once. */
#include <stddef.h>
#include <string.h>
#include "kernel/isa/isa.h"
#include "quick.h"
#include "sorting_loops.h"

extern const sorting_kernels ISA(sorting_loops);

#define K          uint32_t
#define P          uint64_t
#define PAIR(k, i) ((uint64_t)(k) << 32 | (i))
#define KEY(p)     ((p) >> 32)
#define PLACE(p)   ((p)&0xffffffff)

#define T       uint8_t
#define SIGN    0u
#define MASK    0xffu
#define INF     MASK
#define NAME(x) u8_##x
#include "keys_typed.h"

#define T       uint32_t
#define SIGN    0x80000000u
#define MASK    0xffffffffu
#define INF     MASK
#define NAME(x) i32_##x
#include "keys_typed.h"

#define T       uint16_t
#define SIGN    0x8000u
#define MASK    0xffffu
#define INF     0x7c00u
#define NAME(x) f16_##x
#include "keys_typed.h"

#define T       uint16_t
#define SIGN    0x8000u
#define MASK    0xffffu
#define INF     0x7f80u
#define NAME(x) bf16_##x
#include "keys_typed.h"

#define T       uint32_t
#define SIGN    0x80000000u
#define MASK    0xffffffffu
#define INF     0x7f800000u
#define NAME(x) f32_##x
#include "keys_typed.h"

#undef K
#undef P
#undef PAIR
#undef KEY
#undef PLACE
#define K          uint64_t
#define P          key_pair
#define PAIR(k, i) ((key_pair){k, i})
#define KEY(p)     ((p).key)
#define PLACE(p)   ((p).at)

#define T       uint64_t
#define SIGN    0x8000000000000000u
#define MASK    0xffffffffffffffffu
#define INF     MASK
#define NAME(x) i64_##x
#include "keys_typed.h"

#define T       uint64_t
#define SIGN    0x8000000000000000u
#define MASK    0xffffffffffffffffu
#define INF     0x7ff0000000000000u
#define NAME(x) f64_##x
#include "keys_typed.h"

#define T       uint32_t
#define BITS(e) ((uint64_t)(e))
#define NAME(x) k32_##x
#include "radix_typed.h"

#define T       uint64_t
#define BITS(e) (e)
#define NAME(x) k64_##x
#include "radix_typed.h"

#define T       key_pair
#define BITS(e) ((e).key)
#define NAME(x) pair_##x
#include "radix_typed.h"

static void range(int64_t n, const int64_t *x, int64_t *low, int64_t *high)
{
    int64_t least = x[0], most = x[0];
#pragma omp simd reduction(min : least) reduction(max : most)
    for (int64_t i = 0; i < n; i++) {
        least = x[i] < least ? x[i] : least;
        most = x[i] > most ? x[i] : most;
    }
    *low = least;
    *high = most;
}

#define LOOPS(t)                                                                                   \
    {                                                                                              \
        t##_look, t##_keys, t##_pairs, t##_values_of_keys, t##_values_of_pairs, t##_places,        \
            t##_restore, t##_better, t##_count_groups, t##_groups                                  \
    }

const sorting_kernels ISA(sorting_loops) = {
    .of = {[TT_F32] = LOOPS(f32),
           [TT_F64] = LOOPS(f64),
           [TT_I64] = LOOPS(i64),
           [TT_BOOL] = LOOPS(u8),
           [TT_I32] = LOOPS(i32),
           [TT_U8] = LOOPS(u8),
           [TT_F16] = LOOPS(f16),
           [TT_BF16] = LOOPS(bf16)},
    .radix = {{k32_count, k64_count, pair_count},
              {k32_scatter, k64_scatter, pair_scatter},
              QUICK_SORTS,
              QUICK_SPLITS},
    .range = range,
};
