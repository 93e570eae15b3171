/* Walks strided operands line by line in C order: an odometer over the outer axes. With nothing to
 * walk (a size of 0) lines is 0; a single element is one line of length 1. */
#include "walk.h"

void walk_init(walk *w)
{
    w->ndim = 0;
    w->n = 1;
    w->lines = 1;
    w->step[0] = w->step[1] = w->step[2] = 0;
}

void walk_axis(walk *w, int64_t size, int64_t s0, int64_t s1, int64_t s2)
{
    const int64_t step[WALK_OPS] = {s0, s1, s2};
    bool merges = w->n > 1;
    if (size == 1)
        return;
    for (int k = 0; k < WALK_OPS; k++)
        merges = merges && w->step[k] == step[k] * size;
    if (!merges && w->n != 1) {
        w->lines *= w->n;
        w->shape[w->ndim] = w->n;
        for (int k = 0; k < WALK_OPS; k++)
            w->stride[w->ndim][k] = w->step[k];
        w->ndim++;
    }
    w->n = merges ? w->n * size : size;
    for (int k = 0; k < WALK_OPS; k++)
        w->step[k] = step[k];
}

void walk_layouts(walk *w, const layout *a, const layout *b, const layout *c)
{
    walk_init(w);
    for (int i = 0; i < a->ndim; i++)
        walk_axis(w, a->shape[i], a->stride[i], b ? b->stride[i] : 0, c ? c->stride[i] : 0);
}

void walk_start(walk *w, int64_t line)
{
    w->left = w->n > 0 ? w->lines - line : 0;
    w->at[0] = w->at[1] = w->at[2] = 0;
    if (w->left <= 0)
        return;
    for (int i = w->ndim - 1; i >= 0; i--) {
        w->index[i] = line % w->shape[i];
        line /= w->shape[i];
        for (int k = 0; k < WALK_OPS; k++)
            w->at[k] += w->index[i] * w->stride[i][k];
    }
}

void walk_next(walk *w)
{
    w->left--;
    for (int i = w->ndim - 1; i >= 0; i--) {
        for (int k = 0; k < WALK_OPS; k++)
            w->at[k] += w->stride[i][k];
        if (++w->index[i] < w->shape[i])
            return;
        for (int k = 0; k < WALK_OPS; k++)
            w->at[k] -= w->shape[i] * w->stride[i][k];
        w->index[i] = 0;
    }
}
