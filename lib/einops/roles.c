/* Roles of axes: kept (in and out), reduced (in only), new (out only). Input: a pattern; output:
 * whether each axis has a role that the function allows. Text alone decides, not shapes. */
#include "roles.h"

/* A name of which it may be the misspelling: an axis that stands only on the other side (or, in
 * einsum, any input). */
static void suggest_for(const plan *pl, int axis, bool from_inputs, message *m)
{
    const pattern *p = pl->p;
    const pattern_axis *a = &p->axis[axis];
    for (int i = 0; i < p->n_axes && a->length; i++) {
        const pattern_axis *b = &p->axis[i];
        bool lone = pl->rule->contracts || (from_inputs ? !pl->output[i] : b->uses == 0);
        if (i != axis && lone && (b->uses > 0) == from_inputs &&
            one_typo(a->name, a->length, b->name, b->length))
            suggest(m, b->name, b->length);
    }
}

static bool input_axis(const plan *pl, int axis, int at, message *m)
{
    if (pl->output[axis] || pl->rule->reduces)
        return true;
    complain(m, TT_ERR_PATTERN, at, "%s is on the left only", pattern_axis_text(pl->p, axis).s);
    suggest_for(pl, axis, false, m);
    return false;
}

static bool output_axis(const plan *pl, int axis, int at, message *m)
{
    const pattern_axis *a = &pl->p->axis[axis];
    if (a->uses > 0 || (pl->rule->adds && a->size != UNKNOWN))
        return true;
    described text = pattern_axis_text(pl->p, axis);
    if (pl->rule->contracts)
        complain(m, TT_ERR_PATTERN, at, "output %s is not among the inputs", text.s);
    else if (pl->rule->adds)
        complain(m, TT_ERR_PATTERN, at, "%s is new and has no size", text.s);
    else
        complain(m, TT_ERR_PATTERN, at, "%s is on the right only", text.s);
    suggest_for(pl, axis, true, m);
    return false;
}

static bool ellipsis(const plan *pl, message *m)
{
    const pattern *p = pl->p;
    int in = NOWHERE, out = p->term[p->n_terms].dots_at;
    for (int t = p->n_terms - 1; t >= 0; t--)
        in = p->term[t].dots_at != NOWHERE ? p->term[t].dots_at : in;
    if (pl->rule->contracts)
        return in == NOWHERE || out != NOWHERE ||
               complain(m, TT_ERR_PATTERN, in, "'...' is in an input and not in the output");
    if (in == NOWHERE && out != NOWHERE)
        return complain(m, TT_ERR_PATTERN, out, "'...' is on the right only");
    return out != NOWHERE || in == NOWHERE || pl->rule->reduces ||
           complain(m, TT_ERR_PATTERN, in, "'...' is on the left only");
}

/* The items of a term, from its first to that of the term behind it. */
static int first_item(const pattern *p, int t)
{
    int g = p->term[t].first;
    return g < p->n_groups ? p->group[g].first : p->n_items;
}

bool plan_roles(plan *pl, message *m)
{
    const pattern *p = pl->p;
    int split = first_item(p, p->n_terms);
    for (int i = 0; i < p->n_axes; i++)
        pl->output[i] = false;
    for (int i = split; i < p->n_items; i++)
        if (p->item[i].axis != DOTS)
            pl->output[p->item[i].axis] = true;
    if (!ellipsis(pl, m))
        return false;
    for (int i = 0; i < p->n_items; i++) {
        int axis = p->item[i].axis;
        if (axis != DOTS && !(i < split ? input_axis : output_axis)(pl, axis, p->item[i].at, m))
            return false;
    }
    return true;
}
