/* Rows that change shapes: views, and what is put together or laid out anew. */
#include <string.h>

#include "beside.h"

static int64_t small(int b, int64_t n)
{
    return (b & 127) % n;
}

/* (a b c) to (b c a). */
static bool permute(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim != 3)
        return false;
    r->t = tt_permute(c->x, TT_AXES(1, 2, 0));
    naive half = naive_transpose(c->nx, 0, 1);
    r->n = naive_transpose(&half, 1, 2);
    return true;
}

static bool moveaxis(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim == 0)
        return false;
    int from = beside_axis(c->nx, c->a), to = beside_axis(c->nx, c->b);
    r->t = tt_moveaxis(c->x, from, to);
    r->n = naive_view(c->nx, c->nx->ndim, c->nx->shape, NULL);
    for (int step = from < to ? 1 : -1; from != to; from += step)
        r->n = naive_transpose(&r->n, from, from + step);
    return true;
}

static bool squeeze(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    r->t = tt_squeeze(c->x, TT_ALL_AXES);
    r->n = naive_view(c->nx, c->nx->ndim, c->nx->shape, NULL);
    for (int i = c->nx->ndim - 1; i >= 0; i--)
        if (c->nx->shape[i] == 1)
            r->n = naive_drop(&r->n, i);
    return true;
}

static bool unsqueeze(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t shape[NAIVE_AXES];
    int n = c->nx->ndim, axis = (int)small(c->a, n + 1);
    (void)row;
    if (n > 3)
        return false;
    for (int i = 0; i <= n; i++)
        shape[i] = i < axis ? c->nx->shape[i] : i == axis ? 1 : c->nx->shape[i - 1];
    r->t = tt_unsqueeze(c->x, c->b & 1 ? axis : axis - n - 1);
    r->n = naive_view(c->nx, n + 1, shape, NULL);
    return true;
}

static bool flatten(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t shape[NAIVE_AXES];
    int ndim = 0;
    (void)row;
    if (c->nx->ndim == 0)
        return false;
    int a = beside_axis(c->nx, c->a), b = beside_axis(c->nx, c->b);
    int from = a < b ? a : b, to = a < b ? b : a;
    for (int i = 0; i < c->nx->ndim; i++)
        if (i > from && i <= to)
            shape[ndim - 1] *= c->nx->shape[i];
        else
            shape[ndim++] = c->nx->shape[i];
    r->t = tt_flatten(c->x, from, to);
    r->n = naive_view(c->nx, ndim, shape, NULL);
    return true;
}

static bool unflatten(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t shape[NAIVE_AXES], part = (c->b & 1) + 2;
    (void)row;
    if (c->nx->ndim == 0 || c->nx->ndim > 3)
        return false;
    int axis = beside_axis(c->nx, c->a);
    if (c->nx->shape[axis] % part != 0 || c->nx->n == 0)
        return false;
    for (int i = 0; i <= c->nx->ndim; i++)
        shape[i] = i <= axis ? c->nx->shape[i] : c->nx->shape[i - 1];
    shape[axis] /= part;
    shape[axis + 1] = part;
    r->t = tt_unflatten(c->x, axis, 2, (int64_t[]){-1, part});
    r->n = naive_view(c->nx, c->nx->ndim + 1, shape, NULL);
    return true;
}

static bool flip(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim == 0)
        return false;
    int axis = beside_axis(c->nx, c->a);
    int64_t n = c->nx->shape[axis];
    r->t = tt_flip(c->x, 1, &axis);
    r->n = naive_narrow(c->nx, axis, n - 1, n, -1);
    return true;
}

/* Of one element along an axis: by select(), unbind(), and the last part that split() gives. */
static bool one_of(const beside_row *row, const beside_case *c, beside_result *r)
{
    tt_tensor *out[16] = {NULL};
    (void)row;
    if (c->nx->ndim == 0)
        return false;
    int axis = beside_axis(c->nx, c->a);
    int64_t n = c->nx->shape[axis];
    if (n == 0 || n > 16)
        return false;
    int64_t i = small(c->b, n);
    if (c->c & 1)
        r->t = tt_select(c->x, axis, c->c & 2 ? i : i - n);
    else
        r->t = tt_unbind(c->x, axis, 16, out) == n ? out[i] : NULL;
    r->n = naive_narrow(c->nx, axis, i, 1, 1);
    r->n = naive_drop(&r->n, axis);
    return true;
}

static bool part(const beside_row *row, const beside_case *c, beside_result *r)
{
    tt_tensor *out[2] = {NULL};
    (void)row;
    if (c->nx->ndim == 0)
        return false;
    int axis = beside_axis(c->nx, c->a);
    int64_t n = c->nx->shape[axis], i = small(c->b, n + 1), sizes[] = {i, n - i};
    if (c->c & 1)
        r->t = tt_narrow(c->x, axis, i, n - i);
    else if (tt_split(c->x, axis, 2, sizes, out) == TT_OK)
        r->t = out[1];
    r->n = naive_narrow(c->nx, axis, i, n - i, 1);
    return true;
}

static bool diagonal(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t from[400], n = 0;
    (void)row;
    if (c->nx->ndim != 2 || c->nx->n > 400)
        return false;
    int64_t rows = c->nx->shape[0], columns = c->nx->shape[1], offset = c->b % 3;
    for (int64_t i = 0; i < rows; i++)
        if (i + offset >= 0 && i + offset < columns)
            from[n++] = i * columns + i + offset;
    r->t = c->c & 1 ? tt_diag(c->x, offset) : tt_diagonal(c->x, offset, 0, 1);
    r->n = naive_view(c->nx, 1, &n, from);
    return true;
}

