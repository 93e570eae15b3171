/* Counting by bins (bincount, histograms), and places as indices. */
#include <math.h>
#include <tinytensor/ops.h>
#include "kernel/sorting/count.h"
#include "kernel/sorting/search.h"
#include "op/sorting/along.h"

static const int64_t *numbers_of(const tt_tensor *t)
{
    return (const int64_t *)(const void *)t->data;
}

/* in: int64 numbers, weights (which may be missing); attr: least size */
static tt_status bincount_infer(op_call *c)
{
    const tt_tensor *x = c->in[0];
    int64_t n = x->at.shape[0], low = 0, high = -1, bins = *(const int64_t *)c->attr;
    if (n > 0)
        range_run(&c->ctx->ex, n, numbers_of(x), &low, &high);
    for (int64_t i = 0; low < 0 && i < n; i++)
        if (numbers_of(x)[i] < 0)
            return op_error(c, TT_ERR_INDEX, "number %lld, at %lld of %s, is negative",
                            (long long)numbers_of(x)[i], (long long)i, describe(x).s);
    bins = high < INT64_MAX ? larger(bins, high + 1) : high;
    c->dtype = c->n_in > 1 ? c->in[1]->dtype : TT_I64;
    if (!layout_init(&c->at, 1, &bins))
        return op_error(c, TT_ERR_SHAPE, "number %lld wants a result with too many elements",
                        (long long)high);
    return TT_OK;
}

static void bincount_forward(op_call *c)
{
    bincount_run(&c->ctx->ex, c->in[0]->at.shape[0], numbers_of(c->in[0]),
                 c->n_in > 1 ? c->in[1]->data : NULL, c->at.shape[0], c->dtype, c->out->data);
}

static void bincount_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 1, tt_take(grads_out(g), 0, c->in[0]));
}

static const op bincount = {.name = "bincount",
                            .infer = bincount_infer,
                            .forward = bincount_forward,
                            .vjp = bincount_vjp,
                            .saves = SAVE_IN(0)};

static bool refuse_numbers(const char *name, const tt_tensor *x)
{
    if (wide_dtype(x->dtype) == TT_I64)
        return false;
    op_fail(x, TT_ERR_DTYPE, "%s: %s are no integers", name, describe(x).s);
    return true;
}

tt_tensor *tt_bincount(tt_tensor *x, tt_tensor *weights, int64_t minlength)
{
    tt_tensor *in[] = {x, weights};
    int n = weights ? 2 : 1;
    if (!op_context("bincount", n, in) || refuse_numbers("bincount", x))
        return NULL;
    if (x->at.ndim != 1)
        return op_fail(x, TT_ERR_SHAPE, "bincount: the numbers are %s, not one row", describe(x).s);
    if (weights && dtype_is_half(weights->dtype))
        return op_fail(x, TT_ERR_DTYPE, "bincount: no arithmetic on weights %s; cast first",
                       describe(weights).s);
    if (weights && !layout_same_shape(&x->at, &weights->at))
        return op_fail(x, TT_ERR_SHAPE, "bincount: the numbers are %s, their weights %s",
                       describe(x).s, describe(weights).s);
    if (minlength < 0)
        return op_fail(x, TT_ERR_ARG, "bincount: the least size is %lld", (long long)minlength);
    in[0] = as_wide(x);
    in[1] = weights ? as_wide(weights) : NULL;
    return op_apply(&bincount, n, in, &minlength, sizeof minlength);
}

/* in: a row, edges; attr: whether the bins are of equal width */
static tt_status histogram_infer(op_call *c)
{
    const tt_tensor *edges = c->in[1];
    int64_t n = edges->at.shape[0], bins = n - 1, bad = first_fall(edges->dtype, n, edges->data);
    if (bad < n)
        return op_error(c, TT_ERR_ARG, "edges[%lld] is NaN or below the one before it in %s",
                        (long long)bad, describe(edges).s);
    c->dtype = TT_I64;
    layout_init(&c->at, 1, &bins);
    return TT_OK;
}

static void histogram_forward(op_call *c)
{
    const tt_tensor *x = c->in[0], *edges = c->in[1];
    histogram_run(&c->ctx->ex, x->at.shape[0], x->dtype, x->data, c->at.shape[0], edges->data,
                  *(const bool *)c->attr, (int64_t *)(void *)c->out->data);
}

static const op histogram = {
    .name = "histogram", .infer = histogram_infer, .forward = histogram_forward};
