/* Rows in order, or the part of that order that is asked for: sort, topk, kthvalue, median,
 * quantile. Each is an operation along the last axis that gives values and their places; the
 * gradient goes back to the places. */
#include <math.h>
#include <tinytensor/ops.h>
#include "kernel/sorting/sort.h"
#include "op/sorting/along.h"

enum { VALUES, PLACES }; /* results */

typedef struct order_attr {
    int64_t count; /* how many of each row */
    int64_t rank;  /* the first one's */
    bool descending, nan_wins;
} order_attr;

static tt_status order_infer(op_call *c)
{
    const order_attr *a = c->attr;
    const layout *x = &c->in[0]->at;
    bool places = c->recording || c->wanted & 1u << PLACES;
    if (x->shape[x->ndim - 1] > UINT32_MAX && element_size(c->in[0]->dtype) < 8)
        return op_error(c, TT_ERR_UNSUPPORTED, "more than 2^32 - 1 elements along an axis of %s",
                        describe(c->in[0]).s);
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < x->ndim; i++)
        shape[i] = i == x->ndim - 1 ? a->count : x->shape[i];
    c->dtype = c->in[0]->dtype;
    layout_init(&c->at, x->ndim, shape);
    if (places)
        layout_init(infer_also(c, TT_I64), x->ndim, shape);
    return TT_OK;
}

static sort_rows rows_of(const op_call *c)
{
    const tt_tensor *x = c->in[0];
    int64_t n = x->at.shape[x->at.ndim - 1];
    sort_rows r = {.n = n, .dtype = x->dtype, .in = x->data, .values = c->out->data};
    r.rows = n ? tensor_numel(x) / n : 0;
    r.places = c->n_out > 1 ? (int64_t *)(void *)c->result[PLACES].tensor->data : NULL;
    return r;
}

static void sort_forward(op_call *c)
{
    const order_attr *a = c->attr;
    sort_rows r = rows_of(c);
    sort_run(&c->ctx->ex, &r, a->descending);
}

static void topk_forward(op_call *c)
{
    const order_attr *a = c->attr;
    sort_rows r = rows_of(c);
    topk_run(&c->ctx->ex, &r, a->count, a->descending);
}

static void rank_forward(op_call *c)
{
    const order_attr *a = c->attr;
    sort_rows r = rows_of(c);
    rank_run(&c->ctx->ex, &r, a->rank, (int)a->count, a->nan_wins);
}

static void order_vjp(const op_call *c, op_grads *g)
{
    const layout *x = &c->in[0]->at;
    tt_tensor *none = tt_zeros(c->ctx, c->in[0]->dtype, x->ndim, x->shape);
    grads_add(g, 0, tt_scatter_add(none, -1, c->result[PLACES].tensor, grads_out_of(g, VALUES)));
}

static void order_jvp(const op_call *c, tt_tensor *const *tangent, tt_tensor **out)
{
    out[VALUES] = tt_gather(tangent[0], -1, c->result[PLACES].tensor);
}

#define ORDER(op_name, run)                                                                        \
    {                                                                                              \
        .name = op_name, .infer = order_infer, .forward = run, .vjp = order_vjp, .jvp = order_jvp, \
        .saves = SAVE_RESULT(PLACES)                                                               \
    }
static const op sort = ORDER("sort", sort_forward);
static const op topk = ORDER("topk", topk_forward);
static const op ranks = ORDER("kthvalue", rank_forward);

/* x has its axis last. */
static tt_tensor *apply(const op *o, tt_tensor *x, order_attr a, tt_tensor **places)
{
    tt_tensor *values = NULL, **out[] = {&values, places};
    op_apply_all(o, 1, &x, &a, sizeof a, 2, out);
    return values;
}

/* Results of along_last back in place; none of them after an error. */
static tt_tensor *both_back(tt_tensor *values, tt_tensor **places, const along *a)
{
    values = along_back(values, a);
    if (places && *places)
        *places = values ? along_back(*places, a) : NULL;
    return places && !*places ? NULL : values;
}

tt_tensor *tt_sort(tt_tensor *x, int axis, bool descending, tt_tensor **indices)
{
    along at;
    if (indices)
        *indices = NULL;
    x = along_last("sort", x, axis, &at);
    if (!x)
        return NULL;
    order_attr a = {.count = x->at.shape[x->at.ndim - 1], .descending = descending};
    return both_back(apply(&sort, x, a, indices), indices, &at);
}

/* Only the places: no values are written. */
static tt_status argsort_infer(op_call *c)
{
    if (order_infer(c) < 0)
        return c->ctx->err.code;
    c->dtype = TT_I64;
    c->n_out = 1;
    return TT_OK;
}

static void argsort_forward(op_call *c)
{
    const order_attr *a = c->attr;
    sort_rows r = rows_of(c);
    r.places = r.values;
    r.values = NULL;
    sort_run(&c->ctx->ex, &r, a->descending);
}

static const op argsort = {.name = "argsort", .infer = argsort_infer, .forward = argsort_forward};