static bool diag(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t offset = c->b % 3,
            n = c->nx->ndim == 1 ? c->nx->n + (offset < 0 ? -offset : offset) : 0;
    (void)row;
    if (c->nx->ndim != 1)
        return false;
    r->t = tt_diag(c->x, offset);
    r->n = naive_new(2, (int64_t[]){n, n});
    for (int64_t k = 0; k < c->nx->n; k++)
        naive_set(&r->n, offset < 0 ? (k - offset) * n + k : k * n + k + offset,
                  naive_get(c->nx, k));
    return true;
}

/* tril() and triu(). */
static bool triangle(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t index[NAIVE_AXES], offset = c->b % 3;
    (void)row;
    int n = c->nx->ndim;
    if (n < 2)
        return false;
    bool lower = c->c & 1;
    r->t = lower ? tt_tril(c->x, offset) : tt_triu(c->x, offset);
    r->n = naive_copy(c->nx);
    for (int64_t k = 0; k < r->n.n; k++) {
        naive_index(&r->n, k, index);
        int64_t above = index[n - 1] - index[n - 2];
        if (lower ? above > offset : above < offset)
            naive_set(&r->n, k, 0);
    }
    return true;
}

static bool stack(const beside_row *row, const beside_case *c, beside_result *r)
{
    int64_t shape[NAIVE_AXES];
    int n = c->nx->ndim, axis = (int)small(c->a, n + 1);
    (void)row;
    if (n > 3 || !beside_same_shape(c->nx, c->ny))
        return false;
    for (int i = 0; i <= n; i++)
        shape[i] = i < axis ? c->nx->shape[i] : i == axis ? 1 : c->nx->shape[i - 1];
    naive x = naive_view(c->nx, n + 1, shape, NULL), y = naive_view(c->ny, n + 1, shape, NULL);
    r->t = tt_stack(TT_TENSORS(c->x, c->y), axis);
    r->n = naive_cat(&x, &y, axis);
    return true;
}

/* In the order "xy". */
static bool meshgrid(const beside_row *row, const beside_case *c, beside_result *r)
{
    tt_tensor *out[2] = {NULL};
    (void)row;
    if (c->nx->ndim != 1 || c->ny->ndim != 1)
        return false;
    const int64_t shape[] = {c->ny->n, c->nx->n}, column[] = {c->ny->n, 1};
    naive y = naive_view(c->ny, 2, column, NULL);
    tt_meshgrid(TT_TENSORS(c->x, c->y), out);
    r->t = out[c->c & 1];
    r->n = naive_expand(c->c & 1 ? &y : c->nx, 2, shape);
    return true;
}

/* Patterns of two and three axes. */
static bool rearrange(const beside_row *row, const beside_case *c, beside_result *r)
{
    const naive *x = c->nx;
    int64_t rows = x->ndim > 1 ? x->shape[0] : 0, columns = x->ndim > 1 ? x->shape[1] : 0;
    naive turned;
    (void)row;
    if (x->ndim == 3) {
        r->t = tt_rearrange(c->x, "a b c -> c a b");
        turned = naive_transpose(x, 1, 2);
        r->n = naive_transpose(&turned, 0, 1);
        return true;
    }
    if (x->ndim != 2 || x->n == 0)
        return false;
    switch (c->b & 3) {
    case 0:
        r->t = tt_rearrange(c->x, "a b -> (b a)");
        turned = naive_transpose(x, 0, 1);
        r->n = naive_view(&turned, 1, &x->n, NULL);
        return true;
    case 1:
        r->t = tt_rearrange(c->x, "a b -> b 1 a");
        turned = naive_transpose(x, 0, 1);
        r->n = naive_view(&turned, 3, (int64_t[]){columns, 1, rows}, NULL);
        return true;
    case 2:
        r->t = tt_rearrange(c->x, "... -> (...)");
        r->n = naive_view(x, 1, &x->n, NULL);
        return true;
    default:
        if (rows % 2)
            return false;
        r->t = tt_rearrange(c->x, "(a two) b -> a b two, two=2");
        turned = naive_view(x, 3, (int64_t[]){rows / 2, 2, columns}, NULL);
        r->n = naive_transpose(&turned, 1, 2);
        return true;
    }
}

static bool repeat(const beside_row *row, const beside_case *c, beside_result *r)
{
    (void)row;
    if (c->nx->ndim != 1 && c->nx->ndim != 2)
        return false;
    int64_t shape[] = {3, c->nx->shape[0], c->nx->ndim > 1 ? c->nx->shape[1] : 0};
    r->n = naive_expand(c->nx, c->nx->ndim + 1, shape);
    if (c->b & 1) {
        r->t = tt_repeat(c->x, "... -> n ..., n=3");
        return true;
    }
    r->t = c->nx->ndim == 1 ? tt_repeat(c->x, "a -> (n a), n=3")
                            : tt_repeat(c->x, "a b -> (n a) b, n=3");
    shape[1] *= 3;
    r->n = naive_copy(&r->n);
    r->n = naive_view(&r->n, c->nx->ndim, shape + 1, NULL);
    return true;
}

static const beside_row rows[] = {
    BESIDE_ROW(permute), BESIDE_ROW(moveaxis),  BESIDE_ROW(squeeze),   BESIDE_ROW(unsqueeze),
    BESIDE_ROW(flatten), BESIDE_ROW(unflatten), BESIDE_ROW(flip),      BESIDE_ROW(one_of),
    BESIDE_ROW(part),    BESIDE_ROW(diagonal),  BESIDE_ROW(diag),      BESIDE_ROW(triangle),
    BESIDE_ROW(stack),   BESIDE_ROW(meshgrid),  BESIDE_ROW(rearrange), BESIDE_ROW(repeat),
};
const beside_table beside_shapes = {rows, sizeof rows / sizeof *rows};
