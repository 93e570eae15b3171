/* Leaves: which tensors want a gradient, and the gradient they hold. Invariant: the handle that
 * tt_grad has shown to a user stays the gradient of that tensor for as long as it lives. */
#include <tinytensor/elementwise.h>
#include "op/core/op.h"

static bool may_require(tt_tensor *x, const char *name)
{
    tt_ctx *ctx = op_context(name, 1, &x);
    if (!ctx)
        return false;
    if (dtype_is_float(x->dtype))
        return true;
    ctx_error(ctx, TT_ERR_GRAD, "%s: only float32 and float64 tensors require grad, this is %s",
              name, describe(x).s);
    return false;
}

static void cut(tt_tensor *x)
{
    struct node *n = x->node;
    x->node = NULL;
    if (n)
        node_unref(x->ctx, n);
}

tt_tensor *tt_param(tt_tensor *x)
{
    if (!may_require(x, "param"))
        return NULL;
    leaf *l = x->leaf ? x->leaf : leaf_new(x);
    if (!l)
        return NULL;
    cut(x);
    x->leaf = l;
    if (x->scope > ROOT)
        tensor_move(x, ROOT);
    return x;
}

bool tt_requires_grad(const tt_tensor *x)
{
    return tensor_alive(x) && tensor_wants_grad(x);
}

tt_status tt_set_requires_grad(tt_tensor *x, bool required)
{
    if (!required) {
        if (!op_context("set_requires_grad", 1, &x))
            return op_status(x);
        if (x->node)
            return ctx_error(x->ctx, TT_ERR_GRAD,
                             "set_requires_grad: the tensor was computed; use tt_detach");
        leaf *l = x->leaf;
        x->leaf = NULL;
        if (l)
            leaf_unref(x->ctx, l);
        return TT_OK;
    }
    if (!may_require(x, "set_requires_grad"))
        return op_status(x);
    if (!x->node && !x->leaf)
        x->leaf = leaf_new(x);
    return x->node || x->leaf ? TT_OK : op_status(x);
}

/* A private tensor of zeros of the leaf's shape. */
static tt_tensor *zeros_for(leaf *l)
{
    tt_scope s = tt_scope_begin(l->shape->ctx, TT_NO_GRAD);
    tt_tensor *z = tt_zeros_like(l->shape);
    tt_tensor *h = z ? tensor_private(z, true) : NULL;
    tt_scope_end(l->shape->ctx, s);
    return h;
}

tt_tensor *tt_grad(const tt_tensor *x)
{
    if (!tensor_alive(x) || !x->leaf)
        return NULL;
    leaf *l = x->leaf;
    if (!l->grad && l->zeroed)
        l->grad = zeros_for(l);
    if (l->grad)
        l->observed = l->grad->seen = true;
    return l->grad;
}

bool tt_has_grad(const tt_tensor *x)
{
    return tensor_alive(x) && x->leaf && (x->leaf->grad || x->leaf->zeroed);
}

/* Zeros cost a pass over memory; where nobody holds the handle they are left to be imagined. */
static tt_status zero(tt_tensor *x)
{
    leaf *l = x->leaf;
    if (!l || !l->grad)
        return TT_OK;
    if (!l->observed) {
        tensor_release(l->grad);
        l->grad = NULL;
        l->zeroed = true;
        return TT_OK;
    }
    if (!l->grad->node)
        return tt_fill_(l->grad, 0);
    tt_tensor *z = zeros_for(l);
    if (z)
        tensor_replace(l->grad, z);
    return z ? TT_OK : op_status(x);
}

tt_status tt_zero_grad(int n, tt_tensor *const *tensors)
{
    for (int i = 0; i < n; i++) {
        if (!tensors[i] || !op_context("zero_grad", 1, &tensors[i]))
            return op_status(tensors[i]);
        tt_status s = zero(tensors[i]);
        if (s < 0)
            return s;
    }
    return TT_OK;
}

tt_status tt_on_grad(tt_tensor *x, tt_tensor *(*fn)(tt_tensor *grad, void *user), void *user)
{
    tt_ctx *ctx = op_context("on_grad", 1, &x);
    if (!ctx)
        return op_status(x);
    if (!tensor_wants_grad(x) || !fn)
        return ctx_error(ctx, fn ? TT_ERR_GRAD : TT_ERR_ARG, "on_grad: %s",
                         fn ? "the tensor does not require grad" : "the function is NULL");
    grad_hook *h = block_alloc(ctx->pool, sizeof *h);
    if (!h)
        return ctx_error(ctx, TT_ERR_NOMEM, "out of memory: on_grad");
    *h = (grad_hook){NULL, fn, user};
    grad_hook **end = &tensor_sink(x)->hooks;
    while (*end)
        end = &(*end)->next;
    *end = h;
    return TT_OK;
}

void tt_set_anomaly(tt_ctx *ctx, bool on)
{
    if (ctx)
        ctx->anomaly = on;
}
