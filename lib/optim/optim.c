/* Optimisers: SGD, Adam, AdamW over groups of parameters. Input: leaves with gradients; output:
 * the leaves updated. Invariant: a parameter whose gradient is absent keeps its value and state. */
#include <string.h>
#include <tinytensor/tinytensor.h>
#include "optim.h"

static size_t bytes_of(const tt_tensor *p)
{
    return (size_t)tt_numel(p) * tt_itemsize(tt_dtype_of(p));
}

static void free_states(tt_optim *o, int from)
{
    for (int i = from; i < o->n; i++) {
        tt_ctx_dealloc(o->ctx, o->slots[i].m);
        tt_ctx_dealloc(o->ctx, o->slots[i].v);
    }
}

static void free_arrays(tt_optim *o)
{
    tt_ctx_dealloc(o->ctx, o->slots);
    tt_ctx_dealloc(o->ctx, o->steps);
    tt_ctx_dealloc(o->ctx, o->groups);
}

static void release(tt_optim *o)
{
    if (o->released)
        return;
    free_states(o, 0);
    free_arrays(o);
    o->released = true;
    o->n = o->n_groups = 0;
}

static void release_all(void *user)
{
    tt_optim *o = user;
    release(o);
    tt_ctx_dealloc(o->ctx, o);
}

void tt_optim_free(tt_optim *o)
{
    if (o)
        release(o); /* the context frees the rest */
}

/* A copy of n items with room for more. */
static void *longer(tt_ctx *ctx, const void *old, int n, int more, size_t item)
{
    void *p = tt_ctx_alloc(ctx, (size_t)(n + more) * item + 1);
    if (p && n)
        memcpy(p, old, (size_t)n * item);
    return p;
}

static bool add_slot(tt_optim *o, tt_step_slot *s, tt_tensor *p)
{
    *s = (tt_step_slot){.param = p};
    void **state[] = {&s->m, &s->v};
    for (int i = 0; i < optim_states(o); i++) {
        *state[i] = tt_ctx_alloc(o->ctx, bytes_of(p) + 1);
        if (!*state[i])
            return false;
        memset(*state[i], 0, bytes_of(p));
    }
    return true;
}

/* Every parameter can be optimised and is in one group only. */
static tt_status check_params(const char *name, const tt_optim *o, int n, tt_tensor *const *params)
{
    if (n < 0)
        return tt_error_set(o->ctx, TT_ERR_ARG, "%s: %d parameters", name, n);
    for (int i = 0; i < n; i++) {
        if (!params[i] || !tt_ctx_of(params[i]))
            return tt_error_set(o->ctx, TT_ERR_ARG, "%s: parameter %d is %s", name, i,
                                params[i] ? "dead" : "NULL");
        if (tt_ctx_of(params[i]) != o->ctx)
            return tt_error_set(o->ctx, TT_ERR_CONTEXT, "%s: parameter %d is of another context",
                                name, i);
        if (!tt_requires_grad(params[i]))
            return tt_error_set(o->ctx, TT_ERR_GRAD, "%s: parameter %d does not require grad", name,
                                i);
        if (!tt_is_contiguous(params[i]))
            return tt_error_set(o->ctx, TT_ERR_ARG,
                                "%s: parameter %d is not contiguous; make it of tt_contiguous()",
                                name, i);
        for (int k = 0; k < o->n + i; k++)
            if (params[i] == (k < o->n ? o->slots[k].param : params[k - o->n]))
                return tt_error_set(o->ctx, TT_ERR_ARG, "%s: parameter %d is given twice", name, i);
    }
    return tt_error_code(o->ctx);
}

/* o with n more parameters in a group of their own; o itself stays as it is. */
static bool extended(const tt_optim *o, int n, tt_tensor *const *params, tt_optim *next)
{
    *next = *o;
    next->slots = longer(o->ctx, o->slots, o->n, n, sizeof *o->slots);
    next->steps = longer(o->ctx, o->steps, o->n, n, sizeof *o->steps);
    next->groups = longer(o->ctx, o->groups, o->n_groups, 1, sizeof *o->groups);
    bool ok = next->slots && next->steps && next->groups;
    for (int i = 0; ok && i < n; i++, next->n++) {
        next->steps[next->n] = 0;
        ok = add_slot(next, &next->slots[next->n], params[i]);
    }
    if (!ok) {
        if (next->slots)
            free_states(next, o->n);
        free_arrays(next);
    }
    return ok;
}

static tt_status add_group(const char *name, tt_optim *o, int n, tt_tensor *const *params,
                           double lr, double weight_decay)
{
    tt_optim next;
    if (!(lr >= 0 && weight_decay >= 0))
        return tt_error_set(o->ctx, TT_ERR_ARG, "%s: lr is %g, weight_decay %g", name, lr,
                            weight_decay);
    if (check_params(name, o, n, params) < 0 || !extended(o, n, params, &next))
        return tt_error_code(o->ctx);
    next.groups[next.n_groups++] = (optim_group){o->n, n, lr, weight_decay};
    free_arrays(o);
    *o = next;
    return TT_OK;
}

tt_status tt_optim_add_group(tt_optim *o, int n, tt_tensor *const *params, double lr,
                             double weight_decay)
{
    if (!o || o->released)
        return TT_ERR_ARG;
    return add_group("optim_add_group", o, n, params, lr, weight_decay);
}

/* Is every option in its range? NaN is in none. */
static bool options_fit(const tt_optim *o)
{
    const tt_adamw_options *a = &o->adam;
    const tt_sgd_options *s = &o->sgd;
    if (o->kind != SGD)
        return a->beta1 >= 0 && a->beta1 < 1 && a->beta2 >= 0 && a->beta2 < 1 && a->eps >= 0;
    return s->momentum >= 0 && s->dampening == s->dampening &&
           (!s->nesterov || (s->momentum > 0 && s->dampening == 0));
}

