/* The op contract and the products made of it. Input: two tensors and a table of axes; output: the
 * contraction. Invariant: every product of the library, also in gradients, is one of these. */
#include "contract.h"
#include <stddef.h>
#include <tinytensor/ops.h>
#include "kernel/product/contract.h"

void contract_begin(contract_attr *t)
{
    t->naxes = 0;
    t->alpha = 1;
    t->half_pair = false;
}

void contract_add(contract_attr *t, int64_t size, int a, int b, int out)
{
    t->axis[t->naxes].size = size;
    t->axis[t->naxes].a = (int8_t)a;
    t->axis[t->naxes].b = (int8_t)b;
    t->axis[t->naxes].out = (int8_t)out;
    t->naxes++;
}

bool is_half_pair(const tt_tensor *x, const tt_tensor *w)
{
    return x->dtype == TT_F32 && dtype_is_half(w->dtype);
}

bool half_pair_allowed(const char *name, int n, tt_tensor *const *in)
{
    for (int i = 0; i < n && in[0]->ctx->mode == TT_GRAD; i++)
        if (tensor_wants_grad(in[i])) {
            ctx_error(
                in[0]->ctx, TT_ERR_DTYPE,
                "%s: %s and %s have no gradients; cast to float32 with tt_cast, or compute in "
                "a TT_NO_GRAD scope",
                name, describe(in[0]).s, describe(in[1]).s);
            return false;
        }
    return true;
}

static tt_status contract_infer(op_call *c)
{
    const contract_attr *t = c->attr;
    int64_t shape[CONTRACT_AXES];
    int ndim = 0;
    c->dtype = t->half_pair ? TT_F32 : c->in[0]->dtype;
    if (!t->half_pair && check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!dtype_is_arithmetic(c->dtype))
        return op_error(c, TT_ERR_DTYPE, "%s has no products; cast first", describe(c->in[0]).s);
    for (int i = 0; i < t->naxes; i++)
        if (t->axis[i].out != ABSENT) {
            shape[t->axis[i].out] = t->axis[i].size;
            ndim++;
        }
    if (!layout_init(&c->at, ndim, shape))
        return op_error(c, TT_ERR_SHAPE, "the result has %d axes or too many elements", ndim);
    return TT_OK;
}

static int64_t stride_in(const tt_tensor *x, int axis, int64_t size)
{
    return axis == ABSENT || (x->at.shape[axis] == 1 && size != 1) ? 0 : x->at.stride[axis];
}

static void contract_forward(op_call *c)
{
    const contract_attr *t = c->attr;
    /* the kernel's b is the half one */
    bool swap = t->half_pair && c->in[0]->dtype != TT_F32;
    const tt_tensor *left = c->in[swap], *right = c->in[!swap];
    contract_plan p;
    contract_init(&p, c->dtype);
    p.half_b = t->half_pair ? right->dtype : (tt_dtype)0;
    p.alpha = t->alpha;
    for (int i = 0; i < t->naxes; i++) {
        int64_t size = t->axis[i].size;
        int64_t a = stride_in(left, swap ? t->axis[i].b : t->axis[i].a, size);
        int64_t b = stride_in(right, swap ? t->axis[i].a : t->axis[i].b, size);
        if (t->axis[i].out == ABSENT)
            contract_sum(&p, size, a, b);
        else
            contract_keep(&p, size, a, b, c->out->at.stride[t->axis[i].out]);
    }
    contract_run(&c->ctx->ex, &p, c->out->data, left->data, right->data);
}

/* The table for the gradient of x, an operand: the result's gradient times the other operand, with
 * the roles exchanged. An axis that x broadcasts is summed, and one that neither of the two has is
 * left out; `gone` marks both. */
static void exchange(const contract_attr *t, const tt_tensor *x, bool is_a, contract_attr *r,
                     bool *gone)
{
    int place[LAYOUT_MAX_NDIM], n = 0;
    contract_begin(r);
    r->alpha = t->alpha;
    for (int i = 0; i < t->naxes; i++) {
        int mine = is_a ? t->axis[i].a : t->axis[i].b, other = is_a ? t->axis[i].b : t->axis[i].a;
        if (mine != ABSENT)
            gone[mine] = x->at.shape[mine] != t->axis[i].size ||
                         (other == ABSENT && t->axis[i].out == ABSENT);
    }
    for (int k = 0; k < x->at.ndim; k++)
        place[k] = gone[k] ? ABSENT : n++;
    for (int i = 0; i < t->naxes; i++) {
        int mine = is_a ? t->axis[i].a : t->axis[i].b, other = is_a ? t->axis[i].b : t->axis[i].a;
        if (other != ABSENT || t->axis[i].out != ABSENT)
            contract_add(r, t->axis[i].size, t->axis[i].out, other,
                         mine == ABSENT ? ABSENT : place[mine]);
    }
}

