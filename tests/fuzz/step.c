/* The steps of steps.def and of the library's tables, and what programs of them begin with. */
#include "step.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 1 to 8 of each, seldom none; in one of two places, so that two calls may stand in one expression.
 */
static const int64_t *sizes(int a, int b)
{
    static int64_t shape[2][3];
    static int turn;
    int64_t *s = shape[turn++ & 1];
    s[0] = a == 77 ? 0 : (a & 7) + 1;
    s[1] = (b & 7) + 1;
    s[2] = (a >> 3 & 3) + 1;
    return s;
}

static tt_dtype dtype_of(int a)
{
    return (tt_dtype)(a & 7);
}

/* An axis of x; seldom one that it does not have. */
static int axis(const tt_tensor *x, int a)
{
    int n = tt_ndim(x);
    return a == -128 ? n : n ? (a % n + n) % n : 0;
}

/* The shape of x with an axis of n before it. */
static const int64_t *grown(const tt_tensor *x, int64_t n)
{
    static int64_t shape[TT_MAX_NDIM + 1];
    shape[0] = n;
    for (int i = 0; i < tt_ndim(x); i++)
        shape[i + 1] = tt_shape(x)[i];
    return shape;
}

/* y as indices into an axis of x. */
static tt_tensor *indices(tt_tensor *y, tt_tensor *x, int axis)
{
    int64_t n = tt_ndim(x) ? tt_size(x, axis) : 1;
    tt_dtype d = tt_dtype_of(y);
    if (d == TT_F32 || d == TT_F64)
        y = tt_clamp(tt_nan_to_num(y, 0, 9, -9), -9, 9);
    return tt_remainder_scalar(tt_cast(y, TT_I64), n > 0 ? (double)n : 1);
}

static tt_tensor *second_part(tt_tensor *x, int axis, int b)
{
    tt_tensor *out[3] = {NULL};
    return tt_chunk(x, axis, (b & 1) + 2, out) == TT_OK ? out[1] ? out[1] : out[0] : NULL;
}

/* The axes of x from one on, and those before it. */
static const int *turned(const tt_tensor *x, int from)
{
    static int axes[TT_MAX_NDIM];
    for (int i = 0; i < tt_ndim(x); i++)
        axes[i] = (from + i) % tt_ndim(x);
    return axes;
}

static tt_tensor *one_of_all(tt_tensor *x, int axis, int b)
{
    tt_tensor *out[8] = {NULL};
    int n = tt_unbind(x, axis, 8, out);
    return n > 0 ? out[(b & 127) % (n < 8 ? n : 8)] : n == 0 ? x : NULL; /* an axis of none */
}

static tt_tensor *one_of_grid(tt_tensor *x, tt_tensor *y, int a)
{
    tt_tensor *out[2] = {NULL};
    return tt_meshgrid(TT_TENSORS(x, y), out) == TT_OK ? out[a & 1] : NULL;
}

static tt_tensor *packed(tt_tensor *x, tt_tensor *y)
{
    tt_packing ps;
    return tt_pack(TT_TENSORS(x, y), "* d", &ps);
}

/* Numbers for a cell: for x (n in) or (in) states of 3, and weights of so many gates. */
static tt_tensor *state(tt_ctx *ctx, const tt_tensor *x)
{
    const int64_t *shape = tt_ndim(x) == 2 ? (int64_t[]){tt_size(x, 0), 3} : (int64_t[]){3};
    return tt_uniform(ctx, tt_dtype_of(x), tt_ndim(x) == 2 ? 2 : 1, shape, -1, 1);
}

static tt_tensor *weight(tt_ctx *ctx, const tt_tensor *x, int gates, int64_t n)
{
    return tt_uniform(ctx, tt_dtype_of(x), TT_SHAPE(gates * 3, n), -1, 1);
}

static tt_tensor *gru_cell(tt_ctx *ctx, tt_tensor *x)
{
    int64_t in = tt_ndim(x) ? tt_size(x, -1) : 1;
    return tt_gru_cell(x, state(ctx, x), weight(ctx, x, 3, in), weight(ctx, x, 3, 3), NULL, NULL);
}

