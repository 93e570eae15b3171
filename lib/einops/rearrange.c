/* rearrange, reduce and repeat: one function with three rules. Input: a tensor and a pattern;
 * output: a view, or one copy. Invariant: an axis is split, moved, reduced, repeated and merged in
 * that order, and steps that would do nothing are left out. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tinytensor/einops.h>
#include <tinytensor/reduce.h>
#include <tinytensor/shape.h>
#include "named.h"

enum { TEXT = 1024 };

static const plan_rule rearrange_rule = {"rearrange", false, false, false};
static const plan_rule view_rule = {"rearrange_view", false, false, false};
static const plan_rule reduce_rule = {"reduce", true, false, false};
static const plan_rule repeat_rule = {"repeat", false, true, false};

static const reducer reducers[] = {tt_sum, tt_mean, tt_max, tt_min, tt_prod, tt_any, tt_all};

/* One call. */
typedef struct job {
    const plan_rule *rule;
    tt_tensor *x;
    bool mine; /* x is a stack that this call made */
    const char *text;
    reducer fn;
    int n; /* sizes beside the text */
    const char *const *names;
    const int64_t *sizes;
} job;

/* The axes that cannot be merged without a copy, found in the arranged tensor. */
static bool check_view(const named *t, const plan *pl, message *m)
{
    layout at;
    int i = 0;
    if (!t->x || layout_reshape(&at, &t->x->at, pl->ndim, pl->shape, &i))
        return true;
    int j = i + 1;
    while (j + 1 < t->n && t->x->at.shape[j] == 1)
        j++;
    described a = {"an axis of '...'"}, b = a;
    int place = pl->p->term[1].at;
    if (t->axis[i] < pl->p->n_axes)
        a = pattern_axis_text(pl->p, t->axis[i]);
    if (t->axis[j] < pl->p->n_axes)
        b = pattern_axis_text(pl->p, t->axis[j]);
    for (int k = pl->p->group[pl->p->term[1].first].first; k < pl->p->n_items; k++)
        if (pl->p->item[k].axis == t->axis[j])
            place = pl->p->item[k].at;
    return complain(m, TT_ERR_SHAPE, place,
                    "%s and %s do not lie one within the other (strides %lld and %lld); to merge "
                    "them takes a copy",
                    a.s, b.s, (long long)t->x->at.stride[i], (long long)t->x->at.stride[j]);
}

static tt_tensor *lower(const job *j, const plan *pl, message *m)
{
    named t;
    named_begin(&t, j->x, j->mine, pl, &pl->in[0]);
    if (j->fn)
        named_reduce(&t, pl->output, j->fn);
    named_arrange(&t, pl);
    if (j->rule == &view_rule && !check_view(&t, pl, m)) {
        named_release(&t);
        return report(j->x, j->rule->name, j->text, m);
    }
    return named_finish(&t, pl);
}

static tt_tensor *run_with(const job *j, plan_tables *t)
{
    message m;
    message_clear(&m);
    bool ok = pattern_parse(&t->p, j->text, strlen(j->text), ARROW, &m);
    for (int i = 0; ok && i < j->n; i++)
        ok = pattern_give(&t->p, j->names[i], j->sizes[i], &m);
    if (ok && plan_bind(&t->pl, &t->p, j->rule, 1, &j->x, &m))
        return lower(j, &t->pl, &m);
    report(j->x, j->rule->name, j->text, &m);
    if (j->mine)
        tensor_release(j->x);
    return NULL;
}

static tt_tensor *run(const job *j)
{
    tt_ctx *ctx = j->x->ctx;
    plan_tables *t = tt_ctx_alloc(ctx, sizeof *t);
    if (!t && j->mine)
        tensor_release(j->x);
    tt_tensor *y = t ? run_with(j, t) : NULL;
    tt_ctx_dealloc(ctx, t);
    return y;
}

/* The pattern with its arguments filled in: itself when it asks for none, else in the buffer. */
static const char *fill(const job *j, char *buffer, const char *pattern, va_list args)
{
    if (!strchr(pattern, '%'))
        return pattern;
    int n = vsnprintf(buffer, TEXT, pattern, args);
    if (n >= 0 && n < TEXT)
        return buffer;
    op_fail(j->x, TT_ERR_PATTERN, "%s: the pattern is longer than %d bytes; %s_n takes any length",
            j->rule->name, TEXT - 1, j->rule->name);
    return NULL;
}

/* Checks what has nothing to do with patterns. */
static bool begin(job *j, const plan_rule *rule, tt_tensor *x, const char *pattern)
{
    *j = (job){.rule = rule, .x = x};
    if (!op_context(rule->name, 1, &x))
        return false;
    if (!pattern)
        op_fail(x, TT_ERR_ARG, "%s: the pattern is NULL", rule->name);
    return pattern != NULL;
}

