/* Binding: pattern and operands become one table. Input: the parsed text, the operands' shapes;
 * output: sizes of all axes and the composition of every term. Invariant: after success every size
 * is known, and every term's axes multiply to the tensor's. */
#include "plan.h"

#include "roles.h"

typedef struct binder {
    plan *pl;
    tt_tensor *const *x;
    int n;
    bool broadcasts;
    message *m;
} binder;

/* The group of a pattern that stands for one axis of a tensor; NULL for one of an ellipsis, whose
 * number is then in *axis. */
static const pattern_group *group_of(const plan *pl, const pattern_term *t, int ndim, int k,
                                     int *axis)
{
    const pattern_group *g = &pl->p->group[t->first];
    if (t->dots == NOWHERE || k < t->dots)
        return &g[k];
    int dots = ndim - (t->n - 1);
    if (k >= t->dots + dots)
        return &g[k - dots + 1];
    *axis = pl->p->n_axes + pl->dots - dots + (k - t->dots);
    return NULL;
}

/* The one axis that a group or an ellipsis names, or NOWHERE. */
static int plain_axis(const plan *pl, const pattern_group *g, int axis)
{
    return !g ? axis : g->n == 1 ? pl->p->item[g->first].axis : NOWHERE;
}

/* ---- number of axes ---- */

static bool wrong_ndim(binder *b, int i, int named)
{
    const pattern_term *t = &b->pl->p->term[i];
    const char *at_least = t->dots_at == NOWHERE ? "" : "at least ";
    if (!b->pl->rule->contracts)
        return complain(b->m, TT_ERR_SHAPE, t->at, "the left has %s%d ax%s, the tensor %d", at_least,
                        named, named == 1 ? "is" : "es", b->x[i]->at.ndim);
    b->m->shapes = true;
    return complain(b->m, TT_ERR_SHAPE, t->at, "term %d has %s%d ax%s, its operand %d: %s", i,
                    at_least, named, named == 1 ? "is" : "es", b->x[i]->at.ndim,
                    describe(b->x[i]).s);
}

static bool count_axes(binder *b)
{
    plan *pl = b->pl;
    const pattern *p = pl->p;
    pl->dots = 0;
    if (p->n_terms != b->n) {
        int at = p->n_terms > b->n ? p->term[b->n].at : p->term[p->n_terms - 1].end;
        b->m->shapes = true;
        return complain(b->m, TT_ERR_PATTERN, at, "the pattern has %d input%s, for %d operand%s",
                        p->n_terms, p->n_terms == 1 ? "" : "s", b->n, b->n == 1 ? "" : "s");
    }
    for (int i = 0; i < b->n; i++) {
        const pattern_term *t = &p->term[i];
        int ndim = b->x[i]->at.ndim, named = t->dots_at == NOWHERE ? t->n : t->n - 1;
        if (t->dots_at == NOWHERE ? ndim != named : ndim < named)
            return wrong_ndim(b, i, named);
        if (t->dots_at != NOWHERE && ndim - named > pl->dots)
            pl->dots = ndim - named;
    }
    return true;
}

/* ---- sizes ---- */

static bool conflict(binder *b, int axis, int64_t size, int i, int at)
{
    plan *pl = b->pl;
    long long had = pl->size[axis], has = size;
    int from = pl->from[axis];
    described name = {"an axis of '...'"};
    if (axis < pl->p->n_axes)
        name = pattern_axis_text(pl->p, axis);
    b->m->shapes = true;
    if (from == NOWHERE)
        return complain(b->m, TT_ERR_SHAPE, at, "%s is %lld, not %lld, in %s", name.s, has, had,
                        describe(b->x[i]).s);
    if (from == i)
        return complain(b->m, TT_ERR_SHAPE, at, "%s is %lld and %lld in operand %d: %s", name.s, had,
                        has, i, describe(b->x[i]).s);
    return complain(b->m, TT_ERR_SHAPE, at,
                    "%s is %lld in operand %d and %lld in operand %d: %s and %s", name.s, had, from,
                    has, i, describe(b->x[from]).s, describe(b->x[i]).s);
}

