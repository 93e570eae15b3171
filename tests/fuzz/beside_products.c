/* Rows that multiply and sum: every product is an einsum of letters, done term by term. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "beside.h"

static bool tame(const beside_case *c)
{
    return naive_tame(c->nx) && naive_tame(c->ny);
}

static double slack(const naive *x, const naive *y)
{
    return beside_slack(x) * (y ? naive_most(y) + 1 : 1) * 2;
}

static bool einsum(const beside_row *row, const beside_case *c, beside_result *r)
{
    static const char *const patterns[] = {
        "ij,jk->ik", "ij,kj->ik",    "ij,kj->ki",    "i,j->ij",    "ij,ij->",    "ij,i->j",
        "ij,j->i",   "bij,bjk->bik", "bij,bkj->bki", "bij,bij->b", "bij,ij->ib", "bij,j->bi",
        "ji->ij",    "ii->i",        "ij->j",        "bij->jb",    "bij->",      "i->i",
    };
    const int n = sizeof patterns / sizeof *patterns;
    (void)row;
    if (!tame(c))
        return false;
    for (int i = 0; i < n; i++) { /* the first that fits */
        const char *p = patterns[((c->b & 127) + i) % n];
        bool pair = strchr(p, ',') != NULL;
        if (!naive_einsum(p, c->nx, pair ? c->ny : NULL, &r->n))
            continue;
        r->t = tt_einsum(p, pair ? 2 : 1, (tt_tensor *[]){c->x, c->y});
        r->slack = slack(c->nx, pair ? c->ny : NULL);
        return true;
    }
    return false;
}

/* What fits x: y's numbers in the shape that a pattern asks for. */
static bool product(const beside_case *c, const char *pattern, int ndim, const int64_t *shape,
                    tt_tensor **y, beside_result *r)
{
    if (!tame(c) || c->ny->n == 0)
        return false;
    naive fit = naive_cycle(c->ny, c->c & 7, ndim, shape);
    if (!naive_einsum(pattern, c->nx, &fit, &r->n))
        return false;
    *y = beside_tensor(c->ctx, &fit);
    r->slack = slack(c->nx, &fit);
    return true;
}

static bool matmul(const beside_row *row, const beside_case *c, beside_result *r)
{
    const naive *x = c->nx;
    tt_tensor *y;
    int n = x->ndim;
    int64_t k = n ? x->shape[n - 1] : 0, m = 1 + (c->b & 7);
    (void)row;
    if (n < 1 || n > 3)
        return false;
    bool batched = n == 3 && c->a & 1;
    if (!product(c,
                 n == 1    ? "i,ij->j"
                 : n == 2  ? "ij,jk->ik"
                 : batched ? "bij,bjk->bik"
                           : "bij,jk->bik",
                 batched ? 3 : 2, batched ? (int64_t[]){x->shape[0], k, m} : (int64_t[]){k, m}, &y,
                 r))
        return false;
    if (c->a & 2) /* the same, lying the other way in memory */
        y = tt_transpose(tt_contiguous(tt_transpose(y, -1, -2)), -1, -2);
    r->t = c->a & 4 && !batched ? tt_dot(c->x, y) : tt_matmul(c->x, y);
    return true;
}

static bool outer(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    naive x = naive_view(c->nx, 1, &c->nx->n, NULL), y = naive_view(c->ny, 1, &c->ny->n, NULL);
    if (!tame(c) || !naive_einsum("i,j->ij", &x, &y, &r->n))
        return false;
    r->t = tt_outer(c->x, c->y);
    return true;
}

/* The letters that stay: z is summed over. */
static void add_free(char *out, const char *letters)
{
    size_t n = strlen(out);
    for (; *letters; letters++)
        if (*letters != 'z')
            out[n++] = *letters;
    out[n] = '\0';
}

/* Over one axis of each. */
static bool tensordot(const beside_row *row, const beside_case *c, beside_result *r)
{
    char left[] = "abcd", right[] = "efgh", out[16] = "", pattern[32];
    int n = c->nx->ndim, m = c->ny->ndim;
    (void)row;
    if (n == 0 || m == 0 || n > 4 || m > 4 || !tame(c))
        return false;
    int i = beside_axis(c->nx, c->a), j = beside_axis(c->ny, c->b);
    left[n] = right[m] = '\0';
    left[i] = right[j] = 'z';
    add_free(out, left);
    add_free(out, right);
    snprintf(pattern, sizeof pattern, "%s,%s->%s", left, right, out);
    if (!naive_einsum(pattern, c->nx, c->ny, &r->n))
        return false;
    r->t = tt_tensordot(c->x, c->y, 1, &i, &j);
    r->slack = slack(c->nx, c->ny);
    return true;
}

