/* The one path of every operation. Input: an op, operands, attributes; output: handles in the
 * innermost scope. Invariant: a call that fails, wherever it does, leaves nothing but its error. */
#include "op.h"
#include "tape.h"

#include <stdio.h>
#include <string.h>
#include <tinytensor/shape.h>

static tt_status error_va(tt_ctx *ctx, const char *name, tt_status code, const char *format,
                          va_list args)
{
    char line[sizeof ctx->err.text];
    vsnprintf(line, sizeof line, format, args);
    return name ? ctx_error(ctx, code, "%s: %s", name, line) : ctx_error(ctx, code, "%s", line);
}

tt_status op_error(const op_call *c, tt_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_va(c->ctx, c->op->name, code, format, args);
    va_end(args);
    return code;
}

tt_status op_no_arithmetic(const op_call *c)
{
    return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s; cast first", describe(c->in[0]).s);
}

tt_tensor *op_fail(const tt_tensor *x, tt_status code, const char *format, ...)
{
    va_list args;
    if (!tensor_alive(x))
        return NULL;
    va_start(args, format);
    error_va(x->ctx, NULL, code, format, args);
    va_end(args);
    return NULL;
}

int op_axis(const char *name, const tt_tensor *x, int axis, int ndim)
{
    int k = layout_axis(ndim, axis);
    if (k < 0)
        op_fail(x, TT_ERR_AXIS, "%s: axis %d is out of range for %s", name, axis, describe(x).s);
    return k;
}

bool op_can_have_axes(const char *name, const tt_tensor *x, int ndim)
{
    if (ndim >= 0 && ndim <= LAYOUT_MAX_NDIM)
        return true;
    op_fail(x, TT_ERR_SHAPE, "%s: %d axes from %s; from 0 to %d are possible", name, ndim,
            describe(x).s, LAYOUT_MAX_NDIM);
    return false;
}

tt_status op_status(const tt_tensor *x)
{
    return x && x->ctx && x->ctx->err.code ? x->ctx->err.code : TT_ERR_ARG;
}

tt_ctx *op_context(const char *name, int n, tt_tensor *const *in)
{
    tt_ctx *ctx = NULL;
    bool alive = true;
    for (int i = 0; i < n; i++) {
        if (!tensor_live(in[i])) {
            if (in[i] && in[i]->stamp == DEAD)
                ctx_error(in[i]->ctx, TT_ERR_DEAD, "%s: operand %d is used after its scope ended",
                          name, i);
            alive = false;
            continue;
        }
        if (!ctx)
            ctx = in[i]->ctx;
        if (in[i]->ctx != ctx) {
            ctx_error(ctx, TT_ERR_CONTEXT, "%s: operands belong to different contexts", name);
            ctx_error(in[i]->ctx, TT_ERR_CONTEXT, "%s: operands belong to different contexts",
                      name);
            return NULL;
        }
    }
    if (!ctx || ctx->err.code) {
        if (ctx)
            ctx_releasing(ctx, name);
        return NULL;
    }
    if (!alive) { /* a NULL in a healthy context did not come from an earlier error */
        ctx_error(ctx, TT_ERR_ARG, "%s: an operand is NULL", name);
        return NULL;
    }
    return ctx;
}

static bool allocate(op_call *c)
{
    c->out = c->view_of >= 0 ? tensor_view(c->in[c->view_of], &c->at)
                             : tensor_new(c->ctx, c->dtype, &c->at);
    bool ok = c->out != NULL;
    for (int i = 1; i < c->n_out; i++) {
        op_result *r = &c->result[i];
        r->tensor = ok ? tensor_new(c->ctx, r->dtype, &r->at) : NULL;
        ok = r->tensor != NULL;
    }
    return ok;
}

static bool may_record(const op_call *c)
{
    if (c->ctx->mode != TT_GRAD || !(c->op->vjp || c->op->composed))
        return false;
    for (int i = 0; i < c->n_in; i++)
        if (tensor_wants_grad(c->in[i]))
            return true;
    return false;
}

