/* Inner loops of the unary rows: forward, gradient, second derivative; and the tests to BOOL. */
#include <math.h>
#include "activation.h"
#include "kernel/isa/vmath_gamma.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const unary_kernels ISA(unary_loops);

#define T       float
#define R       T
#define NAME(x) f32_##x
#include "kernel/walk/rows_typed.h"
#include "unary_typed.h"
#include "unary_with_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "kernel/walk/rows_typed.h"
#include "unary_typed.h"
#include "unary_with_typed.h"
#undef T
#undef NAME

#define T       int64_t
#define NAME(x) i64_##x
#include "kernel/walk/rows_typed.h"

#define UNARY_INT(name, y_)                                                                        \
    VECTOR int64_t i64_##name##_y(int64_t x)                                                       \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    ROW_LOOP(name##_map, map1, name##_y)
#include "unary.def"
#undef T
#undef NAME

#define ROWS    "kernel/elementwise/unary.def"
#define T       int32_t
#define NAME(x) i32_##x
#include "narrow_typed.h"
#undef T
#undef NAME

#define T       uint8_t
#define NAME(x) u8_##x
#include "narrow_typed.h"
#undef T
#undef NAME
#undef R

#define R       uint8_t
#define T       float
#define NAME(x) test_f32_##x
#include "kernel/walk/rows_typed.h"
#include "unary_test_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) test_f64_##x
#include "kernel/walk/rows_typed.h"
#include "unary_test_typed.h"
#undef T
#undef NAME

#define T       int64_t
#define NAME(x) test_i64_##x
#include "kernel/walk/rows_typed.h"
#include "unary_test_typed.h"
#undef T
#undef NAME

#define T       int32_t
#define NAME(x) test_i32_##x
#include "kernel/walk/rows_typed.h"
#include "unary_test_typed.h"
#undef T
#undef NAME

#define T       uint8_t
#define NAME(x) test_u8_##x
#include "kernel/walk/rows_typed.h"
#include "unary_test_typed.h"

/* sin and cos far from 0 go to libm, element by element. */
static bool any_far(int64_t n, const char *x, int64_t step)
{
    bool far = false;
    for (int64_t i = 0; i < n; i++)
        far |= !(f32_abs(*(const float *)(const void *)(x + i * step)) <= F32_NEAR);
    return far;
}

static float sin_dx_far(float g, float x)
{
    return g * f32_libm_cos(x);
}

static float cos_dx_far(float g, float x)
{
    return g * -f32_libm_sin(x);
}

static void f32_sin_far(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    if (any_far(n, ptr[1], step[1]))
        f32_map1(n, ptr, step, f32_libm_sin);
    else
        f32_sin_map(n, ptr, step, arg);
}

static void f32_cos_far(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    if (any_far(n, ptr[1], step[1]))
        f32_map1(n, ptr, step, f32_libm_cos);
    else
        f32_cos_map(n, ptr, step, arg);
}

static void f32_sin_grad_far(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    if (any_far(n, ptr[2], step[2]))
        f32_map2(n, ptr, step, sin_dx_far);
    else
        f32_sin_grad(n, ptr, step, arg);
}

static void f32_cos_grad_far(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    if (any_far(n, ptr[2], step[2]))
        f32_map2(n, ptr, step, cos_dx_far);
    else
        f32_cos_grad(n, ptr, step, arg);
}

const unary_kernels ISA(unary_loops) = {
    .map =
        {
#define UNARY(name, ...)                                                                           \
    [UNARY_##name][TT_F32] = f32_##name##_map, [UNARY_##name][TT_F64] = f64_##name##_map,
#define UNARY_FAR(name, ...)                                                                       \
    [UNARY_##name][TT_F32] = f32_##name##_far, [UNARY_##name][TT_F64] = f64_##name##_map,
#define UNARY_WITH UNARY
#define UNARY_INT(name, ...)                                                                       \
    [UNARY_##name][TT_I64] = i64_##name##_map, [UNARY_##name][TT_I32] = i32_##name##_map,          \
    [UNARY_##name][TT_U8] = u8_##name##_map,
#include "unary.def"
        },
    .grad =
        {
#define UNARY(name, ...)                                                                           \
    [UNARY_##name][TT_F32] = f32_##name##_grad, [UNARY_##name][TT_F64] = f64_##name##_grad,
#define UNARY_FAR(name, ...)                                                                       \
    [UNARY_##name][TT_F32] = f32_##name##_grad_far, [UNARY_##name][TT_F64] = f64_##name##_grad,
#define UNARY_WITH UNARY
#include "unary.def"
        },
    .grad2 =
        {
#define UNARY(name, ...)                                                                           \
    [UNARY_##name][TT_F32] = f32_##name##_grad2, [UNARY_##name][TT_F64] = f64_##name##_grad2,
#define UNARY_WITH UNARY
#include "unary.def"
        },
    .test =
        {
#define UNARY_TEST(name, ...)                                                                      \
    [TEST_##name] = {[TT_F32] = test_f32_##name##_test, [TT_F64] = test_f64_##name##_test,         \
                     [TT_I64] = test_i64_##name##_test, [TT_BOOL] = test_u8_##name##_test,         \
                     [TT_I32] = test_i32_##name##_test, [TT_U8] = test_u8_##name##_test},
#include "unary.def"
        },
};
