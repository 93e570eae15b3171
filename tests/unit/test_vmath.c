/* The errors of the elementary functions that vmath.h and vmath_f64.h state, in units in the last
 * place, with each instruction set that this processor has: float32 against libm in double, float64
 * against libm in long double, at points spread over all numbers and dense where a function is
 * delicate, and exactly at the edges. What is measured is printed, and is at most the bound. */
#define _POSIX_C_SOURCE 200809L
#include <float.h>
#include <stdbool.h>
#include "unit.h"
#include "kernel/elementwise/loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/isa/vmath.h"

enum { CHUNK = 61, MOST = 1 << 21, STEP = 4093 }; /* a chunk: whole vectors and a rest */

typedef long double wide;

static const char *const sets[] = {"baseline", "avx2", "avx512"};

/* The kernels of a set; NULL if the processor or the build lacks it. */
static const kernels *set_named(const char *name)
{
    setenv("TT_ISA", name, 1);
    const kernels *k = kernels_pick();
    return strcmp(kernels_name(k), name) == 0 ? k : NULL;
}

/* The functions that libm lacks, in the two precisions that it is asked for. */
#define MADE_OF(T, S)                                                                              \
    static T sigmoid##S(T x)                                                                       \
    {                                                                                              \
        return x < 0 ? exp##S(x) / (1 + exp##S(x)) : 1 / (1 + exp##S(-x));                         \
    }                                                                                              \
    static T softplus##S(T x)                                                                      \
    {                                                                                              \
        return (x > 0 ? x : 0) + log1p##S(exp##S(-fabs##S(x)));                                    \
    }
MADE_OF(double, )
MADE_OF(wide, l)

static double silu(double x)
{
    return x * sigmoid(x);
}

static wide silul(wide x)
{
    return x * sigmoidl(x);
}

static double gelu(double x)
{
    return x * (0.5 * erfc(-x * 0.70710678118654752440));
}

static wide gelul(wide x)
{
    return x * (0.5L * erfcl(-x * 0.707106781186547524400844362104849039L));
}

static double gelu_tanh(double x)
{
    return x * sigmoid(2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x));
}

static wide gelu_tanhl(wide x)
{
    return x * sigmoidl(2 * 0.797884560802865355879892119868763737L * (x + 0.044715L * x * x * x));
}

static double mish(double x)
{
    return x * tanh(log1p(exp(x)));
}

static wide mishl(wide x)
{
    return x * tanhl(log1pl(expl(x)));
}

/* By the recurrence to where few terms of the expansion have all digits. */
static wide digammal(wide x)
{
    const wide pi = 3.14159265358979323846264338327950288L;
    wide y = 0;
    if (x == 0)
        return -copysignl(INFINITY, x);
    if (x < 0) {
        if (x == truncl(x))
            return NAN;
        y = -pi / tanl(pi * (x - rintl(x)));
        x = 1 - x;
    }
    for (; x < 40; x += 1)
        y -= 1 / x;
    wide z = 1 / (x * x);
    return y + (logl(x) - 0.5L / x -
                z * (1 / 12.0L - z * (1 / 120.0L - z * (1 / 252.0L - z * (1 / 240.0L - z / 132)))));
}

static double digamma(double x)
{
    return (double)digammal(x);
}

/* By Newton's method, from below: erfc is convex there, so that no step goes too far. */
static wide erfinvl(wide x)
{
    wide a = fabsl(x), y = 0;
    if (!(a < 1))
        return a == 1 ? copysignl(INFINITY, x) : (wide)NAN;
    for (int i = 0; i < 200; i++) {
        wide f = a < 0.5L ? a - erfl(y) : erfcl(y) - (1 - a);
        wide step = f * expl(y * y) / 1.128379167095512573896158903121545172L;
        y += step;
        if (fabsl(step) <= 1e-20L * y)
            break;
    }
    return copysignl(y, x);
}

static double erfinv(double x)
{
    return (double)erfinvl(x);
}

/* Bounds in ulp; 0 for float64: the function is libm's. least: results below 2^least count as that
 * large; the activations lose digits far on the left, where they vanish, digamma where its terms
 * cancel. */
