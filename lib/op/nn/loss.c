/* Losses with their own kernels: cross entropy from logits without the probabilities ever being
 * stored, and binary cross entropy from logits. Each costs one pass forward and one back. */
#include <string.h>
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/nn/loss.h"
#include "op/core/op.h"
#include "op/nn/reduced.h"

typedef struct ce_attr {
    int64_t ignore_index;
    double smoothing;
} ce_attr;

/* in: logits (n c), targets (n) [, weight (c)]; results: the losses (n), and of each row the
 * maximum and the sum of exponentials (n 2), which the gradient reads: without one there are none.
 */
enum { STATS = 1 };

static cross_entropy_args args_of(const op_call *c)
{
    const ce_attr *a = c->attr;
    cross_entropy_args r = {.logits = operand_of(c->in[0]),
                            .targets = operand_of(c->in[1]),
                            .ignore_index = a->ignore_index,
                            .smoothing = a->smoothing};
    if (c->n_in > 2)
        r.weight = operand_of(c->in[2]);
    return r;
}

static tt_status ce_infer(op_call *c)
{
    const tt_tensor *x = c->in[0];
    int64_t bad = 0;
    cross_entropy_args a = args_of(c);
    if (!cross_entropy_check(&a, &bad))
        return op_error(c, TT_ERR_INDEX, "target %lld is not a class in [0, %lld)", (long long)bad,
                        (long long)x->at.shape[1]);
    c->dtype = x->dtype;
    layout_init(&c->at, 1, x->at.shape);
    layout_init(infer_also(c, c->dtype), 2, (int64_t[]){c->recording ? x->at.shape[0] : 0, 2});
    return TT_OK;
}

static void ce_forward(op_call *c)
{
    cross_entropy_args a = args_of(c);
    operand stats = operand_of(c->result[STATS].tensor);
    if (!c->recording)
        stats.data = NULL;
    cross_entropy_run(&c->ctx->ex, &a, operand_of(c->out), stats);
}

/* in: logits, targets, stats, gradient of the rows [, weight] */
static tt_status ce_backward_infer(op_call *c)
{
    return infer_same_shape(c, c->in[0]->dtype);
}

static void ce_backward_forward(op_call *c)
{
    const ce_attr *at = c->attr;
    cross_entropy_args a = {.logits = operand_of(c->in[0]),
                            .targets = operand_of(c->in[1]),
                            .ignore_index = at->ignore_index,
                            .smoothing = at->smoothing};
    if (c->n_in > 4)
        a.weight = operand_of(c->in[4]);
    cross_entropy_backward_run(&c->ctx->ex, &a, operand_of(c->out), operand_of(c->in[2]),
                               operand_of(c->in[3]));
}

static const op ce_backward = {
    .name = "cross_entropy_backward", .infer = ce_backward_infer, .forward = ce_backward_forward};

/* The wanted distribution of each row, weighted: the hard part weighs w[target], the smooth part
 * w[class], and both are columns; rows that do not count are 0. */
static tt_tensor *wanted(const op_call *c)
{
    const ce_attr *a = c->attr;
    tt_tensor *t = c->in[1], *counts = tt_ne_scalar(t, (double)a->ignore_index);
    int64_t classes = c->in[0]->at.shape[1];
    tt_dtype d = c->in[0]->dtype;
    tt_tensor *q = tt_cast(tt_one_hot(tt_masked_fill(t, tt_logical_not(counts), 0), classes), d);
    q = tt_add_scalar(tt_mul_scalar(q, 1 - a->smoothing), a->smoothing / (double)classes);
    if (c->n_in > 2)
        q = tt_mul(q, tt_detach(c->in[2]));
    return tt_mul(q, tt_unsqueeze(tt_cast(counts, d), 1));
}

/* A class that is not wanted may have the logarithm -inf. */
static void ce_composed(const op_call *c, tt_tensor **out)
{
    tt_tensor *q = wanted(c), *log_p = tt_log_softmax(c->in[0], 1);
    log_p = tt_masked_fill(log_p, tt_eq_scalar(q, 0), 0);
    *out = tt_neg(tt_sum(tt_mul(q, log_p), TT_AXES(1), false));
}

static void ce_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *in[] = {c->in[0], c->in[1], c->result[STATS].tensor, grads_out(g),
                       c->n_in > 2 ? c->in[2] : NULL};
    grads_add(g, 0, op_apply(&ce_backward, c->n_in > 2 ? 5 : 4, in, c->attr, sizeof(ce_attr)));
}

static const op cross_entropy = {.name = "cross_entropy",
                                 .infer = ce_infer,
                                 .forward = ce_forward,
                                 .vjp = ce_vjp,
                                 .saves = SAVE_IN(0) | SAVE_IN(1) | SAVE_IN(2) | SAVE_RESULT(STATS),
                                 .composed = ce_composed};

