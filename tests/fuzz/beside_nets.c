/* Rows of networks: losses, normalisation with weights, recurrent cells, attention. Whatever stands
 * beside x has its shape from x and its numbers from y. */
#include <math.h>
#include <string.h>

#include "beside.h"

enum { HIDDEN = 3 };

static bool tame(const beside_case *c)
{
    return c->nx->n > 0 && c->ny->n > 0 && naive_most(c->nx) < 50 && naive_most(c->ny) < 50 &&
           naive_tame(c->nx) && naive_tame(c->ny);
}

/* y's numbers in some shape, in both worlds. */
typedef struct twin {
    naive n;
    tt_tensor *t;
} twin;

static twin of_y(const beside_case *c, int from, int ndim, const int64_t *shape)
{
    twin w = {naive_cycle(c->ny, from, ndim, shape), NULL};
    w.t = beside_tensor(c->ctx, &w.n);
    return w;
}

static double sum(double x, double y)
{
    return x + y;
}
static double times(double x, double y)
{
    return x * y;
}
static double over(double x, double y)
{
    return x / y;
}
static double squared(double x, double y)
{
    return (x - y) * (x - y);
}
static double absolute(double x, double y)
{
    return fabs(x - y);
}
static double huber(double x, double y)
{
    double e = fabs(x - y);
    return e <= 0.7 ? e * e / 2 : 0.7 * (e - 0.35);
}
static double bce(double x, double t)
{
    return fmax(x, 0) - x * t + log1p(exp(-fabs(x)));
}
static double kl(double log_q, double p)
{
    return (p > 0 ? p * log(p) : 0) - p * log_q;
}

static tt_tensor *call_huber(tt_tensor *x, tt_tensor *y, tt_loss_reduction how)
{
    return tt_huber_loss_with(x, y, 0.7, how);
}

/* Losses, as the reduction wants them; n of them count. */
static naive reduced(const naive *losses, tt_loss_reduction how, double n)
{
    if (how == TT_LOSS_NONE)
        return *losses;
    naive all = naive_fold(losses, -1, false, 0, sum);
    if (how == TT_LOSS_MEAN)
        naive_set(&all, 0, naive_get(&all, 0) / n);
    return all;
}

static bool loss(const beside_row *row, const beside_case *c, beside_result *r)
{
    static const struct {
        tt_tensor *(*call)(tt_tensor *x, tt_tensor *y, tt_loss_reduction how);
        double (*f)(double x, double y);
    } kinds[] = {{tt_mse_loss_with, squared},
                 {tt_l1_loss_with, absolute},
                 {call_huber, huber},
                 {tt_bce_with_logits_with, bce},
                 {tt_kl_div_with, kl}};
    (void)row;
    if (!tame(c))
        return false;
    int i = (c->b & 127) % 5;
    tt_loss_reduction how = (tt_loss_reduction)((c->a & 127) % 3);
    twin y = of_y(c, c->c & 7, c->nx->ndim, c->nx->shape);
    naive each = naive_zip(c->nx, &y.n, kinds[i].f);
    r->t = kinds[i].call(c->x, y.t, how);
    r->n = reduced(&each, how, (double)each.n);
    r->slack = (double)each.n * 2500e-15;
    return true;
}

static void log_softmax(const double *in, int64_t n, double *out, int64_t m)
{
    double most = -HUGE_VAL, s = 0;
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, in[i]);
    for (int64_t i = 0; i < n; i++)
        s += exp(in[i] - most);
    for (int64_t i = 0; i < m; i++)
        out[i] = in[i] - most - log(s);
}

static void softmax(const double *in, int64_t n, double *out, int64_t m)
{
    log_softmax(in, n, out, m);
    for (int64_t i = 0; i < m; i++)
        out[i] = exp(out[i]);
}

