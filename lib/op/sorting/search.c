/* Places in sorted rows: searchsorted, isin, interp. */
#include <tinytensor/ops.h>
#include "kernel/sorting/search.h"
#include "op/sorting/along.h"

/* in: sorted, values */
static search_rows rows_of(const op_call *c)
{
    const layout *s = &c->in[0]->at;
    search_rows r = {.n = s->shape[s->ndim - 1],
                     .dtype = c->in[0]->dtype,
                     .sorted = c->in[0]->data,
                     .values = c->in[1]->data};
    r.rows = 1;
    for (int i = 0; i < s->ndim - 1; i++)
        r.rows *= s->shape[i];
    r.m = r.rows ? tensor_numel(c->in[1]) / r.rows : 0;
    return r;
}

static tt_status searchsorted_infer(op_call *c)
{
    c->dtype = TT_I64;
    layout_init(&c->at, c->in[1]->at.ndim, c->in[1]->at.shape);
    return TT_OK;
}

static void searchsorted_forward(op_call *c)
{
    search_rows r = rows_of(c);
    search_run(&c->ctx->ex, &r, *(const bool *)c->attr, (int64_t *)(void *)c->out->data);
}

static const op searchsorted = {
    .name = "searchsorted", .infer = searchsorted_infer, .forward = searchsorted_forward};

static bool same_dtype(const char *name, const tt_tensor *a, const tt_tensor *b)
{
    if (a->dtype == b->dtype)
        return true;
    op_fail(a, TT_ERR_DTYPE, "%s: dtypes differ: %s and %s; cast one with tt_cast", name,
            describe(a).s, describe(b).s);
    return false;
}

/* A row for all values, or one for each of their rows. */
static bool rows_fit(const layout *sorted, const layout *values)
{
    bool fit = sorted->ndim == 1 || sorted->ndim == values->ndim;
    for (int i = 0; i < sorted->ndim - 1 && fit; i++)
        fit = sorted->shape[i] == values->shape[i];
    return fit && sorted->ndim > 0;
}

tt_tensor *tt_searchsorted(tt_tensor *sorted, tt_tensor *values, bool right)
{
    tt_tensor *in[] = {sorted, values};
    if (!op_context("searchsorted", 2, in) || !same_dtype("searchsorted", sorted, values))
        return NULL;
    if (!rows_fit(&sorted->at, &values->at))
        return op_fail(sorted, TT_ERR_SHAPE,
                       "searchsorted: the sorted %s is neither one row nor a row for each of those "
                       "of the values %s",
                       describe(sorted).s, describe(values).s);
    in[0] = as_wide(sorted);
    in[1] = as_wide(values);
    return op_apply(&searchsorted, 2, in, &right, sizeof right);
}

static tt_status isin_infer(op_call *c)
{
    c->dtype = TT_BOOL;
    layout_init(&c->at, c->in[1]->at.ndim, c->in[1]->at.shape);
    return TT_OK;
}

static void isin_forward(op_call *c)
{
    search_rows r = rows_of(c);
    isin_run(&c->ctx->ex, &r, (bool *)c->out->data);
}

static const op isin = {.name = "isin", .infer = isin_infer, .forward = isin_forward};

tt_tensor *tt_isin(tt_tensor *x, tt_tensor *test)
{
    tt_tensor *in[] = {x, test};
    if (!op_context("isin", 2, in) || !same_dtype("isin", x, test))
        return NULL;
    in[0] = tt_sort(as_row(as_wide(test)), 0, false, NULL);
    in[1] = as_wide(x);
    return op_apply(&isin, 2, in, NULL, 0);
}

/* in: xp, x, fp */
static tt_status interp_infer(op_call *c)
{
    const tt_tensor *x = c->in[1], *xp = c->in[0], *fp = c->in[2];
    if (!dtype_is_float(x->dtype))
        return op_error(c, TT_ERR_DTYPE, "x is %s, neither float32 nor float64", describe(x).s);
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (xp->at.ndim != 1 || !layout_same_shape(&xp->at, &fp->at))
        return op_error(c, TT_ERR_SHAPE, "xp is %s and fp %s, not two rows of one length",
                        describe(xp).s, describe(fp).s);
    int64_t n = xp->at.shape[0], bad = first_fall(xp->dtype, n, xp->data);
    if (n == 0)
        return op_error(c, TT_ERR_ARG, "no points: xp is %s", describe(xp).s);
    if (bad < n)
        return op_error(c, TT_ERR_ARG, "xp[%lld] is NaN or below the one before it in %s",
                        (long long)bad, describe(xp).s);
    c->dtype = x->dtype;
    layout_init(&c->at, x->at.ndim, x->at.shape);
    return TT_OK;
}

static void interp_forward(op_call *c)
{
    search_rows r = rows_of(c);
    interp_run(&c->ctx->ex, &r, c->in[2]->data, c->out->data);
}

/* Of the way from point j to the next a part t has been gone, from 0 to 1 even beyond the ends.
 * Two points in one place are a step: on it the second one holds. */
static void interp_composed(const op_call *c, tt_tensor **out)
{
    tt_tensor *xp = c->in[0], *x = c->in[1], *fp = c->in[2];
    int64_t n = xp->at.shape[0];
    tt_tensor *j = tt_add_scalar(tt_searchsorted(xp, x, true), -1);
    if (n == 1) {
        out[0] = tt_take(fp, 0, tt_zeros_like(j));
        return;
    }
    j = tt_clamp(j, 0, (double)(n - 2));
    tt_tensor *next = tt_add_scalar(j, 1);
    tt_tensor *x0 = tt_take(xp, 0, j), *x1 = tt_take(xp, 0, next);
    tt_tensor *y0 = tt_take(fp, 0, j), *y1 = tt_take(fp, 0, next);
    tt_tensor *step = tt_eq(x0, x1), *dx = tt_masked_fill(tt_sub(x1, x0), step, 1);
    tt_tensor *t = tt_clamp(tt_div(tt_sub(x, x0), dx), 0, 1);
    t = tt_where(step, tt_cast(tt_ge(x, x0), x->dtype), t);
    out[0] = tt_add(y0, tt_mul(t, tt_sub(y1, y0)));
}

static const op interp = {.name = "interp",
                          .infer = interp_infer,
                          .forward = interp_forward,
                          .composed = interp_composed,
                          .saves = SAVE_IN_ALL};

tt_tensor *tt_interp(tt_tensor *x, tt_tensor *xp, tt_tensor *fp)
{
    tt_tensor *in[] = {xp, x, fp};
    if (!op_context("interp", 3, in))
        return NULL;
    for (int i = 0; i < 3; i++)
        in[i] = tt_contiguous(in[i]);
    return op_apply(&interp, 3, in, NULL, 0);
}
