/* Reading and writing along an axis at places named by indices: take, gather, scatter and their
 * adding forms are one loop nest with three strides per axis, in the indexed data (0 where the
 * index decides), in the indices (0 where they do not depend on the axis) and in the other operand.
 * What adds or overwrites is cut only along axes on which no two tasks can meet the same element.
 */
#include <string.h>
#include "gather.h"
#include "kernel/isa/isa.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/walk.h"

enum { GRAIN = 16384, WORTH = 16, MANY = 16, MAX_AXES = WALK_MAX_NDIM };

/* n elements of one line. Where index_step is 0 all of them belong to one index. */
typedef struct line {
    int64_t n, size, axis_step; /* size and stride of the indexed axis */
    char *data, *other;
    const int64_t *index;
    int64_t data_step, other_step, index_step;
} line;

typedef void line_fn(const line *l);

static int64_t wrap(int64_t i, int64_t size)
{
    return i < 0 ? i + size : i;
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
    const job *j = arg;
    const axis *cut = &j->axes[j->split];
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
        j->fn(&l);
    }
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

static void run(const exec *x, job *j, action what, operand data, int on, operand indices,
                operand other)
{
    int64_t count = 1;
    j->base = (line){.size = data.at->shape[on],
                     .axis_step = data.at->stride[on],
                     .data = data.data,
                     .other = other.data,
                     .index = indices.data};
    j->itemsize = element_size(data.dtype);
    j->fn = line_for(what, data.dtype);
    for (int i = 0; i < j->naxes; i++)
        count *= j->axes[i].size;
    if (count == 0)
        return;
    j->split = choose_split(j, what == READ);
    if (j->split < 0) { /* a scalar, or nothing that may be cut: one task of one unit */
        j->axes[j->naxes++] = (axis){.size = 1};
        j->split = j->naxes - 1;
    }
    int64_t units = j->axes[j->split].size;
    parallel_for(x, units, GRAIN / (count / units) + 1, task, j);
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

void take_run(const exec *x, operand out, operand in, int axis_, operand indices)
{
    job j;
    take_axes(&j, in.at, axis_, indices.at, out.at);
    run(x, &j, READ, in, axis_, indices, out);
}

void take_add_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    take_axes(&j, into.at, axis_, indices.at, src.at);
    run(x, &j, ACCUMULATE, into, axis_, indices, src);
}

void take_put_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    take_axes(&j, into.at, axis_, indices.at, src.at);
    run(x, &j, WRITE, into, axis_, indices, src);
}

void gather_run(const exec *x, operand out, operand in, int axis_, operand indices)
{
    job j;
    gather_axes(&j, in.at, axis_, indices.at, out.at);
    run(x, &j, READ, in, axis_, indices, out);
}

void scatter_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    gather_axes(&j, into.at, axis_, indices.at, src.at);
    run(x, &j, WRITE, into, axis_, indices, src);
}

void scatter_add_run(const exec *x, operand into, int axis_, operand indices, operand src)
{
    job j;
    gather_axes(&j, into.at, axis_, indices.at, src.at);
    run(x, &j, ACCUMULATE, into, axis_, indices, src);
}
