/* Optimiser steps over many parameters in one parallel pass. Input: parameters with accumulated
 * gradients and the state of each; output: both updated in place. Invariant: all is checked before
 * anything is written. */
#include <math.h>
#include <tinytensor/optim.h>
#include <tinytensor/shape.h>
#include "kernel/elementwise/elementwise.h"
#include "kernel/optim/optim.h"
#include "op/core/op.h"

typedef struct batch {
    tt_ctx *ctx;
    const char *name; /* of the public function, for messages */
    int n, used;
    const tt_step_slot *given;
    optim_slot *slots; /* those of one dtype that have a gradient */
} batch;

static const tt_dtype dtypes[FLOATS] = {TT_F32, TT_F64};

static bool usable(const batch *b, int i)
{
    tt_tensor *p = b->given[i].param;
    if (!p)
        ctx_error(b->ctx, TT_ERR_ARG, "%s: parameter %d is NULL", b->name, i);
    else if (op_context(b->name, 1, &p) != b->ctx)
        ctx_error(b->ctx, TT_ERR_CONTEXT, "%s: parameter %d is of another context", b->name, i);
    else if (!p->leaf)
        ctx_error(b->ctx, TT_ERR_GRAD, "%s: parameter %d, %s, is no leaf that requires grad",
                  b->name, i, describe(p).s);
    else if (p->readonly || !layout_is_contiguous(&p->at))
        ctx_error(b->ctx, TT_ERR_ARG, "%s: parameter %d, %s, is %s", b->name, i, describe(p).s,
                  p->readonly ? "read-only" : "not contiguous");
    return !b->ctx->err.code;
}

/* A gradient that was itself recorded may be any view of anything. */
static bool own_grad(tt_ctx *ctx, leaf *l)
{
    if (layout_is_contiguous(&l->grad->at) && !l->grad->node)
        return true;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *copy = tt_clone(l->grad), *h = copy ? tensor_private(copy, true) : NULL;
    tt_scope_end(ctx, s);
    if (h)
        tensor_replace(l->grad, h);
    return h != NULL;
}

/* The gradient as plain memory; zeros that were only imagined so far become real. */
static bool ready_grad(tt_tensor *p)
{
    leaf *l = p->leaf;
    if (!l->grad && l->zeroed) {
        bool observed = l->observed;
        tt_grad(p);
        l->observed = observed;
    }
    return !l->grad ? !l->zeroed : own_grad(p->ctx, l);
}

static bool begin(batch *b, const char *name, tt_ctx *ctx, int n, const tt_step_slot *slots)
{
    *b = (batch){.ctx = ctx, .name = name, .n = n, .given = slots};
    if (!ctx || ctx->err.code)
        return false;
    for (int i = 0; i < n; i++)
        if (!usable(b, i) || !ready_grad(slots[i].param))
            return false;
    b->slots = tt_ctx_alloc(ctx, (size_t)n * sizeof *b->slots);
    return b->slots != NULL;
}

static tt_status end(batch *b)
{
    if (!b->ctx)
        return TT_ERR_ARG;
    tt_ctx_dealloc(b->ctx, b->slots);
    return b->ctx->err.code;
}

/* Collects the slots of one dtype; false when there are none. */
static bool collect(batch *b, tt_dtype dtype)
{
    b->used = 0;
    for (int i = 0; i < b->n; i++) {
        const tt_step_slot *s = &b->given[i];
        const tt_tensor *p = s->param, *g = p->leaf->grad;
        if (p->dtype == dtype && g)
            b->slots[b->used++] = (optim_slot){tensor_numel(p), p->data, g->data, s->m, s->v};
    }
    return b->used > 0;
}

static void count_writes(const batch *b)
{
    for (int i = 0; i < b->n; i++)
        if (b->given[i].param->leaf->grad)
            op_written(b->given[i].param);
}

static tt_ctx *context_of(int n, const tt_step_slot *slots)
{
    return n > 0 ? tt_ctx_of(slots[0].param) : NULL;
}

