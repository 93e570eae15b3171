/* Optimisers: SGD, Adam, AdamW over groups of parameters. Input: leaves with gradients; output:
 * the leaves updated. Invariant: a parameter whose gradient is absent keeps its value and state. */
#include <stdio.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

typedef enum kind { SGD, ADAM, ADAMW } kind;

typedef struct group {
    int first, n;
    double lr, weight_decay;
} group;

struct tt_optim {
    tt_ctx *ctx;
    kind kind;
    tt_sgd_options sgd;
    tt_adamw_options adam;
    int n, n_groups;
    tt_step_slot *slots; /* m and v are owned */
    int64_t *steps;      /* taken by each parameter */
    group *groups;
    bool released;
};

static size_t bytes_of(const tt_tensor *p)
{
    return (size_t)tt_numel(p) * tt_itemsize(tt_dtype_of(p));
}

static int states(const tt_optim *o)
{
    return o->kind != SGD ? 2 : o->sgd.momentum != 0 ? 1 : 0;
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
    for (int i = 0; i < states(o); i++) {
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
    next.groups[next.n_groups++] = (group){o->n, n, lr, weight_decay};
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

static tt_status step_range(const tt_optim *o, const group *g, int first, int n, int64_t step)
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
static tt_status step_group(tt_optim *o, const group *g)
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

/* ---- state in a npz file: steps, lr, and m.i, v.i of each parameter ---- */

/* The tensor over a state's memory, in the innermost scope. */
static tt_tensor *state_tensor(tt_optim *o, int i, int which)
{
    tt_tensor *p = o->slots[i].param;
    void *data = which == 0 ? o->slots[i].m : o->slots[i].v;
    return tt_borrow(o->ctx, tt_dtype_of(p), tt_ndim(p), tt_shape(p), NULL, data, NULL, NULL);
}

static void state_name(char *name, size_t size, int i, int which)
{
    snprintf(name, size, "%c.%d", which == 0 ? 'm' : 'v', i);
}

static tt_tensor *rates(const tt_optim *o)
{
    tt_tensor *t = tt_empty(o->ctx, TT_F64, TT_SHAPE(o->n_groups, 2));
    for (int i = 0; i < o->n_groups; i++) {
        tt_set(t, TT_INDEX(i, 0), o->groups[i].lr);
        tt_set(t, TT_INDEX(i, 1), o->groups[i].weight_decay);
    }
    return t;
}

static tt_status save_in_scope(tt_optim *o, const char *path, char (*text)[32], const char **names,
                               tt_tensor **tensors)
{
    int n = 0;
    names[n] = "steps";
    tensors[n++] = tt_from_data(o->ctx, TT_I64, TT_SHAPE(o->n), o->steps);
    names[n] = "rates";
    tensors[n++] = rates(o);
    for (int i = 0; i < o->n; i++)
        for (int k = 0; k < states(o); k++, n++) {
            state_name(text[n], sizeof text[n], i, k);
            names[n] = text[n];
            tensors[n] = state_tensor(o, i, k);
        }
    return tt_ok(o->ctx) ? tt_save_npz(path, n, names, tensors) : tt_error_code(o->ctx);
}

tt_status tt_optim_save(tt_optim *o, const char *path)
{
    if (!o || o->released)
        return TT_ERR_ARG;
    size_t most = (size_t)(2 + 2 * o->n);
    char(*text)[32] = tt_ctx_alloc(o->ctx, most * sizeof *text);
    const char **names = tt_ctx_alloc(o->ctx, most * sizeof *names);
    tt_tensor **tensors = tt_ctx_alloc(o->ctx, most * sizeof *tensors);
    tt_status status = tt_error_code(o->ctx);
    if (text && names && tensors) {
        tt_scope s = tt_scope_begin(o->ctx, TT_NO_GRAD);
        status = save_in_scope(o, path, text, names, tensors);
        tt_scope_end(o->ctx, s);
    }
    tt_ctx_dealloc(o->ctx, tensors);
    tt_ctx_dealloc(o->ctx, (void *)names);
    tt_ctx_dealloc(o->ctx, text);
    return status;
}

static bool load_state(tt_optim *o, const char *path, int i, int which, bool keep)
{
    char name[32];
    state_name(name, sizeof name, i, which);
    tt_tensor *from = tt_load_npz(o->ctx, path, name), *to = state_tensor(o, i, which);
    if (!from || !to)
        return false;
    if (!tt_same_shape(from, to) || tt_dtype_of(from) != tt_dtype_of(to)) {
        tt_error_set(o->ctx, tt_same_shape(from, to) ? TT_ERR_DTYPE : TT_ERR_SHAPE,
                     "optim_load: %s: %s does not have the shape and dtype of parameter %d", path,
                     name, i);
        return false;
    }
    return !keep || tt_copy_(to, from) == TT_OK;
}

/* Reads all; with `keep` also stores it. Two passes, so that a bad file changes nothing. */
static bool load_states(tt_optim *o, const char *path, bool keep)
{
    for (int i = 0; i < o->n; i++)
        for (int k = 0; k < states(o); k++) {
            tt_scope s = tt_scope_begin(o->ctx, TT_NO_GRAD);
            bool ok = load_state(o, path, i, k, keep);
            tt_scope_end(o->ctx, s);
            if (!ok)
                return false;
        }
    return true;
}

static bool load_counts(tt_optim *o, const char *path, bool keep)
{
    tt_tensor *steps = tt_load_npz(o->ctx, path, "steps"), *r = tt_load_npz(o->ctx, path, "rates");
    if (!steps || !r)
        return false;
    if (tt_numel(steps) != o->n || tt_numel(r) != 2 * (int64_t)o->n_groups ||
        tt_dtype_of(steps) != TT_I64 || tt_dtype_of(r) != TT_F64 || tt_ndim(r) != 2) {
        tt_error_set(
            o->ctx, TT_ERR_SHAPE,
            "optim_load: %s: the state is of %lld parameters in %lld groups, the optimiser "
            "has %d in %d",
            path, (long long)tt_numel(steps), (long long)tt_size(r, 0), o->n, o->n_groups);
        return false;
    }
    if (keep)
        tt_copy_out(steps, o->steps, (size_t)o->n * sizeof *o->steps);
    for (int i = 0; keep && i < o->n_groups; i++) {
        o->groups[i].lr = tt_get(r, TT_INDEX(i, 0));
        o->groups[i].weight_decay = tt_get(r, TT_INDEX(i, 1));
    }
    return true;
}

tt_status tt_optim_load(tt_optim *o, const char *path)
{
    if (!o || o->released)
        return TT_ERR_ARG;
    tt_scope s = tt_scope_begin(o->ctx, TT_NO_GRAD);
    for (int keep = 0; keep < 2; keep++)
        if (!load_counts(o, path, keep) || !load_states(o, path, keep))
            break;
    tt_scope_end(o->ctx, s);
    return tt_error_code(o->ctx);
}
