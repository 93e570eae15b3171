/* Binding: pattern and operands become one table. Input: the parsed text, the operands' shapes;
 * output: the composition of every term out of axes. Invariant: after success every size is known,
 * and the axes of every term multiply to the tensor's. */
#include "plan.h"

#include "sizes.h"
#include "roles.h"

static bool too_many(binder *b, int at)
{
    return complain(b->m, TT_ERR_SHAPE, at, "more than %d axes once split", LAYOUT_MAX_NDIM);
}

static bool append(binder *b, plan_term *t, int axis, int at)
{
    if (t->n == LAYOUT_MAX_NDIM)
        return too_many(b, at);
    t->axis[t->n++] = (int16_t)axis;
    return true;
}

/* An axis of an operand of einsum that says nothing. */
static bool silent(const plan *pl, int axis, int64_t size)
{
    return pl->rule->contracts && size == 1 && (pl->size[axis] != 1 || !pl->output[axis]);
}

/* An axis that is named twice in an operand has one size there: a diagonal does not broadcast. */
static bool check_repeats(binder *b, int i)
{
    const pattern_term *t = &b->pl->p->term[i];
    const layout *at = &b->x[i]->at;
    int axis = NOWHERE;
    for (int k = 0; k < at->ndim; k++)
        for (int j = 0; j < k; j++) {
            const pattern_group *g = bind_group(b->pl, t, at->ndim, k, &axis);
            const pattern_group *f = bind_group(b->pl, t, at->ndim, j, &axis);
            if (!g || !f || g->n != 1 || f->n != 1 || at->shape[j] == at->shape[k] ||
                b->pl->p->item[g->first].axis != b->pl->p->item[f->first].axis)
                continue;
            b->m->shapes = true;
            return complain(b->m, TT_ERR_SHAPE, g->at, "%s is %lld and %lld in operand %d: %s",
                            pattern_axis_text(b->pl->p, b->pl->p->item[g->first].axis).s,
                            (long long)at->shape[j], (long long)at->shape[k], i,
                            describe(b->x[i]).s);
        }
    return true;
}

static bool compose_input(binder *b, int i)
{
    plan *pl = b->pl;
    const pattern_term *t = &pl->p->term[i];
    const layout *at = &b->x[i]->at;
    plan_term *out = &pl->in[i];
    out->n = 0;
    out->split = t->composed;
    for (int k = 0; k < at->ndim; k++) {
        int axis = NOWHERE;
        const pattern_group *g = bind_group(pl, t, at->ndim, k, &axis);
        int plain = bind_plain(pl, g, axis);
        if (plain != NOWHERE && !silent(pl, plain, at->shape[k])) {
            if (!append(b, out, plain, g ? g->at : t->dots_at))
                return false;
            continue;
        }
        out->split = true;
        for (int j = 0; g && plain == NOWHERE && j < g->n; j++)
            if (!silent(pl, pl->p->item[g->first + j].axis,
                        pl->size[pl->p->item[g->first + j].axis]) &&
                !append(b, out, pl->p->item[g->first + j].axis, g->at))
                return false;
    }
    return !t->repeats || check_repeats(b, i);
}

static bool output_axis(binder *b, int axis, int at, int64_t *size)
{
    plan *pl = b->pl;
    pl->output[axis] = true;
    if (!mul_fits(*size, pl->size[axis], size))
        return complain(b->m, TT_ERR_SHAPE, at, "the result is too large");
    return append(b, &pl->out, axis, at);
}

/* The ellipsis of the output, as one axis (in parentheses) or as many. */
static bool output_dots(binder *b, int at, bool merged)
{
    plan *pl = b->pl;
    for (int k = 0; k < pl->dots; k++) {
        int64_t size = 1;
        if (!merged && pl->ndim == LAYOUT_MAX_NDIM)
            return too_many(b, at);
        int64_t *to = merged ? &pl->shape[pl->ndim] : &size;
        if (!output_axis(b, pl->p->n_axes + k, at, to))
            return false;
        if (!merged)
            pl->shape[pl->ndim++] = size;
    }
    return true;
}

static bool compose_output(binder *b)
{
    plan *pl = b->pl;
    const parsed *p = pl->p;
    const pattern_term *t = &p->term[p->n_terms];
    pl->out.n = pl->ndim = 0;
    for (const pattern_group *g = &p->group[t->first]; g < &p->group[t->first + t->n]; g++) {
        if (g->dots) {
            if (!output_dots(b, g->at, false))
                return false;
            continue;
        }
        if (pl->ndim == LAYOUT_MAX_NDIM)
            return too_many(b, g->at);
        pl->shape[pl->ndim] = 1;
        for (int j = g->first; j < g->first + g->n; j++) {
            int axis = p->item[j].axis;
            if (axis == DOTS ? !output_dots(b, g->at, true)
                             : !output_axis(b, axis, p->item[j].at, &pl->shape[pl->ndim]))
                return false;
        }
        pl->ndim++;
    }
    return true;
}

/* Sizes multiply to what memory can hold, also where one of them is 0. */
static bool check_numel(binder *b)
{
    const plan *pl = b->pl;
    layout whole;
    int64_t split[LAYOUT_MAX_NDIM];
    for (int i = 0; i < pl->out.n; i++)
        split[i] = pl->size[pl->out.axis[i]];
    return (layout_init(&whole, pl->out.n, split) && layout_init(&whole, pl->ndim, pl->shape)) ||
           complain(b->m, TT_ERR_SHAPE, pl->p->term[pl->p->n_terms].at, "the result is too large");
}

bool plan_bind(plan *pl, const parsed *p, const plan_rule *rule, int n, tt_tensor *const *x,
               message *m)
{
    binder b = {pl, x, n, rule->contracts, m};
    pl->p = p;
    pl->rule = rule;
    if (!plan_roles(pl, m) || !bind_count(&b) || !bind_sizes(&b))
        return false;
    for (int i = p->n_axes; i < pl->n_axes; i++)
        pl->output[i] = false;
    if (!compose_output(&b) || !check_numel(&b)) /* first: this says which axes are kept */
        return false;
    for (int i = 0; i < n; i++)
        if (!compose_input(&b, i))
            return false;
    return true;
}
