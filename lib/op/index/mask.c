/* Selecting by masks: the elements where a mask is true, and the places of what is not zero. The
 * size of the result depends on the values, so infer counts them. */
#include <tinytensor/index.h>
#include <tinytensor/shape.h>
#include "kernel/walk/copy.h"
#include "kernel/index/gather.h"
#include "op/core/op.h"

static tt_status masked_select_infer(op_call *c)
{
    layout_init(&c->at, 1, (int64_t[]){nonzero_count(&c->ctx->ex, operand_of(c->in[1]))});
    c->dtype = c->in[0]->dtype;
    return TT_OK;
}

static void masked_select_forward(op_call *c)
{
    masked_select_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), operand_of(c->in[1]));
}

/* in: values (1-D), mask: zeros of the mask's shape with the values where it is true. */
static tt_status masked_put_infer(op_call *c)
{
    c->dtype = c->in[0]->dtype;
    layout_init(&c->at, c->in[1]->at.ndim, c->in[1]->at.shape);
    return TT_OK;
}

static void masked_put_forward(op_call *c)
{
    int64_t zero[1] = {0};
    fill_run(&c->ctx->ex, operand_of(c->out), zero);
    masked_scatter_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[1]), operand_of(c->in[0]));
}

static void masked_put_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_masked_select(grads_out(g), c->in[1]));
}

static const op masked_put = {.name = "masked_put",
                              .infer = masked_put_infer,
                              .forward = masked_put_forward,
                              .vjp = masked_put_vjp,
                              .saves = SAVE_IN(1)};

static void masked_select_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *in[] = {grads_out(g), c->in[1]};
    grads_add(g, 0, op_apply(&masked_put, 2, in, NULL, 0));
}

static const op masked_select = {.name = "masked_select",
                                 .infer = masked_select_infer,
                                 .forward = masked_select_forward,
                                 .vjp = masked_select_vjp,
                                 .saves = SAVE_IN(1)};

tt_tensor *tt_masked_select(tt_tensor *x, tt_tensor *mask)
{
    layout both;
    tt_tensor *in[] = {x, mask};
    if (!op_context("masked_select", 2, in))
        return NULL;
    if (mask->dtype != TT_BOOL)
        return op_fail(x, TT_ERR_DTYPE, "masked_select: the mask is %s, not bool",
                       describe(mask).s);
    if (!layout_broadcast(&both, &x->at, &mask->at))
        return op_fail(x, TT_ERR_SHAPE, "masked_select: shapes do not broadcast: %s and %s",
                       describe(x).s, describe(mask).s);
    in[0] = tt_expand(x, both.ndim, both.shape);
    in[1] = tt_expand(mask, both.ndim, both.shape);
    return op_apply(&masked_select, 2, in, NULL, 0);
}

static tt_status nonzero_infer(op_call *c)
{
    int64_t n = nonzero_count(&c->ctx->ex, operand_of(c->in[0]));
    layout_init(&c->at, 2, (int64_t[]){n, c->in[0]->at.ndim});
    c->dtype = TT_I64;
    return TT_OK;
}

static void nonzero_forward(op_call *c)
{
    nonzero_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
}

static const op nonzero = {.name = "nonzero", .infer = nonzero_infer, .forward = nonzero_forward};

tt_tensor *tt_nonzero(tt_tensor *x)
{
    return op_apply(&nonzero, 1, &x, NULL, 0);
}
