/* Lowering: from a plan to operations. Input: an operand and its plan; output: the result, made of
 * reshape, diagonal, reduction, permute and expand, each only where it is needed. */
#include <tinytensor/shape.h>
#include "named.h"

int named_find(const named *t, int axis)
{
    for (int i = 0; i < t->n; i++)
        if (t->axis[i] == axis)
            return i;
    return NOWHERE;
}

void named_release(named *t)
{
    if (t->mine)
        tensor_release(t->x);
    t->x = NULL;
    t->mine = false;
}

void named_become(named *t, tt_tensor *x)
{
    if (x == t->x)
        return;
    named_release(t);
    t->x = x;
    t->mine = true;
}

void named_begin(named *t, tt_tensor *x, bool mine, const plan *pl, const plan_term *in)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    t->x = x;
    t->mine = mine;
    t->n = in->n;
    for (int i = 0; i < in->n; i++) {
        t->axis[i] = in->axis[i];
        shape[i] = pl->size[in->axis[i]];
    }
    if (in->split)
        named_become(t, tt_reshape(x, in->n, shape));
}

static void drop(named *t, int i)
{
    t->n--;
    for (; i < t->n; i++)
        t->axis[i] = t->axis[i + 1];
}

void named_diagonals(named *t)
{
    for (int j = 1; j < t->n; j++)
        for (int i = 0; i < j; i++)
            if (t->axis[i] == t->axis[j]) {
                int16_t axis = t->axis[i];
                named_become(t, tt_diagonal(t->x, 0, i, j));
                drop(t, j);
                drop(t, i);
                t->axis[t->n++] = axis; /* the diagonal stands last */
                j = 0;
                break;
            }
}

void named_reduce(named *t, const bool *keep, reducer fn)
{
    int axes[LAYOUT_MAX_NDIM], n = 0;
    for (int i = 0; i < t->n; i++)
        if (!keep[t->axis[i]])
            axes[n++] = i;
    if (n == 0)
        return;
    named_become(t, fn(t->x, n, axes, false));
    while (n > 0)
        drop(t, axes[--n]);
}

/* The axes that t has, in the order of the output. */
static void permute(named *t, const plan_term *out)
{
    int order[LAYOUT_MAX_NDIM], n = 0;
    bool moved = false;
    int16_t axis[LAYOUT_MAX_NDIM];
    for (int i = 0; i < out->n; i++) {
        int k = named_find(t, out->axis[i]);
        if (k == NOWHERE)
            continue;
        moved = moved || k != n;
        axis[n] = out->axis[i];
        order[n++] = k;
    }
    if (!moved)
        return;
    named_become(t, tt_permute(t->x, n, order));
    for (int i = 0; i < n; i++)
        t->axis[i] = axis[i];
}

/* The axes that t lacks, repeated. */
static void expand(named *t, const plan *pl)
{
    int64_t thin[LAYOUT_MAX_NDIM], wide[LAYOUT_MAX_NDIM];
    const plan_term *out = &pl->out;
    if (t->n == out->n)
        return;
    for (int i = 0; i < out->n; i++) {
        wide[i] = pl->size[out->axis[i]];
        thin[i] = named_find(t, out->axis[i]) == NOWHERE ? 1 : wide[i];
    }
    named_become(t, tt_reshape(t->x, out->n, thin));
    named_become(t, tt_expand(t->x, out->n, wide));
    t->n = out->n;
    for (int i = 0; i < out->n; i++)
        t->axis[i] = out->axis[i];
}

void named_arrange(named *t, const plan *pl)
{
    permute(t, &pl->out);
    expand(t, pl);
}

static bool has_shape(const tt_tensor *x, int ndim, const int64_t *shape)
{
    bool same = x && x->at.ndim == ndim;
    for (int i = 0; same && i < ndim; i++)
        same = x->at.shape[i] == shape[i];
    return same;
}

tt_tensor *named_finish(named *t, const plan *pl)
{
    if (!t->mine || !has_shape(t->x, pl->ndim, pl->shape))
        named_become(t, tt_reshape(t->x, pl->ndim, pl->shape));
    return t->x;
}