static bool settle(binder *b, int axis, int64_t size, int i, int at)
{
    plan *pl = b->pl;
    bool fresh = pl->size[axis] == UNKNOWN;
    if (fresh || (b->broadcasts && pl->size[axis] == 1 && pl->from[axis] != NOWHERE)) {
        pl->size[axis] = size;
        pl->from[axis] = (int16_t)i;
    }
    pl->held[axis] = pl->held[axis] || size == pl->size[axis];
    return size == pl->size[axis] || (b->broadcasts && size == 1) ||
           conflict(b, axis, size, i, at);
}

/* Axes that stand for themselves. Where they may broadcast, a size of 1 says nothing yet; `ones`
 * is the second pass, in which it does. */
static bool settle_plain(binder *b, int i, bool ones)
{
    const pattern_term *t = &b->pl->p->term[i];
    const layout *at = &b->x[i]->at;
    for (int k = 0; k < at->ndim; k++) {
        int axis = NOWHERE;
        const pattern_group *g = group_of(b->pl, t, at->ndim, k, &axis);
        axis = plain_axis(b->pl, g, axis);
        if (axis == NOWHERE || (b->broadcasts && (at->shape[k] == 1) != ones))
            continue;
        if (!settle(b, axis, at->shape[k], i, g ? g->at : t->dots_at))
            return false;
    }
    return true;
}

static bool not_divisible(binder *b, int i, int k, const pattern_group *g, int64_t known)
{
    const char *text = b->pl->p->text + g->at;
    long long size = b->x[i]->at.shape[k];
    b->m->shapes = true;
    if (known == 0)
        return complain(b->m, TT_ERR_SHAPE, g->at,
                        "a size of 0 in '%.*s' leaves the other unknown, in %s", g->end - g->at,
                        text, describe(b->x[i]).s);
    return complain(b->m, TT_ERR_SHAPE, g->at, "'%.*s' is an axis of %lld, not divisible by %lld, in %s",
                    g->end - g->at, text, size, (long long)known, describe(b->x[i]).s);
}

/* What the sizes of a group multiply to, -1 beyond all bounds; *unknown is an item without one. */
static int64_t known_product(const plan *pl, const pattern_group *g, int *unknown, int *n_unknown)
{
    int64_t product = 1;
    *n_unknown = 0;
    *unknown = NOWHERE;
    for (int j = g->first; j < g->first + g->n; j++) {
        int64_t size = pl->size[pl->p->item[j].axis];
        if (size == UNKNOWN) {
            *unknown = j;
            ++*n_unknown;
        } else if (product >= 0 && !mul_overflow(product, size, &product)) {
            product = -1;
        }
    }
    return product;
}

static bool check_group(binder *b, int i, int k, const pattern_group *g, int64_t product)
{
    long long size = b->x[i]->at.shape[k];
    if (product == size)
        return true;
    b->m->shapes = true;
    if (g->n == 0)
        return complain(b->m, TT_ERR_SHAPE, g->at, "'%.*s' stands for an axis of %lld, in %s",
                        g->end - g->at, b->pl->p->text + g->at, size, describe(b->x[i]).s);
    return complain(b->m, TT_ERR_SHAPE, g->at, "'%.*s' is %lld, the axis is %lld, in %s",
                    g->end - g->at, b->pl->p->text + g->at, (long long)product, size,
                    describe(b->x[i]).s);
}

/* A group: checked when all its sizes are known; the last unknown one is found by division. */
static bool settle_group(binder *b, int i, int k, const pattern_group *g, bool *progress)
{
    plan *pl = b->pl;
    int unknown, n;
    int64_t size = b->x[i]->at.shape[k], product = known_product(pl, g, &unknown, &n);
    if (n == 0)
        return check_group(b, i, k, g, product);
    if (n > 1)
        return true;
    if (product <= 0 || size % product)
        return not_divisible(b, i, k, g, product);
    *progress = true;
    return settle(b, pl->p->item[unknown].axis, size / product, i, pl->p->item[unknown].at);
}

