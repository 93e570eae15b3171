/* Sums over taps, forward and transposed. A task copies the planes of a band of one image and
 * group, and makes all channels of its results, tile after tile. The kernel's elements are packed
 * once, in the order in which tiles read them. How the work is cut depends on shapes alone. */
#include "convolution.h"

#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/tiles.h"
#include "planes.h"

enum {
    BAND = 1 << 18,  /* bytes of planes that a task reads over and over */
    NEAR = 1 << 19,  /* bytes of packed weights that may be read anew for each tile */
    TASKS = 16,      /* that shapes are cut into where they can be */
    GRAIN = 1 << 17, /* multiplications that are worth a task */
};

/* One call, or of a transposed one the results of one residue along each axis. */
typedef struct job {
    const conv_args *a;
    const conv_loops *l;
    bool transposed;
    int64_t size;
    const operand *from, *to;
    int64_t batch, results; /* channels of a group that are written */
    int shape;              /* of tiles, an index */
    int64_t blocks, parts;  /* of tiles of channels; groups of blocks */
    int64_t terms;          /* of a sum */
    bool flat;              /* one run goes over all rows of a band */
    planes p;
    int64_t *at;   /* of each term */
    char *weights; /* (g blocks terms channels) */
} job;

static conv_shape shape_of(const job *j)
{
    return j->l->shape[j->shape];
}

/* The packed weights of block `number` of all groups' blocks. */
static void pack_block(const job *j, int64_t number)
{
    const int64_t *s = j->a->w.at->stride;
    int64_t group = number / j->blocks, channels = shape_of(j).channels;
    int64_t first = number % j->blocks * channels, count = smaller(channels, j->results - first);
    int64_t across = j->transposed ? s[0] : s[1], along = j->transposed ? s[1] : s[0];
    int64_t outer = j->transposed ? j->p.channels : j->results; /* of axis 0, in a group */
    const tap_axis *h = &j->p.h, *w = &j->p.w;
    const char *from = (const char *)j->a->w.data +
                       (group * outer * s[0] + h->first * s[2] + w->first * s[3]) * j->size;
    char *to = j->weights + number * j->terms * channels * j->size;
    for (int64_t i = 0; i < j->terms * channels * j->size && count < channels; i++)
        to[i] = 0;
    for (int64_t c = 0; c < j->p.channels; c++)
        for (int64_t k = 0; k < h->n; k++, to += w->n * channels * j->size)
            for (int64_t i = 0; i < count; i++)
                j->l->gather(w->n, to + i * j->size, channels,
                             from +
                                 ((first + i) * along + c * across + k * h->every * s[2]) * j->size,
                             w->every * s[3]);
}

static void pack_blocks(int64_t begin, int64_t end, void *arg)
{
    for (int64_t i = begin; i < end; i++)
        pack_block(arg, i);
}

/* What the tiles of a task share. */
typedef struct place {
    const job *j;
    int64_t group, rows;
    conv_target to; /* of the first channel of the group */
    char *planes, *tile;
} place;

/* Channels of one block, columns from p on. */
static void run_tile(const place *q, int64_t block, int64_t p, int64_t columns)
{
    const job *j = q->j;
    conv_shape shape = shape_of(j);
    int64_t first = block * shape.channels;
    conv_target to = q->to;
    to.data = (char *)to.data + first * to.channel * j->size;
    if (to.bias)
        to.bias = (const char *)to.bias + first * to.bias_step * j->size;
    j->l->tile[j->shape](
        j->terms, j->weights + (q->group * j->blocks + block) * j->terms * shape.channels * j->size,
        q->planes + p * j->size, j->at, q->tile);
    j->l->put(&to, smaller(shape.channels, j->results - first), q->tile, shape.columns, p, columns);
}

/* All tiles of blocks [b0, b1). */
static void run_blocks(const place *q, int64_t b0, int64_t b1)
{
    const job *j = q->j;
    int64_t columns = shape_of(j).columns;
    int64_t lines = j->flat ? 1 : q->rows;
    int64_t extent = j->flat ? planes_extent(&j->p, q->rows) : j->p.w.count;
    for (int64_t line = 0; line < lines; line++)
        for (int64_t p = 0; p < extent; p += columns)
            for (int64_t b = b0; b < b1; b++)
                run_tile(q, b, line * j->p.pitch + p, smaller(columns, extent - p));
}

