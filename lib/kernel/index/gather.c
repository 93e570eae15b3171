/* Reading and writing along an axis at places named by indices: take, gather, scatter and their
 * adding forms are one loop nest with three strides per axis, in the indexed data (0 where the
 * index decides), in the indices (0 where they do not depend on the axis) and in the other operand.
 * What adds or overwrites is cut only along axes on which no two tasks can meet the same element;
 * or along the indexed axis itself, where each task looks for the indices that are its own.
 */
#include <stdatomic.h>
#include <string.h>
#include "gather.h"
#include "kernel/isa/isa.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/walk.h"

enum {
    GRAIN = 16384,
    WORTH = 16,
    MANY = 16,
    BLOCK = 512,         /* indices that are checked, or looked through, before they are used */
    COLUMNS = 128,       /* of rows that are cut across */
    LONG = 16 * COLUMNS, /* a row that is worth it */
    PARTS = 16,          /* of the indexed axis, at most */
    ROW = 4,             /* elements of a row for each part: what looking for its indices costs */
    AHEAD = 4,           /* rows that are fetched before they are needed */
    MAX_AXES = WALK_MAX_NDIM
};

/* n elements of one line. Where index_step is 0 all of them belong to one index. */
typedef struct line {
    int64_t n, size, axis_step; /* size and stride of the indexed axis */
    char *data, *other;
    const int64_t *index;
    int64_t data_step, other_step, index_step;
} line;

typedef bool line_fn(const line *l); /* false: an index is out of range */

static int64_t wrap(int64_t i, int64_t size)
{
    return i < 0 ? i + size : i;
}

/* Are n indices in range. */
VECTOR bool within(const int64_t *index, int64_t step, int64_t n, int64_t size)
{
    bool out = false;
    for (int64_t i = 0; i < n; i++)
        out |= index[i * step] < -size || index[i * step] >= size;
    return !out;
}

#define EACH "kernel/index/gather_typed.h"
#include "kernel/isa/each_size.h"
#define EACH "kernel/index/gather_move_typed.h"
#include "kernel/isa/each_size.h"

#define T         float
#define NAME(x)   f32_##x
#define SUM(a, b) ((a) + (b))
#include "gather_typed.h"
#include "gather_add_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "gather_typed.h"
#include "gather_add_typed.h"
#undef T
#undef NAME

#define T       uint64_t
#define NAME(x) i64_##x
#include "gather_typed.h"
#include "gather_add_typed.h"
#undef T
#undef NAME

#define T       uint32_t
#define NAME(x) i32_##x
#include "gather_typed.h"
#include "gather_add_typed.h"
#undef T
#undef NAME
#undef SUM

#define T         uint8_t
#define NAME(x)   u8_##x
#define SUM(a, b) ((uint8_t)((a) + (b)))
#include "gather_typed.h"
#include "gather_add_typed.h"
#undef T
#undef NAME
#undef SUM

#define T         uint8_t
#define NAME(x)   bool_##x
#define SUM(a, b) ((a) || (b))
#include "gather_typed.h"
#include "gather_add_typed.h"

typedef enum action { READ, WRITE, ACCUMULATE } action;

typedef struct axis {
    int64_t size, data, index, other; /* strides in elements */
} axis;

typedef struct job {
    int naxes, split; /* split: the axis that is cut into tasks */
    axis axes[MAX_AXES];
    line base;
    line_fn *fn;
    int64_t itemsize;
    walk rows; /* by_place: the rows, one for each index */
    int64_t parts;
    atomic_bool outside; /* an index was out of range */
} job;

static line_fn *line_for(action what, tt_dtype t)
{
    static line_fn *const get[] = {[1] = b1_get, [2] = b2_get, [4] = b4_get, [8] = b8_get};
    static line_fn *const put[] = {[1] = b1_put, [2] = b2_put, [4] = b4_put, [8] = b8_put};
    static line_fn *const add[] = {[TT_F32] = f32_add, [TT_F64] = f64_add,   [TT_I64] = i64_add,
                                   [TT_I32] = i32_add, [TT_BOOL] = bool_add, [TT_U8] = u8_add};
    return what == READ ? get[element_size(t)] : what == WRITE ? put[element_size(t)] : add[t];
}