tt_tensor *tt_argsort(tt_tensor *x, int axis, bool descending)
{
    along at;
    x = along_last("argsort", x, axis, &at);
    if (!x)
        return NULL;
    order_attr a = {.count = x->at.shape[x->at.ndim - 1], .descending = descending};
    return along_back(op_apply(&argsort, 1, &x, &a, sizeof a), &at);
}

/* x with the axis last, which has from least to k elements or more. */
static tt_tensor *with_k(const char *name, tt_tensor *x, int axis, int64_t least, int64_t k,
                         along *at)
{
    tt_tensor *last = along_last(name, x, axis, at);
    if (!last)
        return NULL;
    int64_t n = last->at.shape[last->at.ndim - 1];
    if (k < least || k > n)
        return op_fail(x, TT_ERR_ARG,
                       "%s: k is %lld, not from %lld to the %lld along axis %d of %s", name,
                       (long long)k, (long long)least, (long long)n, axis, describe(x).s);
    return last;
}

tt_tensor *tt_topk(tt_tensor *x, int64_t k, int axis, bool largest, tt_tensor **indices)
{
    along at;
    if (indices)
        *indices = NULL;
    x = with_k("topk", x, axis, 0, k, &at);
    if (!x)
        return NULL;
    if (at.ndim == 0 && k == 0) /* not even one */
        at.ndim = 1;
    return both_back(apply(&topk, x, (order_attr){.count = k, .descending = largest}, indices),
                     indices, &at);
}

/* (..., 1) where the axis was last to the shape without the axis, or with 1 there. */
static tt_tensor *reduced(tt_tensor *y, bool keepdim, const along *a)
{
    if (!y || (keepdim && a->ndim))
        return along_back(y, a);
    return tt_squeeze(y, TT_AXES(-1));
}

tt_tensor *tt_kthvalue(tt_tensor *x, int64_t k, int axis, bool keepdim, tt_tensor **indices)
{
    along at;
    if (indices)
        *indices = NULL;
    x = with_k("kthvalue", x, axis, 1, k, &at);
    if (!x)
        return NULL;
    tt_tensor *y = apply(&ranks, x, (order_attr){.count = 1, .rank = k - 1}, indices);
    y = reduced(y, keepdim, &at);
    if (indices && *indices)
        *indices = y ? reduced(*indices, keepdim, &at) : NULL;
    return indices && !*indices ? NULL : y;
}

/* x with the axis last, if its elements have means. */
static tt_tensor *with_means(const char *name, tt_tensor *x, int axis, along *at)
{
    tt_tensor *last = along_last(name, x, axis, at);
    if (last && dtype_is_half(x->dtype))
        return op_fail(x, TT_ERR_DTYPE, "%s: no arithmetic on %s; cast first", name, describe(x).s);
    return last;
}

/* (..., count): the elements of ranks rank, rank + 1, ... as floats. */
static tt_tensor *float_ranks(tt_tensor *x, int64_t rank, int count)
{
    tt_tensor *y =
        apply(&ranks, x, (order_attr){.count = count, .rank = rank, .nan_wins = true}, NULL);
    return y && !dtype_is_float(y->dtype) ? tt_cast(y, TT_F64) : y;
}

tt_tensor *tt_median(tt_tensor *x, int axis, bool keepdim)
{
    along at;
    x = with_means("median", x, axis, &at);
    if (!x)
        return NULL;
    int64_t n = x->at.shape[x->at.ndim - 1];
    if (n == 0) /* the mean of nothing is NaN, too */
        return reduced(tt_mean(x, TT_AXES(-1), true), keepdim, &at);
    tt_tensor *y = float_ranks(x, (n - 1) / 2, n % 2 ? 1 : 2);
    return reduced(n % 2 ? y : tt_mean(y, TT_AXES(-1), true), keepdim, &at);
}

tt_tensor *tt_quantile(tt_tensor *x, double q, int axis, bool keepdim)
{
    along at;
    tt_tensor *last = with_means("quantile", x, axis, &at);
    if (!last)
        return NULL;
    if (!(q >= 0 && q <= 1))
        return op_fail(x, TT_ERR_ARG, "quantile: q is %g, not in [0, 1]", q);
    int64_t n = last->at.shape[last->at.ndim - 1];
    if (n == 0)
        return op_fail(x, TT_ERR_ARG, "quantile: no elements along axis %d of %s", axis,
                       describe(x).s);
    double place = q * (double)(n - 1), below = floor(place), t = place - below;
    if (t == 0)
        return reduced(float_ranks(last, (int64_t)below, 1), keepdim, &at);
    tt_tensor *y = float_ranks(last, (int64_t)below, 2);
    tt_tensor *a = tt_narrow(y, -1, 0, 1), *b = tt_narrow(y, -1, 1, 1), *d = tt_sub(b, a);
    y = t < 0.5 ? tt_add(a, tt_mul_scalar(d, t)) : tt_sub(b, tt_mul_scalar(d, 1 - t));
    return reduced(y, keepdim, &at);
}