/* cross_entropy() and nll_loss(); rows of class 1 do not count. */
static bool classes(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim != 2 || !tame(c))
        return false;
    int64_t n = c->nx->shape[0], k = c->nx->shape[1];
    double counted = 0;
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.ignore_index = 1;
    o.reduction = (tt_loss_reduction)((c->a & 127) % 3);
    bool logits = c->b & 1;
    naive target = naive_cycle(c->ny, c->c & 7, 1, &n), rows = naive_new(1, &n);
    naive log_p = logits ? naive_lines(c->nx, 1, k, log_softmax) : *c->nx;
    for (int64_t i = 0; i < n; i++) {
        int64_t t = (int64_t)fabs(4 * naive_get(&target, i)) % k;
        naive_set(&target, i, (double)t);
        naive_set(&rows, i, t == 1 ? 0 : -naive_get(&log_p, i * k + t));
        counted += t != 1;
    }
    tt_tensor *t = beside_index(c->ctx, &target);
    r->t = logits ? tt_cross_entropy_with(c->x, t, &o) : tt_nll_loss_with(c->x, t, 1, o.reduction);
    r->n = reduced(&rows, o.reduction, counted);
    r->slack = (double)c->nx->n * 50e-15;
    return true;
}

/* The length of each line. */
static void length(const double *in, int64_t n, double *out, int64_t m)
{
    double s = 0;
    for (int64_t i = 0; i < n; i++)
        s += in[i] * in[i];
    for (int64_t i = 0; i < m; i++)
        out[i] = fmax(sqrt(s), 1e-8);
}

static bool cosine_similarity(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t shape[NAIVE_AXES];
    (void)row;
    if (c->nx->ndim == 0 || !tame(c))
        return false;
    int axis = beside_axis(c->nx, c->a);
    memcpy(shape, c->nx->shape, sizeof shape);
    if (c->b & 1) /* broadcast */
        shape[(c->b >> 1 & 7) % c->nx->ndim] = 1;
    twin y = of_y(c, c->c & 7, c->nx->ndim, shape);
    naive wide = naive_expand(&y.n, c->nx->ndim, c->nx->shape);
    naive xl = naive_lines(c->nx, axis, 1, length), yl = naive_lines(&wide, axis, 1, length);
    naive product = naive_zip(c->nx, &wide, times), lengths = naive_zip(&xl, &yl, times);
    naive dots = naive_fold(&product, axis, true, 0, sum);
    naive z = naive_zip(&dots, &lengths, over);
    r->t = tt_cosine_similarity(c->x, y.t, axis, 1e-8);
    r->n = naive_drop(&z, axis);
    r->slack = 1e-13;
    return true;
}

/* Deviations from the mean by their root mean square, and elements by theirs; eps is 0.1. */
static void by_deviation(const double *in, int64_t n, double *out, int64_t m)
{
    double mean = 0, s = 0;
    for (int64_t i = 0; i < n; i++)
        mean += in[i] / (double)n;
    for (int64_t i = 0; i < n; i++)
        s += (in[i] - mean) * (in[i] - mean) / (double)n;
    for (int64_t i = 0; i < m; i++)
        out[i] = (in[i] - mean) / sqrt(s + 0.1);
}

static void by_size(const double *in, int64_t n, double *out, int64_t m)
{
    double s = 0;
    for (int64_t i = 0; i < n; i++)
        s += in[i] * in[i] / (double)n;
    for (int64_t i = 0; i < m; i++)
        out[i] = in[i] / sqrt(s + 0.1);
}

static bool norm(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim == 0 || !tame(c))
        return false;
    int last = c->nx->ndim - 1;
    bool layer = c->a & 1;
    twin w = of_y(c, c->c & 7, 1, &c->nx->shape[last]), b = of_y(c, 3, 1, &c->nx->shape[last]);
    naive x = naive_lines(c->nx, last, c->nx->shape[last], layer ? by_deviation : by_size);
    x = naive_zip(&x, &w.n, times);
    r->t = layer ? tt_layer_norm(c->x, w.t, b.t, 0.1) : tt_rms_norm(c->x, w.t, 0.1);
    r->n = layer ? naive_zip(&x, &b.n, sum) : x;
    r->slack = 1e-11;
    return true;
}