static const op histogram_edges = {
    .name = "histogram_edges", .infer = histogram_infer, .forward = histogram_forward};

tt_tensor *tt_histogram(tt_tensor *x, int64_t bins, double lo, double hi)
{
    layout at;
    if (!op_context("histogram", 1, &x))
        return NULL;
    if (bins < 1 || bins == INT64_MAX || !layout_init(&at, 1, (int64_t[]){bins + 1}))
        return op_fail(x, TT_ERR_ARG, "histogram: %lld bins", (long long)bins);
    if (!(isfinite(lo) && isfinite(hi) && lo <= hi && isfinite(hi - lo)))
        return op_fail(x, TT_ERR_ARG, "histogram: bins from %g to %g", lo, hi);
    double wider = lo == hi ? 0.5 : 0;
    tt_dtype d = wide_dtype(x->dtype) == TT_I64 ? TT_F64 : wide_dtype(x->dtype);
    tt_tensor *in[] = {as_row(tt_cast(x, d)),
                       tt_linspace(x->ctx, d, lo - wider, hi + wider, bins + 1)};
    return op_apply(&histogram, 2, in, &(bool){true}, sizeof(bool));
}

tt_tensor *tt_histogram_edges(tt_tensor *x, tt_tensor *edges)
{
    tt_tensor *in[] = {x, edges};
    if (!op_context("histogram_edges", 2, in))
        return NULL;
    if (edges->dtype != x->dtype)
        return op_fail(x, TT_ERR_DTYPE,
                       "histogram_edges: dtypes differ: %s and edges %s; cast one with tt_cast",
                       describe(x).s, describe(edges).s);
    if (edges->at.ndim != 1)
        return op_fail(x, TT_ERR_SHAPE, "histogram_edges: the edges are %s, not one row",
                       describe(edges).s);
    if (edges->at.shape[0] == 0)
        return op_fail(x, TT_ERR_ARG, "histogram_edges: no edges");
    in[0] = as_row(as_wide(x));
    in[1] = as_wide(edges);
    return op_apply(&histogram_edges, 2, in, &(bool){false}, sizeof(bool));
}

/* in: places in range; attr: elements of a step along the axis, and its size */
typedef struct unravel_attr {
    int64_t step, size;
} unravel_attr;

static tt_status unravel_infer(op_call *c)
{
    return infer_same_shape(c, TT_I64);
}

static void unravel_forward(op_call *c)
{
    const unravel_attr *a = c->attr;
    unravel_run(&c->ctx->ex, tensor_numel(c->in[0]), numbers_of(c->in[0]), a->step, a->size,
                (int64_t *)(void *)c->out->data);
}

static const op unravel = {
    .name = "unravel_index", .infer = unravel_infer, .forward = unravel_forward};

/* Names the first place that is out of range. */
static bool places_fit(const tt_tensor *x, const layout *at)
{
    int64_t low = 0, high = -1, count = layout_numel(at), n = tensor_numel(x);
    const int64_t *places = numbers_of(x);
    if (n > 0)
        range_run(&x->ctx->ex, n, places, &low, &high);
    if (low >= 0 && high < count)
        return true;
    for (int64_t i = 0; i < n; i++)
        if (places[i] < 0 || places[i] >= count) {
            op_fail(x, TT_ERR_INDEX,
                    "unravel_index: place %lld, the %lldth of %s, is out of range for %s",
                    (long long)places[i], (long long)i, describe(x).s,
                    describe_shape(at->ndim, at->shape).s);
            break;
        }
    return false;
}

tt_status tt_unravel_index(tt_tensor *x, int ndim, const int64_t *shape, tt_tensor **out)
{
    layout at;
    for (int i = 0; i < ndim; i++)
        out[i] = NULL;
    tt_ctx *ctx = op_context("unravel_index", 1, &x);
    if (!ctx || refuse_numbers("unravel_index", x) ||
        !op_layout(ctx, "unravel_index", ndim, shape, &at))
        return op_status(x);
    x = as_wide(x);
    if (!x || !places_fit(x, &at))
        return ctx->err.code;
    unravel_attr a = {.step = 1};
    for (int i = ndim - 1; i >= 0; a.step *= shape[i--]) {
        a.size = shape[i];
        out[i] = op_apply(&unravel, 1, &x, &a, sizeof a);
    }
    for (int i = 0; i < ndim && ctx->err.code; i++)
        out[i] = NULL;
    return ctx->err.code;
}
