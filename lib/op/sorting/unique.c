/* The different elements, and the different parts along an axis. The number of them depends on the
 * values, so infer counts them, in what was sorted before. Results that are not wanted have no
 * elements. */
#include <tinytensor/index.h>
#include <tinytensor/shape.h>
#include <tinytensor/sorting.h>
#include "kernel/sorting/unique.h"
#include "op/sorting/along.h"

enum { FIRST, INVERSE, COUNTS }; /* results */

static int64_t *places_of(tt_tensor *t)
{
    return (int64_t *)(void *)t->data;
}

/* inverse: the shape of INVERSE */
static tt_status infer_groups(op_call *c, tt_dtype dtype, int64_t count, const layout *inverse)
{
    int64_t none = 0;
    c->dtype = dtype;
    layout_init(&c->at, 1, &count);
    if (c->wanted & 1u << INVERSE)
        layout_init(infer_also(c, TT_I64), inverse->ndim, inverse->shape);
    else
        layout_init(infer_also(c, TT_I64), 1, &none);
    layout_init(infer_also(c, TT_I64), 1, c->wanted & 1u << COUNTS ? &count : &none);
    return TT_OK;
}

static int64_t *wanted(const op_call *c, int i)
{
    return c->wanted & 1u << i ? places_of(c->result[i].tensor) : NULL;
}

/* in: a sorted row and, where INVERSE is wanted, the places; attr: the layout of what was sorted */
static tt_status unique_infer(op_call *c)
{
    const tt_tensor *x = c->in[0];
    int64_t count = groups_count(&c->ctx->ex, x->dtype, x->at.shape[0], x->data);
    return infer_groups(c, x->dtype, count, c->attr);
}

static void unique_forward(op_call *c)
{
    const tt_tensor *x = c->in[0];
    groups_run(&c->ctx->ex, x->dtype, x->at.shape[0], x->data, c->at.shape[0],
               c->n_in > 1 ? places_of(c->in[1]) : NULL, c->out->data, wanted(c, INVERSE),
               wanted(c, COUNTS));
}

static const op unique = {.name = "unique", .infer = unique_infer, .forward = unique_forward};

/* After an error none of the results is left. */
static tt_tensor *all_or_none(tt_tensor *y, tt_tensor **inverse, tt_tensor **counts)
{
    if (!y && inverse)
        *inverse = NULL;
    if (!y && counts)
        *counts = NULL;
    return y;
}

tt_tensor *tt_unique(tt_tensor *x, tt_tensor **inverse, tt_tensor **counts)
{
    tt_tensor *y = NULL, *in[2] = {NULL}, **out[] = {&y, inverse, counts};
    all_or_none(NULL, inverse, counts);
    if (!op_context("unique", 1, &x))
        return NULL;
    layout at;
    layout_init(&at, x->at.ndim, x->at.shape);
    in[0] = tt_sort(as_row(x), 0, false, inverse ? &in[1] : NULL);
    op_apply_all(&unique, inverse ? 2 : 1, in, &at, sizeof at, 3, out);
    return y;
}

/* The rows of a matrix in order: result 0 the order, result 1 the groups of equals. */
static tt_status sort_rows_infer(op_call *c)
{
    c->dtype = TT_I64;
    layout_init(&c->at, 1, c->in[0]->at.shape);
    layout_init(infer_also(c, TT_I64), 1, c->in[0]->at.shape);
    return TT_OK;
}

static void sort_rows_forward(op_call *c)
{
    const tt_tensor *x = c->in[0];
    sort_rows_run(&c->ctx->ex, x->dtype, x->at.shape[0], x->at.shape[1], x->data, places_of(c->out),
                  places_of(c->result[1].tensor));
}

static const op op_sort_rows = {
    .name = "unique_axis", .infer = sort_rows_infer, .forward = sort_rows_forward};

/* in: order, group; FIRST: the places of the first rows */
static tt_status unique_rows_infer(op_call *c)
{
    int64_t n = c->in[1]->at.shape[0];
    return infer_groups(c, TT_I64, n ? places_of(c->in[1])[n - 1] + 1 : 0, &c->in[0]->at);
}

static void unique_rows_forward(op_call *c)
{
    row_groups_run(c->in[0]->at.shape[0], places_of(c->in[0]), places_of(c->in[1]),
                   places_of(c->out), wanted(c, INVERSE), wanted(c, COUNTS));
}

static const op unique_rows = {
    .name = "unique_axis", .infer = unique_rows_infer, .forward = unique_rows_forward};

tt_tensor *tt_unique_axis(tt_tensor *x, int axis, tt_tensor **inverse, tt_tensor **counts)
{
    tt_tensor *first = NULL, *in[2] = {NULL};
    all_or_none(NULL, inverse, counts);
    if (!op_context("unique_axis", 1, &x))
        return NULL;
    int k = op_axis("unique_axis", x, axis, x->at.ndim);
    if (k < 0)
        return NULL;
    int64_t shape[] = {x->at.shape[k], 1};
    for (int i = 0; i < x->at.ndim; i++)
        shape[1] *= i == k ? 1 : x->at.shape[i];
    x = tt_detach(x);
    tt_tensor *rows = tt_contiguous(tt_reshape(tt_moveaxis(x, k, 0), 2, shape));
    op_apply_all(&op_sort_rows, 1, &rows, NULL, 0, 2, (tt_tensor * *const[]){&in[0], &in[1]});
    op_apply_all(&unique_rows, 2, in, NULL, 0, 3, (tt_tensor * *const[]){&first, inverse, counts});
    return all_or_none(tt_take(x, k, first), inverse, counts);
}
