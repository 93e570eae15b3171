/* An optimiser's state in a npz file: "steps", "rates" (of each group: the learning rate and the
 * weight decay), and "m.0", "v.0", ... of each parameter. Invariant: a file that does not fit
 * changes nothing. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>
#include "optim.h"

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
        for (int k = 0; k < optim_states(o); k++, n++) {
            state_name(text[n], sizeof text[n], i, k);
            names[n] = text[n];
            tensors[n] = state_tensor(o, i, k);
        }
    return tt_ok(o->ctx) ? tt_save_npz(path, n, names, tensors) : tt_error_code(o->ctx);
}

static tt_status save(tt_optim *o, const char *path)
{
    size_t most = 2 + 2 * (size_t)o->n;
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

/* The state is made of tensors, which a context with an error makes none of: it is cleared for the
 * time being, and recorded again. */
tt_status tt_optim_save(tt_optim *o, const char *path)
{
    char text[1024];
    if (!o || o->released)
        return TT_ERR_ARG;
    tt_status before = tt_error_code(o->ctx);
    snprintf(text, sizeof text, "%s", tt_error_message(o->ctx));
    tt_error_clear(o->ctx);
    tt_status status = save(o, path);
    if (before < 0) {
        tt_error_clear(o->ctx);
        tt_error_set(o->ctx, before, "%s", text);
    }
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
        for (int k = 0; k < optim_states(o); k++) {
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
