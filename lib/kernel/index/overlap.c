/* Sums into overlapping memory. The axes are gone over with the largest steps in `into` first, and
 * the work is cut along the outermost where no two of its elements can meet. */
#include <stdlib.h>
#include "kernel/isa/isa.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/walk.h"
#include "overlap.h"

enum { GRAIN = 16384 };

typedef void add_fn(int64_t n, char *into, int64_t is, const char *src, int64_t ss);

#define T       float
#define NAME(x) f32_##x
#include "overlap_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "overlap_typed.h"

typedef struct job {
    layout into, src; /* axes in the order in which they are gone over */
    char *to;
    const char *from;
    int64_t size;
    add_fn *add;
} job;

static void add_part(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    const layout *into = &j->into, *src = &j->src;
    char *to = j->to + begin * into->stride[0] * j->size;
    const char *from = j->from + begin * src->stride[0] * j->size;
    walk w;
    walk_init(&w);
    for (int i = 0; i < into->ndim; i++)
        walk_axis(&w, i == 0 ? end - begin : into->shape[i], into->stride[i], src->stride[i], 0);
    for (walk_start(&w, 0); w.left > 0; walk_next(&w))
        j->add(w.n, to + w.at[0] * j->size, w.step[0], from + w.at[1] * j->size, w.step[1]);
}

static void swap(int64_t *a, int64_t *b)
{
    int64_t held = *a;
    *a = *b;
    *b = held;
}

/* Axes of more than one element, by falling steps in into. */
static void sort_axes(job *j, const layout *into, const layout *src)
{
    layout *a = &j->into, *b = &j->src;
    for (int i = 0; i < into->ndim; i++) {
        if (into->shape[i] == 1)
            continue;
        int k = a->ndim++;
        a->shape[k] = into->shape[i];
        a->stride[k] = into->stride[i];
        b->stride[k] = src->stride[i];
        for (; k > 0 && llabs(a->stride[k - 1]) < llabs(a->stride[k]); k--) {
            swap(&a->shape[k - 1], &a->shape[k]);
            swap(&a->stride[k - 1], &a->stride[k]);
            swap(&b->stride[k - 1], &b->stride[k]);
        }
    }
}

/* Do the elements of the outermost axis lie apart, so that each is nobody else's? */
static bool outermost_is_apart(const layout *at)
{
    int64_t reach = 0;
    for (int i = 1; i < at->ndim; i++)
        reach += (at->shape[i] - 1) * llabs(at->stride[i]);
    return llabs(at->stride[0]) > reach;
}

void overlap_add_run(const exec *x, operand into, operand src)
{
    job j = {.to = into.data,
             .from = src.data,
             .size = into.dtype == TT_F32 ? 4 : 8,
             .add = into.dtype == TT_F32 ? f32_add : f64_add};
    int64_t all = layout_numel(into.at);
    if (all == 0)
        return;
    sort_axes(&j, into.at, src.at);
    if (j.into.ndim == 0) {
        j.into.ndim = 1;
        j.into.shape[0] = 1;
        j.into.stride[0] = j.src.stride[0] = 0;
    }
    int64_t n = j.into.shape[0], grain = GRAIN / (all / n) + 1;
    parallel_for(x, n, outermost_is_apart(&j.into) ? grain : n, add_part, &j);
}