static const struct function {
    const char *name;
    unary_id id;
    double (*f32)(double);
    wide (*f64)(wide);
    double ulp_f32, ulp_f64;
    int least;
} functions[] = {
    {"exp", UNARY_exp, exp, expl, 1.1, 1.1, 0},
    {"exp2", UNARY_exp2, exp2, exp2l, 1, 1.1, 0},
    {"expm1", UNARY_expm1, expm1, expm1l, 0.6, 2.3, 0},
    {"log", UNARY_log, log, logl, 0.9, 0.9, 0},
    {"log2", UNARY_log2, log2, NULL, 0.6, 0, 0},
    {"log10", UNARY_log10, log10, NULL, 0.6, 0, 0},
    {"log1p", UNARY_log1p, log1p, log1pl, 0.6, 0.9, 0},
    {"sin", UNARY_sin, sin, NULL, 0.6, 0, 0},
    {"cos", UNARY_cos, cos, NULL, 0.6, 0, 0},
    {"sinh", UNARY_sinh, sinh, NULL, 0.6, 0, 0},
    {"cosh", UNARY_cosh, cosh, NULL, 0.6, 0, 0},
    {"tanh", UNARY_tanh, tanh, NULL, 1.4, 0, 0},
    {"erf", UNARY_erf, erf, NULL, 1.8, 0, 0},
    {"erfc", UNARY_erfc, erfc, NULL, 0.6, 0, 0},
    {"sigmoid", UNARY_sigmoid, sigmoid, sigmoidl, 2.4, 2.5, 0},
    {"softplus", UNARY_softplus, softplus, softplusl, 0.6, 1.6, 0},
    {"silu", UNARY_silu, silu, silul, 3.2, 3.4, -10},
    {"gelu", UNARY_gelu, gelu, gelul, 8, 18.2, -10},
    {"gelu_tanh", UNARY_gelu_tanh, gelu_tanh, gelu_tanhl, 16, 16.1, -10},
    {"mish", UNARY_mish, mish, mishl, 3.7, 3.8, -10},
    {"lgamma", UNARY_lgamma, lgamma, NULL, 0.6, 0, 0},
    {"digamma", UNARY_digamma, digamma, digammal, 0.6, 12, 1},
    {"erfinv", UNARY_erfinv, erfinv, erfinvl, 0.6, 1.6, 0},
};
enum { COUNT = sizeof functions / sizeof *functions };

static uint64_t state;

