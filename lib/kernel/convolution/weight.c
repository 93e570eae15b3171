/* The gradient of a convolution's kernel: w[o, term] = sum over images and results of y times what
 * the term reads, both in the order of the planes, whose gaps are zeros in y. A task goes over a
 * chunk of the bands of all images, into sums of its own; the chunks' sums are added in order. How
 * the work is cut depends on shapes alone. */
#include "convolution.h"

#include <math.h>
#include <string.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/tiles.h"
#include "planes.h"

enum {
    BAND = 1 << 18,    /* bytes of planes of x */
    COLUMNS = 1 << 13, /* bytes of a row of planes: a few of them stay in the nearest cache */
    SUMS = 1 << 24,    /* bytes of all chunks' sums, where there is more than one */
    CHUNKS = 16,
    TASKS = 16,
    MOST_SUMS = 32, /* of a tile */
    JOIN = 1 << 14, /* elements that are worth a task */
};

typedef struct job {
    const conv_args *a;
    const conv_loops *l;
    int64_t size;
    int64_t batch, out;    /* channels of a group in y */
    int shape;             /* of tiles, an index */
    int64_t terms, padded; /* of a channel of w; padded to whole tiles */
    int64_t columns;       /* of a row of y, padded to whole vectors */
    int64_t chunks, blocks, parts, block_rows;
    planes p;
    int64_t *at;
    char *sums; /* (chunks (g o) terms) */
} job;

/* The rows of y for the results of one band and block: planes with zeros in the gaps. */
static void fill_rows(const job *j, int64_t image, int64_t channel, int64_t count, int64_t band,
                      char *to)
{
    const layout *y = j->a->y.at;
    int64_t rows = planes_rows(&j->p, band), count_w = j->p.w.count;
    memset(to, 0, (size_t)(j->l->sums[j->shape].channels * j->columns * j->size));
    for (int64_t i = 0; i < count; i++, to += j->columns * j->size) {
        const char *from =
            (const char *)j->a->y.data + (image * y->stride[0] + (channel + i) * y->stride[1] +
                                          band * j->p.rows * y->stride[2]) *
                                             j->size;
        for (int64_t r = 0; r < rows; r++)
            j->l->gather(count_w, to + r * j->p.pitch * j->size, 1,
                         from + r * y->stride[2] * j->size, y->stride[3]);
    }
}

static double load(const job *j, const void *p, int64_t i)
{
    return j->size == 4 ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

static void add(const job *j, void *p, int64_t i, double v)
{
    if (j->size == 4)
        ((float *)p)[i] += (float)v;
    else
        ((double *)p)[i] += v;
}

/* Adds a tile's sums. An infinity or NaN in x times a zero in a gap gives NaN: such a sum is made
 * again without the gaps. */
static void add_tile(const job *j, const void *tile, int64_t count, int64_t term, int64_t rows,
                     const char *g, const char *x, char *sums)
{
    conv_shape shape = j->l->sums[j->shape];
    int64_t places = smaller(shape.columns, j->terms - term);
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < places; k++) {
            double v = load(j, tile, i * shape.columns + k);
            if (!isfinite(v))
                v = j->l->dot_rows(rows, j->p.w.count, j->p.pitch, g + i * j->columns * j->size,
                                   x + j->at[term + k] * j->size);
            add(j, sums, i * j->terms + term + k, v);
        }
}

/* One band of an image, all blocks of a part of the channels. */
static void run_band(const job *j, int64_t image, int64_t group, int64_t band, int64_t b0,
                     int64_t b1, char *sums, char *memory)
{
    conv_shape shape = j->l->sums[j->shape];
    char *g = memory, *x = memory + tile_bytes(shape.channels * j->columns * j->size);
    double tile[MOST_SUMS];
    const layout *at = j->a->x.at;
    int64_t rows = planes_rows(&j->p, band);
    int64_t n = ceil_div(planes_extent(&j->p, rows), j->l->lanes) * j->l->lanes;
    planes_fill(&j->p, j->l, j->size,
                (const char *)j->a->x.data +
                    (image * at->stride[0] + group * j->p.channels * at->stride[1]) * j->size,
                at, band, j->l->lanes, x);
    for (int64_t b = b0; b < b1; b++) {
        int64_t first = b * shape.channels, count = smaller(shape.channels, j->out - first);
        fill_rows(j, image, group * j->out + first, count, band, g);
        for (int64_t k = 0; k < j->terms; k += shape.columns) {
            j->l->dots[j->shape](n, g, j->columns, x, j->at + k, tile);
            add_tile(j, tile, count, k, rows, g, x,
                     sums + (group * j->out + first) * j->terms * j->size);
        }
    }
}

