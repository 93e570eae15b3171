/* Normalisation of channels. The operation is on (n c s), whatever axes x has; running statistics
 * are updated after it, when nothing can fail any more. */
#include <tinytensor/convolution.h>
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/convolution/batch_norm.h"
#include "op/core/op.h"
#include "sizes.h"

enum { STATS = 1, SHORT = 8 }; /* a result; runs of fewer elements are put together */

/* Operands: x, then mean and var where not training, then weight and bias where there are. */
typedef struct norm_attr {
    bool training, weight, bias;
    double eps;
} norm_attr;

static tt_tensor *weight_of(const op_call *c)
{
    const norm_attr *a = c->attr;
    return a->weight ? c->in[a->training ? 1 : 3] : NULL;
}

static tt_tensor *bias_of(const op_call *c)
{
    return ((const norm_attr *)c->attr)->bias ? c->in[c->n_in - 1] : NULL;
}

static operand optional(tt_tensor *t, tt_dtype dtype)
{
    return t ? operand_of(t) : (operand){NULL, NULL, dtype};
}

static batch_norm_args args_of(const norm_attr *a, tt_tensor *x, tt_tensor *weight, tt_tensor *bias,
                               tt_tensor *stats)
{
    return (batch_norm_args){.dtype = x->dtype,
                             .n = x->at.shape[0],
                             .c = x->at.shape[1],
                             .s = x->at.shape[2],
                             .training = a->training,
                             .eps = a->eps,
                             .x = x->data,
                             .weight = optional(weight, x->dtype),
                             .bias = optional(bias, x->dtype),
                             .stats = (double *)stats->data};
}

static tt_status norm_infer(op_call *c)
{
    layout_init(infer_also(c, TT_F64), 2, (int64_t[]){c->in[0]->at.shape[1], 3});
    return infer_same_shape(c, c->in[0]->dtype);
}

static void norm_forward(op_call *c)
{
    const norm_attr *n = c->attr;
    batch_norm_args a = args_of(n, c->in[0], weight_of(c), bias_of(c), c->result[STATS].tensor);
    if (!n->training) {
        a.mean = operand_of(c->in[1]);
        a.var = operand_of(c->in[2]);
    }
    batch_norm_run(&c->ctx->ex, &a, c->out->data);
}

/* in: x, stats, g [, weight]; results: the gradient of x, and (2 c), those of weight and bias. */
static tt_status backward_infer(op_call *c)
{
    layout_init(infer_also(c, c->in[0]->dtype), 2, (int64_t[]){2, c->in[0]->at.shape[1]});
    return infer_same_shape(c, c->in[0]->dtype);
}

static void backward_forward(op_call *c)
{
    batch_norm_args a = args_of(c->attr, c->in[0], c->n_in > 3 ? c->in[3] : NULL, NULL, c->in[1]);
    batch_norm_backward_run(&c->ctx->ex, &a, c->out->data, c->result[1].tensor->data,
                            c->in[2]->data);
}

static const op norm_backward = {
    .name = "batch_norm_backward", .infer = backward_infer, .forward = backward_forward};

static void norm_vjp(const op_call *c, op_grads *g)
{
    const norm_attr *a = c->attr;
    tt_tensor *in[] = {c->in[0], c->result[STATS].tensor, tt_contiguous(grads_out(g)),
                       weight_of(c)};
    tt_tensor *gx, *sums, **const out[] = {&gx, &sums};
    if (!op_apply_all(&norm_backward, a->weight ? 4 : 3, in, a, sizeof *a, 2, out))
        return;
    if (grads_need(g, 0))
        grads_add(g, 0, gx);
    int weight = a->training ? 1 : 3;
    if (a->weight && grads_need(g, weight))
        grads_add(g, weight, tt_select(sums, 0, 0));
    if (a->bias && grads_need(g, c->n_in - 1))
        grads_add(g, c->n_in - 1, tt_select(sums, 0, 1));
}

static tt_tensor *column(tt_tensor *t)
{
    return tt_unsqueeze(t, 1);
}

static void norm_composed(const op_call *c, tt_tensor **out)
{
    const norm_attr *a = c->attr;
    tt_tensor *x = c->in[0], *var;
    if (a->training) {
        for (int i = 0; i < 2; i++) /* again, for what the rounding of a mean leaves */
            x = tt_sub(x, tt_mean(x, TT_AXES(0, 2), true));
        var = tt_mean(tt_mul(x, x), TT_AXES(0, 2), true);
    } else {
        x = tt_sub(x, column(c->in[1]));
        var = column(c->in[2]);
    }
    tt_tensor *y = tt_mul(x, tt_pow_scalar(tt_add_scalar(var, a->eps), -0.5));
    if (a->weight)
        y = tt_mul(y, column(weight_of(c)));
    out[0] = a->bias ? tt_add(y, column(bias_of(c))) : y;
}

static const op batch_norm = {.name = "batch_norm",
                              .infer = norm_infer,
                              .forward = norm_forward,
                              .vjp = norm_vjp,
                              .saves = SAVE_IN(0) | SAVE_IN(1) | SAVE_IN(2) | SAVE_IN(3) |
                                       SAVE_RESULT(STATS) | CONSTANT_RESULT(STATS),
                              .composed = norm_composed};