static uint64_t bits64(void)
{
    state += 0x9e3779b97f4a7c15;
    uint64_t z = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static double between(double lo, double hi)
{
    return lo + (hi - lo) * (double)(bits64() >> 11) * 0x1p-53;
}

static float float_of(uint32_t u)
{
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

static double double_of(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* Where functions overflow, vanish, change sign or are put together of pieces. */
static const double delicate[] = {
    0.35, 0.6,  0.707, 0.85,  1,     1.414, 4,     9.01,  10.0, 10.05, 12,     14.2,   14.5,
    16.6, 26.6, 36.7,  37.5,  50,    87.33, 88.72, 89.4,  100,  103.9, 104.5,  126,    127,
    128,  149,  150,   708.4, 709.7, 710.4, 744.4, 745.1, 760,  1022,  1023.9, 1074.5, 1e6};
enum { DELICATE = sizeof delicate / sizeof *delicate };

static int add_f32(float *x, int n, float v)
{
    if (v == v && n < MOST)
        x[n++] = v;
    return n;
}

/* All floats in steps, uniform ones of the size of most, neighbours of the delicate ones and of
 * multiples of pi / 2. Neighbours stand together: what is far for sin is so by chunks. */
static int points_f32(float *x)
{
    int n = 0;
    state = 0; /* the same ones for each function, whichever ran before */
    for (uint64_t u = 0; u <= UINT32_MAX; u += STEP)
        n = add_f32(x, n, float_of((uint32_t)u));
    for (int i = 0; i < 200000; i++)
        n = add_f32(x, n, (float)between(-120, 120));
    for (int i = 0; i < 200000; i++)
        n = add_f32(x, n, (float)between(-2, 2));
    for (int i = 0; i < DELICATE; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            float v = (float)delicate[i] * (float)sign;
            uint32_t u;
            memcpy(&u, &v, sizeof u);
            for (uint32_t k = 0; k < 2000; k++)
                n = add_f32(x, n, float_of(u + k - 1000));
        }
    for (int k = -300000; (k < 300000); k += (k > -3000 && k < 3000) ? 1 : 61) {
        float v = (float)(k * 1.57079632679489661923);
        for (int i = -2; i <= 2; i++)
            n = add_f32(x, n, v + (float)i * FLT_EPSILON * fabsf(v));
    }
    return n;
}

static int add_f64(double *x, int n, double v)
{
    if (v == v && n < MOST)
        x[n++] = v;
    return n;
}

static int points_f64(double *x)
{
    int n = 0;
    state = 0;
    for (int i = 0; i < 100000; i++)
        n = add_f64(x, n, double_of(bits64()));
    for (int i = 0; i < 60000; i++) {
        n = add_f64(x, n, between(-760, 760));
        n = add_f64(x, n, between(-40, 40));
        n = add_f64(x, n, between(-6, 6));
        n = add_f64(x, n, between(-2, 2));
        n = add_f64(x, n, ldexp(between(-1, 1), -(int)(bits64() % 60)));
    }
    for (int i = 0; i < DELICATE; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double v = delicate[i] * sign;
            for (int k = -200; k < 200; k++) {
                n = add_f64(x, n, v + k * DBL_EPSILON * v);
                n = add_f64(x, n, v + k * 1e-5 * v);
            }
        }
    return n;
}

/* The distance of got from the exact result, in units of its last place; infinite where one of the
 * two is NaN. 2^(e + 1) stands for infinity. */
static double error_in_ulp(double got, wide exact, int digits, int least, int e)
{
    if (isnan(got) || isnan(exact))
        return isnan(got) && isnan(exact) ? 0 : INFINITY;
    wide top = ldexpl(1, e), g = got;
    exact = exact > top ? top : exact < -top ? -top : exact;
    g = g > top ? top : g < -top ? -top : g;
    int exponent = exact == 0 ? least : ilogbl(exact);
    exponent = exponent < least ? least : exponent >= e ? e - 1 : exponent;
    return (double)(fabsl(g - exact) / ldexpl(1, exponent - digits + 1));
}

static double error_f32(float got, wide exact, int least)
{
    return error_in_ulp((double)got, exact, FLT_MANT_DIG, least ? least : FLT_MIN_EXP - 1,
                        FLT_MAX_EXP);
}

static double error_f64(double got, wide exact, int least)
{
    return error_in_ulp(got, exact, DBL_MANT_DIG, least ? least : DBL_MIN_EXP - 1, DBL_MAX_EXP);
}

/* out = f(a) or f(a, b), n elements in chunks. */
static void map(loop_fn f, int n, size_t size, void *out, const void *a, const void *b)
{
    const int64_t step[] = {(int64_t)size, (int64_t)size, (int64_t)size};
    for (int i = 0; i < n; i += CHUNK) {
        size_t at = (size_t)i * size;
        char *ptr[] = {(char *)out + at, (char *)(uintptr_t)a + at,
                       (char *)(uintptr_t)(b ? b : a) + at};
        f(n - i < CHUNK ? n - i : CHUNK, ptr, step, NULL);
    }
}

/* The largest error among n results, and where it is. */
typedef struct worst {
    double ulp;
    int at;
} worst;

static void report(const char *name, const char *set, const char *type, worst w, double at,
                   double bound)
{
    printf("%-10s %-8s %s %8.3f ulp at %.9g\n", name, set, type, w.ulp, at);
    ck_assert_msg(w.ulp <= bound, "%s, %s, %s: %.3f ulp at %.17g (%a), more than %g", name, set,
                  type, w.ulp, at, at, bound);
}

static worst worst_f32(int n, const float *got, const double *exact, int least)
{
    worst w = {0, 0};
    for (int i = 0; i < n; i++) {
        double e = error_f32(got[i], (wide)exact[i], least);
        if (e > w.ulp)
            w = (worst){e, i};
    }
    return w;
}

static worst worst_f64(int n, const double *got, const wide *exact, int least)
{
    worst w = {0, 0};
    for (int i = 0; i < n; i++) {
        double e = error_f64(got[i], exact[i], least);
        if (e > w.ulp)
            w = (worst){e, i};
    }
    return w;
}

START_TEST(float32_functions_keep_their_bounds)
{
    const struct function *f = &functions[_i];
    float *x = malloc(MOST * sizeof *x), *y = malloc(MOST * sizeof *y);
    double *exact = malloc(MOST * sizeof *exact);
    int n = points_f32(x);
    ck_assert_int_lt(n, MOST);
    for (int i = 0; i < n; i++)
        exact[i] = f->f32((double)x[i]);
    for (int s = 0; s < 3; s++) {
        const kernels *k = set_named(sets[s]);
        if (!k)
            continue;
        map(k->unary->map[f->id][TT_F32], n, sizeof *x, y, x, NULL);
        worst w = worst_f32(n, y, exact, f->least);
        report(f->name, sets[s], "float32", w, (double)x[w.at], f->ulp_f32);
    }
    free(x);
    free(y);
    free(exact);
}
END_TEST

START_TEST(float64_functions_keep_their_bounds)
{
    const struct function *f = &functions[_i];
    double *x = malloc(MOST * sizeof *x), *y = malloc(MOST * sizeof *y);
    wide *exact = malloc(MOST * sizeof *exact);
    int n = points_f64(x);
    ck_assert_int_lt(n, MOST);
    for (int i = 0; i < n && f->f64; i++)
        exact[i] = f->f64((wide)x[i]);
    for (int s = 0; s < 3 && f->f64; s++) {
        const kernels *k = set_named(sets[s]);
        if (!k)
            continue;
        map(k->unary->map[f->id][TT_F64], n, sizeof *x, y, x, NULL);
        worst w = worst_f64(n, y, exact, f->least);
        report(f->name, sets[s], "float64", w, x[w.at], f->ulp_f64);
    }
    free(x);
    free(y);
    free(exact);
}
END_TEST

/* 2 / sqrt(pi) e^(-x^2) */
static double erf_slope(double x)
{
    return 1.12837916709551257390 * exp(-x * x);
}

START_TEST(the_slope_of_erf_keeps_its_bound)
{
    float *x = malloc(MOST * sizeof *x), *y = malloc(MOST * sizeof *y);
    float *ones = malloc(MOST * sizeof *ones);
    double *exact = malloc(MOST * sizeof *exact);
    int n = points_f32(x);
    for (int i = 0; i < n; i++) {
        ones[i] = 1;
        exact[i] = erf_slope((double)x[i]);
    }
    for (int s = 0; s < 3; s++) {
        const kernels *k = set_named(sets[s]);
        if (!k)
            continue;
        map(k->unary->grad[UNARY_erf][TT_F32], n, sizeof *x, y, ones, x);
        worst w = worst_f32(n, y, exact, 0);
        report("erf'", sets[s], "float32", w, (double)x[w.at], 2.8);
    }
    free(x);
    free(y);
    free(ones);
    free(exact);
}
END_TEST

/* Numbers at which pow and others have cases of their own. */
static const float edges[] = {0,         1,         0.5f,     1.5f,           2,
                              3,         1e-3f,     1e10f,    0x1.fffffep-1f, 0x1.000002p0f,
                              0x1p-149f, 0x1p-126f, 16777215, 16777216,       33554432,
                              FLT_MAX,   INFINITY};
enum { EDGES = 2 * sizeof edges / sizeof *edges + 1 };

/* An edge, its negative, or NaN. */
static float edge(int i)
{
    return i == EDGES - 1 ? NAN : i % 2 ? -edges[i / 2] : edges[i / 2];
}

/* Zeros with their sign, infinities and NaN are as exact has them; the rest is left to the bounds.
 */
static void expect_edge(const char *name, const char *set, double at, double got, double exact)
{
    bool same = isnan(exact)                 ? isnan(got)
                : exact == 0 || isinf(exact) ? got == exact && !signbit(got) == !signbit(exact)
                                             : isfinite(got);
    ck_assert_msg(same, "%s, %s: of %g it is %g, not %g", name, set, at, got, exact);
}

START_TEST(edges_are_exact)
{
    const struct function *f = &functions[_i];
    for (int s = 0; s < 3; s++) {
        const kernels *k = set_named(sets[s]);
        float x[EDGES], y[EDGES];
        double x64[EDGES], y64[EDGES];
        for (int i = 0; i < EDGES; i++) {
            x[i] = edge(i);
            x64[i] = (double)x[i];
        }
        if (!k)
            continue;
        map(k->unary->map[f->id][TT_F32], EDGES, sizeof *x, y, x, NULL);
        map(k->unary->map[f->id][TT_F64], EDGES, sizeof *x64, y64, x64, NULL);
        for (int i = 0; i < EDGES; i++)
            expect_edge(f->name, sets[s], x64[i], (double)y[i], (double)(float)f->f32(x64[i]));
        for (int i = 0; i < EDGES && f->f64; i++)
            expect_edge(f->name, sets[s], x64[i], y64[i], (double)f->f64((wide)x64[i]));
    }
}
END_TEST

/* Bases and exponents of every size, whose powers are numbers more often than not. */
static int powers(float *x, float *y, double *exact)
{
    int n = 0;
    for (int i = 0; i < 400000; i++, n++) {
        x[n] = (float)exp2(between(-126, 126));
        y[n] = (float)(between(-150, 130) / log2((double)x[n]));
    }
    for (int i = 0; i < 200000; i++, n++) {
        x[n] = (float)(1 + between(-1, 1) * ldexp(1, -(int)(bits64() % 23)));
        y[n] = (float)(between(-1, 1) * ldexp(1, (int)(bits64() % 28)));
    }
    for (int i = 0; i < 100000; i++, n++) {
        x[n] = (float)between(-30, 0);
        y[n] = (float)((int)(bits64() % 60) - 30);
    }
    for (int i = 0; i < n; i++)
        exact[i] = pow((double)x[i], (double)y[i]);
    return n;
}

START_TEST(powers_keep_their_bound)
{
    float *x = malloc(MOST * sizeof *x), *y = malloc(MOST * sizeof *y);
    float *got = malloc(MOST * sizeof *got);
    double *exact = malloc(MOST * sizeof *exact);
    int n = powers(x, y, exact);
    for (int s = 0; s < 3; s++) {
        const kernels *k = set_named(sets[s]);
        if (!k)
            continue;
        map(k->binary->map[BINARY_pow][TT_F32], n, sizeof *x, got, x, y);
        worst w = worst_f32(n, got, exact, 0);
        report("pow", sets[s], "float32", w, (double)x[w.at], 0.6);
        for (int i = 0; i < EDGES * EDGES; i++) {
            float a = edge(i / EDGES), b = edge(i % EDGES), r;
            map(k->binary->map[BINARY_pow][TT_F32], 1, sizeof a, &r, &a, &b);
            expect_edge("pow", sets[s], (double)a, (double)r,
                        (double)(float)pow((double)a, (double)b));
        }
    }
    free(x);
    free(y);
    free(got);
    free(exact);
}
END_TEST

static double relative(double got, wide exact)
{
    return exact == 0 ? fabs(got) : (double)fabsl(((wide)got - exact) / exact);
}

/* What float functions are rounded from, before they are rounded. */
START_TEST(short_forms_keep_their_bounds)
{
    double e = 0, m = 0, l = 0;
    for (int i = 0; i < 200000; i++) {
        double x = between(-110, 110), size = exp2(between(-150, 128));
        double small = between(-1, 1) * ldexp(1, -(int)(bits64() % 40)), one = 1 + small / 2;
        e = fmax(e, relative(f64_exp_short(x), expl((wide)x)));
        m = fmax(m, relative(f64_expm1_short(x), expm1l((wide)x)));
        m = fmax(m, relative(f64_expm1_short(small), expm1l((wide)small)));
        l = fmax(l, relative(f64_log_short(size), logl((wide)size)));
        l = fmax(l, relative(f64_log_short(one), logl((wide)one)));
    }
    printf("short forms: exp %.3g, expm1 %.3g, log %.3g\n", e, m, l);
    ck_assert_double_le(e, 6e-11);
    ck_assert_double_le(m, 5e-10);
    ck_assert_double_le(l, 1e-13);
}
END_TEST

START_TEST(the_square_in_an_exponent_keeps_its_bound)
{
    double most = 0;
    for (int i = 0; i < 400000; i++) {
        float x = (float)between(-15, 15), c = i % 2 ? 1 : 0.5f;
        double exact = exp(-(double)c * (double)x * (double)x);
        most = fmax(most, error_f32(f32_exp_minus_square(x, c), (wide)exact, 0));
    }
    printf("e^(-c x^2)          float32 %8.3f ulp\n", most);
    ck_assert_double_le(most, 1.8);
}
END_TEST

int main(void)
{
    TCase *c = new_case("vmath");
    tcase_add_loop_test(c, float32_functions_keep_their_bounds, 0, COUNT);
    tcase_add_loop_test(c, float64_functions_keep_their_bounds, 0, COUNT);
    tcase_add_loop_test(c, edges_are_exact, 0, COUNT);
    tcase_add_test(c, the_slope_of_erf_keeps_its_bound);
    tcase_add_test(c, powers_keep_their_bound);
    tcase_add_test(c, short_forms_keep_their_bounds);
    tcase_add_test(c, the_square_in_an_exponent_keeps_its_bound);
    return run_suite("vmath", c);
}
