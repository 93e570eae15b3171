/* Selecting by masks: the elements where a mask is true, read and written, and the places of what
 * is not zero. Sizes depend on the values, so infer counts them. */
#include <tinytensor/compare.h>
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

/* Both in the shape that they have in common. */
static bool expand_both(const char *name, tt_tensor **x, tt_tensor **mask)
{
    layout both;
    if ((*mask)->dtype != TT_BOOL)
        return op_fail(*x, TT_ERR_DTYPE, "%s: the mask is %s, not bool", name, describe(*mask).s);
    if (!layout_broadcast(&both, &(*x)->at, &(*mask)->at))
        return op_fail(*x, TT_ERR_SHAPE, "%s: shapes do not broadcast: %s and %s", name,
                       describe(*x).s, describe(*mask).s);
    *x = tt_expand(*x, both.ndim, both.shape);
    *mask = tt_expand(*mask, both.ndim, both.shape);
    return *x && *mask;
}

tt_tensor *tt_masked_select(tt_tensor *x, tt_tensor *mask)
{
    tt_tensor *in[] = {x, mask};
    if (!op_context("masked_select", 2, in) || !expand_both("masked_select", &in[0], &in[1]))
        return NULL;
    return op_apply(&masked_select, 2, in, NULL, 0);
}

/* in: x, mask of its shape, source (n). */
static tt_status masked_scatter_infer(op_call *c)
{
    int64_t n = nonzero_count(&c->ctx->ex, operand_of(c->in[1]));
    if (n > c->in[2]->at.shape[0])
        return op_error(c, TT_ERR_SHAPE,
                        "the source has %lld elements, the mask is true %lld times",
                        (long long)c->in[2]->at.shape[0], (long long)n);
    return infer_same_shape(c, c->in[0]->dtype);
}

static void masked_scatter_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    masked_scatter_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[1]), operand_of(c->in[2]));
}

static void masked_scatter_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, tt_masked_fill(gy, c->in[1], 0));
    if (!grads_need(g, 2))
        return;
    tt_tensor *gs = tt_masked_select(gy, c->in[1]);
    if (gs) /* of what was not needed it is 0 */
        gs = tt_pad(gs, 1, (int64_t[]){0}, (int64_t[]){c->in[2]->at.shape[0] - gs->at.shape[0]}, 0);
    grads_add(g, 2, gs);
}

static const op masked_scatter = {.name = "masked_scatter",
                                  .infer = masked_scatter_infer,
                                  .forward = masked_scatter_forward,
                                  .vjp = masked_scatter_vjp,
                                  .saves = SAVE_IN(1)};

tt_tensor *tt_masked_scatter(tt_tensor *x, tt_tensor *mask, tt_tensor *src)
{
    tt_tensor *in[] = {x, mask, src};
    if (!op_context("masked_scatter", 3, in))
        return NULL;
    if (src->dtype != x->dtype)
        return op_fail(x, TT_ERR_DTYPE,
                       "masked_scatter: x is %s, the source is %s; cast one with tt_cast",
                       describe(x).s, describe(src).s);
    if (!expand_both("masked_scatter", &in[0], &in[1]))
        return NULL;
    in[2] = src->at.ndim == 1 ? src : tt_reshape(src, TT_SHAPE(-1));
    return op_apply(&masked_scatter, 3, in, NULL, 0);
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