static tt_tensor *gradient(const op_call *c, tt_tensor *gy, int i)
{
    const tt_tensor *x = c->in[i];
    contract_attr t;
    bool gone[LAYOUT_MAX_NDIM] = {false}, any = false;
    int64_t shape[LAYOUT_MAX_NDIM];
    exchange(c->attr, x, i == 0, &t, gone);
    tt_tensor *r = op_contract(gy, c->in[1 - i], &t);
    for (int k = 0; k < x->at.ndim; k++) {
        shape[k] = gone[k] ? 1 : x->at.shape[k];
        any = any || gone[k];
    }
    return any ? tt_expand(tt_reshape(r, x->at.ndim, shape), x->at.ndim, x->at.shape) : r;
}

static void contract_vjp(const op_call *c, op_grads *g)
{
    for (int i = 0; i < 2; i++)
        if (grads_need(g, i))
            grads_add(g, i, gradient(c, grads_out(g), i));
}

static const op contract = {.name = "product",
                            .infer = contract_infer,
                            .forward = contract_forward,
                            .vjp = contract_vjp,
                            .saves = SAVE_IN(0) | SAVE_IN(1)};

tt_tensor *op_contract(tt_tensor *a, tt_tensor *b, const contract_attr *t)
{
    tt_tensor *in[] = {op_widened(a), op_widened(b)};
    size_t used = offsetof(contract_attr, axis) + (size_t)t->naxes * sizeof t->axis[0];
    tt_tensor *y = op_apply(&contract, 2, in, t, used);
    return a == in[0] ? y : op_narrowed(y, a->dtype);
}

/* Both operands usable: alive, of one context and one dtype that has products. */
static tt_ctx *check(const char *name, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    tt_ctx *ctx = op_context(name, 2, in);
    if (!ctx)
        return NULL;
    if (a->dtype != b->dtype) {
        ctx_error(ctx, TT_ERR_DTYPE, "%s: dtypes differ: a is %s, b is %s", name, describe(a).s,
                  describe(b).s);
        return NULL;
    }
    if (!dtype_is_arithmetic(a->dtype)) {
        ctx_error(ctx, TT_ERR_DTYPE, "%s: no products of %s; cast first", name, describe(a).s);
        return NULL;
    }
    return ctx;
}

/* As check, and one operand may be weights of 16-bit floats. */
static bool check_matmul(tt_tensor *a, tt_tensor *b, bool *half_pair)
{
    tt_tensor *in[] = {a, b};
    if (!op_context("matmul", 2, in))
        return false;
    *half_pair = is_half_pair(a, b) || is_half_pair(b, a);
    return *half_pair ? half_pair_allowed("matmul", 2, in) : check("matmul", a, b) != NULL;
}

tt_tensor *tt_matmul(tt_tensor *a, tt_tensor *b)
{
    contract_attr t;
    layout batch, la, lb;
    bool half_pair;
    if (!check_matmul(a, b, &half_pair))
        return NULL;
    if (!a->at.ndim || !b->at.ndim)
        return op_fail(a, TT_ERR_SHAPE, "matmul: a is %s, b is %s; use mul for a scalar",
                       describe(a).s, describe(b).s);
    int na = a->at.ndim > 1 ? a->at.ndim - 2 : 0, nb = b->at.ndim > 1 ? b->at.ndim - 2 : 0;
    int64_t k = a->at.shape[a->at.ndim - 1], kb = b->at.shape[b->at.ndim > 1 ? b->at.ndim - 2 : 0];
    if (k != kb)
        return op_fail(a, TT_ERR_SHAPE, "matmul: inner sizes differ: a is %s, b is %s",
                       describe(a).s, describe(b).s);
    contract_begin(&t);
    t.half_pair = half_pair;
    layout_init(&la, na, a->at.shape);
    layout_init(&lb, nb, b->at.shape);
    if (!layout_broadcast(&batch, &la, &lb))
        return op_fail(a, TT_ERR_SHAPE, "matmul: batch axes do not broadcast: a is %s, b is %s",
                       describe(a).s, describe(b).s);
    int out = 0;
    for (; out < batch.ndim; out++) {
        int ia = out - (batch.ndim - na), ib = out - (batch.ndim - nb);
        contract_add(&t, batch.shape[out], ia < 0 ? ABSENT : ia, ib < 0 ? ABSENT : ib, out);
    }
    if (a->at.ndim > 1)
        contract_add(&t, a->at.shape[na], na, ABSENT, out++);
    if (b->at.ndim > 1)
        contract_add(&t, b->at.shape[nb + 1], ABSENT, nb + 1, out);
    contract_add(&t, k, a->at.ndim - 1, b->at.ndim > 1 ? nb : 0, ABSENT);
    return op_contract(a, b, &t);
}

