/* scaled_dot_product_attention: softmax(scale q k^T + mask) v over the last two axes, tile by tile.
 * Invariants: the operands' columns are adjacent (the wrapper copies those whose are not), and the
 * axis before t of the result is inside of t in memory, so that heads are joined without a copy. */
#include "kernel/nn/attention.h"

#include <math.h>
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "op/core/op.h"

typedef struct attention_attr {
    double scale;
    bool causal;
} attention_attr;

enum { Q, K, V, MASK };                       /* operands */
enum { LSE = 1 };                             /* a result: logsumexp of each row of scores */
enum { B_OUT = MASK, B_LSE, B_GRAD, B_MASK }; /* operands of the gradient, after q, k and v */

static attention_operand operand_from(tt_tensor *x, const layout *out)
{
    attention_operand o = {.data = x->data, .row = x->at.stride[x->at.ndim - 2]};
    for (int i = 0; i < out->ndim - 2; i++)
        o.batch[i] = x->at.stride[i];
    return o;
}

static attention_args args_of(const attention_attr *at, tt_tensor *const *in, tt_tensor *mask,
                              tt_tensor *out, tt_tensor *lse)
{
    int n = in[Q]->at.ndim;
    attention_args a = {.dtype = in[Q]->dtype,
                        .nbatch = n - 2,
                        .t = in[Q]->at.shape[n - 2],
                        .s = in[K]->at.shape[n - 2],
                        .d = in[Q]->at.shape[n - 1],
                        .dv = in[V]->at.shape[n - 1],
                        .scale = at->scale,
                        .causal = at->causal,
                        .lse = lse->data};
    for (int i = 0; i < n - 2; i++)
        a.batch[i] = in[Q]->at.shape[i];
    a.q = operand_from(in[Q], &in[Q]->at);
    a.k = operand_from(in[K], &in[Q]->at);
    a.v = operand_from(in[V], &in[Q]->at);
    a.out = operand_from(out, &in[Q]->at);
    if (!mask)
        return a;
    layout m;
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < n - 1; i++)
        shape[i] = in[Q]->at.shape[i];
    shape[n - 1] = a.s;
    layout_expand(&m, &mask->at, n, shape);
    a.mask = mask->data;
    a.mask_adds = mask->dtype != TT_BOOL;
    a.mask_row = m.stride[n - 2];
    a.mask_col = m.stride[n - 1];
    for (int i = 0; i < n - 2; i++)
        a.mask_batch[i] = m.stride[i];
    return a;
}

/* (... h t d) in the order of (... t h d) in memory. */
static void heads_inside(layout *at)
{
    int n = at->ndim;
    if (n < 3)
        return;
    at->stride[n - 3] = at->shape[n - 1];
    at->stride[n - 2] = at->shape[n - 1] * at->shape[n - 3];
}

static tt_status attention_infer(op_call *c)
{
    const tt_tensor *q = c->in[Q];
    int n = q->at.ndim;
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < n; i++)
        shape[i] = i == n - 1 ? c->in[V]->at.shape[n - 1] : q->at.shape[i];
    c->dtype = q->dtype;
    if (!layout_init(&c->at, n, shape))
        return op_error(c, TT_ERR_SHAPE, "the result is too large");
    heads_inside(&c->at);
    layout_init(infer_also(c, c->dtype), n - 1, shape);
    return TT_OK;
}

static void attention_forward(op_call *c)
{
    attention_args a =
        args_of(c->attr, c->in, c->n_in > MASK ? c->in[MASK] : NULL, c->out, c->result[LSE].tensor);
    attention_run(&c->ctx->ex, &a);
}

/* in: q, k, v, out, lse, gradient of out [, mask]; results: the gradients of q, k and v. */
static tt_status backward_infer(op_call *c)
{
    c->dtype = c->in[Q]->dtype;
    for (int i = Q; i <= V; i++) {
        const tt_tensor *x = c->in[i];
        layout *at = i == Q ? &c->at : infer_also(c, c->dtype);
        layout_init(at, x->at.ndim, x->at.shape);
        heads_inside(at);
    }
    return TT_OK;
}

static void backward_forward(op_call *c)
{
    const layout *q = &c->in[Q]->at;
    tt_tensor *mask = c->n_in > B_MASK ? c->in[B_MASK] : NULL;
    attention_args a = args_of(c->attr, c->in, mask, c->in[B_OUT], c->in[B_LSE]);
    attention_backward_run(
        &c->ctx->ex, &a, operand_from(c->in[B_GRAD], q), operand_from(c->result[Q].tensor, q),
        operand_from(c->result[K].tensor, q), operand_from(c->result[V].tensor, q));
}

static const op attention_backward = {
    .name = "attention_backward", .infer = backward_infer, .forward = backward_forward};

/* Scores with what may not be attended to at -inf. */
static tt_tensor *scores(tt_tensor *q, tt_tensor *k, tt_tensor *mask, const attention_attr *at)
{
    tt_tensor *s = tt_mul_scalar(tt_matmul(q, tt_transpose(k, -1, -2)), at->scale);
    if (at->causal && s) {
        int64_t t = tt_size(s, -2), n = tt_size(s, -1);
        tt_tensor *ones = tt_ones(tt_ctx_of(q), TT_BOOL, TT_SHAPE(t, n));
        s = tt_masked_fill(s, tt_triu(ones, 1), -(double)INFINITY);
    }
    if (mask && tt_dtype_of(mask) == TT_BOOL)
        return tt_masked_fill(s, tt_logical_not(mask), -(double)INFINITY);
    return mask ? tt_add(s, mask) : s;
}

