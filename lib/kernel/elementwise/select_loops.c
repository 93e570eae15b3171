/* Inner loops of where, clamp, lerp, axpy, isclose, nan_to_num. */
#include <math.h>
#include <stdbool.h>
#include "kernel/isa/isa.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const select_kernels ISA(select_loops);

#define R T

#define EACH "kernel/elementwise/where_typed.h"
#include "kernel/isa/each_size.h"

#define T       float
#define U       float
#define NAME(x) f32_##x
#include "select_typed.h"
#include "kernel/walk/rows_typed.h"
#include "select_float_typed.h"
#undef T
#undef U
#undef NAME

#define T       double
#define U       double
#define NAME(x) f64_##x
#include "select_typed.h"
#include "kernel/walk/rows_typed.h"
#include "select_float_typed.h"
#undef T
#undef U
#undef NAME

#define T       int64_t
#define U       uint64_t
#define NAME(x) i64_##x
#include "select_typed.h"

const select_kernels ISA(select_loops) = {
    .where = {b1_where, b2_where, b4_where, b8_where},
    .clamp = {f32_clamp, f64_clamp, i64_clamp},
    .lerp = {f32_lerp, f64_lerp},
    .axpy = {f32_axpy, f64_axpy, i64_axpy},
    .isclose = {f32_isclose, f64_isclose, i64_isclose},
    .nan_to_num = {f32_nan_to_num, f64_nan_to_num},
};