tt_tensor *tt_outer(tt_tensor *a, tt_tensor *b)
{
    contract_attr t;
    if (!check("outer", a, b))
        return NULL;
    a = tt_reshape(a, TT_SHAPE(-1));
    b = tt_reshape(b, TT_SHAPE(-1));
    if (!a || !b)
        return NULL;
    contract_begin(&t);
    contract_add(&t, a->at.shape[0], 0, ABSENT, 0);
    contract_add(&t, b->at.shape[0], ABSENT, 0, 1);
    return op_contract(a, b, &t);
}

/* Marks the axes that are summed; false when one is out of range or named twice. */
static bool mark(const tt_tensor *x, int n, const int *axes, int *number)
{
    for (int i = 0; i < x->at.ndim; i++)
        number[i] = ABSENT;
    for (int i = 0; i < n; i++) {
        int k = layout_axis(x->at.ndim, axes[i]);
        if (k < 0 || number[k] != ABSENT)
            return false;
        number[k] = i;
    }
    return true;
}

static tt_tensor *sum_over(const char *name, tt_tensor *a, tt_tensor *b, int n, const int *axes_a,
                           const int *axes_b)
{
    contract_attr t;
    int sa[LAYOUT_MAX_NDIM], sb[LAYOUT_MAX_NDIM], out = 0;
    if (n < 0)
        return op_fail(a, TT_ERR_ARG, "%s: %d axes", name, n);
    if (!mark(a, n, axes_a, sa) || !mark(b, n, axes_b, sb))
        return op_fail(a, TT_ERR_AXIS,
                       "%s: an axis is out of range or named twice: a is %s, b is %s", name,
                       describe(a).s, describe(b).s);
    if (a->at.ndim + b->at.ndim - 2 * n > LAYOUT_MAX_NDIM)
        return op_fail(a, TT_ERR_SHAPE, "%s: the result has more than %d axes", name,
                       LAYOUT_MAX_NDIM);
    contract_begin(&t);
    for (int i = 0; i < a->at.ndim; i++)
        if (sa[i] == ABSENT)
            contract_add(&t, a->at.shape[i], i, ABSENT, out++);
    for (int i = 0; i < b->at.ndim; i++)
        if (sb[i] == ABSENT)
            contract_add(&t, b->at.shape[i], ABSENT, i, out++);
    for (int i = 0; i < n; i++) {
        int ia = layout_axis(a->at.ndim, axes_a[i]), ib = layout_axis(b->at.ndim, axes_b[i]);
        if (a->at.shape[ia] != b->at.shape[ib])
            return op_fail(a, TT_ERR_SHAPE,
                           "%s: axis %d of a and axis %d of b differ: a is %s, b is %s", name, ia,
                           ib, describe(a).s, describe(b).s);
        contract_add(&t, a->at.shape[ia], ia, ib, ABSENT);
    }
    return op_contract(a, b, &t);
}

tt_tensor *tt_tensordot(tt_tensor *a, tt_tensor *b, int n, const int *axes_a, const int *axes_b)
{
    return check("tensordot", a, b) ? sum_over("tensordot", a, b, n, axes_a, axes_b) : NULL;
}

tt_tensor *tt_dot(tt_tensor *a, tt_tensor *b)
{
    if (!check("dot", a, b))
        return NULL;
    if (a->at.ndim == 0 || b->at.ndim == 0) /* NumPy: a product with a scalar */
        return tt_mul(a, b);
    int last = a->at.ndim - 1, second = b->at.ndim > 1 ? b->at.ndim - 2 : 0;
    return sum_over("dot", a, b, 1, &last, &second);
}