static void attention_composed(const op_call *c, tt_tensor **out)
{
    tt_tensor *mask = c->n_in > MASK ? c->in[MASK] : NULL;
    *out = tt_matmul(tt_softmax(scores(c->in[Q], c->in[K], mask, c->attr), -1), c->in[V]);
}

static tt_tensor *with_columns(tt_tensor *x)
{
    int last = x ? x->at.ndim - 1 : -1;
    if (last < 1 || (x->at.stride[last] == 1 && x->at.stride[last - 1] >= x->at.shape[last]))
        return x;
    return tt_clone(x);
}

static void attention_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *in[] = {[Q] = c->in[Q],
                       [K] = c->in[K],
                       [V] = c->in[V],
                       [B_OUT] = c->out,
                       [B_LSE] = c->result[LSE].tensor,
                       [B_GRAD] = with_columns(grads_out(g)),
                       [B_MASK] = c->n_in > MASK ? c->in[MASK] : NULL};
    tt_tensor *grads[] = {NULL, NULL, NULL}, **out[3];
    for (int i = Q; i <= V; i++)
        out[i] = grads_need(g, i) ? &grads[i] : NULL;
    op_apply_all(&attention_backward, in[B_MASK] ? B_MASK + 1 : B_MASK, in, c->attr,
                 sizeof(attention_attr), 3, out);
    for (int i = Q; i <= V; i++)
        grads_add(g, i, grads[i]);
}

static const op attention = {.name = "scaled_dot_product_attention",
                             .infer = attention_infer,
                             .forward = attention_forward,
                             .vjp = attention_vjp,
                             .saves = SAVE_IN_ALL | SAVE_OUT | SAVE_RESULT(LSE),
                             .composed = attention_composed};

/* Shapes and dtypes; the batch axes of q, k and v broadcast to `batch`. */
static bool fits(tt_tensor *q, tt_tensor *k, tt_tensor *v, tt_tensor *mask, layout *batch)
{
    tt_tensor *in[] = {q, k, v, mask};
    tt_ctx *ctx = op_context(attention.name, mask ? 4 : 3, in);
    if (!ctx)
        return false;
    layout lead[3], both;
    bool ok = true;
    for (int i = 0; i < 3; i++) {
        ok = ok && in[i]->at.ndim >= 2;
        if (ok)
            layout_init(&lead[i], in[i]->at.ndim - 2, in[i]->at.shape);
    }
    ok = ok && layout_broadcast(&both, &lead[Q], &lead[K]) &&
         layout_broadcast(batch, &both, &lead[V]);
    if (!dtype_is_float(q->dtype) || k->dtype != q->dtype || v->dtype != q->dtype)
        ctx_error(ctx, TT_ERR_DTYPE, "%s: q, k and v must be of one floating dtype: %s, %s, %s",
                  attention.name, describe(q).s, describe(k).s, describe(v).s);
    else if (!ok || q->at.shape[q->at.ndim - 1] != k->at.shape[k->at.ndim - 1] ||
             k->at.shape[k->at.ndim - 2] != v->at.shape[v->at.ndim - 2])
        ctx_error(ctx, TT_ERR_SHAPE, "%s: q (... t d) is %s, k (... s d) %s, v (... s e) %s",
                  attention.name, describe(q).s, describe(k).s, describe(v).s);
    else if (mask && mask->dtype != TT_BOOL && mask->dtype != q->dtype)
        ctx_error(ctx, TT_ERR_DTYPE, "%s: the mask is %s; bool or the dtype of q is needed",
                  attention.name, describe(mask).s);
    else
        return true;
    return false;
}

static tt_tensor *expanded(tt_tensor *x, const layout *batch)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    int n = batch->ndim;
    for (int i = 0; i < n; i++)
        shape[i] = batch->shape[i];
    shape[n] = x->at.shape[x->at.ndim - 2];
    shape[n + 1] = x->at.shape[x->at.ndim - 1];
    bool same = x->at.ndim == n + 2;
    for (int i = 0; same && i < n; i++)
        same = x->at.shape[i] == shape[i];
    return with_columns(same ? x : tt_expand(x, n + 2, shape));
}

tt_tensor *tt_scaled_dot_product_attention(tt_tensor *q, tt_tensor *k, tt_tensor *v,
                                           tt_tensor *mask, bool causal, double scale)
{
    layout batch, whole;
    if (!fits(q, k, v, mask, &batch))
        return NULL;
    int64_t d = q->at.shape[q->at.ndim - 1], t = q->at.shape[q->at.ndim - 2];
    attention_attr a = {scale != 0 ? scale : d ? 1 / sqrt((double)d) : 1, causal};
    if (mask && tensor_wants_grad(mask)) /* a bias that is learned: the gradient has all scores */
        return tt_matmul(tt_softmax(scores(q, k, mask, &a), -1), v);
    tt_tensor *in[] = {expanded(q, &batch), expanded(k, &batch), expanded(v, &batch), mask};
    if (!in[Q] || !in[K] || !in[V])
        return NULL;
    int n = batch.ndim + 2;
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < n - 1; i++)
        shape[i] = in[Q]->at.shape[i];
    shape[n - 1] = in[K]->at.shape[n - 2];
    if (mask && !layout_expand(&whole, &mask->at, n, shape))
        return op_fail(q, TT_ERR_SHAPE,
                       "%s: the mask is %s, the scores (... t s) have t %lld, s %lld",
                       attention.name, describe(mask).s, (long long)t, (long long)shape[n - 1]);
    return op_apply(&attention, mask ? 4 : 3, in, &a, sizeof a);
}