/* Softmax of what a query may see: all keys, or the first ones up to its own. */
static bool attention(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    naive scores;
    if (c->nx->ndim != 2 || !tame(c))
        return false;
    int64_t t = c->nx->shape[0], d = c->nx->shape[1], s = 1 + (c->b & 7), e = 1 + (c->a & 3);
    bool causal = c->a & 8;
    twin k = of_y(c, c->c & 7, 2, (int64_t[]){s, d}), v = of_y(c, 3, 2, (int64_t[]){s, e});
    if (!naive_einsum("td,sd->ts", c->nx, &k.n, &scores))
        return false;
    for (int64_t i = 0; i < scores.n; i++) {
        bool seen = !causal || i % s <= i / s;
        naive_set(&scores, i, seen ? naive_get(&scores, i) / sqrt((double)d) : -HUGE_VAL);
    }
    scores = naive_lines(&scores, 1, s, softmax);
    if (!naive_einsum("ts,se->te", &scores, &v.n, &r->n))
        return false;
    r->t = tt_scaled_dot_product_attention(c->x, k.t, v.t, NULL, causal, 0);
    r->slack = (double)(t + d + s) * 1e-10;
    return true;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* x w^T + b, for x of rows. */
static naive affine(const naive *x, const twin *w, const twin *b)
{
    naive y;
    if (!naive_einsum("ni,oi->no", x, &w->n, &y))
        return (naive){0};
    return naive_zip(&y, &b->n, sum);
}

static naive gate(const naive *a, int i)
{
    return naive_narrow(a, 1, (int64_t)i * HIDDEN, HIDDEN, 1);
}

static naive applied(double (*f)(double), naive x)
{
    return naive_map(&x, f);
}

/* The state after one step, from that before. */
static bool cell(const beside_case *c, int gates, beside_result *r)
{
    if (c->nx->ndim != 2 || c->nx->n > 60 || !tame(c))
        return false;
    int64_t n = c->nx->shape[0], in = c->nx->shape[1], rows = gates * HIDDEN;
    twin h = of_y(c, 1, 2, (int64_t[]){n, HIDDEN}), m = of_y(c, 2, 2, (int64_t[]){n, HIDDEN});
    twin w = of_y(c, 3, 2, (int64_t[]){rows, in}), u = of_y(c, 4, 2, (int64_t[]){rows, HIDDEN});
    twin b = of_y(c, 5, 1, &rows), v = of_y(c, 6, 1, &rows);
    naive a = affine(c->nx, &w, &b), s = affine(&h.n, &u, &v);
    r->slack = 1e-9; /* the sums have terms of up to 2500, and tanh takes their last digits */
    if (gates == 3) {
        naive a0 = gate(&a, 0), a1 = gate(&a, 1), a2 = gate(&a, 2);
        naive s0 = gate(&s, 0), s1 = gate(&s, 1), s2 = gate(&s, 2);
        naive reset = applied(sigmoid, naive_zip(&a0, &s0, sum));
        naive z = applied(sigmoid, naive_zip(&a1, &s1, sum));
        naive inner = naive_zip(&reset, &s2, times);
        naive fresh = applied(tanh, naive_zip(&a2, &inner, sum));
        r->n = naive_copy(&h.n);
        for (int64_t k = 0; k < r->n.n; k++)
            naive_set(&r->n, k,
                      (1 - naive_get(&z, k)) * naive_get(&fresh, k) +
                          naive_get(&z, k) * naive_get(&h.n, k));
        r->t = tt_gru_cell(c->x, h.t, w.t, u.t, b.t, v.t);
        return true;
    }
    naive all = naive_zip(&a, &s, sum);
    naive i = applied(sigmoid, gate(&all, 0)), f = applied(sigmoid, gate(&all, 1));
    naive g = applied(tanh, gate(&all, 2)), o = applied(sigmoid, gate(&all, 3));
    naive kept = naive_zip(&f, &m.n, times), added = naive_zip(&i, &g, times);
    naive memory = naive_zip(&kept, &added, sum), shown = naive_map(&memory, tanh);
    tt_tensor *memory_out = NULL;
    r->t = tt_lstm_cell(c->x, h.t, m.t, w.t, u.t, b.t, v.t, &memory_out);
    r->n = naive_zip(&o, &shown, times);
    if (c->a & 1) {
        r->t = memory_out;
        r->n = memory;
    }
    return true;
}

static bool gru_cell(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    return cell(c, 3, r);
}

static bool lstm_cell(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    return cell(c, 4, r);
}

static const beside_row rows[] = {
    BESIDE_ROW(loss),      BESIDE_ROW(classes),  BESIDE_ROW(cosine_similarity), BESIDE_ROW(norm),
    BESIDE_ROW(attention), BESIDE_ROW(gru_cell), BESIDE_ROW(lstm_cell),
};
const beside_table beside_nets = {rows, sizeof rows / sizeof *rows};
