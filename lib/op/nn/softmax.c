/* softmax and log_softmax along an axis: one pass over each row, forward and back. Invariant: a row
 * of -inf gives zeros, never NaN. */
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/nn/softmax.h"
#include "op/core/op.h"

typedef struct softmax_attr {
    int axis;
    bool log;
} softmax_attr;

static tt_status softmax_infer(op_call *c)
{
    if (!dtype_is_float(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "x is %s; float32 or float64 is needed",
                        describe(c->in[0]).s);
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    return infer_same_shape(c, c->in[0]->dtype);
}

static void softmax_forward(op_call *c)
{
    const softmax_attr *a = c->attr;
    softmax_run(&c->ctx->ex, a->log, operand_of(c->out), operand_of(c->in[0]), a->axis);
}

static void softmax_backward_forward(op_call *c)
{
    const softmax_attr *a = c->attr;
    softmax_backward_run(&c->ctx->ex, a->log, operand_of(c->out), operand_of(c->in[0]),
                         operand_of(c->in[1]), a->axis);
}

/* in: y, gradient of y. In logarithms y is that of probabilities, and softmax(y) they themselves.
 */
static void backward_composed(const op_call *c, tt_tensor **out)
{
    const softmax_attr *a = c->attr;
    tt_tensor *y = c->in[0], *gy = c->in[1];
    if (a->log)
        *out = tt_sub(gy, tt_mul(tt_softmax(y, a->axis), tt_sum(gy, 1, &a->axis, true)));
    else
        *out = tt_mul(y, tt_sub(gy, tt_sum(tt_mul(gy, y), 1, &a->axis, true)));
}

static const op softmax_backward = {.name = "softmax_backward",
                                    .infer = softmax_infer,
                                    .forward = softmax_backward_forward,
                                    .saves = SAVE_IN_ALL,
                                    .composed = backward_composed};

static void softmax_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *in[] = {c->out, grads_out(g)};
    grads_add(g, 0, op_apply(&softmax_backward, 2, in, c->attr, sizeof(softmax_attr)));
}

/* (x - m) - log(sum(exp(x - m))) with the maximum m, which is a constant. A row of -inf has the
 * logarithm -inf of its sum, which is not subtracted. */
static void softmax_composed(const op_call *c, tt_tensor **out)
{
    const softmax_attr *a = c->attr;
    tt_tensor *m = tt_detach(tt_max(c->in[0], 1, &a->axis, true));
    tt_tensor *x = tt_sub(c->in[0], tt_masked_fill(m, tt_isinf(m), 0));
    tt_tensor *sum = tt_log(tt_sum(tt_exp(x), 1, &a->axis, true));
    tt_tensor *y = tt_sub(x, tt_masked_fill(sum, tt_isinf(sum), 0));
    *out = a->log ? y : tt_exp(y);
}

static const op softmax = {.name = "softmax",
                           .infer = softmax_infer,
                           .forward = softmax_forward,
                           .vjp = softmax_vjp,
                           .saves = SAVE_OUT,
                           .composed = softmax_composed,
                           .plain_vjp = true};
static const op log_softmax = {.name = "log_softmax",
                               .infer = softmax_infer,
                               .forward = softmax_forward,
                               .vjp = softmax_vjp,
                               .saves = SAVE_OUT,
                               .composed = softmax_composed,
                               .plain_vjp = true};

static tt_tensor *apply(const op *o, tt_tensor *x, int axis, bool log)
{
    if (!op_context(o->name, 1, &x))
        return NULL;
    bool scalar = x->at.ndim == 0 && (axis == 0 || axis == -1);
    if (scalar) /* as PyTorch: a row of one element */
        x = tt_reshape(x, TT_SHAPE(1));
    softmax_attr a = {x ? op_axis(o->name, x, axis, x->at.ndim) : -1, log};
    if (a.axis < 0)
        return NULL;
    tt_tensor *y = op_apply(o, 1, &x, &a, sizeof a);
    return scalar ? tt_reshape(y, TT_SCALAR) : y;
}

tt_tensor *tt_softmax(tt_tensor *x, int axis)
{
    return apply(&softmax, x, axis, false);
}

tt_tensor *tt_log_softmax(tt_tensor *x, int axis)
{
    return apply(&log_softmax, x, axis, true);
}
