/* Integer geometry of strided tensors. Input and output: shapes and strides in elements.
 * Invariant: no function writes through a data pointer or allocates. */
#include "layout.h"
#include "base/integer.h"

#include <assert.h>
#include <string.h>

bool mul_fits(int64_t a, int64_t b, int64_t *out)
{
    if (a < 0 || b < 0 || (b && a > INT64_MAX / b))
        return false;
    *out = a * b;
    return true;
}

bool layout_init(layout *l, int ndim, const int64_t *shape)
{
    int64_t n = 1;
    if (ndim < 0 || ndim > LAYOUT_MAX_NDIM)
        return false;
    l->ndim = ndim;
    l->offset = 0;
    for (int i = ndim - 1; i >= 0; i--) {
        if (shape[i] < 0)
            return false;
        l->shape[i] = shape[i];
        l->stride[i] = n;
        /* a size 0 elsewhere does not excuse an overflow: strides must stay representable */
        if (!mul_fits(n, shape[i] ? shape[i] : 1, &n))
            return false;
    }
    return n <= INT64_MAX / 16; /* bytes of the widest element fit too */
}

void layout_copy(layout *dst, const layout *src)
{
    size_t bytes = (size_t)src->ndim * sizeof *src->shape;
    dst->ndim = src->ndim;
    dst->offset = src->offset;
    memcpy(dst->shape, src->shape, bytes);
    memcpy(dst->stride, src->stride, bytes);
}

int64_t layout_numel(const layout *l)
{
    int64_t n = 1;
    for (int i = 0; i < l->ndim; i++)
        n *= l->shape[i]; /* layout_init has checked the product */
    return n;
}

bool layout_is_contiguous(const layout *l)
{
    int64_t step = 1;
    bool straight = true;
    for (int i = l->ndim - 1; i >= 0; i--) {
        if (l->shape[i] == 0)
            return true;
        if (l->shape[i] != 1 && l->stride[i] != step)
            straight = false;
        step *= l->shape[i];
    }
    return straight;
}

bool layout_same_shape(const layout *a, const layout *b)
{
    return a->ndim == b->ndim &&
           memcmp(a->shape, b->shape, (size_t)a->ndim * sizeof *a->shape) == 0;
}

bool layout_overlaps(const layout *l)
{
    int order[LAYOUT_MAX_NDIM], n = 0;
    for (int i = 0; i < l->ndim; i++) {
        if (l->shape[i] == 0)
            return false;
        if (l->shape[i] == 1)
            continue;
        int k = n++;
        while (k > 0 && magnitude(l->stride[order[k - 1]]) > magnitude(l->stride[i])) {
            order[k] = order[k - 1];
            k--;
        }
        order[k] = i;
    }
    int64_t reach = 0; /* the farthest element that the finer axes touch */
    for (int k = 0; k < n; k++) {
        int64_t step = magnitude(l->stride[order[k]]);
        if (step <= reach)
            return true;
        reach += step * (l->shape[order[k]] - 1);
    }
    return false;
}

bool layout_restride(layout *l, const int64_t *strides, int64_t item)
{
    int64_t left = INT64_MAX / 2;
    for (int i = 0; i < l->ndim; i++) {
        int64_t s = strides[i], reach;
        bool moves = l->shape[i] > 1;
        bool fits = s > INT64_MIN && mul_fits(s < 0 ? -s : s, item, &reach) &&
                    mul_fits(moves ? l->shape[i] - 1 : 1, reach, &reach) && reach <= left;
        if (!fits && moves)
            return false;
        if (fits)
            l->stride[i] = s;
        if (moves)
            left -= reach;
    }
    return true;
}

bool layout_extent(const layout *l, int64_t *lo, int64_t *hi)
{
    *lo = *hi = l->offset;
    for (int i = 0; i < l->ndim; i++) {
        if (l->shape[i] == 0)
            return false;
        int64_t reach = (l->shape[i] - 1) * l->stride[i];
        *(reach < 0 ? lo : hi) += reach;
    }
    return true;
}

int layout_axis(int ndim, int axis)
{
    if (axis < -ndim || axis >= ndim)
        return -1;
    return axis < 0 ? axis + ndim : axis;
}

