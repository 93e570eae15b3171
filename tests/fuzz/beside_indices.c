/* Rows that go by an index or a mask. */
#include <math.h>
#include <string.h>

#include "beside.h"

/* As many indices into n elements as the shape has, out of the numbers of y; apart from each other
 * along an axis if they must be. */
static naive indices(const naive *y, int64_t n, int ndim, const int64_t *shape, int apart)
{
    int64_t index[NAIVE_AXES];
    naive k = naive_cycle(y, 0, ndim, shape);
    double begin = k.n ? fabs(naive_get(&k, 0)) : 0;
    for (int64_t i = 0; i < k.n; i++) {
        double v = fabs(naive_get(&k, i) * 4);
        int64_t at = v < 1e6 ? (int64_t)v : 0;
        if (apart >= 0) {
            naive_index(&k, i, index);
            at = (begin < 1e6 ? (int64_t)begin : 0) + index[apart];
        }
        naive_set(&k, i, (double)(n ? at % n : 0));
    }
    return k;
}

/* What all of these begin with: an axis of n, and indices in the shape of x but for m along it. */
typedef struct lookup {
    int axis;
    int64_t n, shape[NAIVE_AXES];
    naive at;
} lookup;

static bool look_up(const beside_case *c, bool apart, lookup *l)
{
    if (c->nx->ndim == 0 || c->nx->n == 0 || c->ny->n == 0)
        return false;
    l->axis = beside_axis(c->nx, c->a);
    l->n = c->nx->shape[l->axis];
    memcpy(l->shape, c->nx->shape, sizeof l->shape);
    l->shape[l->axis] = apart ? 1 + (c->b & 127) % l->n : 1 + (c->b & 3);
    l->at = indices(c->ny, l->n, c->nx->ndim, l->shape, apart ? l->axis : -1);
    return true;
}

static bool gather(const beside_row *row, const beside_case *c, beside_result *r)
{
    lookup l;
    int64_t index[NAIVE_AXES];
    (void)row;
    if (!look_up(c, false, &l))
        return false;
    r->t = tt_gather(c->x, l.axis, beside_index(c->ctx, &l.at));
    r->n = naive_new(c->nx->ndim, l.shape);
    for (int64_t k = 0; k < r->n.n; k++) {
        naive_index(&r->n, k, index);
        index[l.axis] = (int64_t)naive_get(&l.at, k);
        naive_set(&r->n, k, naive_get(c->nx, naive_element(c->nx, index)));
    }
    return true;
}

/* scatter(), each place once, and scatter_add(). */
static bool scattered(const beside_case *c, beside_result *r, bool adds)
{
    lookup l;
    int64_t index[NAIVE_AXES];
    if (!look_up(c, !adds, &l) || (adds && (!naive_tame(c->nx) || !naive_tame(c->ny))))
        return false;
    naive src = naive_cycle(c->ny, 1, c->nx->ndim, l.shape);
    tt_tensor *at = beside_index(c->ctx, &l.at), *s = beside_tensor(c->ctx, &src);
    r->t = adds ? tt_scatter_add(c->x, l.axis, at, s) : tt_scatter(c->x, l.axis, at, s);
    r->n = naive_copy(c->nx);
    r->slack = adds ? beside_slack(c->nx) + beside_slack(&src) : 0;
    for (int64_t k = 0; k < src.n; k++) {
        naive_index(&src, k, index);
        index[l.axis] = (int64_t)naive_get(&l.at, k);
        int64_t to = naive_element(&r->n, index);
        naive_set(&r->n, to, naive_get(&src, k) + (adds ? naive_get(&r->n, to) : 0));
    }
    return true;
}

static bool scatter(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    return scattered(c, r, false);
}

static bool scatter_add(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    return scattered(c, r, true);
}

static bool index_add(const beside_row *row, const beside_case *c, beside_result *r)
{
    lookup l;
    int64_t index[NAIVE_AXES];
    (void)row;
    if (!naive_tame(c->nx) || !naive_tame(c->ny) || !look_up(c, false, &l))
        return false;
    naive at = indices(c->ny, l.n, 1, &l.shape[l.axis], -1);
    naive src = naive_cycle(c->ny, 1, c->nx->ndim, l.shape);
    r->t = tt_index_add(c->x, l.axis, beside_index(c->ctx, &at), beside_tensor(c->ctx, &src));
    r->n = naive_copy(c->nx);
    r->slack = beside_slack(c->nx) + beside_slack(&src);
    for (int64_t k = 0; k < src.n; k++) {
        naive_index(&src, k, index);
        index[l.axis] = (int64_t)naive_get(&at, index[l.axis]);
        int64_t to = naive_element(&r->n, index);
        naive_set(&r->n, to, naive_get(&r->n, to) + naive_get(&src, k));
    }
    return true;
}

