/* One-hot rows: a 1 at each index, 0 elsewhere. Invariant: every index is checked before a kernel
 * sees it; negative ones are none, as a class counts from 0. */
#include <tinytensor/index.h>
#include "kernel/elementwise/elementwise.h"
#include "kernel/index/gather.h"
#include "op/core/op.h"

static tt_status one_hot_infer(op_call *c)
{
    int64_t classes = *(const int64_t *)c->attr, shape[LAYOUT_MAX_NDIM], bad = 0;
    const tt_tensor *x = c->in[0];
    if (x->dtype != TT_I64)
        return op_error(c, TT_ERR_DTYPE, "indices are %s, not int64", describe(x).s);
    if (!op_can_have_axes("one_hot", x, x->at.ndim + 1))
        return c->ctx->err.code;
    for (int i = 0; i < x->at.ndim; i++)
        shape[i] = x->at.shape[i];
    shape[x->at.ndim] = classes;
    c->dtype = TT_I64;
    if (!layout_init(&c->at, x->at.ndim + 1, shape))
        return op_error(c, TT_ERR_SHAPE, "%s with %lld classes", describe(x).s, (long long)classes);
    operand in = operand_of(c->in[0]);
    if (!index_check(&c->ctx->ex, in, classes, &bad))
        return op_error(c, TT_ERR_INDEX, "%lld is not a class in [0, %lld)", (long long)bad,
                        (long long)classes);
    if (pointwise_has_negative(&c->ctx->ex, in))
        return op_error(c, TT_ERR_INDEX, "a class is negative, not in [0, %lld)",
                        (long long)classes);
    return TT_OK;
}

static void one_hot_forward(op_call *c)
{
    one_hot_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
}

static const op one_hot = {.name = "one_hot", .infer = one_hot_infer, .forward = one_hot_forward};

tt_tensor *tt_one_hot(tt_tensor *indices, int64_t classes)
{
    return op_apply(&one_hot, 1, &indices, &classes, sizeof classes);
}
