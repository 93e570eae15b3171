/* Roles of axes: kept (in and out), reduced (in only), new (out only). Input: a pattern; output:
 * whether each axis has a role that the function allows. Text alone decides, not shapes. */
#include "roles.h"

#include <string.h>

/* An axis of which this may be the misspelling: one that stands on the other side only (in einsum,
 * any input). */
static int twin(const plan *pl, int axis, bool among_inputs)
{
    const parsed *p = pl->p;
    const pattern_axis *a = &p->axis[axis];
    for (int i = 0; i < p->n_axes && a->length; i++) {
        const pattern_axis *b = &p->axis[i];
        bool there =
            among_inputs ? b->uses > 0 && (pl->rule->contracts || !pl->output[i]) : b->uses == 0;
        if (i != axis && there && one_typo(a->name, a->length, b->name, b->length))
            return i;
    }
    return NOWHERE;
}

static bool right_only(const plan *pl, int axis, int at, message *m)
{
    described text = pattern_axis_text(pl->p, axis);
    bool named = pl->p->axis[axis].length > 0;
    int meant = twin(pl, axis, true);
    if (pl->rule->contracts)
        complain(m, TT_ERR_PATTERN, at, "output %s is not among the inputs",
                 named ? text.s : strchr(text.s, 'a'));
    else if (pl->rule->adds && named)
        complain(m, TT_ERR_PATTERN, at, "%s is new and has no size", text.s);
    else
        complain(m, TT_ERR_PATTERN, at, "%s is on the right only", text.s);
    if (meant != NOWHERE)
        suggest(m, pl->p->axis[meant].name, pl->p->axis[meant].length);
    return false;
}

static bool input_axis(const plan *pl, int axis, int at, message *m)
{
    if (pl->output[axis] || pl->rule->reduces)
        return true;
    int meant = twin(pl, axis, false); /* the name that is written second is the one mistyped */
    if (meant != NOWHERE)
        return right_only(pl, meant, pl->p->axis[meant].at, m);
    return complain(m, TT_ERR_PATTERN, at, "%s is on the left only",
                    pattern_axis_text(pl->p, axis).s);
}

static bool output_axis(const plan *pl, int axis, int at, message *m)
{
    const pattern_axis *a = &pl->p->axis[axis];
    if (a->uses > 0 || (pl->rule->adds && a->size != UNKNOWN))
        return true;
    return right_only(pl, axis, at, m);
}

static bool ellipsis(const plan *pl, message *m)
{
    const parsed *p = pl->p;
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
static int first_item(const parsed *p, int t)
{
    int g = p->term[t].first;
    return g < p->n_groups ? p->group[g].first : p->n_items;
}

bool plan_roles(plan *pl, message *m)
{
    const parsed *p = pl->p;
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
