/* The generator of random.h: Philox 4x32-10 blocks, and what is made of them. Every value comes
 * from one block by operations that IEEE 754 rounds correctly (+ - * / sqrt, no fused
 * multiply-add), so that all processors make the same bits. An element's block is found from its
 * number alone: threads work on any range. Kinds of numbers draw from streams of their own. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/isa/vmath_f64.h"
#include "kernel/walk/parallel.h"
#include "random.h"

#ifdef __clang__ /* gcc contracts nothing in ISO mode */
#pragma STDC FP_CONTRACT OFF
#endif

enum { BATCH = 64, GRAIN = 8192 };

typedef enum stream {
    SINGLE,
    WORDS,    /* 32 bits */
    UNIT_F32, /* [0, 1), 24 bits */
    UNIT_F64, /* [0, 1), 53 bits */
    NORMALS,
    INTEGERS,
    PERMUTATION,
    RETRY /* and all beyond */
} stream;

/* Blocks side by side: word w of block i is word[w][i]. */
typedef struct batch {
    uint32_t word[4][BATCH];
} batch;

static void philox(batch *b, uint64_t seed, uint64_t first, uint64_t stream_)
{
    uint32_t *restrict c0 = b->word[0], *restrict c1 = b->word[1];
    uint32_t *restrict c2 = b->word[2], *restrict c3 = b->word[3];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int i = 0; i < BATCH; i++) {
        uint64_t at = first + (uint64_t)i;
        c0[i] = (uint32_t)at;
        c1[i] = (uint32_t)(at >> 32);
        c2[i] = (uint32_t)stream_;
        c3[i] = (uint32_t)(stream_ >> 32);
    }
    for (int round = 0; round < 10; round++) {
#pragma omp simd
        for (int i = 0; i < BATCH; i++) {
            uint64_t p = (uint64_t)0xD2511F53 * c0[i], q = (uint64_t)0xCD9E8D57 * c2[i];
            c0[i] = (uint32_t)(q >> 32) ^ c1[i] ^ k0;
            c1[i] = (uint32_t)q;
            c2[i] = (uint32_t)(p >> 32) ^ c3[i] ^ k1;
            c3[i] = (uint32_t)p;
        }
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
}

void rng_block(uint64_t seed, uint64_t counter, uint64_t stream_, uint32_t out[4])
{
    uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32);
    uint32_t c2 = (uint32_t)stream_, c3 = (uint32_t)(stream_ >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p = (uint64_t)0xD2511F53 * c0, q = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(q >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)q;
        c2 = (uint32_t)(p >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

static uint64_t join(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

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

/* 64 bits times n: the upper half; *low is the lower one. */
static uint64_t multiply_high(uint64_t a, uint64_t n, uint64_t *low)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, n0 = (uint32_t)n, n1 = n >> 32;
    uint64_t p = a0 * n0, q = a1 * n0 + (p >> 32), r = a0 * n1 + (uint32_t)q;
    *low = a * n;
    return a1 * n1 + (q >> 32) + (r >> 32);
}

/* [0, n) from a word; the few words that would favour some results are drawn again. */
static uint64_t below(uint64_t word, uint64_t n, uint64_t seed, uint64_t number)
{
    uint64_t low, result = multiply_high(word, n, &low);
    for (uint64_t attempt = 0; low < n && low < (0 - n) % n; attempt++) {
        uint32_t w[4];
        rng_block(seed, number, RETRY + attempt, w);
        result = multiply_high(join(w[0], w[1]), n, &low);
    }
    return result;
}

uint64_t rng_next(rng *r)
{
    uint32_t w[4];
    rng_block(r->seed, r->counter++, SINGLE, w);
    return join(w[0], w[1]);
}

double rng_next_uniform(rng *r)
{
    return unit(rng_next(r));
}

double rng_next_normal(rng *r)
{
    uint32_t w[4];
    double a, b;
    rng_block(r->seed, r->counter++, SINGLE, w);
    normal_pair(join(w[0], w[1]), join(w[2], w[3]), &a, &b);
    return a;
}

int64_t rng_next_below(rng *r, int64_t n)
{
    uint64_t word = rng_next(r);
    return (int64_t)below(word, (uint64_t)n, r->seed, r->counter - 1);
}

typedef struct job {
    rng r;
    stream from;
    int per; /* elements made of a block */
    operand out, p;
    double a, b, top;
    uint64_t range;
    int64_t low;
    /* turns the draws of elements k to k + n into their values; NULL: integers */
    void (*turn)(const struct job *j, int64_t n, int64_t k, double *u);
} job;

static void turn_uniform(const job *j, int64_t n, int64_t k, double *u)
{
    (void)k;
    for (int64_t i = 0; i < n; i++) {
        double v = j->a + j->b * u[i];
        u[i] = v < j->top ? v : j->top;
    }
}

static void turn_normal(const job *j, int64_t n, int64_t k, double *u)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        u[i] = j->a + j->b * u[i];
}

static void turn_mask(const job *j, int64_t n, int64_t k, double *u)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        u[i] = u[i] < j->a ? 0 : j->b;
}

