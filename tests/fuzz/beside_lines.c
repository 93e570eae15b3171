/* Rows that work on the lines along an axis: reductions, running ones, and what normalises. */
#include <math.h>

#include "beside.h"

static double sum(const double *in, int64_t n)
{
    double s = 0;
    for (int64_t i = 0; i < n; i++)
        s += in[i];
    return s;
}

static double largest(const double *in, int64_t n)
{
    double most = -HUGE_VAL;
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, in[i]);
    return most;
}

static double log_sum_exp(const double *in, int64_t n)
{
    double most = largest(in, n), s = 0;
    for (int64_t i = 0; i < n; i++)
        s += exp(in[i] - most);
    return most + log(s);
}

/* The sum of the squares of the deviations. */
static double deviations(const double *in, int64_t n)
{
    double mean = sum(in, n) / (double)n, s = 0;
    for (int64_t i = 0; i < n; i++)
        s += (in[i] - mean) * (in[i] - mean);
    return s;
}

static double power_sum(const double *in, int64_t n, double p)
{
    double s = 0;
    for (int64_t i = 0; i < n; i++)
        s += pow(fabs(in[i]), p);
    return s;
}

static double nonzero(const double *in, int64_t n)
{
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        m += in[i] != 0;
    return (double)m;
}

static int64_t numbers(const double *in, int64_t n)
{
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        m += in[i] == in[i];
    return m;
}

static double sum_of_numbers(const double *in, int64_t n)
{
    double s = 0;
    for (int64_t i = 0; i < n; i++)
        s += in[i] == in[i] ? in[i] : 0;
    return s;
}

/* The first of the largest, or the first that is none. */
static int64_t first(const double *in, int64_t n, double sign)
{
    int64_t best = 0;
    for (int64_t i = 0; i < n; i++) {
        if (in[i] != in[i])
            return i;
        if (sign * in[i] > sign * in[best])
            best = i;
    }
    return best;
}

static int64_t as_long(int64_t n)
{
    return n;
}
static int64_t one_less(int64_t n)
{
    return n > 0 ? n - 1 : 0;
}
static int64_t twice(int64_t n)
{
    return 2 * n;
}
static int64_t three_more(int64_t n)
{
    return n + 3;
}

/* pad() and tile() have a number for each axis. */
static const int64_t *at_axis(tt_tensor *x, int axis, int64_t there, int64_t elsewhere, int which)
{
    static int64_t numbers_of[2][TT_MAX_NDIM];
    for (int i = 0; i < tt_ndim(x); i++)
        numbers_of[which][i] = i == axis ? there : elsewhere;
    return numbers_of[which];
}

static tt_tensor *over_last(tt_tensor *x, int axis, tt_tensor *(*f)(tt_tensor *x))
{
    return tt_transpose(f(tt_transpose(x, axis, -1)), axis, -1);
}
static tt_tensor *layer_norm_of(tt_tensor *x)
{
    return tt_layer_norm(x, NULL, NULL, 0.1);
}
static tt_tensor *rms_norm_of(tt_tensor *x)
{
    return tt_rms_norm(x, NULL, 0.1);
}

/* name; the library's, of x along axis; what is done with line in of n to line out of m */
#define LINE(name, library, loop)                                                                  \
    static tt_tensor *call_##name(tt_tensor *x, int axis, bool keep)                               \
    {                                                                                              \
        (void)keep;                                                                                \
        return library;                                                                            \
    }                                                                                              \
    static void line_##name(const double *in, int64_t n, double *out, int64_t m)                   \
    {                                                                                              \
        for (int64_t i = 0; i < m; i++)                                                            \
            out[i] = loop;                                                                         \
        (void)n, (void)in;                                                                         \
    }
