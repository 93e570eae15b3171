/* The errors of the elementary functions that vmath.h and vmath_f64.h state, in units in the last
 * place, with each instruction set that this processor has: float32 against libm in double, float64
 * against libm in long double, at points spread over all numbers and dense where a function is
 * delicate, and exactly at the edges. What is measured is printed, and is at most the bound. */
#include <float.h>
#include <stdbool.h>
#include "unit.h"
#include "kernel/elementwise/loops.h"
#include "kernel/isa/kernels.h"

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

/* Bounds in ulp; 0 for float64: the function is libm's. least: results below 2^least count as that
 * large; the activations lose digits far on the left, where they vanish. */
static const struct function {
    const char *name;
    unary_id id;
    double (*f32)(double);
    wide (*f64)(wide);
    double ulp_f32, ulp_f64;
    int least;
} functions[] = {
    {"exp", UNARY_exp, exp, expl, 1, 1, 0},
    {"exp2", UNARY_exp2, exp2, exp2l, 1, 1.1, 0},
    {"expm1", UNARY_expm1, expm1, expm1l, 0.6, 2.1, 0},
    {"log", UNARY_log, log, logl, 1, 1, 0},
    {"log2", UNARY_log2, log2, NULL, 0.6, 0, 0},
    {"log10", UNARY_log10, log10, NULL, 0.6, 0, 0},
    {"log1p", UNARY_log1p, log1p, log1pl, 0.6, 1, 0},
    {"sin", UNARY_sin, sin, NULL, 0.6, 0, 0},
    {"cos", UNARY_cos, cos, NULL, 0.6, 0, 0},
    {"sinh", UNARY_sinh, sinh, NULL, 0.6, 0, 0},
    {"cosh", UNARY_cosh, cosh, NULL, 0.6, 0, 0},
    {"tanh", UNARY_tanh, tanh, NULL, 1.6, 0, 0},
    {"erf", UNARY_erf, erf, NULL, 1.6, 0, 0},
    {"erfc", UNARY_erfc, erfc, NULL, 0.6, 0, 0},
    {"sigmoid", UNARY_sigmoid, sigmoid, sigmoidl, 2.2, 2.1, 0},
    {"softplus", UNARY_softplus, softplus, softplusl, 0.6, 1.6, 0},
    {"silu", UNARY_silu, silu, silul, 3, 3, -10},
    {"gelu", UNARY_gelu, gelu, gelul, 3, 8, -10},
    {"gelu_tanh", UNARY_gelu_tanh, gelu_tanh, gelu_tanhl, 3, 3, -10},
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
static const double delicate[] = {0.35,   0.6,    0.707, 0.85, 1,     1.414, 4,    9.01, 10.0,
                                  10.05,  12,     14.2,  14.5, 16.6,  26.6,  36.7, 37.5, 50,
                                  87.33,  88.72,  89.4,  100,  103.9, 104.5, 126,  127,  128,
                                  149,    150,    708.4, 709.7, 710.4, 744.4, 745.1, 760, 1022,
                                  1023.9, 1074.5, 1e6};
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
    for (int k = -300000; k < 300000; k += k > -3000 && k < 3000 ? 1 : 61) {
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
    for (int i = 0; i < 100000; i++)
        n = add_f64(x, n, double_of(bits64()));
    for (int i = 0; i < 60000; i++) {
        n = add_f64(x, n, between(-760, 760));
        n = add_f64(x, n, between(-40, 40));
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

static void run(loop_fn loop, int n, void *out, const void *in, int64_t size)
{
    const int64_t step[] = {size, size};
    for (int i = 0; i < n; i += CHUNK) {
        char *ptr[] = {(char *)out + i * size, (char *)(uintptr_t)in + i * size};
        loop(n - i < CHUNK ? n - i : CHUNK, ptr, step, NULL);
    }
}

static void report(const char *name, const char *set, const char *type, double worst, double at,
                   double bound)
{
    printf("%-10s %-8s %s %8.3f ulp at %.9g\n", name, set, type, worst, at);
    if (!getenv("MEASURE"))
    ck_assert_msg(worst <= bound, "%s, %s, %s: %.3f ulp at %.17g (%a), more than %g", name, set,
                  type, worst, at, at, bound);
}

START_TEST(float32_functions_keep_their_bounds)
{
    float *x = malloc(MOST * sizeof *x), *y = malloc(MOST * sizeof *y);
    double *exact = malloc(MOST * sizeof *exact);
    int n = points_f32(x);
    ck_assert_int_lt(n, MOST);
    const struct function *f = &functions[_i];
    for (int i = 0; i < n; i++)
        exact[i] = f->f32((double)x[i]);
    for (int s = 0; s < 3; s++) {
        const kernels *k = set_named(sets[s]);
        if (!k)
            continue;
        double worst = 0;
        int at = 0;
        run(k->unary->map[f->id][TT_F32], n, y, x, sizeof *x);
        for (int i = 0; i < n; i++) {
            double e = error_f32(y[i], (wide)exact[i], f->least);
            if (e > worst) {
                worst = e;
                at = i;
            }
        }
        report(f->name, sets[s], "float32", worst, (double)x[at], f->ulp_f32);
    }
    free(x);
    free(y);
    free(exact);
}
END_TEST

START_TEST(float64_functions_keep_their_bounds)
{
    double *x = malloc(MOST * sizeof *x), *y = malloc(MOST * sizeof *y);
    wide *exact = malloc(MOST * sizeof *exact);
    int n = points_f64(x);
    ck_assert_int_lt(n, MOST);
    const struct function *f = &functions[_i];
    for (int i = 0; i < n && f->f64; i++)
        exact[i] = f->f64(x[i]);
    for (int s = 0; s < 3 && f->f64; s++) {
        const kernels *k = set_named(sets[s]);
        if (!k)
            continue;
        double worst = 0;
        int at = 0;
        run(k->unary->map[f->id][TT_F64], n, y, x, sizeof *x);
        for (int i = 0; i < n; i++) {
            double e = error_f64(y[i], exact[i], f->least);
            if (e > worst) {
                worst = e;
                at = i;
            }
        }
        report(f->name, sets[s], "float64", worst, x[at], f->ulp_f64);
    }
    free(x);
    free(y);
    free(exact);
}
END_TEST

int main(void)
{
    TCase *c = new_case("vmath");
    tcase_add_loop_test(c, float32_functions_keep_their_bounds, 0, COUNT);
    tcase_add_loop_test(c, float64_functions_keep_their_bounds, 0, COUNT);
    return run_suite("vmath", c);
}
