/* Copying, casting, filling. Input: two operands of one shape; output: the first written.
 * Transposed copies go tile by tile, so that both sides are read and written a cache line at a
 * time. */
#include "copy.h"

#include "kernel/isa/kernels.h"
#include "iter.h"
#include "parallel.h"

enum { TILE = 128, TILE_GRAIN = 2 };

/* A copy in which the destination runs along the last axis and the source along another. */
typedef struct transposed {
    const exec *x;
    iter it;
    int64_t item, tiles_r, tiles_c;
    int cls;
} transposed;

static void transpose_tiles(int64_t begin, int64_t end, void *arg)
{
    const transposed *t = arg;
    const iter *it = &t->it;
    int64_t rows = it->shape[it->ndim - 2], cols = it->shape[it->ndim - 1];
    for (int64_t k = begin; k < end; k++) {
        int64_t rest = k, tc = rest % t->tiles_c, tr;
        rest /= t->tiles_c;
        tr = rest % t->tiles_r;
        rest /= t->tiles_r;
        char *ptr[] = {it->ptr[0], it->ptr[1]};
        iter_move_to(it, it->ndim - 2, rest, ptr);
        int64_t r = tr * TILE, c = tc * TILE;
        int64_t nr = rows - r < TILE ? rows - r : TILE, nc = cols - c < TILE ? cols - c : TILE;
        t->x->k->copy->transpose[t->cls](
            nr, nc, ptr[0] + r * it->step[it->ndim - 2][0] + c * t->item, it->step[it->ndim - 2][0],
            ptr[1] + r * t->item + c * it->step[it->ndim - 1][1], it->step[it->ndim - 1][1]);
    }
}

static bool try_transpose(const exec *x, operand dst, operand src)
{
    const operand ops[] = {dst, src};
    transposed t = {.x = x, .item = element_size(dst.dtype), .cls = element_log2(dst.dtype)};
    if (!iter_init(&t.it, ops, 2))
        return true;
    int last = t.it.ndim - 1, other = -1;
    if (last < 1 || t.it.step[last][0] != t.item || t.it.step[last][1] == t.item)
        return false;
    for (int a = 0; a < last; a++)
        if (t.it.step[a][1] == t.item && t.it.shape[a] >= 8)
            other = a;
    if (other < 0 || t.it.shape[last] < 8)
        return false;
    iter_move_axis(&t.it, other, last - 1);
    t.tiles_r = ceil_div(t.it.shape[last - 1], TILE);
    t.tiles_c = ceil_div(t.it.shape[last], TILE);
    int64_t n = t.tiles_r * t.tiles_c;
    for (int a = 0; a < last - 1; a++)
        n *= t.it.shape[a];
    parallel_for(x, n, TILE_GRAIN, transpose_tiles, &t);
    return true;
}

static bool both_contiguous(operand a, operand b)
{
    return layout_is_contiguous(a.at) && layout_is_contiguous(b.at);
}

void copy_run(const exec *x, operand dst, operand src)
{
    const operand ops[] = {dst, src};
    loop_fn loop = dst.dtype == src.dtype ? x->k->copy->move[element_log2(dst.dtype)]
                                          : x->k->copy->cast[src.dtype][dst.dtype];
    if (dst.data == src.data && dst.dtype == src.dtype && both_contiguous(dst, src))
        return;
    if (dst.dtype == src.dtype && !both_contiguous(dst, src) && dst.at->ndim > 1 &&
        try_transpose(x, dst, src))
        return;
    iter_run(x, ops, 2, 1, loop, NULL);
}

void fill_run(const exec *x, operand dst, const void *value)
{
    iter_run(x, &dst, 1, 1, x->k->copy->fill[element_log2(dst.dtype)], value);
}
