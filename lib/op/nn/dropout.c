/* Dropout and the context's training mode. Input: x and a probability; output: x, with elements
 * zeroed and the rest scaled by 1/(1-p) while training. */
#include <tinytensor/elementwise.h>
#include <tinytensor/nn.h>
#include <tinytensor/shape.h>
#include "kernel/elementwise/elementwise.h"
#include "kernel/random/random.h"
#include "op/core/op.h"

void tt_set_training(tt_ctx *ctx, bool training)
{
    if (ctx)
        ctx->training = training;
}

bool tt_is_training(const tt_ctx *ctx)
{
    return ctx && ctx->training;
}

enum { MASK = 1 }; /* a result: what x is multiplied by */

static tt_status dropout_infer(op_call *c)
{
    const tt_tensor *x = c->in[0];
    layout_init(infer_also(c, x->dtype), x->at.ndim, x->at.shape);
    return infer_same_shape(c, x->dtype);
}

static void dropout_forward(op_call *c)
{
    double p = *(const double *)c->attr;
    rng r = {c->ctx->seed, c->ctx->counter};
    random_mask_run(&c->ctx->ex, &r, operand_of(c->result[MASK].tensor), p,
                    p < 1 ? 1 / (1 - p) : 0);
    c->ctx->counter = r.counter;
    binary_run(&c->ctx->ex, BINARY_mul, operand_of(c->out), operand_of(c->in[0]),
               operand_of(c->result[MASK].tensor));
}

static void dropout_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_mul(grads_out(g), c->result[MASK].tensor));
}

static const op dropout = {.name = "dropout",
                           .infer = dropout_infer,
                           .forward = dropout_forward,
                           .vjp = dropout_vjp,
                           .saves = SAVE_RESULT(MASK) | CONSTANT_RESULT(MASK)};

/* A handle of its own on the same memory, through which that is not written: in training it would
 * be another. */
static tt_tensor *undropped(tt_tensor *x)
{
    tt_tensor *y = tt_reshape(x, x->at.ndim, x->at.shape);
    if (y && !y->readonly)
        y->readonly = UNDROPPED;
    return y;
}

tt_tensor *tt_dropout(tt_tensor *x, double p)
{
    tt_ctx *ctx = op_context("dropout", 1, &x);
    if (!ctx)
        return NULL;
    if (!(p >= 0 && p <= 1))
        return op_fail(x, TT_ERR_ARG, "dropout: p is %g, not in [0, 1]", p);
    if (!dtype_is_float(x->dtype))
        return op_fail(x, TT_ERR_DTYPE, "dropout: x is %s; float32 or float64 is needed",
                       describe(x).s);
    if (!ctx->training || p == 0)
        return undropped(x);
    return op_apply(&dropout, 1, &x, &p, sizeof p);
}
