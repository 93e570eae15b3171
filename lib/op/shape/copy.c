/* Copies: contiguous, clone, cast. Gradients flow through all of them, between float dtypes. */
#include <tinytensor/shape.h>
#include "kernel/walk/copy.h"
#include "op/core/op.h"

static tt_status cast_infer(op_call *c)
{
    return infer_same_shape(c, *(const tt_dtype *)c->attr);
}

static void copy_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
}

static void cast_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_cast(grads_out(g), c->in[0]->dtype));
}

static const op cast = {
    .name = "cast", .infer = cast_infer, .forward = copy_forward, .vjp = cast_vjp};

tt_tensor *tt_cast(tt_tensor *x, tt_dtype dtype)
{
    if (!op_context("cast", 1, &x))
        return NULL;
    if (!dtype_is_known(dtype))
        return op_fail(x, TT_ERR_DTYPE, "cast: %d is not a dtype", (int)dtype);
    if (dtype == x->dtype)
        return x;
    return op_apply(&cast, 1, &x, &dtype, sizeof dtype);
}

static tt_status clone_infer(op_call *c)
{
    return infer_same_shape(c, c->in[0]->dtype);
}

static void clone_vjp(const op_call *c, op_grads *g)
{
    (void)c;
    grads_add(g, 0, grads_out(g));
}

static const op clone = {
    .name = "clone", .infer = clone_infer, .forward = copy_forward, .vjp = clone_vjp};

tt_tensor *tt_clone(tt_tensor *x)
{
    return op_apply(&clone, 1, &x, NULL, 0);
}

tt_tensor *tt_contiguous(tt_tensor *x)
{
    if (!op_context("contiguous", 1, &x))
        return NULL;
    return layout_is_contiguous(&x->at) ? x : tt_clone(x);
}

tt_tensor *tt_detach(tt_tensor *x)
{
    return op_context("detach", 1, &x) ? tensor_view(x, &x->at) : NULL;
}
