/* Reading and writing along an axis at places named by indices: take, gather, scatter and their
 * adding forms are one loop nest with three strides per axis, in the indexed data (0 where the
 * index decides), in the indices (0 where they do not depend on the axis) and in the other operand.
 * What adds or overwrites is cut only along axes on which no two tasks can meet the same element.
 */
#include <string.h>
#include "gather.h"
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

/* d: element of the data, o: of the other operand. */
#define GET(d, o) (o = d)
#define PUT(d, o) (d = o)
#define ADD(d, o) (d += o)
#define OR(d, o)  (d = d || o)

/* The same for many adjacent elements. */
#define GET_ROW(d, o, n) memcpy(o, d, (size_t)n * sizeof *o)
#define PUT_ROW(d, o, n) memcpy(d, o, (size_t)n * sizeof *d)
#define ADD_ROW(d, o, n) _Pragma("omp simd") for (int64_t i = 0; i < n; i++) d[i] += o[i]
#define OR_ROW(d, o, n)                                                                            \
    for (int64_t i = 0; i < n; i++)                                                                \
    d[i] = d[i] || o[i]

#define LINE(NAME, T, DO, ROW)                                                                     \
    static void NAME(const line *l)                                                                \
    {                                                                                              \
        T *data = (T *)l->data, *other = (T *)l->other;                                            \
        int64_t n = l->n, ds = l->data_step, os = l->other_step, xs = l->index_step;               \
        for (int64_t i = 0; i < n && xs != 0; i++) {                                               \
            T *d = data + i * ds + wrap(l->index[i * xs], l->size) * l->axis_step;                 \
            DO(*d, other[i * os]);                                                                 \
        }                                                                                          \
        if (xs != 0)                                                                               \
            return;                                                                                \
        T *restrict d = data + wrap(*l->index, l->size) * l->axis_step;                            \
        T *restrict o = other;                                                                     \
        if (ds == 1 && os == 1 && n >= MANY) {                                                     \
            ROW(d, o, n);                                                                          \
        } else if (ds == 1 && os == 1) {                                                           \
            for (int64_t i = 0; i < n; i++)                                                        \
                DO(d[i], o[i]);                                                                    \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                DO(d[i * ds], o[i * os]);                                                          \
        }                                                                                          \
    }

LINE(get_1, uint8_t, GET, GET_ROW)
LINE(get_2, uint16_t, GET, GET_ROW)
LINE(get_4, uint32_t, GET, GET_ROW)
LINE(get_8, uint64_t, GET, GET_ROW)
LINE(put_1, uint8_t, PUT, PUT_ROW)
LINE(put_2, uint16_t, PUT, PUT_ROW)
LINE(put_4, uint32_t, PUT, PUT_ROW)
LINE(put_8, uint64_t, PUT, PUT_ROW)
LINE(add_f32, float, ADD, ADD_ROW)
LINE(add_f64, double, ADD, ADD_ROW)
LINE(add_i64, uint64_t, ADD, ADD_ROW)
LINE(or_bool, uint8_t, OR, OR_ROW)

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
    static line_fn *const get[] = {[1] = get_1, [2] = get_2, [4] = get_4, [8] = get_8};
    static line_fn *const put[] = {[1] = put_1, [2] = put_2, [4] = put_4, [8] = put_8};
    static line_fn *const add[] = {
        [TT_F32] = add_f32, [TT_F64] = add_f64, [TT_I64] = add_i64, [TT_BOOL] = or_bool};
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
