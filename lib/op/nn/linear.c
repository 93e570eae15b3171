/* linear: y = x w^T + b over the last axis of x, the layer of every network. Input: x (... in),
 * w (out in), b (out) or none; output: (... out). Without gradients w, or w and b, may be of 16-bit
 * floats. Invariant: x is never copied when its rows lie at one stride. */
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/product/contract.h"
#include "kernel/walk/copy.h"
#include "op/product/contract.h"

/* All of one dtype; or x float32, and the weight of 16-bit floats with a bias of either dtype. */
static tt_status check_dtypes(op_call *c)
{
    const tt_tensor *x = c->in[0], *w = c->in[1], *bias = c->n_in == 3 ? c->in[2] : NULL;
    if (!is_half_pair(x, w) || (bias && bias->dtype != x->dtype && bias->dtype != w->dtype))
        return check_same_dtype(c);
    return half_pair_allowed("linear", c->n_in, c->in) ? TT_OK : c->ctx->err.code;
}

static tt_status linear_infer(op_call *c)
{
    const tt_tensor *x = c->in[0], *w = c->in[1];
    int64_t shape[LAYOUT_MAX_NDIM];
    if (!dtype_is_float(x->dtype))
        return op_error(c, TT_ERR_DTYPE, "x is %s; float32 or float64 is needed", describe(x).s);
    if (check_dtypes(c) < 0)
        return c->ctx->err.code;
    if (w->at.ndim != 2 || x->at.ndim < 1 || x->at.shape[x->at.ndim - 1] != w->at.shape[1])
        return op_error(c, TT_ERR_SHAPE, "x (... in) is %s, weight (out in) is %s", describe(x).s,
                        describe(w).s);
    if (c->n_in == 3 && (c->in[2]->at.ndim != 1 || c->in[2]->at.shape[0] != w->at.shape[0]))
        return op_error(c, TT_ERR_SHAPE, "weight (out in) is %s, bias (out) is %s", describe(w).s,
                        describe(c->in[2]).s);
    for (int i = 0; i < x->at.ndim; i++)
        shape[i] = x->at.shape[i];
    shape[x->at.ndim - 1] = w->at.shape[0];
    c->dtype = x->dtype;
    if (!layout_init(&c->at, x->at.ndim, shape))
        return op_error(c, TT_ERR_SHAPE, "the result is too large");
    return TT_OK;
}

static void linear_forward(op_call *c)
{
    const layout *x = &c->in[0]->at, *w = &c->in[1]->at, *y = &c->out->at;
    int last = x->ndim - 1;
    contract_plan p;
    contract_init(&p, c->dtype);
    if (c->in[1]->dtype != c->in[0]->dtype)
        p.half_b = c->in[1]->dtype;
    for (int i = 0; i < last; i++)
        contract_keep(&p, x->shape[i], x->stride[i], 0, y->stride[i]);
    contract_keep(&p, w->shape[0], 0, w->stride[0], y->stride[last]);
    contract_sum(&p, w->shape[1], x->stride[last], w->stride[1]);
    if (c->n_in == 3) { /* the rows begin as the bias, and the product is added */
        layout at;
        copy_run(&c->ctx->ex, operand_of(c->out), operand_expand(c->in[2], y, &at));
        p.accumulate = true;
    }
    contract_run(&c->ctx->ex, &p, c->out->data, c->in[0]->data, c->in[1]->data);
}

static void linear_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g), *x = c->in[0], *w = c->in[1];
    int last = x->at.ndim - 1;
    contract_attr dx, dw;
    contract_begin(&dx);
    contract_begin(&dw);
    for (int i = 0; i < last; i++) {
        contract_add(&dx, x->at.shape[i], i, ABSENT, i);
        contract_add(&dw, x->at.shape[i], i, i, ABSENT);
    }
    contract_add(&dx, w->at.shape[1], ABSENT, 1, last);
    contract_add(&dx, w->at.shape[0], last, 0, ABSENT);
    /* the gradient lies in memory as the weight does, so that a transposed view costs no copy */
    bool turned = w->at.stride[0] == 1 && w->at.stride[1] > 1;
    contract_add(&dw, w->at.shape[0], last, ABSENT, turned);
    contract_add(&dw, w->at.shape[1], ABSENT, last, !turned);
    if (grads_need(g, 0))
        grads_add(g, 0, op_contract(gy, w, &dx));
    if (grads_need(g, 1)) {
        tt_tensor *t = op_contract(gy, x, &dw);
        grads_add(g, 1, turned ? tt_transpose(t, 0, 1) : t);
    }
    if (c->n_in == 3)
        grads_add(g, 2, gy);
}

static void linear_composed(const op_call *c, tt_tensor **out)
{
    tt_tensor *y = tt_matmul(c->in[0], tt_transpose(c->in[1], 0, 1));
    *out = c->n_in == 3 ? tt_add(y, tt_cast(c->in[2], c->in[0]->dtype)) : y;
}

static const op linear = {.name = "linear",
                          .infer = linear_infer,
                          .forward = linear_forward,
                          .vjp = linear_vjp,
                          .saves = SAVE_IN(0) | SAVE_IN(1),
                          .composed = linear_composed,
                          .plain_vjp = true};

tt_tensor *tt_linear(tt_tensor *x, tt_tensor *weight, tt_tensor *bias)
{
    tt_tensor *in[] = {x, weight, bias};
    return op_apply(&linear, bias ? 3 : 2, in, NULL, 0);
}
