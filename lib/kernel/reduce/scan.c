/* Running sums, products, extrema and log-sum-exps along one axis. Each line of the other axes is
 * walked from one end with a carried value; where another axis has the smaller stride, many lines
 * are walked side by side so that memory is read in order. The walk of a line is never cut. */
#include <math.h>
#include <stddef.h>
#include "kernel/walk/parallel.h"
#include "plan.h"
#include "scan.h"

enum { GRAIN = 16384 };

/* n steps of m lines side by side; strides in elements: across lines, and along them. */
typedef struct walk {
    int64_t m, n;
    const void *in;
    void *out;
    int64_t in_across, in_along, out_across, out_along;
    int64_t first, step; /* the place along the axis of the first element, and the way on */
} walk;

#define BETTER_MAX(v, best) ((v) > (best) || (v) != (v))
#define BETTER_MIN(v, best) ((v) < (best) || (v) != (v))
#define ADD(c, v)           ((c) + (v))
#define MULTIPLY(c, v)      ((c) * (v))
#define LARGER(c, v)        (BETTER_MAX(v, c) ? (v) : (c))
#define SMALLER(c, v)       (BETTER_MIN(v, c) ? (v) : (c))

/* T: element of in, C: carried value, R: element of out. A single line carries in a register. */
#define SCAN(NAME, T, C, R, START, NEXT)                                                           \
    static void NAME##_line(const walk *w)                                                         \
    {                                                                                              \
        const T *in = (const T *)w->in;                                                            \
        R *out = (R *)w->out;                                                                      \
        C c = START;                                                                               \
        for (int64_t i = 0; i < w->n; i++) {                                                       \
            C v = (C)in[i * w->in_along];                                                          \
            c = NEXT(c, v);                                                                        \
            out[i * w->out_along] = (R)c;                                                          \
        }                                                                                          \
    }                                                                                              \
    static void NAME(const walk *w)                                                                \
    {                                                                                              \
        if (w->m == 1) {                                                                           \
            NAME##_line(w);                                                                        \
            return;                                                                                \
        }                                                                                          \
        C carry[REDUCE_COLUMNS];                                                                   \
        for (int64_t j = 0; j < w->m; j++)                                                         \
            carry[j] = START;                                                                      \
        for (int64_t i = 0; i < w->n; i++) {                                                       \
            const T *in = (const T *)w->in + i * w->in_along;                                      \
            R *out = (R *)w->out + i * w->out_along;                                               \
            for (int64_t j = 0; j < w->m; j++) {                                                   \
                C c = carry[j], v = (C)in[j * w->in_across];                                       \
                carry[j] = NEXT(c, v);                                                             \
                out[j * w->out_across] = (R)carry[j];                                              \
            }                                                                                      \
        }                                                                                          \
    }

/* The place of the extremum instead of its value; the first element of a line is taken as it is. */
#define SCAN_PLACE(NAME, T, BETTER)                                                                \
    static void NAME(const walk *w)                                                                \
    {                                                                                              \
        T best[REDUCE_COLUMNS];                                                                    \
        int64_t at[REDUCE_COLUMNS];                                                                \
        for (int64_t i = 0; i < w->n; i++) {                                                       \
            const T *in = (const T *)w->in + i * w->in_along;                                      \
            int64_t *out = (int64_t *)w->out + i * w->out_along;                                   \
            for (int64_t j = 0; j < w->m; j++) {                                                   \
                T v = in[j * w->in_across];                                                        \
                if (i == 0 || (best[j] == best[j] && BETTER(v, best[j]))) {                        \
                    best[j] = v;                                                                   \
                    at[j] = w->first + i * w->step;                                                \
                }                                                                                  \
                out[j * w->out_across] = at[j];                                                    \
            }                                                                                      \
        }                                                                                          \
    }

/* log of a sum, as m + log(s): s is the sum of exp(x - m). */
typedef struct log_sum {
    double m, s;
} log_sum;

static log_sum log_sum_add(log_sum c, double v)
{
    if (v == c.m && isinf(v))
        c.s = v > 0 ? c.s + 1 : 0;
    else if (v > c.m || isnan(v))
        c = (log_sum){v, c.s * exp(c.m - v) + 1};
    else
        c.s += exp(v - c.m);
    return c;
}

#define SCAN_LOG(NAME, T)                                                                          \
    static void NAME(const walk *w)                                                                \
    {                                                                                              \
        log_sum carry[REDUCE_COLUMNS];                                                             \
        for (int64_t j = 0; j < w->m; j++)                                                         \
            carry[j] = (log_sum){-(double)INFINITY, 0};                                            \
        for (int64_t i = 0; i < w->n; i++) {                                                       \
            const T *in = (const T *)w->in + i * w->in_along;                                      \
            T *out = (T *)w->out + i * w->out_along;                                               \
            for (int64_t j = 0; j < w->m; j++) {                                                   \
                carry[j] = log_sum_add(carry[j], (double)in[j * w->in_across]);                    \
                out[j * w->out_across] = (T)(carry[j].m + log(carry[j].s));                        \
            }                                                                                      \
        }                                                                                          \
    }

