/* layer_norm and rms_norm over the last axis: one pass over each row, forward and back. Invariant:
 * operands are contiguous (the wrapper copies those that are not). */
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/nn/layer_norm.h"
#include "op/core/op.h"

typedef struct norm_attr {
    double eps;
    bool centred, weight, bias; /* which of them follow x */
} norm_attr;

enum { STATS = 1 }; /* a result: what kernel/nn/layer_norm.h says of each row */

static layer_norm_args args_of(const op_call *c, tt_tensor *x, tt_tensor *weight, tt_tensor *bias,
                               tt_tensor *stats)
{
    const norm_attr *a = c->attr;
    int64_t n = x->at.shape[x->at.ndim - 1];
    return (layer_norm_args){.dtype = x->dtype,
                             .rows = n ? tensor_numel(x) / n : 0,
                             .n = n,
                             .centred = a->centred,
                             .eps = a->eps,
                             .x = x->data,
                             .weight = weight ? weight->data : NULL,
                             .bias = bias ? bias->data : NULL,
                             .stats = stats->data};
}

static tt_tensor *weight_of(const op_call *c)
{
    return ((const norm_attr *)c->attr)->weight ? c->in[1] : NULL;
}

static tt_tensor *bias_of(const op_call *c)
{
    return ((const norm_attr *)c->attr)->bias ? c->in[c->n_in - 1] : NULL;
}

static tt_status norm_infer(op_call *c)
{
    const tt_tensor *x = c->in[0];
    if (!dtype_is_float(x->dtype))
        return op_error(c, TT_ERR_DTYPE, "x is %s; float32 or float64 is needed", describe(x).s);
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (x->at.ndim < 1)
        return op_error(c, TT_ERR_SHAPE, "x is %s; at least one axis is needed", describe(x).s);
    for (int i = 1; i < c->n_in; i++)
        if (c->in[i]->at.ndim != 1 || c->in[i]->at.shape[0] != x->at.shape[x->at.ndim - 1])
            return op_error(c, TT_ERR_SHAPE, "x (... n) is %s, weight or bias (n) is %s",
                            describe(x).s, describe(c->in[i]).s);
    int64_t stats[LAYOUT_MAX_NDIM];
    for (int i = 0; i < x->at.ndim; i++)
        stats[i] = x->at.shape[i];
    stats[x->at.ndim - 1] = 3;
    layout_init(infer_also(c, x->dtype), x->at.ndim, stats);
    return infer_same_shape(c, x->dtype);
}

static void norm_forward(op_call *c)
{
    layer_norm_args a = args_of(c, c->in[0], weight_of(c), bias_of(c), c->result[STATS].tensor);
    layer_norm_run(&c->ctx->ex, &a, c->out->data);
}

/* in: x, stats, g [, weight] */
static tt_status backward_infer(op_call *c)
{
    return infer_same_shape(c, c->in[0]->dtype);
}

static void backward_forward(op_call *c)
{
    layer_norm_args a = args_of(c, c->in[0], c->n_in > 3 ? c->in[3] : NULL, NULL, c->in[1]);
    layer_norm_backward_run(&c->ctx->ex, &a, c->out->data, c->in[2]->data);
}

/* in: x, stats, g; the result is (2, n): the gradients of weight and bias. */
static tt_status weights_infer(op_call *c)
{
    const tt_tensor *x = c->in[0];
    c->dtype = x->dtype;
    layout_init(&c->at, 2, (int64_t[]){2, x->at.shape[x->at.ndim - 1]});
    return TT_OK;
}

static void weights_forward(op_call *c)
{
    layer_norm_args a = args_of(c, c->in[0], NULL, NULL, c->in[1]);
    layer_norm_weights_run(&c->ctx->ex, &a, c->out->data, c->in[2]->data);
}

static const op norm_backward = {
    .name = "norm_backward", .infer = backward_infer, .forward = backward_forward};
static const op norm_weights = {
    .name = "norm_backward", .infer = weights_infer, .forward = weights_forward};

static void norm_composed(const op_call *c, tt_tensor **out)
{
    const norm_attr *a = c->attr;
    tt_tensor *x = c->in[0];
    for (int i = 0; i < 2 && a->centred; i++) /* again, for what the rounding of a mean leaves */
        x = tt_sub(x, tt_mean(x, TT_AXES(-1), true));
    tt_tensor *var = tt_mean(tt_mul(x, x), TT_AXES(-1), true);
    tt_tensor *y = tt_mul(x, tt_pow_scalar(tt_add_scalar(var, a->eps), -0.5));
    if (a->weight)
        y = tt_mul(y, weight_of(c));
    *out = a->bias ? tt_add(y, bias_of(c)) : y;
}

static void norm_vjp(const op_call *c, op_grads *g)
{
    const norm_attr *a = c->attr;
    tt_tensor *in[] = {c->in[0], c->result[STATS].tensor, tt_contiguous(grads_out(g)),
                       weight_of(c)};
    if (grads_need(g, 0))
        grads_add(g, 0, op_apply(&norm_backward, a->weight ? 4 : 3, in, a, sizeof *a));
    if ((a->weight && grads_need(g, 1)) || (a->bias && grads_need(g, c->n_in - 1))) {
        tt_tensor *both = op_apply(&norm_weights, 3, in, a, sizeof *a);
        if (a->weight)
            grads_add(g, 1, tt_select(both, 0, 0));
        if (a->bias)
            grads_add(g, c->n_in - 1, tt_select(both, 0, 1));
    }
}

static const op layer_norm = {.name = "layer_norm",
                              .infer = norm_infer,
                              .forward = norm_forward,
                              .vjp = norm_vjp,
                              .saves = SAVE_IN(0) | SAVE_IN(1) | SAVE_RESULT(STATS),
                              .composed = norm_composed};
static const op rms_norm = {.name = "rms_norm",
                            .infer = norm_infer,
                            .forward = norm_forward,
                            .vjp = norm_vjp,
                            .saves = SAVE_IN(0) | SAVE_IN(1) | SAVE_RESULT(STATS),
                            .composed = norm_composed};

static tt_tensor *apply(const op *o, tt_tensor *x, tt_tensor *weight, tt_tensor *bias, double eps,
                        bool centred)
{
    tt_tensor *in[3];
    int n = 0;
    norm_attr a = {eps, centred, weight != NULL, bias != NULL};
    in[n++] = tt_contiguous(x);
    if (weight)
        in[n++] = tt_contiguous(weight);
    if (bias)
        in[n++] = tt_contiguous(bias);
    return op_apply(o, n, in, &a, sizeof a);
}

tt_tensor *tt_layer_norm(tt_tensor *x, tt_tensor *weight, tt_tensor *bias, double eps)
{
    return apply(&layer_norm, x, weight, bias, eps, true);
}

tt_tensor *tt_rms_norm(tt_tensor *x, tt_tensor *weight, double eps)
{
    return apply(&rms_norm, x, weight, NULL, eps, false);
}
