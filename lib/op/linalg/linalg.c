/* Operands, layouts and messages of the operations on matrices. */
#include <tinytensor/tinytensor.h>
#include "linalg.h"

#include <stdio.h>

#ifndef TT_HAVE_LAPACK
#define TT_HAVE_LAPACK 0
#endif

tt_status linalg_matrix(const op_call *c, int input, const char *name)
{
    const tt_tensor *a = c->in[input];
    if (!TT_HAVE_LAPACK)
        return op_error(c, TT_ERR_UNSUPPORTED,
                        "this build of the library has no LAPACK (meson option lapack)");
    if (!dtype_is_float(a->dtype))
        return op_error(c, TT_ERR_DTYPE, "%s is %s; float32 and float64 are possible", name,
                        describe(a).s);
    if (a->at.ndim < 2)
        return op_error(c, TT_ERR_SHAPE, "%s is %s, no matrix (... m n)", name, describe(a).s);
    return TT_OK;
}

tt_status linalg_square(const op_call *c, int input, const char *name)
{
    const tt_tensor *a = c->in[input];
    tt_status s = linalg_matrix(c, input, name);
    if (s == TT_OK && rows_of(a) != cols_of(a))
        return op_error(c, TT_ERR_SHAPE, "%s is %s, not square in its last two axes", name,
                        describe(a).s);
    return s;
}

bool linalg_layout(layout *at, const tt_tensor *a, int n, int64_t first, int64_t second)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    int lead = a->at.ndim - 2;
    for (int i = 0; i < lead; i++)
        shape[i] = a->at.shape[i];
    shape[lead] = first;
    shape[lead + 1] = second;
    return layout_init(at, lead + n, shape);
}

tt_status linalg_too_many(const op_call *c)
{
    return op_error(c, TT_ERR_SHAPE, "a result has too many elements, for %s",
                    describe(c->in[0]).s);
}

operand linalg_spread(tt_tensor *t, int axes, const layout *shape, int lead, layout *at)
{
    layout whole = {.ndim = lead + axes};
    for (int i = 0; i < lead + axes; i++)
        whole.shape[i] = i < lead ? shape->shape[i] : t->at.shape[t->at.ndim - axes + i - lead];
    layout_expand(at, &t->at, whole.ndim, whole.shape);
    return (operand){t->data, at, t->dtype};
}

operand linalg_result_of(const op_call *c, int i)
{
    if (i >= c->n_out)
        return (operand){NULL, NULL, c->in[0]->dtype};
    return operand_of(c->result[i].tensor);
}

linalg_place linalg_place_of(const char *name, const layout *at, int64_t number)
{
    linalg_place p;
    int64_t index[LAYOUT_MAX_NDIM];
    int lead = at->ndim - 2, used = snprintf(p.s, sizeof p.s, "%s", name);
    for (int i = lead - 1; i >= 0; number /= at->shape[i--])
        index[i] = number % at->shape[i];
    for (int i = 0; i < lead && used < (int)sizeof p.s - 24; i++)
        used += snprintf(p.s + used, sizeof p.s - (size_t)used, "%s%lld%s", i ? ", " : "[",
                         (long long)index[i], i == lead - 1 ? "]" : "");
    return p;
}

void linalg_report(const op_call *c, linalg_result r, const char *name, const layout *at)
{
    long long at_place = (long long)r.place;
    switch (r.kind) {
    case LINALG_OK:
    case LINALG_NO_MEMORY:
        break;
    case LINALG_TOO_LARGE:
        op_error(c, TT_ERR_SHAPE, "%s is %s, too large for LAPACK", name,
                 describe_typed(at->ndim, at->shape, c->in[0]->dtype).s);
        break;
    case LINALG_NOT_FINITE:
        op_error(c, TT_ERR_NUMERIC, "%s has NaN or infinite elements",
                 linalg_place_of(name, at, r.matrix).s);
        break;
    case LINALG_SINGULAR:
        op_error(c, TT_ERR_NUMERIC, "%s is singular: pivot %lld is zero",
                 linalg_place_of(name, at, r.matrix).s, at_place);
        break;
    case LINALG_NOT_POSITIVE:
        op_error(c, TT_ERR_NUMERIC,
                 "%s is not positive definite: leading minor %lld is not positive",
                 linalg_place_of(name, at, r.matrix).s, at_place);
        break;
    case LINALG_NOT_CONVERGED:
        op_error(c, TT_ERR_NUMERIC, "%s: the iteration did not converge",
                 linalg_place_of(name, at, r.matrix).s);
        break;
    }
}

tt_status linalg_system(op_call *c, const char *of_a, const char *rows)
{
    const tt_tensor *a = c->in[0], *b = c->in[1];
    layout x, y;
    int64_t shape[LAYOUT_MAX_NDIM];
    if (check_same_dtype(c) < 0 || linalg_matrix(c, 1, "b") < 0)
        return c->ctx->err.code;
    if (rows_of(b) != rows_of(a))
        return op_error(c, TT_ERR_SHAPE, "a (... %s) is %s, b (... %s k) %s: %s differs", of_a,
                        describe(a).s, rows, describe(b).s, rows);
    layout_copy(&x, &a->at);
    layout_copy(&y, &b->at);
    x.ndim -= 2;
    y.ndim -= 2;
    if (!layout_broadcast(&c->at, &x, &y))
        return op_error(c, TT_ERR_SHAPE, "leading axes do not broadcast: a is %s, b is %s",
                        describe(a).s, describe(b).s);
    int lead = c->at.ndim;
    for (int i = 0; i < lead; i++)
        shape[i] = c->at.shape[i];
    shape[lead] = cols_of(a);
    shape[lead + 1] = cols_of(b);
    c->dtype = a->dtype;
    return layout_init(&c->at, lead + 2, shape) ? TT_OK : linalg_too_many(c);
}
