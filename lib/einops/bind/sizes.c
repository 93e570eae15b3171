/* Sizes of axes. Input: a pattern and its operands' shapes; output: the size of every axis, given,
 * read off or found by division. Invariant: sizes agree wherever an axis stands, but for those of 1
 * that broadcast. */
#include "sizes.h"

const pattern_group *bind_group(const plan *pl, const pattern_term *t, int ndim, int k, int *axis)
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

int bind_plain(const plan *pl, const pattern_group *g, int axis)
{
    return !g ? axis : g->n == 1 ? pl->p->item[g->first].axis : NOWHERE;
}

static bool wrong_ndim(binder *b, int i, int named)
{
    const pattern_term *t = &b->pl->p->term[i];
    const char *at_least = t->dots_at == NOWHERE ? "" : "at least ";
    if (!b->pl->rule->contracts)
        return complain(b->m, TT_ERR_SHAPE, t->at, "the left has %s%d ax%s, the tensor %d",
                        at_least, named, named == 1 ? "is" : "es", b->x[i]->at.ndim);
    b->m->shapes = true;
    return complain(b->m, TT_ERR_SHAPE, t->at, "term %d has %s%d ax%s, its operand %d: %s", i,
                    at_least, named, named == 1 ? "is" : "es", b->x[i]->at.ndim,
                    describe(b->x[i]).s);
}

bool bind_count(binder *b)
{
    plan *pl = b->pl;
    const parsed *p = pl->p;
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
        return complain(b->m, TT_ERR_SHAPE, at, "%s is %lld and %lld in operand %d: %s", name.s,
                        had, has, i, describe(b->x[i]).s);
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
    return size == pl->size[axis] || (b->broadcasts && size == 1) || conflict(b, axis, size, i, at);
}

/* Axes that stand for themselves. Where they may broadcast, a size of 1 says nothing yet; `ones`
 * is the second pass, in which it does. */
static bool settle_plain(binder *b, int i, bool ones)
{
    const pattern_term *t = &b->pl->p->term[i];
    const layout *at = &b->x[i]->at;
    for (int k = 0; k < at->ndim; k++) {
        int axis = NOWHERE;
        const pattern_group *g = bind_group(b->pl, t, at->ndim, k, &axis);
        axis = bind_plain(b->pl, g, axis);
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
    return complain(b->m, TT_ERR_SHAPE, g->at,
                    "'%.*s' is an axis of %lld, not divisible by %lld, in %s", g->end - g->at, text,
                    size, (long long)known, describe(b->x[i]).s);
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
        } else if (product >= 0 && !mul_fits(product, size, &product)) {
            product = -1;
        }
    }
    return product;
}

static bool check_group(binder *b, int i, int k, const pattern_group *g, int64_t product)
{
    long long size = b->x[i]->at.shape[k];
    if (product == size) {
        for (int j = g->first; j < g->first + g->n; j++)
            b->pl->held[b->pl->p->item[j].axis] = true;
        return true;
    }
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
    if (product < 0)
        return complain(b->m, TT_ERR_SHAPE, g->at, "sizes that multiply beyond all bounds");
    if (n == 0)
        return check_group(b, i, k, g, product);
    if (n > 1)
        return true;
    if (product == 0 || size % product)
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
                const pattern_group *g = bind_group(b->pl, t, ndim, k, &axis);
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
    for (int i = 0; i < pl->p->n_axes && b->broadcasts; i++) {
        const pattern_axis *a = &pl->p->axis[i];
        if (a->uses && !pl->held[i] && a->length && pl->size[i] != UNKNOWN)
            return complain(b->m, TT_ERR_SHAPE, a->at, "axis '%.*s' is 1 everywhere, not %lld",
                            a->length, a->name, (long long)pl->size[i]);
    }
    return true;
}

bool bind_sizes(binder *b)
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
