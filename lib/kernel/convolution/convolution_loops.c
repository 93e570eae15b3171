/* Inner loops of convolution, compiled once per instruction set. Sizes of tiles follow from the
 * number of vector registers: the sums of a tile fill most of them. */
#include "convolution_loops.h"
#include "kernel/isa/isa.h"
#include "kernel/isa/kernels.h"

extern const convolution_kernels ISA(convolution_loops);

#if defined __AVX512F__
enum { BYTES = 64, CHANNELS = 8, SUM_ROWS = 4, SUM_PLACES = 6 };
#elif defined __AVX__
enum { BYTES = 32, CHANNELS = 4, SUM_ROWS = 2, SUM_PLACES = 4 };
#else
enum { BYTES = 16, CHANNELS = 4, SUM_ROWS = 2, SUM_PLACES = 4 };
#endif
enum { VECTORS = 3, LINE = 8, LINE_PLACES = 9 };

#define T       float
#define NAME(x) f32_##x
#define LANES   (BYTES / 4)
#include "convolution_typed.h"
#undef T
#undef NAME
#undef LANES

#define T       double
#define NAME(x) f64_##x
#define LANES   (BYTES / 8)
#include "convolution_typed.h"
#undef LANES

#define LOOPS(t, LANES)                                                                            \
    {                                                                                              \
        .shape = {{CHANNELS, VECTORS * (LANES)}, {1, LINE * (LANES)}},                             \
        .tile = {t##_tile, t##_line}, .put = t##_put,                                              \
        .sums = {{SUM_ROWS, SUM_PLACES}, {1, LINE_PLACES}}, .lanes = (LANES),                      \
        .dots = {t##_dots, t##_dots_line}, .dot_rows = t##_dot_rows, .gather = t##_gather,         \
        .add = t##_add                                                                             \
    }

const convolution_kernels ISA(convolution_loops) = {
    .of = {LOOPS(f32, BYTES / 4), LOOPS(f64, BYTES / 8)},
};
