/* argmax and argmin: where along an axis the first extremum stands. Input: a tensor and an axis
 * that is not empty; output: int64 indices. */
#include <tinytensor/ops.h>
#include "kernel/reduce/reduce.h"
#include "reduce.h"

typedef struct arg_attr {
    int axis;
    bool keepdim, largest;
} arg_attr;

static tt_status arg_infer(op_call *c)
{
    const arg_attr *a = c->attr;
    tt_dtype d = c->in[0]->dtype;
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    if (!dtype_is_arithmetic(d) && d != TT_BOOL)
        return op_no_arithmetic(c);
    reduced[a->axis] = true;
    c->dtype = TT_I64;
    reduced_layout(c->in[0], reduced, a->keepdim, &c->at);
    return TT_OK;
}

static void arg_forward(op_call *c)
{
    const arg_attr *a = c->attr;
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    layout at;
    reduced[a->axis] = true;
    reduced_layout(c->in[0], reduced, true, &at);
    reduce_arg_run(&c->ctx->ex, a->largest, (operand){c->out->data, &at, TT_I64},
                   operand_of(c->in[0]), a->axis);
}

static const op op_argmax = {.name = "argmax", .infer = arg_infer, .forward = arg_forward};
static const op op_argmin = {.name = "argmin", .infer = arg_infer, .forward = arg_forward};

static tt_tensor *arg(const op *o, tt_tensor *x, int axis, bool keepdim, bool largest)
{
    if (!op_context(o->name, 1, &x))
        return NULL;
    arg_attr a = {op_axis(o->name, x, axis, x->at.ndim), keepdim, largest};
    if (a.axis < 0)
        return NULL;
    if ((dtype_is_arithmetic(x->dtype) || x->dtype == TT_BOOL) && x->at.shape[a.axis] == 0)
        return op_fail(x, TT_ERR_ARG, "%s: no elements to choose from in %s", o->name,
                       describe(x).s);
    x = op_widened(x);
    return op_apply(o, 1, &x, &a, sizeof a);
}

tt_tensor *tt_argmax(tt_tensor *x, int axis, bool keepdim)
{
    return arg(&op_argmax, x, axis, keepdim, true);
}

tt_tensor *tt_argmin(tt_tensor *x, int axis, bool keepdim)
{
    return arg(&op_argmin, x, axis, keepdim, false);
}