static void task(int64_t begin, int64_t end, void *arg)
{
    job *j = arg;
    const axis *cut = &j->axes[j->split];
    bool ok = true;
    walk w;
    walk_init(&w);
    for (int i = 0; i < j->naxes; i++) {
        const axis *a = &j->axes[i];
        walk_axis(&w, i == j->split ? end - begin : a->size, a->data, a->index, a->other);
    }
    line l = j->base;
    l.n = w.n;
    l.data_step = w.step[0];
    l.index_step = w.step[1];
    l.other_step = w.step[2];
    for (walk_start(&w, 0); w.left > 0; walk_next(&w)) {
        l.data = j->base.data + (w.at[0] + begin * cut->data) * j->itemsize;
        l.index = j->base.index + w.at[1] + begin * cut->index;
        l.other = j->base.other + (w.at[2] + begin * cut->other) * j->itemsize;
        ok = j->fn(&l) && ok;
    }
    if (!ok)
        atomic_store_explicit(&j->outside, true, memory_order_relaxed);
}

static void fetch(const char *p, int64_t bytes)
{
    for (int64_t i = 0; i < bytes && i < 8 * 64; i += 64)
        PREFETCH(p + i);
}

/* Which of n indices, counted from `first`, name a place in [lo, hi). */
static int own(const job *j, int64_t first, int64_t n, int64_t lo, int64_t hi, int64_t *mine)
{
    int64_t size = j->base.size, step = j->rows.stride[0][1];
    const int64_t *index = j->base.index + first * step;
    int found = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = wrap(index[i * step], size);
        mine[found] = first + i;
        found += k >= lo && k < hi;
    }
    return found;
}

/* The rows whose places are in a part of the indexed axis, in the order of the indices. */
static void by_place(int64_t begin, int64_t end, void *arg)
{
    job *j = arg;
    const walk *w = &j->rows;
    line l = j->base;
    int64_t lo = l.size * begin / j->parts, hi = l.size * end / j->parts, mine[BLOCK];
    int64_t row = l.axis_step * j->itemsize, bytes = w->n * w->step[0] * j->itemsize;
    bool ok = true;
    l.n = w->n;
    l.data_step = w->step[0];
    l.index_step = 0;
    l.other_step = w->step[2];
    for (int64_t first = 0; first < w->shape[0]; first += BLOCK) {
        int64_t n = w->shape[0] - first < BLOCK ? w->shape[0] - first : BLOCK;
        ok = within(j->base.index + first * w->stride[0][1], w->stride[0][1], n, l.size) && ok;
        int found = own(j, first, n, lo, hi, mine);
        for (int i = 0; i < found; i++) {
            if (i + AHEAD < found)
                fetch(l.data + row * wrap(j->base.index[mine[i + AHEAD] * w->stride[0][1]], l.size),
                      bytes);
            l.index = j->base.index + mine[i] * w->stride[0][1];
            l.other = j->base.other + mine[i] * w->stride[0][2] * j->itemsize;
            j->fn(&l);
        }
    }
    if (!ok)
        atomic_store_explicit(&j->outside, true, memory_order_relaxed);
}

/* How many parts of the indexed axis are worth it: rows that each belong to one index, and are long
 * enough to pay for looking through all indices as often, but too short to be cut across. 1: none.
 */
static int64_t parts_of(job *j)
{
    walk *w = &j->rows;
    walk_init(w);
    for (int i = 0; i < j->naxes; i++)
        walk_axis(w, j->axes[i].size, j->axes[i].data, j->axes[i].index, j->axes[i].other);
    bool rows = w->ndim == 1 && w->step[1] == 0 && w->stride[0][0] == 0 && w->n < LONG;
    int64_t parts = rows ? w->n / ROW : 1;
    if (parts > PARTS)
        parts = PARTS;
    return parts < 1 || w->lines * w->n < GRAIN ? 1 : parts;
}