/* Results that nobody takes, or after an error all of them, go. */
static void drop(const op_call *c, unsigned kept)
{
    for (int i = 0; i < c->n_out; i++)
        if (!(kept >> i & 1))
            tensor_release(c->result[i].tensor);
}

/* For tests: the results by way of the composition. */
static bool compose(op_call *c)
{
    tt_ctx *ctx = c->ctx;
    tt_tensor *out[OP_MAX_OUT] = {NULL};
    tt_scope s = tt_scope_begin(ctx, ctx->mode);
    c->op->composed(c, out);
    for (int i = 0; i < c->n_out && !ctx->err.code; i++) {
        if (out[i] && c->wanted >> i & 1)
            tensor_move(out[i], ctx->n_scopes - 2);
        c->result[i].tensor = out[i];
    }
    tt_scope_end(ctx, s);
    return !ctx->err.code;
}

static bool run(op_call *c)
{
    c->ctx = op_context(c->op->name, c->n_in, c->in);
    if (!c->ctx)
        return false;
    c->recording = may_record(c);
    c->view_of = NOT_A_VIEW;
    c->n_out = 1;
    c->at.offset = 0;
    if (c->op->infer(c) < 0)
        return false;
    if (c->op->composed && c->ctx->composing && c->ctx->composing(c->op))
        return compose(c);
    uint64_t counter = c->ctx->counter;
    bool ok = allocate(c);
    if (ok && c->op->forward)
        c->op->forward(c);
    ok = ok && !c->ctx->err.code && (!c->recording || tape_record(c));
    if (!ok)
        c->ctx->counter = counter;
    if (!ok || c->n_out > 1)
        drop(c, ok ? c->wanted : 0);
    return ok;
}

/* The context for release, where the operands may be refused. */
static tt_ctx *first_context(const op_call *c)
{
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i])
            return c->in[i]->ctx;
    return NULL;
}

static bool apply(op_call *c)
{
    c->recorded = false;
    bool ok = run(c);
    if (c->op->release && !c->recorded)
        c->op->release(first_context(c), c->attr);
    return ok;
}

tt_tensor *op_apply(const op *o, int n, tt_tensor *const *in, const void *attr, size_t attr_size)
{
    op_call c; /* the layouts are left as they are: infer fills what is used */
    op_call_init(&c, o, n, in, attr, attr_size);
    c.wanted = 1;
    return apply(&c) ? c.out : NULL;
}

bool op_apply_all(const op *o, int n, tt_tensor *const *in, const void *attr, size_t attr_size,
                  int n_out, tt_tensor **const *out)
{
    op_call c;
    op_call_init(&c, o, n, in, attr, attr_size);
    for (int i = 0; i < n_out; i++)
        if (out[i]) {
            *out[i] = NULL;
            c.wanted |= 1u << i;
        }
    if (!apply(&c))
        return false;
    for (int i = 0; i < n_out; i++)
        if (out[i])
            *out[i] = c.result[i].tensor;
    return true;
}

tt_ctx *op_inplace(const char *name, tt_tensor *dst, int n, tt_tensor *const *src)
{
    tt_ctx *ctx = op_context(name, 1, &dst);
    if (!ctx)
        return NULL;
    if (n && !op_context(name, n, src)) {
        if (!ctx->err.code)
            ctx_error(ctx, TT_ERR_ARG, "%s: an operand is NULL", name);
        return NULL;
    }
    bool wants = tensor_wants_grad(dst);
    for (int i = 0; i < n; i++) {
        wants = wants || tensor_wants_grad(src[i]);
        if (src[i]->ctx != ctx) {
            ctx_error(ctx, TT_ERR_CONTEXT, "%s: operands belong to different contexts", name);
            return NULL;
        }
    }
    if (dst->readonly)
        ctx_error(ctx, TT_ERR_ARG, "%s: the tensor is read-only%s", name,
                  dst->readonly == UNDROPPED
                      ? ": it is what tt_dropout was given, which drops in training only; write to "
                        "a tt_clone"
                      : "");
    else if (layout_overlaps(&dst->at))
        ctx_error(ctx, TT_ERR_ARG, "%s: elements of the %s overlap in memory", name,
                  describe(dst).s);
    else if (wants && ctx->mode == TT_GRAD)
        ctx_error(ctx, TT_ERR_GRAD,
                  "%s: an operand requires grad; write in a TT_NO_GRAD scope or use tt_detach",
                  name);
    return ctx->err.code ? NULL : ctx;
}