static bool x_is_possible(tt_tensor *x, bool training)
{
    if (!dtype_is_float(x->dtype))
        op_fail(x, TT_ERR_DTYPE, "batch_norm: x is %s; float32 or float64 is needed",
                describe(x).s);
    else if (x->at.ndim < 2)
        op_fail(x, TT_ERR_SHAPE, "batch_norm: x is %s; (b c ...) is needed", describe(x).s);
    else if (training && layout_numel(&x->at) && layout_numel(&x->at) == x->at.shape[1])
        op_fail(x, TT_ERR_SHAPE,
                "batch_norm: training needs more than one value of a channel: x is %s",
                describe(x).s);
    else
        return true;
    return false;
}

/* May both running statistics be read, and in training written? */
static bool running_are_possible(tt_tensor *x, tt_tensor *mean, tt_tensor *var, bool training)
{
    if (!mean != !var || (!mean && !training)) {
        op_fail(x, TT_ERR_ARG, "batch_norm: running_mean and running_var are needed %s",
                training ? "both, or neither" : "where not training");
        return false;
    }
    if (!mean)
        return true;
    if (!is_of_channels("batch_norm", x, mean, "running_mean") ||
        !is_of_channels("batch_norm", x, var, "running_var"))
        return false;
    return !training ||
           (op_inplace("batch_norm", mean, 0, NULL) && op_inplace("batch_norm", var, 0, NULL));
}

/* running += momentum (new - running); the variance of n values without bias. */
static void update(tt_tensor *running, const double *stats, int column_of, double factor,
                   double momentum)
{
    int64_t size = element_size(running->dtype);
    for (int64_t c = 0; c < running->at.shape[0]; c++) {
        char *at = (char *)running->data + c * running->at.stride[0] * size;
        double old = element_load(at, running->dtype);
        element_store(at, running->dtype,
                      (1 - momentum) * old + momentum * factor * stats[3 * c + column_of]);
    }
    op_written(running);
}

/* (n c s), with long runs of elements of a channel: its axes may have been exchanged for that. */
static tt_tensor *by_channels(tt_tensor *x, bool *exchanged)
{
    int64_t n = x->at.shape[0], c = x->at.shape[1], s = 1;
    for (int i = 2; i < x->at.ndim; i++)
        s *= x->at.shape[i];
    tt_tensor *rows = tt_reshape(x, TT_SHAPE(n, c, s));
    *exchanged = s < SHORT && n > 1;
    if (*exchanged)
        rows = tt_reshape(tt_transpose(rows, 0, 1), TT_SHAPE(1, c, n * s));
    return tt_contiguous(rows);
}

static tt_tensor *as_before(tt_tensor *y, const tt_tensor *x, bool exchanged)
{
    if (exchanged && y) {
        int64_t n = x->at.shape[0], c = x->at.shape[1];
        y = tt_transpose(tt_reshape(y, TT_SHAPE(c, n, n ? y->at.shape[2] / n : 0)), 0, 1);
    }
    return tt_reshape(y, x->at.ndim, x->at.shape);
}

tt_tensor *tt_batch_norm(tt_tensor *x, tt_tensor *running_mean, tt_tensor *running_var,
                         tt_tensor *weight, tt_tensor *bias, bool training, double momentum,
                         double eps)
{
    tt_tensor *given[5] = {x}, *in[5], *others[] = {running_mean, running_var, weight, bias};
    int n_given = 1, n = 1;
    for (int i = 0; i < 4; i++)
        if (others[i])
            given[n_given++] = others[i];
    tt_ctx *ctx = op_context("batch_norm", n_given, given);
    if (!ctx || !x_is_possible(x, training) ||
        !is_of_channels("batch_norm", x, weight, "the weight") ||
        !is_of_channels("batch_norm", x, bias, "the bias") ||
        !running_are_possible(x, running_mean, running_var, training))
        return NULL;
    bool exchanged;
    in[0] = by_channels(x, &exchanged);
    if (!training) { /* copies, that later updates do not touch */
        in[n++] = tt_clone(tt_detach(running_mean));
        in[n++] = tt_clone(tt_detach(running_var));
    }
    if (weight)
        in[n++] = weight;
    if (bias)
        in[n++] = bias;
    norm_attr a = {training, weight != NULL, bias != NULL, eps};
    tt_tensor *y, *stats, **const out[] = {&y, &stats};
    if (!op_apply_all(&batch_norm, n, in, &a, sizeof a, 2, out))
        return NULL;
    y = as_before(y, x, exchanged);
    int64_t values = x->at.shape[1] ? layout_numel(&x->at) / x->at.shape[1] : 0;
    if (y && stats && training && running_mean && values > 1) {
        update(running_mean, (const double *)stats->data, 0, 1, momentum);
        update(running_var, (const double *)stats->data, 2, (double)values / (double)(values - 1),
               momentum);
    }
    return y;
}