static bool settle_groups(binder *b)
{
    for (bool progress = true; progress;) {
        progress = false;
        for (int i = 0; i < b->n; i++) {
            const pattern_term *t = &b->pl->p->term[i];
            int ndim = b->x[i]->at.ndim, axis;
            for (int k = 0; k < ndim; k++) {
                const pattern_group *g = group_of(b->pl, t, ndim, k, &axis);
                if (g && g->n != 1 && !settle_group(b, i, k, g, &progress))
                    return false;
            }
        }
    }
    return true;
}

/* The names of two sizes that nothing tells. */
static bool two_unknown(binder *b, const pattern_group *g)
{
    const plan *pl = b->pl;
    int found[2] = {NOWHERE, NOWHERE}, n = 0;
    for (int j = g->first; j < g->first + g->n && n < 2; j++)
        if (pl->size[pl->p->item[j].axis] == UNKNOWN)
            found[n++] = j;
    if (n < 2)
        return true;
    const pattern_axis *one = &pl->p->axis[pl->p->item[found[0]].axis];
    const pattern_axis *two = &pl->p->axis[pl->p->item[found[1]].axis];
    return complain(b->m, TT_ERR_PATTERN, pl->p->item[found[1]].at,
                    "the sizes of '%.*s' and '%.*s' are both unknown", one->length, one->name,
                    two->length, two->name);
}

static bool all_known(binder *b)
{
    plan *pl = b->pl;
    int end = pl->p->term[pl->p->n_terms].first;
    for (int g = 0; g < end; g++)
        if (pl->p->group[g].n > 1 && !two_unknown(b, &pl->p->group[g]))
            return false;
    for (int i = 0; i < pl->p->n_axes; i++) {
        const pattern_axis *a = &pl->p->axis[i];
        if (a->uses && !pl->held[i] && a->length && pl->size[i] != UNKNOWN)
            return complain(b->m, TT_ERR_SHAPE, a->at, "axis '%.*s' is 1 everywhere, not %lld",
                            a->length, a->name, (long long)pl->size[i]);
    }
    return true;
}

static bool find_sizes(binder *b)
{
    plan *pl = b->pl;
    bool composed = false;
    pl->n_axes = pl->p->n_axes + pl->dots;
    for (int i = 0; i < pl->n_axes; i++) {
        bool named = i < pl->p->n_axes;
        pl->size[i] = named ? pl->p->axis[i].size : UNKNOWN;
        pl->from[i] = NOWHERE;
        pl->held[i] = named && (pl->p->axis[i].uses == 0 || pl->p->axis[i].length == 0);
    }
    for (int i = 0; i < b->n; i++) {
        composed = composed || pl->p->term[i].composed;
        if (!settle_plain(b, i, false))
            return false;
    }
    if (!settle_groups(b))
        return false;
    for (int i = 0; i < b->n && b->broadcasts; i++)
        if (!settle_plain(b, i, true))
            return false;
    return (!composed || !b->broadcasts || settle_groups(b)) && all_known(b);
}

/* ---- composition ---- */

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
            const pattern_group *g = group_of(b->pl, t, at->ndim, k, &axis);
            const pattern_group *f = group_of(b->pl, t, at->ndim, j, &axis);
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
        const pattern_group *g = group_of(pl, t, at->ndim, k, &axis);
        int plain = plain_axis(pl, g, axis);
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
    if (!mul_overflow(*size, pl->size[axis], size))
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
    const pattern *p = pl->p;
    const pattern_term *t = &p->term[p->n_terms];
    pl->out.n = pl->ndim = 0;
    pl->out.split = false;
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
        pl->out.split = pl->out.split || g->n != 1 || p->item[g->first].axis == DOTS;
    }
    return true;
}

bool plan_bind(plan *pl, const pattern *p, const plan_rule *rule, int n, tt_tensor *const *x,
               message *m)
{
    binder b = {pl, x, n, rule->contracts, m};
    pl->p = p;
    pl->rule = rule;
    if (!plan_roles(pl, m) || !count_axes(&b) || !find_sizes(&b))
        return false;
    for (int i = p->n_axes; i < pl->n_axes; i++)
        pl->output[i] = false;
    if (!compose_output(&b)) /* first: it says which axes are kept */
        return false;
    for (int i = 0; i < n; i++)
        if (!compose_input(&b, i))
            return false;
    return true;
}