static bool embedding(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim == 0 || c->nx->n == 0 || c->ny->n == 0)
        return false;
    int64_t n = 5;
    naive at = indices(c->ny, c->nx->shape[0], 1, &n, -1);
    r->t = tt_embedding(c->x, beside_index(c->ctx, &at));
    r->n = naive_take(c->nx, 0, &at);
    return true;
}

static bool one_hot(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->ny->n == 0 || c->ny->ndim > 3 || c->ny->n > 100)
        return false;
    int64_t shape[NAIVE_AXES];
    memcpy(shape, c->ny->shape, sizeof shape);
    shape[c->ny->ndim] = 4;
    naive at = indices(c->ny, 4, c->ny->ndim, c->ny->shape, -1);
    r->t = tt_cast(tt_one_hot(beside_index(c->ctx, &at), 4), TT_F64);
    r->n = naive_new(c->ny->ndim + 1, shape);
    for (int64_t k = 0; k < at.n; k++)
        naive_set(&r->n, k * 4 + (int64_t)naive_get(&at, k), 1);
    return true;
}

static bool masked_select(const beside_row *row, const beside_case *c, beside_result *r)
{
    double v = c->b / 16.0;
    int64_t n = 0;
    (void)row;
    r->t = tt_masked_select(c->x, tt_gt_scalar(c->x, v));
    for (int64_t k = 0; k < c->nx->n; k++)
        n += naive_get(c->nx, k) > v;
    r->n = naive_new(1, &n);
    for (int64_t k = 0, to = 0; k < c->nx->n; k++)
        if (naive_get(c->nx, k) > v)
            naive_set(&r->n, to++, naive_get(c->nx, k));
    return true;
}

static bool nonzero(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t shape[] = {0, c->nx->ndim}, index[NAIVE_AXES];
    (void)row;
    r->t = tt_cast(tt_nonzero(c->x), TT_F64);
    for (int64_t k = 0; k < c->nx->n; k++)
        shape[0] += naive_get(c->nx, k) != 0;
    r->n = naive_new(2, shape);
    for (int64_t k = 0, to = 0; k < c->nx->n; k++) {
        naive_index(c->nx, k, index);
        for (int i = 0; i < c->nx->ndim && naive_get(c->nx, k) != 0; i++)
            naive_set(&r->n, to++, (double)index[i]);
    }
    return true;
}

/* Choices between x and y by a relation of the two. */
static double smaller_or_twice(double x, double y)
{
    return x < y ? x : 2 * y;
}
static double below_or_two(double x, double y)
{
    return x < y ? 2 : x;
}
static double near(double x, double y)
{
    return x == y || (x != x && y != y) || (isfinite(y) && fabs(x - y) <= 0.01 + 0.3 * fabs(y));
}
static double between(double x, double y)
{
    return x + x * (y - x);
}

static bool where(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (!beside_same_shape(c->nx, c->ny))
        return false;
    tt_tensor *less = tt_lt(c->x, c->y);
    r->t = c->b & 1 ? tt_where(less, c->x, tt_mul_scalar(c->y, 2)) : tt_masked_fill(c->x, less, 2);
    r->n = naive_zip(c->nx, c->ny, c->b & 1 ? smaller_or_twice : below_or_two);
    return true;
}

static bool isclose(const beside_row *row, const beside_case *c, beside_result *r)
{
    int ndim;
    int64_t shape[NAIVE_AXES];
    (void)row;
    if (!naive_broadcast(c->nx, c->ny, &ndim, shape))
        return false;
    r->t = tt_cast(tt_isclose(c->x, c->y, 0.3, 0.01, true), TT_F64);
    r->n = naive_zip(c->nx, c->ny, near);
    return true;
}

static bool lerp(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (!beside_same_shape(c->nx, c->ny) || !naive_tame(c->nx) || !naive_tame(c->ny))
        return false;
    r->t = tt_lerp(c->x, c->y, c->x);
    r->n = naive_zip(c->nx, c->ny, between);
    r->slack = beside_slack(c->nx) * (naive_most(c->nx) + naive_most(c->ny) + 1);
    return true;
}

static const beside_row rows[] = {
    BESIDE_ROW(gather),    BESIDE_ROW(scatter), BESIDE_ROW(scatter_add),   BESIDE_ROW(index_add),
    BESIDE_ROW(embedding), BESIDE_ROW(one_hot), BESIDE_ROW(masked_select), BESIDE_ROW(nonzero),
    BESIDE_ROW(where),     BESIDE_ROW(isclose), BESIDE_ROW(lerp),
};
const beside_table beside_indices = {rows, sizeof rows / sizeof *rows};