static tt_tensor *lstm_cell(tt_ctx *ctx, tt_tensor *x, int a)
{
    int64_t in = tt_ndim(x) ? tt_size(x, -1) : 1;
    tt_tensor *memory, *h = tt_lstm_cell(x, state(ctx, x), state(ctx, x), weight(ctx, x, 4, in),
                                         weight(ctx, x, 4, 3), NULL, NULL, &memory);
    return a & 1 ? memory : h;
}

/* Of a function with several results one, or x itself: of a status alone nothing can be seen. */
static tt_tensor *of_unique(tt_tensor *x, int a)
{
    tt_tensor *inverse, *counts, *values = tt_unique(x, &inverse, &counts);
    return !values || a % 3 == 0 ? values : a & 1 ? inverse : counts;
}

static tt_tensor *of_lu(tt_tensor *x, int a)
{
    tt_tensor *out[3];
    return tt_lu(x, &out[0], &out[1], &out[2]) == TT_OK ? out[(a & 127) % 3] : NULL;
}

static tt_tensor *of_qr(tt_tensor *x, int a)
{
    tt_tensor *out[2];
    return tt_qr(x, &out[0], &out[1]) == TT_OK ? out[a & 1] : NULL;
}

static tt_tensor *of_svd(tt_tensor *x, int a, bool full)
{
    tt_tensor *out[3];
    return tt_svd(x, full, &out[0], &out[1], &out[2]) == TT_OK ? out[(a & 127) % 3] : NULL;
}

static tt_tensor *of_eigh(tt_tensor *x, int a)
{
    tt_tensor *out[2];
    return tt_eigh(x, &out[0], &out[1]) == TT_OK ? out[a & 1] : NULL;
}

static tt_tensor *of_eig(tt_tensor *x, int a)
{
    tt_tensor *out[4];
    return tt_eig(x, &out[0], &out[1], &out[2], &out[3]) == TT_OK ? out[a & 3] : NULL;
}

/* A symmetric positive definite matrix, or some, of x. */
static tt_tensor *positive(tt_tensor *x)
{
    tt_tensor *square = tt_matmul(x, tt_transpose(x, -1, -2));
    if (!square)
        return NULL;
    return tt_add(square,
                  tt_eye(tt_ctx_of(x), tt_dtype_of(x), tt_size(square, -1), tt_size(square, -1)));
}

/* Of an image (b c h w) or (c h w), and filters for it. */
static int64_t channels(const tt_tensor *x)
{
    return tt_ndim(x) > 2 ? tt_size(x, -3) : 1;
}

static tt_tensor *filters(tt_ctx *ctx, const tt_tensor *x, int a, int b)
{
    return tt_uniform(ctx, tt_dtype_of(x),
                      TT_SHAPE((a & 3) + 1, channels(x), (a >> 2 & 3) + 1, (b & 3) + 1), -1, 1);
}

static tt_tensor *depthwise(tt_ctx *ctx, const tt_tensor *x, int a, int b)
{
    return tt_uniform(ctx, tt_dtype_of(x), TT_SHAPE(channels(x), 1, (a & 3) + 1, (b & 3) + 1), -1,
                      1);
}

static const char *einsum_text(int a)
{
    static const char *const text[] = {"ij,jk->ik", "ij,kj",   "i,j->ij",     "...i,...i->...",
                                       "ij,ij->",   "ij,i->j", "a b, b -> a", "bij,bjk->bik"};
    return text[a & 7];
}

static const char *rearrange_text(int a)
{
    static const char *const text[] = {"a b -> b a",     "a b -> (b a)",  "a b c -> c a b",
                                       "a ... -> ... a", "a b -> a () b", "(a 2) b -> a b 2",
                                       "a b -> b",       "... -> (...)"};
    return text[a & 7];
}

static const char *reduce_text(int a)
{
    static const char *const text[] = {"a b -> a", "a b -> b", "a b c -> c a", "a (b 2) -> a b"};
    return text[a & 3];
}

#define RUN(name, result)                                                                          \
    static tt_tensor *run_##name(tt_ctx *ctx, tt_tensor *x, tt_tensor *y, tt_tensor *z,            \
                                 const step *s)                                                    \
    {                                                                                              \
        int a = s->a, b = s->b, c = s->c, ax = axis(x, a), bx = axis(x, b);                        \
        double v = c / 16.0;                                                                       \
        (void)ctx, (void)x, (void)y, (void)z, (void)a, (void)b, (void)v, (void)ax, (void)bx;       \
        return result;                                                                             \
    }