void op_written(tt_tensor *dst)
{
    dst->store->version++;
}

tt_status infer_same_shape(op_call *c, tt_dtype dtype)
{
    c->dtype = dtype;
    layout_init(&c->at, c->in[0]->at.ndim, c->in[0]->at.shape);
    return TT_OK;
}

layout *infer_also(op_call *c, tt_dtype dtype)
{
    op_result *r = &c->result[c->n_out++];
    r->dtype = dtype;
    r->at.offset = 0;
    return &r->at;
}

bool op_layout(tt_ctx *ctx, const char *name, int ndim, const int64_t *shape, layout *at)
{
    if (!ctx || ctx->err.code) {
        if (ctx)
            ctx_releasing(ctx, name);
        return false;
    }
    if (ndim < 0 || ndim > LAYOUT_MAX_NDIM)
        ctx_error(ctx, TT_ERR_SHAPE, "%s: %d axes; from 0 to %d are possible", name, ndim,
                  LAYOUT_MAX_NDIM);
    else if (ndim && !shape)
        ctx_error(ctx, TT_ERR_ARG, "%s: the shape is NULL", name);
    else if (!layout_init(at, ndim, shape))
        ctx_error(ctx, TT_ERR_SHAPE, "%s: %s has a negative size or too many elements", name,
                  describe_shape(ndim, shape).s);
    return !ctx->err.code;
}

tt_status infer_broadcast(op_call *c, tt_dtype dtype)
{
    infer_same_shape(c, dtype);
    for (int i = 1; i < c->n_in; i++) {
        layout both;
        if (layout_same_shape(&c->at, &c->in[i]->at))
            continue;
        if (!layout_broadcast(&both, &c->at, &c->in[i]->at))
            return op_error(c, TT_ERR_SHAPE, "shapes do not broadcast: %s and %s",
                            describe(c->in[0]).s, describe(c->in[i]).s);
        layout_copy(&c->at, &both);
    }
    return TT_OK;
}

tt_status check_same_dtype(op_call *c)
{
    for (int i = 1; i < c->n_in; i++)
        if (c->in[i]->dtype != c->in[0]->dtype)
            return op_error(c, TT_ERR_DTYPE, "dtypes differ: %s and %s; cast one with tt_cast",
                            describe(c->in[0]).s, describe(c->in[i]).s);
    return TT_OK;
}

tt_tensor *op_widened(tt_tensor *x)
{
    return tensor_live(x) && dtype_is_narrow(x->dtype) ? tt_cast(x, TT_I64) : x;
}

tt_tensor *op_narrowed(tt_tensor *y, tt_dtype dtype)
{
    return y && y->dtype != dtype ? tt_cast(y, dtype) : y;
}

void linear_jvp(const op_call *c, tt_tensor *const *tangent, tt_tensor **out)
{
    out[0] = op_apply(c->op, 1, tangent, c->attr, c->attr_size);
}

operand operand_of(tt_tensor *t)
{
    return (operand){t->data, &t->at, t->dtype};
}

operand operand_expand(tt_tensor *t, const layout *shape, layout *at)
{
    if (layout_same_shape(&t->at, shape))
        return operand_of(t);
    layout_expand(at, &t->at, shape->ndim, shape->shape);
    return (operand){t->data, at, t->dtype};
}
