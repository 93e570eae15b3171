/* linear_cross_entropy: the mean cross entropy of x w^T against class numbers. Input: x (n in),
 * w (classes in), targets (n); output: a scalar. Invariant: the logits of all rows are never held,
 * and where gradients will be wanted, forward has made them. */
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/nn/linear_loss.h"
#include "kernel/nn/loss.h"
#include "kernel/walk/copy.h"
#include "op/product/contract.h"
#include "op/core/op.h"

enum { GX = 1, GW = 2 }; /* results: what forward makes beside the loss */

static tt_status check_targets(op_call *c)
{
    int64_t bad, classes = c->in[1]->at.shape[0];
    layout logits;
    layout_init(&logits, 2, (int64_t[]){c->in[0]->at.shape[0], classes});
    cross_entropy_args a = {.logits = {NULL, &logits, c->in[0]->dtype},
                            .targets = operand_of(c->in[2]),
                            .ignore_index = *(const int64_t *)c->attr};
    if (cross_entropy_check(&a, &bad))
        return TT_OK;
    return op_error(c, TT_ERR_INDEX, "target %lld is not a class in [0, %lld)", (long long)bad,
                    (long long)classes);
}

static tt_status infer(op_call *c)
{
    const tt_tensor *x = c->in[0], *w = c->in[1];
    static const int64_t none[2] = {0, 0};
    c->dtype = x->dtype;
    layout_init(&c->at, 0, NULL);
    layout_init(infer_also(c, c->dtype), 2,
                c->recording && tensor_wants_grad(x) ? x->at.shape : none);
    layout_init(infer_also(c, c->dtype), 2,
                c->recording && tensor_wants_grad(w) ? w->at.shape : none);
    return check_targets(c);
}

static void *wanted(const op_call *c, int i)
{
    return c->result[i].at.shape[0] > 0 ? c->result[i].tensor->data : NULL;
}

/* Recording, the gradients are made as well, while the logits are in cache. */
static void forward(op_call *c)
{
    const linear_loss_args a = {.x = operand_of(c->in[0]),
                                .w = operand_of(c->in[1]),
                                .targets = operand_of(c->in[2]),
                                .ignore_index = *(const int64_t *)c->attr,
                                .gx = wanted(c, GX),
                                .gw = wanted(c, GW)};
    double mean = 0;
    if (linear_loss_run(&c->ctx->ex, &a, &mean))
        element_store(c->out->data, c->dtype, mean);
}

static void composed(const op_call *c, tt_tensor **out)
{
    *out =
        tt_cross_entropy(tt_linear(c->in[0], c->in[1], NULL), c->in[2], *(const int64_t *)c->attr);
}

static void vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    bool one = tt_item(gy) == 1;
    tt_tensor *ready[] = {c->result[GX].tensor, c->result[GW].tensor};
    for (int i = 0; i < 2; i++)
        if (grads_need(g, i))
            grads_add(g, i, one ? ready[i] : tt_mul(ready[i], gy));
}

static const op linear_cross_entropy = {.name = "linear_cross_entropy",
                                        .infer = infer,
                                        .forward = forward,
                                        .vjp = vjp,
                                        .saves = SAVE_IN_ALL | SAVE_RESULT(GX) | SAVE_RESULT(GW),
                                        .composed = composed};

tt_tensor *tt_linear_cross_entropy(tt_tensor *x, tt_tensor *weight, tt_tensor *targets,
                                   int64_t ignore_index)
{
    tt_tensor *in[] = {x, weight, targets};
    tt_ctx *ctx = op_context(linear_cross_entropy.name, 3, in);
    if (!ctx)
        return NULL;
    int last = x->at.ndim - 1;
    bool fits = last >= 0 && weight->at.ndim == 2 && x->at.shape[last] == weight->at.shape[1] &&
                targets->at.ndim == last;
    for (int i = 0; fits && i < last; i++)
        fits = targets->at.shape[i] == x->at.shape[i];
    bool half = is_half_pair(x, weight) && targets->dtype == TT_I64;
    if (half && !half_pair_allowed(linear_cross_entropy.name, 3, in))
        return NULL;
    if (!half &&
        (!dtype_is_float(x->dtype) || weight->dtype != x->dtype || targets->dtype != TT_I64))
        return op_fail(
            x, TT_ERR_DTYPE,
            "%s: x is %s, weight %s, targets %s; one floating dtype and int64 are needed",
            linear_cross_entropy.name, describe(x).s, describe(weight).s, describe(targets).s);
    if (!fits)
        return op_fail(
            x, TT_ERR_SHAPE,
            "%s: x (... in) is %s, weight (classes in) %s, targets (...) %s; tt_reshape one",
            linear_cross_entropy.name, describe(x).s, describe(weight).s, describe(targets).s);
    int64_t rows = tensor_numel(targets);
    in[0] = tt_reshape(x, TT_SHAPE(rows, x->at.shape[last]));
    in[2] = tt_reshape(targets, TT_SHAPE(rows));
    return op_apply(&linear_cross_entropy, 3, in, &ignore_index, sizeof ignore_index);
}
