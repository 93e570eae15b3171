/* Indices before they are used: whether all are in range, and several of them as one place. Both go
 * over the longest of the outer axes in parallel. */
#include <stdatomic.h>
#include "gather.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/walk.h"

enum { GRAIN = 32768, WORTH = 16 };

/* The outermost axis worth cutting, else the longest; of a scalar there is none: -1. */
static int axis_to_cut(const layout *at)
{
    int best = at->ndim ? 0 : -1;
    for (int i = 0; i < at->ndim; i++) {
        if (at->shape[i] >= WORTH)
            return i;
        if (at->shape[i] > at->shape[best])
            best = i;
    }
    return best;
}

/* The lines of a, and of b, in a part of the axis that is cut. */
static void part_lines(walk *w, int cut, int64_t begin, int64_t end, const layout *a,
                       const layout *b)
{
    walk_init(w);
    for (int i = 0; i < a->ndim; i++)
        walk_axis(w, i == cut ? end - begin : a->shape[i], a->stride[i], b ? b->stride[i] : 0, 0);
    walk_start(w, 0);
}

static int64_t part_start(const layout *at, int cut, int64_t begin)
{
    return cut < 0 ? 0 : begin * at->stride[cut];
}

static void for_parts(const exec *x, const layout *at, int cut,
                      void (*fn)(int64_t begin, int64_t end, void *arg), void *arg)
{
    int64_t n = cut < 0 ? 1 : at->shape[cut], all = layout_numel(at);
    if (all > 0)
        parallel_for(x, n, GRAIN / (all / n) + 1, fn, arg);
}

typedef struct check_job {
    operand indices;
    int64_t size;
    int cut;
    atomic_bool bad;
} check_job;

static bool is_outside(int64_t index, int64_t size)
{
    return index < -size || index >= size;
}

static void check_part(int64_t begin, int64_t end, void *arg)
{
    check_job *j = arg;
    const int64_t *data =
        (const int64_t *)j->indices.data + part_start(j->indices.at, j->cut, begin);
    walk w;
    bool bad = false;
    for (part_lines(&w, j->cut, begin, end, j->indices.at, NULL); w.left > 0 && !bad;
         walk_next(&w)) {
        const int64_t *index = data + w.at[0];
        for (int64_t i = 0; i < w.n; i++)
            bad |= is_outside(index[i * w.step[0]], j->size);
    }
    if (bad)
        atomic_store_explicit(&j->bad, true, memory_order_relaxed);
}

bool index_check(const exec *x, operand indices, int64_t size, int64_t *bad)
{
    check_job j = {.indices = indices, .size = size, .cut = axis_to_cut(indices.at)};
    atomic_init(&j.bad, false);
    for_parts(x, indices.at, j.cut, check_part, &j);
    if (!atomic_load_explicit(&j.bad, memory_order_relaxed))
        return true;
    walk w; /* which is the first: nobody waits for that */
    walk_layouts(&w, indices.at, NULL, NULL);
    for (walk_start(&w, 0); w.left > 0; walk_next(&w))
        for (int64_t i = 0; i < w.n; i++) {
            *bad = ((const int64_t *)indices.data)[w.at[0] + i * w.step[0]];
            if (is_outside(*bad, size))
                return false;
        }
    return false;
}

typedef struct flat_job {
    operand out;
    const operand *in;
    const int64_t *sizes;
    int n, cut;
} flat_job;

static void flat_part(int64_t begin, int64_t end, void *arg)
{
    const flat_job *j = arg;
    int64_t *to = (int64_t *)j->out.data + part_start(j->out.at, j->cut, begin);
    for (int k = 0; k < j->n; k++) {
        const operand *in = &j->in[k];
        const int64_t *from = (const int64_t *)in->data + part_start(in->at, j->cut, begin);
        int64_t size = j->sizes[k];
        walk w;
        for (part_lines(&w, j->cut, begin, end, j->out.at, in->at); w.left > 0; walk_next(&w))
            for (int64_t i = 0; i < w.n; i++) {
                int64_t *place = to + w.at[0] + i * w.step[0];
                int64_t index = from[w.at[1] + i * w.step[1]];
                *place = (k ? *place * size : 0) + index + (index < 0 ? size : 0);
            }
    }
}

void flatten_run(const exec *x, operand out, int n, const operand *in, const int64_t *sizes)
{
    flat_job j = {out, in, sizes, n, axis_to_cut(out.at)};
    for_parts(x, out.at, j.cut, flat_part, &j);
}