static void run_task(const job *j, int64_t task, char *memory)
{
    int64_t part = task % j->parts, group = task / j->parts % j->a->groups;
    int64_t chunk = task / j->parts / j->a->groups, units = j->batch * j->p.bands;
    int64_t b0 = j->blocks * part / j->parts, b1 = j->blocks * (part + 1) / j->parts;
    int64_t channels = j->l->sums[j->shape].channels, all = j->a->groups * j->out * j->terms;
    char *sums = j->sums + chunk * all * j->size;
    memset(sums + (group * j->out + b0 * channels) * j->terms * j->size, 0,
           (size_t)((smaller(b1 * channels, j->out) - b0 * channels) * j->terms * j->size));
    for (int64_t u = units * chunk / j->chunks; u < units * (chunk + 1) / j->chunks; u++)
        run_band(j, u / j->p.bands, group, u % j->p.bands, b0, b1, sums, memory);
}

static void run_tasks(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        run_task(arg, i, memory);
}

static void join(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    int64_t all = j->a->groups * j->out * j->terms;
    char *to = (char *)j->a->w.data + begin * j->size;
    memcpy(to, j->sums + begin * j->size, (size_t)((end - begin) * j->size));
    for (int64_t c = 1; c < j->chunks; c++)
        j->l->add(end - begin, to, j->sums + (c * all + begin) * j->size);
}

static void cut(job *j)
{
    const conv_args *a = j->a;
    tap_axis h = taps_forward(&a->axis[0]), w = taps_forward(&a->axis[1]);
    int64_t channels = a->w.at->shape[1], groups = a->groups;
    j->shape = 2 * j->out <= j->l->sums[0].channels;
    conv_shape shape = j->l->sums[j->shape];
    j->p = planes_of(h, w, channels,
                     smaller(BAND / j->size, channels * h.planes * w.planes * COLUMNS / j->size),
                     ceil_div(TASKS, j->batch * groups));
    j->terms = channels * planes_taps(&j->p);
    j->padded = ceil_div(j->terms, shape.columns) * shape.columns;
    j->columns = ceil_div(planes_extent(&j->p, j->p.rows), j->l->lanes) * j->l->lanes;
    int64_t bytes = groups * j->out * j->terms * j->size;
    j->chunks = smaller(smaller(CHUNKS, j->batch * j->p.bands), larger(1, SUMS / bytes));
    j->blocks = ceil_div(j->out, shape.channels);
    j->parts = smaller(j->blocks, ceil_div(TASKS, groups * j->chunks));
}

static bool run(const exec *x, job *j)
{
    size_t places = tile_bytes(j->padded * (int64_t)sizeof *j->at);
    int64_t all = j->a->groups * j->out * j->terms;
    char *memory = x->mem.alloc(x->mem.user, places + (size_t)(j->chunks * all * j->size));
    if (!memory)
        return false;
    j->at = (int64_t *)(void *)memory;
    j->sums = memory + places;
    planes_places(&j->p, j->at);
    for (int64_t k = j->terms; k < j->padded; k++)
        j->at[k] = 0;
    conv_shape shape = j->l->sums[j->shape];
    bool ok = parallel_tiles(x, j->chunks * j->a->groups * j->parts, 1,
                             tile_bytes(shape.channels * j->columns * j->size) +
                                 planes_bytes(&j->p, j->l->lanes, j->size),
                             run_tasks, j);
    if (ok)
        parallel_for(x, all, JOIN, join, j);
    x->mem.free(x->mem.user, memory);
    return ok;
}

bool conv_weight_run(const exec *x, const conv_args *a)
{
    job j = {.a = a,
             .l = &x->k->convolution->of[a->x.dtype == TT_F64],
             .size = element_size(a->x.dtype),
             .batch = a->x.at->shape[0],
             .out = a->y.at->shape[1] / a->groups};
    int64_t n = layout_numel(a->w.at);
    if (n == 0)
        return true;
    if (layout_numel(a->y.at) == 0) {
        memset(a->w.data, 0, (size_t)(n * j.size));
        return true;
    }
    cut(&j);
    return run(x, &j);
}
