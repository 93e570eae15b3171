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

/* in: q, k, v, out, lse, gradient of out [, mask]; one tensor for all three gradients: the elements
 * of gq, of gk, of gv, each (t h d) inside. */
static tt_status backward_infer(op_call *c)
{
    int64_t n = tensor_numel(c->in[Q]) + tensor_numel(c->in[K]) + tensor_numel(c->in[V]);
    c->dtype = c->in[Q]->dtype;
    layout_init(&c->at, 1, &n);
    return TT_OK;
}

static layout gradient_of(const tt_tensor *x, int64_t offset)
{
    layout at;
    layout_init(&at, x->at.ndim, x->at.shape);
    heads_inside(&at);
    at.offset = offset;
    return at;
}

static attention_operand part(tt_tensor *all, const layout *at)
{
    attention_operand o = {.data = all->data + at->offset * element_size(all->dtype),
                           .row = at->stride[at->ndim - 2]};
    for (int i = 0; i < at->ndim - 2; i++)
        o.batch[i] = at->stride[i];
    return o;
}

static void backward_forward(op_call *c)
{
    attention_args a = args_of(c->attr, c->in, c->n_in > B_MASK ? c->in[B_MASK] : NULL,
                               c->in[B_OUT], c->in[B_LSE]);
    layout q = gradient_of(c->in[Q], 0), k = gradient_of(c->in[K], tensor_numel(c->in[Q]));
    layout v = gradient_of(c->in[V], k.offset + tensor_numel(c->in[K]));
    attention_backward_run(&c->ctx->ex, &a, operand_from(c->in[B_GRAD], &c->in[Q]->at),
                           part(c->out, &q), part(c->out, &k), part(c->out, &v));
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

/* The gradients in plain ops, for a pass that is itself recorded. */
static void composed(const op_call *c, op_grads *g)
{
    const attention_attr *at = c->attr;
    tt_tensor *q = c->in[Q], *k = c->in[K], *v = c->in[V], *gy = grads_out(g);
    tt_tensor *p = tt_softmax(scores(q, k, c->n_in > MASK ? c->in[MASK] : NULL, at), -1);
    tt_tensor *dp = tt_matmul(gy, tt_transpose(v, -1, -2));
    tt_tensor *ds = tt_mul(p, tt_sub(dp, tt_sum(tt_mul(dp, p), TT_AXES(-1), true)));
    ds = tt_mul_scalar(ds, at->scale);
    grads_add(g, Q, tt_matmul(ds, k));
    grads_add(g, K, tt_matmul(tt_transpose(ds, -1, -2), q));
    grads_add(g, V, tt_matmul(tt_transpose(p, -1, -2), gy));
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
    if (c->ctx->mode == TT_GRAD) {
        composed(c, g);
        return;
    }
    tt_tensor *in[] = {c->in[Q],
                       c->in[K],
                       c->in[V],
                       c->out,
                       c->result[LSE].tensor,
                       with_columns(grads_out(g)),
                       c->n_in > MASK ? c->in[MASK] : NULL};
    tt_tensor *all =
        op_apply(&attention_backward, in[B_MASK] ? 7 : 6, in, c->attr, sizeof(attention_attr));
    int64_t offset = 0;
    for (int i = Q; i <= V && all; i++) {
        layout at = gradient_of(c->in[i], offset);
        grads_add(g, i, tensor_view(all, &at));
        offset += tensor_numel(c->in[i]);
    }
}

static const op attention = {.name = "scaled_dot_product_attention",
                             .infer = attention_infer,
                             .forward = attention_forward,
                             .vjp = attention_vjp,
                             .saves = SAVE_IN_ALL | SAVE_OUT | SAVE_RESULT(LSE)};

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
    return !ctx->err.code;
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
