/* Inner loops of the unary rows: forward, gradient, second derivative; and the tests to BOOL. */
#include <math.h>
#include "activation.h"
#include "kernel/walk/rows.h"
#include "loops.h"

extern const unary_kernels ISA(unary_loops);

/* ---- float32 ---- */
#define M(f) f32_##f
#define C(v) ((float)(v))
#define UNARY(name, y_, dx_, ddx_, reads, cost, lo, hi)                                            \
    VECTOR float name##_y_f32(float x)                                                             \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    VECTOR float name##_dx_f32(float g, float x)                                                   \
    {                                                                                              \
        const float y = x;                                                                         \
        (void)g, (void)y, (void)x;                                                                 \
        return dx_;                                                                                \
    }                                                                                              \
    VECTOR float name##_ddx_f32(float gg, float g, float x)                                        \
    {                                                                                              \
        const float y = x;                                                                         \
        (void)y, (void)x;                                                                          \
        return gg * g * (ddx_);                                                                    \
    }                                                                                              \
    LOOP1(name##_map_f32, float, float, name##_y_f32)                                              \
    LOOP2(name##_grad_f32, float, float, name##_dx_f32)                                            \
    LOOP3(name##_grad2_f32, float, float, name##_ddx_f32)
#include "unary.def"

/* sin and cos far from 0 go to libm, element by element. */
#define FAR(name)                                                                                  \
    static void name##_far_f32(int64_t n, char *const *ptr, const int64_t *step, const void *arg)  \
    {                                                                                              \
        bool far = false;                                                                          \
        for (int64_t i = 0; i < n; i++)                                                            \
            far |= !(f32_abs(AT(float, 1, i)) <= F32_NEAR);                                        \
        if (!far) {                                                                                \
            name##_map_f32(n, ptr, step, arg);                                                     \
            return;                                                                                \
        }                                                                                          \
        for (int64_t i = 0; i < n; i++)                                                            \
            PUT(float, i) = f32_libm_##name(AT(float, 1, i));                                      \
    }                                                                                              \
    static void name##_grad_far_f32(int64_t n, char *const *ptr, const int64_t *step,              \
                                    const void *arg)                                               \
    {                                                                                              \
        bool far = false;                                                                          \
        for (int64_t i = 0; i < n; i++)                                                            \
            far |= !(f32_abs(AT(float, 2, i)) <= F32_NEAR);                                        \
        if (!far) {                                                                                \
            name##_grad_f32(n, ptr, step, arg);                                                    \
            return;                                                                                \
        }                                                                                          \
        for (int64_t i = 0; i < n; i++)                                                            \
            PUT(float, i) = AT(float, 1, i) * name##_slope_f32(AT(float, 2, i));                   \
    }
static inline float sin_slope_f32(float x)
{
    return f32_libm_cos(x);
}
static inline float cos_slope_f32(float x)
{
    return -f32_libm_sin(x);
}
FAR(sin)
FAR(cos)
#undef M
#undef C

/* ---- float64 ---- */
#define M(f) f64_##f
#define C(v) ((double)(v))
#define UNARY(name, y_, dx_, ddx_, reads, cost, lo, hi)                                            \
    VECTOR double name##_y_f64(double x)                                                           \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    VECTOR double name##_dx_f64(double g, double x)                                                \
    {                                                                                              \
        const double y = x;                                                                        \
        (void)g, (void)y, (void)x;                                                                 \
        return dx_;                                                                                \
    }                                                                                              \
    VECTOR double name##_ddx_f64(double gg, double g, double x)                                    \
    {                                                                                              \
        const double y = x;                                                                        \
        (void)y, (void)x;                                                                          \
        return gg * g * (ddx_);                                                                    \
    }                                                                                              \
    LOOP1(name##_map_f64, double, double, name##_y_f64)                                            \
    LOOP2(name##_grad_f64, double, double, name##_dx_f64)                                          \
    LOOP3(name##_grad2_f64, double, double, name##_ddx_f64)
#include "unary.def"
#undef M
#undef C

/* ---- int64, and the tests ---- */
#define UNARY_INT(name, y_)                                                                        \
    VECTOR int64_t name##_y_i64(int64_t x)                                                         \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    LOOP1(name##_map_i64, int64_t, int64_t, name##_y_i64)
#define UNARY_TEST(name, y_, last)                                                                 \
    VECTOR uint8_t name##_y_f32(float x)                                                           \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    VECTOR uint8_t name##_y_f64(double x)                                                          \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    VECTOR uint8_t name##_y_i64(int64_t x)                                                         \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    VECTOR uint8_t name##_y_u8(uint8_t x)                                                          \
    {                                                                                              \
        return y_;                                                                                 \
    }                                                                                              \
    LOOP1(name##_test_f32, uint8_t, float, name##_y_f32)                                           \
    LOOP1(name##_test_f64, uint8_t, double, name##_y_f64)                                          \
    LOOP1(name##_test_i64, uint8_t, int64_t, name##_y_i64)                                         \
    LOOP1(name##_test_u8, uint8_t, uint8_t, name##_y_u8)
#include "unary.def"

const unary_kernels ISA(unary_loops) = {
    .map =
        {
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi)                                               \
    [UNARY_##name][TT_F32] = name##_map_f32, [UNARY_##name][TT_F64] = name##_map_f64,
#define UNARY_FAR(name, ...)                                                                       \
    [UNARY_##name][TT_F32] = name##_far_f32, [UNARY_##name][TT_F64] = name##_map_f64,
#define UNARY_INT(name, y) [UNARY_##name][TT_I64] = name##_map_i64,
#include "unary.def"
        },
    .grad =
        {
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi)                                               \
    [UNARY_##name][TT_F32] = name##_grad_f32, [UNARY_##name][TT_F64] = name##_grad_f64,
#define UNARY_FAR(name, ...)                                                                       \
    [UNARY_##name][TT_F32] = name##_grad_far_f32, [UNARY_##name][TT_F64] = name##_grad_f64,
#include "unary.def"
        },
    .grad2 =
        {
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi)                                               \
    [UNARY_##name][TT_F32] = name##_grad2_f32, [UNARY_##name][TT_F64] = name##_grad2_f64,
#include "unary.def"
        },
    .test =
        {
#define UNARY_TEST(name, ...)                                                                      \
    [TEST_##name] = {[TT_F32] = name##_test_f32,                                                   \
                     [TT_F64] = name##_test_f64,                                                   \
                     [TT_I64] = name##_test_i64,                                                   \
                     [TT_BOOL] = name##_test_u8},
#include "unary.def"
        },
};
