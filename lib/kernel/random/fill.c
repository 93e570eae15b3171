/* Fills with floats, uniform and normal, and the way of every fill. Every value comes from one
 * block by operations that IEEE 754 rounds correctly (+ - * / sqrt, no fused multiply-add), so that
 * all processors make the same bits. An element's block is found from its number alone. */
#include "fill.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/vmath_f64.h"
#include "kernel/walk/parallel.h"

#ifdef __clang__ /* gcc contracts nothing in ISO mode */
#pragma STDC FP_CONTRACT OFF
#endif

enum { GRAIN = 8192 };

/* [0, 1) from the upper 53 bits. */
static double unit(uint64_t word)
{
    return (double)(int64_t)(word >> 11) * 0x1p-53;
}

/* sin and cos of 2 pi u, u in [0, 1): Taylor polynomials on an eighth of the circle. */
VECTOR void circle(double u, double *sine, double *cosine)
{
    double t = 4 * u + F64_RINT, x = (4 * u - (t - F64_RINT)) * 1.57079632679489661923, z = x * x;
    double s = -1 / 1307674368000.0, c = 1 / 20922789888000.0;
    s = s * z + 1 / 6227020800.0;
    s = s * z - 1 / 39916800.0;
    s = s * z + 1 / 362880.0;
    s = s * z - 1 / 5040.0;
    s = s * z + 1 / 120.0;
    s = s * z - 1 / 6.0;
    s = s * z * x + x;
    c = c * z - 1 / 87178291200.0;
    c = c * z + 1 / 479001600.0;
    c = c * z - 1 / 3628800.0;
    c = c * z + 1 / 40320.0;
    c = c * z - 1 / 720.0;
    c = c * z + 1 / 24.0;
    c = c * z - 0.5;
    c = c * z + 1;
    uint64_t q = f64_bits(t); /* its last bits count quarters */
    double a = q & 1 ? c : s, b = q & 1 ? s : c;
    *sine = f64_of_bits(f64_bits(a) ^ (q & 2) << 62);
    *cosine = f64_of_bits(f64_bits(b) ^ ((q + 1) & 2) << 62);
}

/* Box-Muller: a radius from the first word, an angle from the second. */
VECTOR void normal_pair(uint64_t first, uint64_t second, double *a, double *b)
{
    double s, c, u = (double)(int64_t)((first >> 11) + 1) * 0x1p-53; /* (0, 1] */
    double radius = sqrt(-2 * f64_log(u));
    circle((double)(int64_t)(second >> 11) * 0x1p-53, &s, &c);
    *a = radius * c;
    *b = radius * s;
}

#define T       float
#define FROM    double
#define AS(v)   (v)
#define NAME(x) f32_##x
#include "store_typed.h"
#undef T
#undef FROM
#undef AS
#undef NAME

#define T       double
#define FROM    double
#define AS(v)   (v)
#define NAME(x) f64_##x
#include "store_typed.h"
#undef T
#undef FROM
#undef AS
#undef NAME

#define T       int64_t
#define FROM    double
#define AS(v)   (v)
#define NAME(x) i64_##x
#include "store_typed.h"
#undef T
#undef FROM
#undef AS
#undef NAME

#define T       uint8_t
#define FROM    double
#define AS(v)   ((v) != 0)
#define NAME(x) bool_##x
#include "store_typed.h"
#undef T
#undef FROM
#undef AS
#undef NAME

#define T       int64_t
#define FROM    uint64_t
#define AS(v)   (v)
#define NAME(x) whole_##x
#include "store_typed.h"
#undef T
#undef FROM
#undef AS
#undef NAME

static void store(operand out, int64_t n, int64_t k, const double *v)
{
    static void (*const table[])(operand, int64_t, int64_t, const double *) = {
        [TT_F32] = f32_store, [TT_F64] = f64_store, [TT_I64] = i64_store, [TT_BOOL] = bool_store};
    table[out.dtype](out, n, k, v);
}