LINE(mean, tt_mean(x, 1, &axis, keep), sum(in, n) / (double)n)
LINE(var, tt_var(x, 1, &axis, 0, keep), deviations(in, n) / (double)n)
LINE(var_1, tt_var(x, 1, &axis, 1, keep), deviations(in, n) / (double)(n - 1))
LINE(std, tt_std(x, 1, &axis, 0, keep), sqrt(deviations(in, n) / (double)n))
LINE(norm_0, tt_norm(x, 1, &axis, 0, keep), nonzero(in, n))
LINE(norm_1, tt_norm(x, 1, &axis, 1, keep), power_sum(in, n, 1))
LINE(norm_2, tt_norm(x, 1, &axis, 2, keep), sqrt(power_sum(in, n, 2)))
LINE(norm_3, tt_norm(x, 1, &axis, 3, keep), cbrt(power_sum(in, n, 3)))
LINE(logsumexp, tt_logsumexp(x, 1, &axis, keep), log_sum_exp(in, n))
LINE(all, tt_cast(tt_all(x, 1, &axis, keep), TT_F64), nonzero(in, n) == (double)n)
LINE(any, tt_cast(tt_any(x, 1, &axis, keep), TT_F64), nonzero(in, n) > 0)
LINE(count_nonzero, tt_cast(tt_count_nonzero(x, 1, &axis, keep), TT_F64), nonzero(in, n))
LINE(nansum, tt_nansum(x, 1, &axis, keep), sum_of_numbers(in, n))
LINE(nanmean, tt_nanmean(x, 1, &axis, keep), sum_of_numbers(in, n) / (double)numbers(in, n))
LINE(nanmax, tt_nanmax(x, 1, &axis, keep), numbers(in, n) ? largest(in, n) : (double)NAN)
LINE(argmax, tt_cast(tt_argmax(x, axis, keep), TT_F64), (double)first(in, n, 1))
LINE(argmin, tt_cast(tt_argmin(x, axis, keep), TT_F64), (double)first(in, n, -1))
LINE(logcumsumexp, tt_logcumsumexp(x, axis), log_sum_exp(in, i + 1))
LINE(diff, tt_diff(x, axis), in[i + 1] - in[i])
LINE(softmax, tt_softmax(x, axis), exp(in[i] - log_sum_exp(in, n)))
LINE(log_softmax, tt_log_softmax(x, axis), in[i] - log_sum_exp(in, n))
LINE(layer_norm, over_last(x, axis, layer_norm_of),
     (in[i] - sum(in, n) / (double)n) / sqrt(deviations(in, n) / (double)n + 0.1))
LINE(rms_norm, over_last(x, axis, rms_norm_of), in[i] / sqrt(power_sum(in, n, 2) / (double)n + 0.1))
LINE(roll, tt_roll(x, 2, axis), in[(i + 2 * n - 2) % n])
LINE(repeat_interleave, tt_repeat_interleave(x, 2, axis), in[i / 2])
LINE(tile, tt_tile(x, tt_ndim(x), at_axis(x, axis, 2, 1, 0)), in[i % n])
LINE(pad, tt_pad(x, tt_ndim(x), at_axis(x, axis, 1, 0, 0), at_axis(x, axis, 2, 0, 1), 0.5),
     i<1 || i> n ? 0.5 : in[i - 1])

static bool run(const beside_row *row, const beside_case *c, beside_result *r)
{
    if (c->nx->n == 0 || c->nx->ndim == 0 || (!row->wild && !naive_tame(c->nx)))
        return false;
    int axis = beside_axis(c->nx, c->a);
    int64_t n = c->nx->shape[axis];
    bool keep = c->c & 1;
    double most = row->wild ? 0 : naive_most(c->nx);
    r->slack = (most + most * most) * (double)(n + 1) * 1e-15;
    r->t = row->call(c->x, axis, keep);
    r->n = naive_lines(c->nx, axis, row->length ? row->length(n) : 1, row->line);
    if (!row->length && !keep)
        r->n = naive_drop(&r->n, axis);
    return true;
}

#define REDUCES(name, wild)                                                                        \
    {                                                                                              \
#name, run, call_##name, line_##name, NULL, wild                                           \
    }
#define MAKES(length, name, wild)                                                                  \
    {                                                                                              \
#name, run, call_##name, line_##name, length, wild                                         \
    }
static const beside_row rows[] = {
    REDUCES(mean, false),
    REDUCES(var, false),
    REDUCES(var_1, false),
    REDUCES(std, false),
    REDUCES(norm_0, true),
    REDUCES(norm_1, false),
    REDUCES(norm_2, false),
    REDUCES(norm_3, false),
    REDUCES(logsumexp, false),
    REDUCES(all, true),
    REDUCES(any, true),
    REDUCES(count_nonzero, true),
    REDUCES(nansum, false),
    REDUCES(nanmean, false),
    REDUCES(nanmax, true),
    REDUCES(argmax, true),
    REDUCES(argmin, true),
    MAKES(as_long, logcumsumexp, false),
    MAKES(one_less, diff, true),
    MAKES(as_long, softmax, false),
    MAKES(as_long, log_softmax, false),
    MAKES(as_long, layer_norm, false),
    MAKES(as_long, rms_norm, false),
    MAKES(as_long, roll, true),
    MAKES(twice, repeat_interleave, true),
    MAKES(twice, tile, true),
    MAKES(three_more, pad, true),
};
const beside_table beside_lines = {rows, sizeof rows / sizeof *rows};