static void turn_bernoulli(const job *j, int64_t n, int64_t k, double *u)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t at = layout_at(j->p.at, k + i) - j->p.at->offset;
        double p = j->p.dtype == TT_F64 ? ((const double *)j->p.data)[at]
                                        : (double)((const float *)j->p.data)[at];
        u[i] = u[i] < p;
    }
}

#define STORE(NAME, T, FROM, AS)                                                                   \
    static void NAME(operand out, int64_t n, int64_t k, const FROM *v)                             \
    {                                                                                              \
        T *to = out.data;                                                                          \
        if (layout_is_contiguous(out.at)) {                                                        \
            for (int64_t i = 0; i < n; i++)                                                        \
                to[k + i] = (T)AS(v[i]);                                                           \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                to[layout_at(out.at, k + i) - out.at->offset] = (T)AS(v[i]);                       \
        }                                                                                          \
    }

#define VALUE(v) (v)
#define TRUTH(v) ((v) != 0)
STORE(store_f32, float, double, VALUE)
STORE(store_f64, double, double, VALUE)
STORE(store_i64, int64_t, double, VALUE)
STORE(store_bool, uint8_t, double, TRUTH)
STORE(store_whole, int64_t, uint64_t, VALUE)

static void store(operand out, int64_t n, int64_t k, const double *v)
{
    static void (*const table[])(operand, int64_t, int64_t, const double *) = {
        [TT_F32] = store_f32, [TT_F64] = store_f64, [TT_I64] = store_i64, [TT_BOOL] = store_bool};
    table[out.dtype](out, n, k, v);
}

static void integers(const job *j, int64_t n, int64_t k, uint64_t *w)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t number = j->r.counter + (uint64_t)(k + i);
        w[i] = (uint64_t)j->low + below(w[i], j->range, j->r.seed, number);
    }
    store_whole(j->out, n, k, w);
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

static void make(const job *j, uint64_t block, double *u, uint64_t *w)
{
    batch b;
    philox(&b, j->r.seed, block, j->from);
    if (j->from == WORDS)
        make_words(&b, u);
    if (j->from == UNIT_F32)
        make_floats(&b, u);
    if (j->per == 4)
        return;
    make_pairs(&b, w);
    if (j->from == NORMALS)
        make_normals(w, u);
    for (int i = 0; i < 2 * BATCH && j->from == UNIT_F64; i++)
        u[i] = unit(w[i]);
}

/* Elements [begin, end) of the fill. */
static void task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    uint64_t per = (uint64_t)j->per, step = BATCH * per;
    double u[4 * BATCH];
    uint64_t w[2 * BATCH];
    while (begin < end) {
        uint64_t number = j->r.counter + (uint64_t)begin, skip = number % per;
        int64_t n = (int64_t)(step - skip);
        n = n < end - begin ? n : end - begin;
        make(j, number / per, u, w);
        if (j->turn) {
            j->turn(j, n, begin, u + skip);
            store(j->out, n, begin, u + skip);
        } else {
            integers(j, n, begin, w + skip);
        }
        begin += n;
    }
}

static void fill(const exec *x, rng *r, job *j)
{
    int64_t n = layout_numel(j->out.at);
    j->r = *r;
    j->per = j->from == WORDS || j->from == UNIT_F32 ? 4 : 2;
    r->counter += (uint64_t)n;
    parallel_for(x, n, GRAIN, task, j);
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
    job j = {.from = out.dtype == TT_F32 ? UNIT_F32 : UNIT_F64, .out = out, .turn = turn_uniform};
    j.a = lo;
    j.b = hi - lo;
    j.top = before(out.dtype, lo, hi);
    fill(x, r, &j);
}

void random_normal_run(const exec *x, rng *r, operand out, double mean, double std)
{
    job j = {.from = NORMALS, .out = out, .a = mean, .b = std, .turn = turn_normal};
    fill(x, r, &j);
}

void random_integers_run(const exec *x, rng *r, operand out, int64_t lo, int64_t hi)
{
    job j = {.from = INTEGERS, .out = out, .low = lo};
    j.range = (uint64_t)hi - (uint64_t)lo;
    fill(x, r, &j);
}

void random_bernoulli_run(const exec *x, rng *r, operand out, operand p)
{
    job j = {.from = UNIT_F64, .out = out, .p = p, .turn = turn_bernoulli};
    fill(x, r, &j);
}

void random_mask_run(const exec *x, rng *r, operand out, double p, double scale)
{
    job j = {.from = WORDS, .out = out, .a = p, .b = scale, .turn = turn_mask};
    fill(x, r, &j);
}

void random_permutation_run(const exec *x, rng *r, operand out)
{
    int64_t n = out.at->shape[0], s = out.at->stride[0], *a = out.data;
    (void)x;
    for (int64_t i = 0; i < n; i++)
        a[i * s] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        uint32_t w[4];
        uint64_t number = r->counter + (uint64_t)i;
        rng_block(r->seed, number, PERMUTATION, w);
        int64_t k = (int64_t)below(join(w[0], w[1]), (uint64_t)i + 1, r->seed, number);
        int64_t t = a[i * s];
        a[i * s] = a[k * s];
        a[k * s] = t;
    }
    r->counter += (uint64_t)n;
}
