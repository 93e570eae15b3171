/* Optimiser steps over many parameters in one parallel pass. Input: parameters with accumulated
 * gradients and the state of each; output: both updated in place. Invariant: all is checked before
 * anything is written. */
#include <math.h>
#include <tinytensor/optim.h>
#include "../kernel/fused.h"
#include "tape.h"

typedef struct batch {
    tt_ctx *ctx;
    optim_slot *slots;
    int n;
    tt_dtype dtype;
} batch;

static bool usable(const char *name, tt_ctx *ctx, tt_tensor *p)
{
    if (op_context(name, 1, &p) != ctx) {
        if (!ctx->err.code)
            ctx_error(ctx, TT_ERR_CONTEXT, "%s: parameters of different contexts", name);
        return false;
    }
    if (!p->leaf)
        ctx_error(ctx, TT_ERR_GRAD, "%s: %s is not a leaf that requires grad", name,
                  describe(p).s);
    else if (!layout_is_contiguous(&p->at) || p->readonly)
        ctx_error(ctx, TT_ERR_ARG, "%s: %s is %s", name, describe(p).s,
                  p->readonly ? "read-only" : "not contiguous");
    return !ctx->err.code;
}

static bool has_grad(const tt_tensor *p)
{
    return p->leaf->grad != NULL; /* absent or imagined zeros: PyTorch's None, which is skipped */
}

/* The parameters of one dtype that have a gradient, as the kernels take them. */
static void gather_slots(batch *b, int n, const tt_step_slot *slots, bool written)
{
    b->n = 0;
    for (int i = 0; i < n; i++) {
        tt_tensor *p = slots[i].param;
        if (p->dtype != b->dtype || !has_grad(p))
            continue;
        b->slots[b->n++] = (optim_slot){tensor_numel(p), p->data, p->leaf->grad->data, slots[i].m,
                                        slots[i].v};
        if (written)
            op_written(p);
    }
}

static bool begin(batch *b, const char *name, int n, const tt_step_slot *slots)
{
    *b = (batch){.ctx = n > 0 ? tt_ctx_of(slots[0].param) : NULL};
    if (!b->ctx || b->ctx->err.code)
        return false;
    for (int i = 0; i < n; i++)
        if (!slots[i].param || !usable(name, b->ctx, slots[i].param)) {
            if (!b->ctx->err.code)
                ctx_error(b->ctx, TT_ERR_ARG, "%s: parameter %d is NULL", name, i);
            return false;
        }
    b->slots = b->ctx->ex.mem.alloc(b->ctx, (size_t)n * sizeof *b->slots);
    return b->slots != NULL;
}

static tt_status end(batch *b)
{
    if (!b->ctx)
        return TT_ERR_ARG;
    block_free(b->ctx->pool, b->slots);
    return b->ctx->err.code;
}

tt_status tt_adam_step_(int n, const tt_step_slot *slots, const tt_adam_hyper *h)
{
    static const tt_dtype dtypes[] = {TT_F32, TT_F64};
    batch b;
    if (n == 0)
        return TT_OK;
    if (!begin(&b, "adam_step_", n, slots))
        return end(&b);
    const adam_args a = {h->lr, h->beta1, h->beta2, h->eps, h->weight_decay,
                         1 - pow(h->beta1, (double)h->step), 1 - pow(h->beta2, (double)h->step),
                         h->decoupled};
    for (int d = 0; d < 2; d++) {
        b.dtype = dtypes[d];
        gather_slots(&b, n, slots, true);
        if (b.n)
            adam_step_run(&b.ctx->ex, b.dtype, &a, b.n, b.slots);
    }
    return end(&b);
}

tt_status tt_sgd_step_(int n, const tt_step_slot *slots, const tt_sgd_hyper *h)
{
    static const tt_dtype dtypes[] = {TT_F32, TT_F64};
    batch b;
    if (n == 0)
        return TT_OK;
    if (!begin(&b, "sgd_step_", n, slots))
        return end(&b);
    const sgd_args a = {h->lr, h->momentum, h->dampening, h->weight_decay, h->nesterov,
                        h->step <= 1};
    for (int d = 0; d < 2; d++) {
        b.dtype = dtypes[d];
        gather_slots(&b, n, slots, true);
        if (b.n)
            sgd_step_run(&b.ctx->ex, b.dtype, &a, b.n, b.slots);
    }
    return end(&b);
}

static double clip(batch *b, int n, const tt_step_slot *slots, double max_norm)
{
    static const tt_dtype dtypes[] = {TT_F32, TT_F64};
    double squares = 0;
    for (int d = 0; d < 2; d++) {
        b->dtype = dtypes[d];
        gather_slots(b, n, slots, false);
        if (b->n)
            squares += slots_sum_squares(&b->ctx->ex, b->dtype, b->n, b->slots);
    }
    double norm = sqrt(squares), factor = max_norm / (norm + 1e-6);
    for (int d = 0; d < 2 && factor < 1; d++) {
        b->dtype = dtypes[d];
        gather_slots(b, n, slots, false);
        if (b->n)
            slots_scale(&b->ctx->ex, b->dtype, factor, b->n, b->slots);
    }
    for (int i = 0; i < n && factor < 1; i++)
        if (has_grad(slots[i].param))
            op_written(slots[i].param->leaf->grad);
    return norm;
}

double tt_clip_grad_norm(int n, tt_tensor *const *params, double max_norm)
{
    batch b;
    tt_ctx *ctx = n > 0 && params[0] ? tt_ctx_of(params[0]) : NULL;
    if (!ctx || ctx->err.code)
        return (double)NAN;
    tt_step_slot *slots = ctx->ex.mem.alloc(ctx, (size_t)n * sizeof *slots);
    if (!slots)
        return (double)NAN;
    for (int i = 0; i < n; i++)
        slots[i] = (tt_step_slot){.param = params[i]};
    double norm = begin(&b, "clip_grad_norm", n, slots) ? clip(&b, n, slots, max_norm) : (double)NAN;
    end(&b);
    block_free(ctx->pool, slots);
    return norm;
}