static void make_words(const batch *b, double *u)
{
    for (int i = 0; i < BATCH; i++)
        for (int w = 0; w < 4; w++)
            u[4 * i + w] = (double)b->word[w][i] * 0x1p-32;
}

/* As many bits as a float has. */
static void make_floats(const batch *b, double *u)
{
    for (int i = 0; i < BATCH; i++)
        for (int w = 0; w < 4; w++)
            u[4 * i + w] = (double)(b->word[w][i] >> 8) * 0x1p-24;
}

static void make_pairs(const batch *b, uint64_t *w)
{
    for (int i = 0; i < BATCH; i++) {
        w[2 * i] = join(b->word[0][i], b->word[1][i]);
        w[2 * i + 1] = join(b->word[2][i], b->word[3][i]);
    }
}

static void make_normals(const uint64_t *w, double *u)
{
#pragma omp simd
    for (int i = 0; i < BATCH; i++)
        normal_pair(w[2 * i], w[2 * i + 1], &u[2 * i], &u[2 * i + 1]);
}

static void make(const fill *f, uint64_t block, double *u, uint64_t *w)
{
    batch b;
    philox_batch(&b, f->r.seed, block, f->from);
    if (f->from == WORDS)
        make_words(&b, u);
    if (f->from == UNIT_F32)
        make_floats(&b, u);
    if (f->per == 4)
        return;
    make_pairs(&b, w);
    if (f->from == NORMALS)
        make_normals(w, u);
    for (int i = 0; i < 2 * BATCH && f->from == UNIT_F64; i++)
        u[i] = unit(w[i]);
}

/* Elements [begin, end) of the fill. */
static void task(int64_t begin, int64_t end, void *arg)
{
    const fill *f = arg;
    uint64_t per = (uint64_t)f->per, step = BATCH * per;
    double u[4 * BATCH];
    uint64_t w[2 * BATCH];
    while (begin < end) {
        uint64_t number = f->r.counter + (uint64_t)begin, skip = number % per;
        int64_t n = (int64_t)(step - skip);
        n = n < end - begin ? n : end - begin;
        make(f, number / per, u, w);
        if (f->turn) {
            f->turn(f, n, begin, u + skip);
            store(f->out, n, begin, u + skip);
        } else {
            f->whole(f, n, begin, w + skip);
            whole_store(f->out, n, begin, w + skip);
        }
        begin += n;
    }
}

void random_fill(const exec *x, rng *r, fill *f)
{
    int64_t n = layout_numel(f->out.at);
    f->r = *r;
    f->per = f->from == WORDS || f->from == UNIT_F32 ? 4 : 2;
    r->counter += (uint64_t)n;
    parallel_for(x, n, GRAIN, task, f);
}

static void turn_uniform(const fill *f, int64_t n, int64_t k, double *u)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        double v = f->a + f->b * u[i];
        u[i] = v < f->top ? v : f->top;
    }
}

static void turn_normal(const fill *f, int64_t n, int64_t k, double *u)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        u[i] = f->a + f->b * u[i];
}

/* The largest value of the dtype below hi. */
static double before(tt_dtype t, double lo, double hi)
{
    if (lo == hi)
        return hi;
    if (t == TT_F64)
        return nextafter(hi, lo);
    float f = (float)hi; /* rounded down is below hi already */
    return (double)f < hi ? (double)f : (double)nextafterf(f, (float)lo);
}

void random_uniform_run(const exec *x, rng *r, operand out, double lo, double hi)
{
    fill f = {.from = out.dtype == TT_F32 ? UNIT_F32 : UNIT_F64, .out = out, .turn = turn_uniform};
    f.a = lo;
    f.b = hi - lo;
    f.top = before(out.dtype, lo, hi);
    random_fill(x, r, &f);
}

void random_normal_run(const exec *x, rng *r, operand out, double mean, double std)
{
    fill f = {.from = NORMALS, .out = out, .a = mean, .b = std, .turn = turn_normal};
    random_fill(x, r, &f);
}