static bool check(tt_tensor *x, tt_tensor *t, const tt_cross_entropy_options *o)
{
    tt_tensor *in[] = {x, t, o->weight};
    tt_ctx *ctx = op_context("cross_entropy", o->weight ? 3 : 2, in);
    if (!ctx)
        return false;
    if (!dtype_is_float(x->dtype) || t->dtype != TT_I64)
        ctx_error(ctx, TT_ERR_DTYPE,
                  "cross_entropy: logits are %s, targets %s; float and int64 "
                  "are needed",
                  describe(x).s, describe(t).s);
    else if (x->at.ndim != t->at.ndim + 1 ||
             memcmp(x->at.shape, t->at.shape, (size_t)t->at.ndim * sizeof *t->at.shape) != 0)
        ctx_error(ctx, TT_ERR_SHAPE,
                  "cross_entropy: logits (... classes) are %s, targets (...) %s; tt_reshape one",
                  describe(x).s, describe(t).s);
    else if (o->weight && (o->weight->dtype != x->dtype || o->weight->at.ndim != 1 ||
                           o->weight->at.shape[0] != x->at.shape[x->at.ndim - 1]))
        ctx_error(ctx, TT_ERR_SHAPE,
                  "cross_entropy: logits (... classes) are %s, weight (classes) "
                  "%s",
                  describe(x).s, describe(o->weight).s);
    else if (!(o->label_smoothing >= 0 && o->label_smoothing <= 1))
        ctx_error(ctx, TT_ERR_ARG, "cross_entropy: label_smoothing is %g, not in [0, 1]",
                  o->label_smoothing);
    return !ctx->err.code;
}

static double divisor(tt_tensor *x, tt_tensor *t, const tt_cross_entropy_options *o)
{
    cross_entropy_args a = {
        .logits = operand_of(x), .targets = operand_of(t), .ignore_index = o->ignore_index};
    if (o->weight)
        a.weight = operand_of(o->weight);
    return cross_entropy_weight(&a);
}

tt_tensor *tt_cross_entropy_with(tt_tensor *logits, tt_tensor *targets,
                                 const tt_cross_entropy_options *options)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    if (options)
        memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    if (!check(logits, targets, &o))
        return NULL;
    const ce_attr a = {o.ignore_index, o.label_smoothing};
    tt_tensor *x =
        tt_reshape(logits, TT_SHAPE(tensor_numel(targets), logits->at.shape[logits->at.ndim - 1]));
    tt_tensor *t = tt_reshape(targets, TT_SHAPE(tensor_numel(targets)));
    tt_tensor *in[] = {x, t, o.weight};
    tt_tensor *rows = op_apply(&cross_entropy, o.weight ? 3 : 2, in, &a, sizeof a);
    if (o.reduction == TT_LOSS_NONE)
        return tt_reshape(rows, targets->at.ndim, targets->at.shape);
    if (o.reduction != TT_LOSS_MEAN)
        return loss_reduced("cross_entropy", rows, o.reduction);
    return tt_div_scalar(tt_sum(rows, TT_ALL_AXES, false), rows ? divisor(x, t, &o) : 1);
}

tt_tensor *tt_cross_entropy(tt_tensor *logits, tt_tensor *targets, int64_t ignore_index)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.ignore_index = ignore_index;
    return tt_cross_entropy_with(logits, targets, &o);
}

static tt_status bce_infer(op_call *c)
{
    if (!dtype_is_float(c->in[0]->dtype))
        return op_error(c, TT_ERR_DTYPE, "logits are %s; float32 or float64 is needed",
                        describe(c->in[0]).s);
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!layout_same_shape(&c->in[0]->at, &c->in[1]->at))
        return op_error(
            c, TT_ERR_SHAPE,
            "logits are %s, targets %s; both need one shape: tt_reshape or tt_expand one",
            describe(c->in[0]).s, describe(c->in[1]).s);
    return infer_same_shape(c, c->in[0]->dtype);
}

static void bce_forward(op_call *c)
{
    bce_logits_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), operand_of(c->in[1]));
}

static void bce_backward_forward(op_call *c)
{
    bce_logits_backward_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]),
                            operand_of(c->in[1]), operand_of(c->in[2]));
}

static const op bce_backward = {
    .name = "bce_with_logits_backward", .infer = bce_infer, .forward = bce_backward_forward};

/* log(1 + e^x) - x t, where the former is -log p of class 0 among the logits 0 and x. */
static void bce_composed(const op_call *c, tt_tensor **out)
{
    tt_tensor *x = c->in[0], *pair = tt_stack(TT_TENSORS(tt_zeros_like(x), x), -1);
    tt_tensor *log_p = tt_select(tt_log_softmax(pair, -1), -1, 0);
    *out = tt_sub(tt_neg(log_p), tt_mul(x, c->in[1]));
}

static void bce_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g), *in[] = {c->in[0], c->in[1], gy};
    if (grads_need(g, 0))
        grads_add(g, 0, op_apply(&bce_backward, 3, in, NULL, 0));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_neg(tt_mul(gy, in[0])));
}

static const op bce = {.name = "bce_with_logits",
                       .infer = bce_infer,
                       .forward = bce_forward,
                       .vjp = bce_vjp,
                       .saves = SAVE_IN(0) | SAVE_IN(1),
                       .composed = bce_composed};

tt_tensor *tt_bce_with_logits_with(tt_tensor *logits, tt_tensor *targets,
                                   tt_loss_reduction reduction)
{
    tt_tensor *in[] = {logits, targets}, *rows = op_apply(&bce, 2, in, NULL, 0);
    return loss_reduced("bce_with_logits", rows, reduction);
}

tt_tensor *tt_bce_with_logits(tt_tensor *logits, tt_tensor *targets)
{
    return tt_bce_with_logits_with(logits, targets, TT_LOSS_MEAN);
}