static void run_task(const job *j, int64_t task, char *memory)
{
    int64_t part = task % j->parts, band = task / j->parts % j->p.bands;
    int64_t group = task / j->parts / j->p.bands % j->a->groups;
    int64_t image = task / j->parts / j->p.bands / j->a->groups;
    const layout *from = j->from->at, *to = j->to->at;
    conv_shape shape = shape_of(j);
    place q = {.j = j,
               .group = group,
               .rows = planes_rows(&j->p, band),
               .tile = memory,
               .planes = memory + tile_bytes(shape.channels * shape.columns * j->size)};
    int64_t channel = group * j->results;
    int64_t row = j->p.h.to + band * j->p.rows * j->p.h.to_step;
    q.to = (conv_target){.data = (char *)j->to->data +
                                 (image * to->stride[0] + channel * to->stride[1] +
                                  row * to->stride[2] + j->p.w.to) *
                                     j->size,
                         .channel = to->stride[1],
                         .row = j->p.h.to_step * to->stride[2],
                         .col = j->p.w.to_step,
                         .pitch = j->p.pitch,
                         .count = j->p.w.count};
    if (j->a->bias.data) {
        q.to.bias_step = j->a->bias.at->stride[0];
        q.to.bias = (const char *)j->a->bias.data + channel * q.to.bias_step * j->size;
    }
    planes_fill(&j->p, j->l, j->size,
                (const char *)j->from->data +
                    (image * from->stride[0] + group * j->p.channels * from->stride[1]) * j->size,
                from, band, shape.columns, q.planes);
    int64_t b0 = j->blocks * part / j->parts, b1 = j->blocks * (part + 1) / j->parts;
    if (shape.channels * j->terms * (b1 - b0) * j->size <= NEAR)
        run_blocks(&q, b0, b1);
    else
        for (int64_t b = b0; b < b1; b++)
            run_blocks(&q, b, b + 1);
}

static void run_tasks(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        run_task(arg, i, memory);
}

/* How the sums of one residue are cut. */
static void cut(job *j, tap_axis h, tap_axis w)
{
    int64_t source = j->from->at->shape[1] / j->a->groups, images = j->batch * j->a->groups;
    j->shape = j->results * 4 <= j->l->shape[0].channels;
    conv_shape shape = shape_of(j);
    j->p = planes_of(h, w, source, BAND / j->size, ceil_div(TASKS, images));
    j->blocks = ceil_div(j->results, shape.channels);
    j->parts = smaller(j->blocks, ceil_div(TASKS, images * j->p.bands));
    j->terms = source * planes_taps(&j->p);
    j->flat = ceil_div(planes_extent(&j->p, j->p.rows), shape.columns) <=
              j->p.rows * ceil_div(j->p.w.count, shape.columns);
}

static bool run_cut(const exec *x, job *j)
{
    conv_shape shape = shape_of(j);
    int64_t groups = j->a->groups, tile = shape.channels * shape.columns;
    size_t places = tile_bytes(j->terms * (int64_t)sizeof *j->at);
    char *memory = /* never of no bytes */
        x->mem.alloc(x->mem.user,
                     places + 64 +
                         (size_t)(groups * j->blocks * j->terms * shape.channels * j->size));
    if (!memory)
        return false;
    j->at = (int64_t *)(void *)memory;
    j->weights = memory + places;
    planes_places(&j->p, j->at);
    parallel_for(x, groups * j->blocks, GRAIN / (8 * j->terms * shape.channels + 1) + 1,
                 pack_blocks, j);
    int64_t work = ceil_div(j->blocks, j->parts) * tile * (j->terms + 2) *
                   ceil_div(planes_extent(&j->p, j->p.rows), shape.columns);
    bool ok = parallel_tiles(
        x, j->batch * groups * j->p.bands * j->parts, GRAIN / work + 1,
        tile_bytes(tile * j->size) + planes_bytes(&j->p, shape.columns, j->size), run_tasks, j);
    x->mem.free(x->mem.user, memory);
    return ok;
}

static bool run_sum(const exec *x, job *j, tap_axis h, tap_axis w)
{
    if (h.count == 0 || w.count == 0)
        return true;
    cut(j, h, w);
    return run_cut(x, j);
}

static job job_of(const exec *x, const conv_args *a, bool transposed)
{
    job j = {.a = a,
             .l = &x->k->convolution->of[a->x.dtype == TT_F64],
             .transposed = transposed,
             .size = element_size(a->x.dtype),
             .from = transposed ? &a->y : &a->x,
             .to = transposed ? &a->x : &a->y,
             .batch = a->x.at->shape[0]};
    j.results = j.to->at->shape[1] / a->groups;
    return j;
}

bool conv_run(const exec *x, const conv_args *a)
{
    job j = job_of(x, a, false);
    if (j.batch == 0 || j.results == 0)
        return true;
    return run_sum(x, &j, taps_forward(&a->axis[0]), taps_forward(&a->axis[1]));
}

bool conv_transposed_run(const exec *x, const conv_args *a)
{
    job j = job_of(x, a, true);
    if (j.batch == 0 || j.results == 0)
        return true;
    int64_t rows = smaller(a->axis[0].stride, a->axis[0].x),
            columns = smaller(a->axis[1].stride, a->axis[1].x);
    bool ok = true;
    for (int64_t h = 0; h < rows && ok; h++)
        for (int64_t w = 0; w < columns && ok; w++)
            ok = run_sum(x, &j, taps_transposed(&a->axis[0], h), taps_transposed(&a->axis[1], w));
    return ok;
}