SCAN(sum_f32, float, double, float, 0, ADD)
SCAN(sum_f64, double, double, double, 0, ADD)
SCAN(sum_i64, int64_t, uint64_t, int64_t, 0, ADD)
SCAN(sum_bool, uint8_t, int64_t, int64_t, 0, ADD)
SCAN(prod_f32, float, double, float, 1, MULTIPLY)
SCAN(prod_f64, double, double, double, 1, MULTIPLY)
SCAN(prod_i64, int64_t, uint64_t, int64_t, 1, MULTIPLY)
SCAN(prod_bool, uint8_t, int64_t, int64_t, 1, MULTIPLY)
SCAN(max_f32, float, float, float, -INFINITY, LARGER)
SCAN(max_f64, double, double, double, -(double)INFINITY, LARGER)
SCAN(max_i64, int64_t, int64_t, int64_t, INT64_MIN, LARGER)
SCAN(max_bool, uint8_t, uint8_t, uint8_t, 0, LARGER)
SCAN(min_f32, float, float, float, INFINITY, SMALLER)
SCAN(min_f64, double, double, double, (double)INFINITY, SMALLER)
SCAN(min_i64, int64_t, int64_t, int64_t, INT64_MAX, SMALLER)
SCAN(min_bool, uint8_t, uint8_t, uint8_t, 1, SMALLER)
SCAN_LOG(log_f32, float)
SCAN_LOG(log_f64, double)
SCAN_PLACE(argmax_f32, float, BETTER_MAX)
SCAN_PLACE(argmax_f64, double, BETTER_MAX)
SCAN_PLACE(argmax_i64, int64_t, BETTER_MAX)
SCAN_PLACE(argmax_bool, uint8_t, BETTER_MAX)
SCAN_PLACE(argmin_f32, float, BETTER_MIN)
SCAN_PLACE(argmin_f64, double, BETTER_MIN)
SCAN_PLACE(argmin_i64, int64_t, BETTER_MIN)
SCAN_PLACE(argmin_bool, uint8_t, BETTER_MIN)

typedef void scan_loop(const walk *w);

typedef struct job {
    reduce_plan p;
    scan_loop *loop;
    walk w; /* of a line: m and the pointers are those of each */
    int64_t in_size, out_size;
} job;

static void task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        walk w = j->w;
        w.m = l.m;
        w.in = (const char *)w.in + l.in * j->in_size;
        w.out = (char *)w.out + l.out * j->out_size;
        j->loop(&w);
    }
}

static void run(const exec *x, scan_loop *loop, operand out, operand in, int axis, bool reverse)
{
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    job j = {.loop = loop, .in_size = element_size(in.dtype), .out_size = element_size(out.dtype)};
    int64_t n = in.at->shape[axis], in_along = in.at->stride[axis],
            out_along = out.at->stride[axis];
    reduced[axis] = true;
    reduce_plan_init(&j.p, in.at, out.at, out.at, reduced);
    if (n == 0)
        return;
    const char *from = in.data;
    char *to = out.data;
    if (reverse) {
        from += (n - 1) * in_along * j.in_size;
        to += (n - 1) * out_along * j.out_size;
    }
    j.w = (walk){.n = n,
                 .in = from,
                 .out = to,
                 .in_across = j.p.kept[0].in,
                 .in_along = reverse ? -in_along : in_along,
                 .out_across = j.p.kept[0].out,
                 .out_along = reverse ? -out_along : out_along,
                 .first = reverse ? n - 1 : 0,
                 .step = reverse ? -1 : 1};
    parallel_for(x, reduce_lines(&j.p), GRAIN / (n * j.p.width) + 1, task, &j);
}

void scan_run(const exec *x, scan_id id, operand out, operand in, int axis, bool reverse)
{
    static scan_loop *const table[][TT_BOOL + 1] = {
        [SCAN_SUM] = {sum_f32, sum_f64, sum_i64, sum_bool},
        [SCAN_PROD] = {prod_f32, prod_f64, prod_i64, prod_bool},
        [SCAN_MAX] = {max_f32, max_f64, max_i64, max_bool},
        [SCAN_MIN] = {min_f32, min_f64, min_i64, min_bool},
        [SCAN_LOGSUMEXP] = {log_f32, log_f64, NULL, NULL}};
    run(x, table[id][in.dtype], out, in, axis, reverse);
}

void scan_index_run(const exec *x, scan_id id, operand out, operand in, int axis, bool reverse)
{
    static scan_loop *const table[2][TT_BOOL + 1] = {
        {argmax_f32, argmax_f64, argmax_i64, argmax_bool},
        {argmin_f32, argmin_f64, argmin_i64, argmin_bool}};
    run(x, table[id == SCAN_MIN][in.dtype], out, in, axis, reverse);
}