/* The outermost axis worth cutting, else the longest; -1 if there is none that may be cut. */
static int choose_split(const job *j, bool any)
{
    int best = -1;
    for (int i = 0; i < j->naxes; i++) {
        const axis *a = &j->axes[i];
        if (!any && a->data == 0)
            continue;
        if (a->size >= WORTH)
            return i;
        if (best < 0 || a->size > j->axes[best].size)
            best = i;
    }
    return best;
}

static bool run(const exec *x, job *j, action what, operand data, int on, operand indices,
                operand other)
{
    int64_t count = 1, bad;
    j->base = (line){.size = data.at->shape[on],
                     .axis_step = data.at->stride[on],
                     .data = data.data,
                     .other = other.data,
                     .index = indices.data};
    j->itemsize = element_size(data.dtype);
    j->fn = line_for(what, data.dtype);
    for (int i = 0; i < j->naxes; i++)
        count *= j->axes[i].size;
    atomic_init(&j->outside, false);
    if (count == 0)
        return index_check(x, indices, data.at->shape[on], &bad);
    j->parts = what == READ ? 1 : parts_of(j);
    if (j->parts > 1) {
        if (x->num_threads == 1) /* the order of sums is the same */
            j->parts = 1;
        parallel_for(x, j->parts, 1, by_place, j);
        return !atomic_load_explicit(&j->outside, memory_order_relaxed);
    }
    j->split = choose_split(j, what == READ);
    if (j->split < 0) { /* a scalar, or nothing that may be cut: one task of one unit */
        j->axes[j->naxes++] = (axis){.size = 1};
        j->split = j->naxes - 1;
    }
    const axis *cut = &j->axes[j->split];
    int64_t grain = GRAIN / (count / cut->size) + 1;
    bool across = j->split == j->naxes - 1 && cut->data == 1; /* not within a line of the cache */
    parallel_for(x, cut->size, across && grain < COLUMNS ? COLUMNS : grain, task, j);
    return !atomic_load_explicit(&j->outside, memory_order_relaxed);
}

/* Axes of the data before `on`, then the indices', then those of the data behind. */
static void take_axes(job *j, const layout *data, int on, const layout *indices,
                      const layout *other)
{
    int n = 0, at = 0;
    for (int i = 0; i < on; i++, at++)
        j->axes[n++] = (axis){data->shape[i], data->stride[i], 0, other->stride[at]};
    for (int i = 0; i < indices->ndim; i++, at++)
        j->axes[n++] = (axis){indices->shape[i], 0, indices->stride[i], other->stride[at]};
    for (int i = on + 1; i < data->ndim; i++, at++)
        j->axes[n++] = (axis){data->shape[i], data->stride[i], 0, other->stride[at]};
    j->naxes = n;
}

static void gather_axes(job *j, const layout *data, int on, const layout *indices,
                        const layout *other)
{
    for (int i = 0; i < indices->ndim; i++)
        j->axes[i] = (axis){indices->shape[i], i == on ? 0 : data->stride[i], indices->stride[i],
                            other->stride[i]};
    j->naxes = indices->ndim;
}

bool take_run(const exec *x, operand out, operand in, int axis_, operand indices)
{
    job j;
    take_axes(&j, in.at, axis_, indices.at, out.at);
    return run(x, &j, READ, in, axis_, indices, out);
}

bool take_add_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    take_axes(&j, into.at, axis_, indices.at, src.at);
    return run(x, &j, ACCUMULATE, into, axis_, indices, src);
}

bool take_put_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    take_axes(&j, into.at, axis_, indices.at, src.at);
    return run(x, &j, WRITE, into, axis_, indices, src);
}

bool gather_run(const exec *x, operand out, operand in, int axis_, operand indices)
{
    job j;
    gather_axes(&j, in.at, axis_, indices.at, out.at);
    return run(x, &j, READ, in, axis_, indices, out);
}

bool scatter_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    gather_axes(&j, into.at, axis_, indices.at, src.at);
    return run(x, &j, WRITE, into, axis_, indices, src);
}

bool scatter_add_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    gather_axes(&j, into.at, axis_, indices.at, src.at);
    return run(x, &j, ACCUMULATE, into, axis_, indices, src);
}