bool layout_broadcast(layout *out, const layout *a, const layout *b)
{
    int64_t shape[LAYOUT_MAX_NDIM];
    int ndim = a->ndim > b->ndim ? a->ndim : b->ndim;
    for (int i = 0; i < ndim; i++) {
        int ia = i - (ndim - a->ndim), ib = i - (ndim - b->ndim);
        int64_t sa = ia < 0 ? 1 : a->shape[ia], sb = ib < 0 ? 1 : b->shape[ib];
        if (sa != sb && sa != 1 && sb != 1)
            return false;
        shape[i] = sa == 1 ? sb : sa;
    }
    return layout_init(out, ndim, shape);
}

bool layout_expand(layout *out, const layout *in, int ndim, const int64_t *shape)
{
    int64_t stride[LAYOUT_MAX_NDIM];
    if (ndim < in->ndim || ndim > LAYOUT_MAX_NDIM)
        return false;
    for (int i = 0; i < ndim; i++) {
        int k = i - (ndim - in->ndim);
        int64_t size = k < 0 ? 1 : in->shape[k];
        if (size != shape[i] && size != 1)
            return false;
        stride[i] = k < 0 || (size == 1 && shape[i] != 1) ? 0 : in->stride[k];
    }
    int64_t offset = in->offset;
    if (!layout_init(out, ndim, shape))
        return false;
    out->offset = offset;
    memcpy(out->stride, stride, (size_t)ndim * sizeof *stride);
    return true;
}

void layout_permute(layout *out, const layout *in, const int *axes)
{
    layout r;
    r.ndim = in->ndim;
    r.offset = in->offset;
    for (int i = 0; i < in->ndim; i++) {
        assert(axes[i] >= 0 && axes[i] < in->ndim);
        r.shape[i] = in->shape[axes[i]];
        r.stride[i] = in->stride[axes[i]];
    }
    layout_copy(out, &r);
}

/* in without its axes of size 1; from: where each was. */
static layout squeezed(const layout *in, int *from)
{
    layout s;
    s.ndim = 0;
    for (int i = 0; i < in->ndim; i++)
        if (in->shape[i] != 1) {
            from[s.ndim] = i;
            s.shape[s.ndim] = in->shape[i];
            s.stride[s.ndim++] = in->stride[i];
        }
    return s;
}

/* The fewest axes of `old` and of `new` that have the same number of elements: [begin, end) each.
 */
typedef struct span {
    int old_begin, old_end, new_begin, new_end;
} span;

static span next_span(const layout *old, const layout *new, int old_begin, int new_begin)
{
    span r = {old_begin, old_begin + 1, new_begin, new_begin + 1};
    int64_t had = old->shape[old_begin], made = new->shape[new_begin];
    while (had != made)
        if (made < had)
            made *= new->shape[r.new_end++];
        else
            had *= old->shape[r.old_end++];
    return r;
}

/* The first axis of old's part of the span that does not step over the next one, or -1. */
static int break_in(const layout *old, const span *r)
{
    for (int k = r->old_begin; k + 1 < r->old_end; k++)
        if (old->stride[k] != old->stride[k + 1] * old->shape[k + 1])
            return k;
    return -1;
}

/* Axes of size 1 apart, the axes of both shapes fall into spans with the same number of elements.
 * Within a span, the old axes must step over each other as in a contiguous tensor. */
bool layout_reshape(layout *out, const layout *in, int ndim, const int64_t *shape, int *blocked)
{
    int from[LAYOUT_MAX_NDIM];
    layout old = squeezed(in, from);
    int64_t offset = in->offset;
    bool empty = layout_numel(in) == 0;
    if (!layout_init(out, ndim, shape))
        return false;
    out->offset = offset;
    if (empty)
        return true;
    int done = 0;
    for (int i = 0; i < old.ndim;) {
        span r = next_span(&old, out, i, done);
        int at = break_in(&old, &r);
        if (at >= 0) {
            /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): squeezed sets old.ndim */
            *blocked = from[at];
            return false;
        }
        int64_t step = old.stride[r.old_end - 1];
        for (int k = r.new_end - 1; k >= r.new_begin; k--) {
            out->stride[k] = step;
            step *= out->shape[k];
        }
        i = r.old_end;
        done = r.new_end;
    }
    for (; done < ndim; done++) /* only sizes 1 are left */
        out->stride[done] = 1;
    return true;
}

int64_t layout_at(const layout *l, int64_t k)
{
    return l->offset + row_major_at(k, l->ndim, l->shape, l->stride);
}