static bool linear(const beside_row *row, const beside_case *c, beside_result *r)
{
    tt_tensor *w;
    int n = c->nx->ndim;
    int64_t out = 1 + (c->b & 3);
    (void)row;
    if (n < 1 || n > 3)
        return false;
    static const char *const patterns[] = {"i,oi->o", "ni,oi->no", "bni,oi->bno"};
    if (!product(c, patterns[n - 1], 2, (int64_t[]){out, c->nx->shape[n - 1]}, &w, r))
        return false;
    naive bias = naive_cycle(c->ny, 3, 1, &out);
    for (int64_t k = 0; k < r->n.n; k++)
        naive_set(&r->n, k, naive_get(&r->n, k) + naive_get(&bias, k % out));
    r->t = tt_linear(c->x, w, beside_tensor(c->ctx, &bias));
    return true;
}

static double sum(double x, double y)
{
    return x + y;
}
static double times(double x, double y)
{
    return x * y;
}
static double larger(double x, double y)
{
    return x != x || y != y ? x + y : x > y ? x : y;
}
static double smaller(double x, double y)
{
    return x != x || y != y ? x + y : x < y ? x : y;
}

/* reduce() of the last axis of two, or of the first half of the first. */
static bool reduce(const beside_row *row, const beside_case *c, beside_result *r)
{
    static const struct {
        tt_reduction how;
        double begin;
        double (*f)(double, double);
    } kinds[] = {{TT_SUM, 0, sum},
                 {TT_MEAN, 0, sum},
                 {TT_PROD, 1, times},
                 {TT_MAX, -HUGE_VAL, larger},
                 {TT_MIN, HUGE_VAL, smaller}};
    (void)row;
    if (c->nx->ndim != 2 || c->nx->n == 0 || !naive_tame(c->nx))
        return false;
    int i = (c->b & 127) % 5, axis = 1;
    bool half = c->a & 1 && c->nx->shape[0] % 2 == 0;
    naive x = *c->nx;
    if (half) {
        x = naive_view(&x, 3, (int64_t[]){2, x.shape[0] / 2, x.shape[1]}, NULL);
        axis = 0;
    }
    r->t = half ? tt_reduce(c->x, "(two a) b -> a b, two=2", kinds[i].how)
                : tt_reduce(c->x, "a b -> a", kinds[i].how);
    r->n = naive_fold(&x, axis, false, kinds[i].begin, kinds[i].f);
    r->slack = i < 2 ? beside_slack(c->nx) : 0;
    for (int64_t k = 0; i == 1 && k < r->n.n; k++)
        naive_set(&r->n, k, naive_get(&r->n, k) / (double)x.shape[axis]);
    return true;
}

static double distance(const double *difference, int64_t n, double p)
{
    double d = 0;
    for (int64_t i = 0; i < n; i++) {
        double one = fabs(difference[i]);
        d = isinf(p) ? fmax(d, one) : d + (p == 0 ? one != 0 : pow(one, p));
    }
    return isinf(p) || p == 0 ? d : pow(d, 1 / p);
}

static bool cdist(const beside_row *row, const beside_case *c, beside_result *r)
{
    static const double orders[] = {2, 1, 0, 3, HUGE_VAL, 0.5};
    double p = orders[(c->b & 127) % 6], difference[400];
    (void)row;
    if (c->nx->ndim != 2 || c->nx->n == 0 || c->nx->n > 400 || c->ny->n == 0 || !tame(c))
        return false;
    int64_t n = c->nx->shape[0], d = c->nx->shape[1], m = 1 + (c->a & 3);
    naive points = naive_cycle(c->ny, c->c & 7, 2, (int64_t[]){m, d});
    r->t = tt_cdist(c->x, beside_tensor(c->ctx, &points), p);
    r->n = naive_new(2, (int64_t[]){n, m});
    for (int64_t k = 0; k < n * m; k++) {
        for (int64_t i = 0; i < d; i++)
            difference[i] = naive_get(c->nx, k / m * d + i) - naive_get(&points, k % m * d + i);
        naive_set(&r->n, k, distance(difference, d, p));
    }
    return true;
}

static const beside_row rows[] = {
    BESIDE_ROW(einsum), BESIDE_ROW(matmul), BESIDE_ROW(outer), BESIDE_ROW(tensordot),
    BESIDE_ROW(linear), BESIDE_ROW(reduce), BESIDE_ROW(cdist),
};
const beside_table beside_products = {rows, sizeof rows / sizeof *rows};