static bool begin_list(job *j, const plan_rule *rule, int n, tt_tensor *const *tensors,
                       const char *pattern)
{
    if (n < 1 || !op_context(rule->name, n, tensors) || !begin(j, rule, tensors[0], pattern))
        return false;
    for (int i = 1; i < n; i++)
        if (!layout_same_shape(&tensors[i]->at, &tensors[0]->at) ||
            tensors[i]->dtype != tensors[0]->dtype) {
            op_fail(tensors[0],
                    tensors[i]->dtype == tensors[0]->dtype ? TT_ERR_SHAPE : TT_ERR_DTYPE,
                    "%s: tensor 0 of the list is %s, tensor %d is %s", rule->name,
                    describe(tensors[0]).s, i, describe(tensors[i]).s);
            return false;
        }
    j->x = tt_stack(n, tensors, 0);
    j->mine = true;
    return j->x != NULL;
}

static bool choose(job *j, tt_reduction how)
{
    bool known = (int)how >= 0 && (size_t)how < sizeof reducers / sizeof *reducers;
    if (known)
        j->fn = reducers[how];
    else
        op_fail(j->x, TT_ERR_ARG, "%s: %d is no reduction", j->rule->name, (int)how);
    return known;
}

static tt_tensor *run_filled(job *j, const char *pattern, va_list args)
{
    char buffer[TEXT];
    j->text = fill(j, buffer, pattern, args);
    tt_tensor *y = j->text ? run(j) : NULL;
    j->text = NULL; /* the buffer ends here */
    return y;
}

static tt_tensor *run_sizes(job *j, const char *pattern, int n, const char *const *names,
                            const int64_t *sizes)
{
    if (n < 0 || (n > 0 && (!names || !sizes)))
        return op_fail(j->x, TT_ERR_ARG, "%s: %d sizes", j->rule->name, n);
    j->text = pattern;
    j->n = n;
    j->names = names;
    j->sizes = sizes;
    return run(j);
}

tt_tensor *tt_rearrange(tt_tensor *x, const char *pattern, ...)
{
    job j;
    va_list args;
    if (!begin(&j, &rearrange_rule, x, pattern))
        return NULL;
    va_start(args, pattern);
    x = run_filled(&j, pattern, args);
    va_end(args);
    return x;
}

tt_tensor *tt_rearrange_view(tt_tensor *x, const char *pattern, ...)
{
    job j;
    va_list args;
    if (!begin(&j, &view_rule, x, pattern))
        return NULL;
    va_start(args, pattern);
    x = run_filled(&j, pattern, args);
    va_end(args);
    return x;
}

tt_tensor *tt_rearrange_n(tt_tensor *x, const char *pattern, int n, const char *const *names,
                          const int64_t *sizes)
{
    job j;
    return begin(&j, &rearrange_rule, x, pattern) ? run_sizes(&j, pattern, n, names, sizes) : NULL;
}

tt_tensor *tt_rearrange_list(int n, tt_tensor *const *tensors, const char *pattern, ...)
{
    job j;
    va_list args;
    if (!begin_list(&j, &rearrange_rule, n, tensors, pattern))
        return NULL;
    va_start(args, pattern);
    tt_tensor *y = run_filled(&j, pattern, args);
    va_end(args);
    return y;
}

tt_tensor *tt_reduce(tt_tensor *x, const char *pattern, tt_reduction how, ...)
{
    job j;
    va_list args;
    if (!begin(&j, &reduce_rule, x, pattern) || !choose(&j, how))
        return NULL;
    va_start(args, how);
    x = run_filled(&j, pattern, args);
    va_end(args);
    return x;
}

tt_tensor *tt_reduce_n(tt_tensor *x, const char *pattern, tt_reduction how, int n,
                       const char *const *names, const int64_t *sizes)
{
    job j;
    if (!begin(&j, &reduce_rule, x, pattern) || !choose(&j, how))
        return NULL;
    return run_sizes(&j, pattern, n, names, sizes);
}

tt_tensor *tt_reduce_list(int n, tt_tensor *const *tensors, const char *pattern, tt_reduction how,
                          ...)
{
    job j;
    va_list args;
    if (!begin_list(&j, &reduce_rule, n, tensors, pattern) || !choose(&j, how))
        return NULL;
    va_start(args, how);
    tt_tensor *y = run_filled(&j, pattern, args);
    va_end(args);
    return y;
}

tt_tensor *tt_repeat(tt_tensor *x, const char *pattern, ...)
{
    job j;
    va_list args;
    if (!begin(&j, &repeat_rule, x, pattern))
        return NULL;
    va_start(args, pattern);
    x = run_filled(&j, pattern, args);
    va_end(args);
    return x;
}

tt_tensor *tt_repeat_n(tt_tensor *x, const char *pattern, int n, const char *const *names,
                       const int64_t *sizes)
{
    job j;
    return begin(&j, &repeat_rule, x, pattern) ? run_sizes(&j, pattern, n, names, sizes) : NULL;
}

tt_tensor *tt_repeat_list(int n, tt_tensor *const *tensors, const char *pattern, ...)
{
    job j;
    va_list args;
    if (!begin_list(&j, &repeat_rule, n, tensors, pattern))
        return NULL;
    va_start(args, pattern);
    tt_tensor *y = run_filled(&j, pattern, args);
    va_end(args);
    return y;
}
