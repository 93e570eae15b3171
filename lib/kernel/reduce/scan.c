/* Running sums, products, extrema and log-sum-exps along one axis. Each line of the other axes is
 * walked from one end with a carried value; where another axis has the smaller stride, many lines
 * are walked side by side so that memory is read in order. The walk of a line is never cut. */
#include <math.h>
#include <stddef.h>
#include "kernel/isa/isa.h"
#include "kernel/walk/tiles.h"
#include "plan.h"
#include "scan.h"

enum { GRAIN = 16384 };

/* n steps of m lines side by side; strides in elements: across lines, and along them. */
typedef struct lines {
    int64_t m, n;
    const void *in;
    void *out;
    int64_t in_across, in_along, out_across, out_along;
    int64_t first, step; /* the place along the axis of the first element, and the way on */
    void *carry;         /* CARRY bytes for each line, where there are several */
} lines;

enum { CARRY = 16 };

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

#define T         float
#define S         double
#define TOTAL     float
#define LOWEST    -INFINITY
#define HIGHEST   INFINITY
#define NAME(x)   f32_##x
#define IS_NAN(v) ((v) != (v))
#include "scan_typed.h"
#include "scan_log_typed.h"
#undef T
#undef S
#undef TOTAL
#undef LOWEST
#undef HIGHEST
#undef NAME

#define T       double
#define S       double
#define TOTAL   double
#define LOWEST  -(double)INFINITY
#define HIGHEST (double)INFINITY
#define NAME(x) f64_##x
#include "scan_typed.h"
#include "scan_log_typed.h"
#undef T
#undef S
#undef TOTAL
#undef LOWEST
#undef HIGHEST
#undef NAME
#undef IS_NAN

#define T         int64_t
#define S         uint64_t
#define TOTAL     int64_t
#define LOWEST    INT64_MIN
#define HIGHEST   INT64_MAX
#define NAME(x)   i64_##x
#define IS_NAN(v) false
#include "scan_typed.h"
#undef T
#undef S
#undef TOTAL
#undef LOWEST
#undef HIGHEST
#undef NAME

#define T       uint8_t
#define S       int64_t
#define TOTAL   int64_t
#define LOWEST  0
#define HIGHEST 1
#define NAME(x) bool_##x
#include "scan_typed.h"

typedef void scan_loop(const lines *w);

typedef struct job {
    reduce_plan p;
    scan_loop *loop;
    lines w; /* of a line: m and the pointers are those of each */
    int64_t in_size, out_size;
} job;

static void task(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        lines w = j->w;
        w.m = l.m;
        w.carry = memory;
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
    j.w = (lines){.n = n,
                  .in = from,
                  .out = to,
                  .in_across = j.p.kept[0].in,
                  .in_along = reverse ? -in_along : in_along,
                  .out_across = j.p.kept[0].out,
                  .out_along = reverse ? -out_along : out_along,
                  .first = reverse ? n - 1 : 0,
                  .step = reverse ? -1 : 1};
    parallel_tiles(x, reduce_lines(&j.p), GRAIN / (n * j.p.width) + 1, (size_t)j.p.width * CARRY,
                   task, &j);
}

void scan_run(const exec *x, scan_id id, operand out, operand in, int axis, bool reverse)
{
    static scan_loop *const table[][TT_BOOL + 1] = {
        [SCAN_SUM] = {f32_sum, f64_sum, i64_sum, bool_sum},
        [SCAN_PROD] = {f32_prod, f64_prod, i64_prod, bool_prod},
        [SCAN_MAX] = {f32_max, f64_max, i64_max, bool_max},
        [SCAN_MIN] = {f32_min, f64_min, i64_min, bool_min},
        [SCAN_LOGSUMEXP] = {f32_log, f64_log, NULL, NULL}};
    run(x, table[id][in.dtype], out, in, axis, reverse);
}

void scan_index_run(const exec *x, scan_id id, operand out, operand in, int axis, bool reverse)
{
    static scan_loop *const table[2][TT_BOOL + 1] = {
        {f32_argmax, f64_argmax, i64_argmax, bool_argmax},
        {f32_argmin, f64_argmin, i64_argmin, bool_argmin}};
    run(x, table[id == SCAN_MIN][in.dtype], out, in, axis, reverse);
}