tt_status tt_adam_step_(int n, const tt_step_slot *slots, const tt_adam_hyper *h)
{
    batch b;
    if (n == 0)
        return TT_OK;
    if (begin(&b, "adam_step_", context_of(n, slots), n, slots)) {
        double step = (double)h->step;
        const adam_args a = {h->lr,
                             h->beta1,
                             h->beta2,
                             h->eps,
                             h->weight_decay,
                             1 - pow(h->beta1, step),
                             1 - pow(h->beta2, step),
                             h->decoupled};
        for (int d = 0; d < FLOATS; d++)
            if (collect(&b, dtypes[d]))
                adam_step_run(&b.ctx->ex, dtypes[d], &a, b.used, b.slots);
        count_writes(&b);
    }
    return end(&b);
}

tt_status tt_sgd_step_(int n, const tt_step_slot *slots, const tt_sgd_hyper *h)
{
    batch b;
    if (n == 0)
        return TT_OK;
    if (begin(&b, "sgd_step_", context_of(n, slots), n, slots)) {
        const sgd_args a = {h->lr,           h->momentum, h->dampening,
                            h->weight_decay, h->nesterov, h->step <= 1};
        for (int d = 0; d < FLOATS; d++)
            if (collect(&b, dtypes[d]))
                sgd_step_run(&b.ctx->ex, dtypes[d], &a, b.used, b.slots);
        count_writes(&b);
    }
    return end(&b);
}

static double clip(batch *b, double max_norm)
{
    double squares = 0;
    for (int d = 0; d < FLOATS; d++)
        if (collect(b, dtypes[d]))
            squares += slots_sum_squares(&b->ctx->ex, dtypes[d], b->used, b->slots);
    double norm = sqrt(squares), factor = max_norm / (norm + 1e-6); /* as PyTorch */
    if (!(factor < 1)) /* within the limit, or NaN: left as they are */
        return norm;
    for (int d = 0; d < FLOATS; d++)
        if (collect(b, dtypes[d]))
            slots_scale(&b->ctx->ex, dtypes[d], factor, b->used, b->slots);
    for (int i = 0; i < b->n; i++)
        if (b->given[i].param->leaf->grad)
            op_written(b->given[i].param->leaf->grad);
    return norm;
}

/* The parameters as slots without state, to be given back; NULL: no context, or no memory. */
static tt_step_slot *bare(tt_ctx *ctx, int n, tt_tensor *const *params)
{
    tt_step_slot *slots = ctx ? tt_ctx_alloc(ctx, (size_t)n * sizeof *slots) : NULL;
    for (int i = 0; slots && i < n; i++)
        slots[i] = (tt_step_slot){.param = params[i]};
    return slots;
}

double tt_clip_grad_norm(int n, tt_tensor *const *params, double max_norm)
{
    batch b;
    if (n == 0)
        return 0;
    tt_ctx *ctx = n > 0 ? tt_ctx_of(params[0]) : NULL;
    tt_step_slot *slots = bare(ctx, n, params);
    double norm = (double)NAN;
    if (slots && !(max_norm >= 0))
        ctx_error(ctx, TT_ERR_ARG, "clip_grad_norm: max_norm is %g", max_norm);
    if (slots && begin(&b, "clip_grad_norm", ctx, n, slots)) {
        norm = clip(&b, max_norm);
        end(&b);
    }
    tt_ctx_dealloc(ctx, slots);
    return norm;
}

tt_status tt_clip_grad_value(int n, tt_tensor *const *params, double max_value)
{
    batch b;
    if (n == 0)
        return TT_OK;
    tt_ctx *ctx = n > 0 ? tt_ctx_of(params[0]) : NULL;
    tt_step_slot *slots = bare(ctx, n, params);
    if (slots && !(max_value >= 0))
        ctx_error(ctx, TT_ERR_ARG, "clip_grad_value: max_value is %g", max_value);
    if (slots && begin(&b, "clip_grad_value", ctx, n, slots)) {
        for (int i = 0; i < n; i++) {
            tt_tensor *g = params[i]->leaf->grad;
            if (!g)
                continue;
            clamp_run(&ctx->ex, operand_of(g), operand_of(g), -max_value, max_value);
            op_written(g);
        }
        end(&b);
    }
    tt_ctx_dealloc(ctx, slots);
    return ctx ? ctx->err.code : TT_ERR_ARG;
}