#define STEP(name, operands, how, tensor)  RUN(name, tensor)
#define WRITE(name, operands, how, status) RUN(name, (status) == TT_OK ? x : NULL)
#define UNARY(name, ...)                   RUN(name, tt_##name(x))
#define UNARY_TEST(name, ...)              RUN(name, tt_##name(x))
#define COMPARE(name, ...)                 RUN(name, tt_##name(x, y)) RUN(name##_scalar, tt_##name##_scalar(x, v))
#define LOGICAL(name, ...)                 COMPARE(name, )
#define BINARY(name, ...)                  COMPARE(name, )
#define REDUCE(name, ...)                  RUN(name, tt_##name(x, 1, &ax, c & 1))
#define REDUCE_TEST(name, ...)             RUN(name, tt_##name(x, 1, &ax, c & 1))
#include "kernel/elementwise/unary.def"
#include "kernel/elementwise/compare.def"
#define BITWISE(name, ...) RUN(name, tt_##name(x, y)) RUN(name##_scalar, tt_##name##_scalar(x, a))
#define SHIFT(name, ...)   BITWISE(name, )
#include "kernel/elementwise/bitwise.def"
#define COMPARE(name, ...) RUN(name, tt_##name(x, y)) RUN(name##_scalar, tt_##name##_scalar(x, v))
#include "kernel/elementwise/binary.def"
#include "kernel/reduce/reduce.def"
#undef COMPARE
#include "steps.def"

const step_kind step_kinds[] = {
#define ROW(name, operands, how, writes)   {#name, operands, how, writes, run_##name},
#define STEP(name, operands, how, tensor)  ROW(name, operands, how, false)
#define WRITE(name, operands, how, status) ROW(name, operands, how, true)
#define UNARY(name, ...)                   ROW(name, "x", CLOSE, false)
#define UNARY_TEST(name, ...)              ROW(name, "x", SAME, false)
#define COMPARE(name, ...)                 ROW(name, "xy", SAME, false) ROW(name##_scalar, "x", SAME, false)
#define LOGICAL(name, ...)                 ROW(name, "xy", SAME, false) ROW(name##_scalar, "x", SAME, false)
#define BITWISE(name, ...)                 ROW(name, "xy", SAME, false) ROW(name##_scalar, "x", SAME, false)
#define SHIFT(name, ...)                   BITWISE(name, )
#define BINARY(name, ...)                  ROW(name, "xy", CLOSE, false) ROW(name##_scalar, "x", CLOSE, false)
#define REDUCE(name, ...)                  ROW(name, "x", ROUGH, false)
#define REDUCE_TEST(name, ...)             ROW(name, "x", SAME, false)
#include "kernel/elementwise/unary.def"
#include "kernel/elementwise/compare.def"
#include "kernel/elementwise/bitwise.def"
#include "kernel/elementwise/binary.def"
#include "kernel/reduce/reduce.def"
#include "steps.def"
};
const int step_kinds_count = sizeof step_kinds / sizeof *step_kinds;

bool step_next(const uint8_t **data, const uint8_t *end, int n, step *s)
{
    const uint8_t *d = *data;
    if (end - d < STEP_BYTES)
        return false;
    *s = (step){.op = (d[0] | d[4] >> 4 << 8) % n,
                .x = d[1] % STEP_REGISTERS,
                .y = d[2] % STEP_REGISTERS,
                .z = d[3] % STEP_REGISTERS,
                .to = d[4] % STEP_REGISTERS,
                .a = (int8_t)d[5],
                .b = (int8_t)d[6],
                .c = (int8_t)d[7]};
    *data += STEP_BYTES;
    return true;
}

static int alike(tt_tensor *const *r, int x, int from)
{
    for (int i = 0; i < STEP_REGISTERS; i++) {
        int at = (from + i) % STEP_REGISTERS;
        if (r[at] && tt_dtype_of(r[at]) == tt_dtype_of(r[x]))
            return at;
    }
    return from;
}

int step_fit(const step_kind *k, tt_tensor *const *r, step *s)
{
    int n = (int)strlen(k->operands);
    bool as_it_is = (s->c & 7) == 5 || !r[s->x];
    if (n > 1 && k->operands[1] == 'y' && !as_it_is)
        s->y = alike(r, s->x, s->y);
    if (n > 2 && k->operands[2] == 'z' && !as_it_is)
        s->z = alike(r, s->x, s->z);
    return n;
}