static tt_optim *create(tt_ctx *ctx, const tt_optim *with, int n, tt_tensor *const *params,
                        double lr, double weight_decay)
{
    static const char *const names[] = {[SGD] = "sgd", [ADAM] = "adam", [ADAMW] = "adamw"};
    tt_optim *o = ctx ? tt_ctx_alloc(ctx, sizeof *o) : NULL;
    if (!o)
        return NULL;
    *o = *with;
    if (!options_fit(o))
        tt_error_set(ctx, TT_ERR_ARG, "%s: %s", names[o->kind],
                     o->kind != SGD    ? "betas are in [0, 1), eps is not negative"
                     : o->sgd.nesterov ? "Nesterov needs a momentum and no dampening"
                                       : "the momentum is not negative");
    o->ctx = ctx;
    if (add_group(names[o->kind], o, n, params, lr, weight_decay) < 0 ||
        tt_ctx_on_free(ctx, release_all, o) < 0) {
        release_all(o);
        return NULL;
    }
    return o;
}

static void read_options(void *to, const void *from, size_t size)
{
    size_t given;
    if (!from)
        return;
    memcpy(&given, from, sizeof given); /* struct_size, the first member of every options struct */
    memcpy(to, from, given < size ? given : size);
}

tt_optim *tt_sgd(tt_ctx *ctx, int n, tt_tensor *const *params, double lr,
                 const tt_sgd_options *options)
{
    tt_optim o = {.kind = SGD, .sgd = TT_SGD_OPTIONS_INIT};
    read_options(&o.sgd, options, sizeof o.sgd);
    return create(ctx, &o, n, params, lr, o.sgd.weight_decay);
}

tt_optim *tt_adam(tt_ctx *ctx, int n, tt_tensor *const *params, double lr,
                  const tt_adam_options *options)
{
    tt_adam_options a = TT_ADAM_OPTIONS_INIT;
    read_options(&a, options, sizeof a);
    tt_optim o = {.kind = ADAM, .adam = {sizeof o.adam, a.beta1, a.beta2, a.eps, a.weight_decay}};
    return create(ctx, &o, n, params, lr, a.weight_decay);
}

tt_optim *tt_adamw(tt_ctx *ctx, int n, tt_tensor *const *params, double lr,
                   const tt_adamw_options *options)
{
    tt_optim o = {.kind = ADAMW, .adam = TT_ADAMW_OPTIONS_INIT};
    read_options(&o.adam, options, sizeof o.adam);
    return create(ctx, &o, n, params, lr, o.adam.weight_decay);
}

static tt_status step_range(const tt_optim *o, const optim_group *g, int first, int n, int64_t step)
{
    const tt_step_slot *slots = o->slots + first;
    if (o->kind == SGD) {
        const tt_sgd_hyper h = {g->lr,           o->sgd.momentum, o->sgd.dampening,
                                g->weight_decay, o->sgd.nesterov, step};
        return tt_sgd_step_(n, slots, &h);
    }
    const tt_adam_hyper h = {g->lr,           o->adam.beta1,    o->adam.beta2, o->adam.eps,
                             g->weight_decay, o->kind == ADAMW, step};
    return tt_adam_step_(n, slots, &h);
}

/* Parameters side by side that have taken the same number of steps go together: as a rule, all. */
static tt_status step_group(tt_optim *o, const optim_group *g)
{
    for (int i = g->first, end = g->first + g->n; i < end;) {
        int from = i;
        while (i < end && o->steps[i] == o->steps[from])
            i++;
        tt_status s = step_range(o, g, from, i - from, o->steps[from] + 1);
        if (s < 0)
            return s;
    }
    for (int i = g->first; i < g->first + g->n; i++)
        o->steps[i] += tt_has_grad(o->slots[i].param);
    return TT_OK;
}

/* Looks at all groups before the first is written: a step is taken by all of them or by none. */
static bool can_step(const tt_optim *o)
{
    for (int i = 0; i < o->n; i++) {
        const tt_tensor *p = o->slots[i].param;
        if (tt_ctx_of(p) && tt_has_grad(p) && (tt_is_readonly(p) || !tt_is_contiguous(p)))
            tt_error_set(o->ctx, TT_ERR_ARG, "optim_step: parameter %d is %s", i,
                         tt_is_readonly(p) ? "read-only" : "not contiguous");
    }
    return tt_ok(o->ctx);
}

tt_status tt_optim_step(tt_optim *o)
{
    if (!o || o->released)
        return TT_ERR_ARG;
    if (!tt_ok(o->ctx) || !can_step(o))
        return tt_error_code(o->ctx);
    for (int i = 0; i < o->n_groups; i++) {
        tt_status s = step_group(o, &o->groups[i]);
        if (s < 0)
            return s;
    }
    return TT_OK;
}

tt_status tt_optim_zero_grad(tt_optim *o)
{
    if (!o || o->released)
        return TT_ERR_ARG;
    for (int i = 0; i < o->n; i++) {
        tt_status s = tt_zero_grad(1, &o->slots[i].param);
        if (s < 0)
            return s;
    }
    return TT_OK;
}

tt_status tt_optim_set_lr(tt_optim *o, double lr)
{
    if (!o || o->released)
        return TT_ERR_ARG;
    for (int i = 0; i < o->n_groups; i++)
        o->groups[i].lr = lr;
    return TT_OK;
}

double tt_optim_lr(const tt_optim *o)
{
    return o && o->n_groups ? o->groups[0].lr : 0;
}