/* 0.25 to 1.75 and their negatives, no two neighbours alike. */
static tt_tensor *numbers(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    int64_t n = 1;
    for (int i = 0; i < ndim; i++)
        n *= shape[i];
    tt_tensor *k =
        tt_remainder_scalar(tt_mul_scalar(tt_arange(ctx, TT_I64, 0, (double)n, 1), 7), 13);
    tt_tensor *x = tt_mul_scalar(tt_sub_scalar(tt_cast(k, TT_F64), 6), 0.25);
    return tt_cast(tt_reshape(x, ndim, shape), dtype);
}

void step_registers(tt_ctx *ctx, bool large, tt_tensor **r)
{
    int n = 0;
    r[n++] = numbers(ctx, TT_F32, TT_SHAPE(3, 4));
    r[n++] = numbers(ctx, TT_F32, TT_SHAPE(4));
    r[n++] = numbers(ctx, TT_F32, TT_SHAPE(4, 3));
    r[n++] = tt_transpose(r[2], 0, 1);
    r[n++] = numbers(ctx, TT_F32, TT_SHAPE(2, 3, 4));
    r[n++] = numbers(ctx, TT_F64, TT_SHAPE(3, 4));
    r[n++] = numbers(ctx, TT_F64, TT_SCALAR);
    r[n++] = numbers(ctx, TT_I64, TT_SHAPE(3, 4));
    r[n++] = numbers(ctx, TT_I64, TT_SHAPE(3));
    r[n++] = numbers(ctx, TT_BOOL, TT_SHAPE(3, 4));
    r[n++] = numbers(ctx, TT_F16, TT_SHAPE(3, 4));
    r[n++] = numbers(ctx, TT_F32, TT_SHAPE(0, 4));
    r[n++] = numbers(ctx, TT_F32, large ? 2 : 1, (int64_t[]){150, 320});
    r[n++] = large ? numbers(ctx, TT_F32, TT_SHAPE(150, 320)) : tt_flip(r[0], TT_AXES(1));
    r[n++] = large ? tt_transpose(r[13], 0, 1) : tt_expand(r[1], TT_SHAPE(3, 4));
    r[n++] = large ? numbers(ctx, TT_F64, TT_SHAPE(40000)) : numbers(ctx, TT_I32, TT_SHAPE(5));
}

/* Seeds of 40 steps: every operation in turn, on operands that suit most. */
const uint8_t *step_seed(int i, size_t *size)
{
    enum { STEPS = 40 };
    static uint8_t program[STEPS * STEP_BYTES + 1];
    static const uint8_t good[][3] = {{0, 5, 13}, {0, 2, 3}, {0, 8, 8},    {0, 1, 1},   {0, 0, 8},
                                      {4, 4, 4},  {7, 7, 8}, {12, 13, 12}, {13, 14, 15}};
    int seeds = 2 * ((step_kinds_count + STEPS - 1) / STEPS);
    if (i >= seeds)
        return NULL;
    for (int k = 0; k < STEPS; k++) {
        int op = (i / 2 * STEPS + k) % step_kinds_count;
        const uint8_t *r = good[(i * 4 + k) % 9];
        uint8_t *d = program + 1 + (ptrdiff_t)k * STEP_BYTES;
        d[0] = (uint8_t)op;
        memcpy(d + 1, r, 3);
        d[4] = (uint8_t)((op >> 8) << 4 | (k * 5 + i) % STEP_REGISTERS);
        d[5] = (uint8_t)(k * 3 + i);
        d[6] = (uint8_t)(k + 1);
        d[7] = (uint8_t)(k * 7 + 2);
    }
    program[0] = (uint8_t)i;
    *size = sizeof program;
    return program;
}

void *step_bytes(const tt_tensor *x, size_t *size)
{
    *size = (size_t)tt_numel(x) * tt_itemsize(tt_dtype_of(x));
    void *data = malloc(*size ? *size : 1);
    if (!x || !data || tt_copy_out(x, data, *size) != TT_OK) {
        free(data);
        return NULL;
    }
    return data;
}

_Noreturn void step_wrong(const step_kind *k, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "%s: ", k->name);
    vfprintf(stderr, format, list);
    fprintf(stderr, "\n");
    va_end(list);
    abort();
}
