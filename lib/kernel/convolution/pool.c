/* Windows along each axis, and planes over the threads. */
#include "pool.h"

#include <math.h>
#include "kernel/walk/parallel.h"

enum { GRAIN = 1 << 14 };

typedef struct span { /* elements [begin, end) of an axis; count: what a mean divides by */
    int64_t begin, end, count;
} span;

typedef struct job {
    const pool_args *a;
    const char *from;
    char *to;
    int64_t *at;
    span *rows, *columns;
} job;

/* Those of window i that a dilated kernel reads, `dilation` apart. */
static span tapped(const conv_axis *a, int64_t i)
{
    int64_t start = i * a->stride - a->padding;
    int64_t end = smaller(start + (a->kernel - 1) * a->dilation + 1, a->x);
    if (start < 0)
        start += ceil_div(-start, a->dilation) * a->dilation;
    return (span){start, end, 0};
}

static span window_of(const pool_args *p, const conv_axis *a, int64_t i)
{
    if (p->adaptive) {
        int64_t begin = i * a->x / a->y, end = ceil_div((i + 1) * a->x, a->y);
        return (span){begin, end, end - begin};
    }
    int64_t begin = i * a->stride - a->padding;
    int64_t end = smaller(begin + a->kernel, a->x + a->padding);
    span s = {larger(begin, 0), smaller(end, a->x), end - begin};
    if (!p->include_pad)
        s.count = s.end - s.begin;
    return s;
}

#define T       float
#define NAME(x) f32_##x
#include "pool_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "pool_typed.h"

static int64_t size_x(const pool_args *a)
{
    return a->axis[0].x * a->axis[1].x;
}

static int64_t size_y(const pool_args *a)
{
    return a->axis[0].y * a->axis[1].y;
}

static void max_planes(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    int64_t x = size_x(j->a), y = size_y(j->a);
    for (int64_t i = begin; i < end; i++)
        if (j->a->dtype == TT_F32)
            f32_max_plane(j->a, (const float *)(const void *)j->from + i * x,
                          (float *)(void *)j->to + i * y, j->at + i * y);
        else
            f64_max_plane(j->a, (const double *)(const void *)j->from + i * x,
                          (double *)(void *)j->to + i * y, j->at + i * y);
}

static void mean_planes(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    int64_t x = size_x(j->a), y = size_y(j->a);
    for (int64_t i = begin; i < end; i++)
        if (j->a->dtype == TT_F32)
            f32_mean_plane(j, (const float *)(const void *)j->from + i * x,
                           (float *)(void *)j->to + i * y);
        else
            f64_mean_plane(j, (const double *)(const void *)j->from + i * x,
                           (double *)(void *)j->to + i * y);
}

static void spread_planes(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    int64_t x = size_x(j->a), y = size_y(j->a);
    for (int64_t i = begin; i < end; i++)
        if (j->a->dtype == TT_F32)
            f32_spread_plane(j, (const float *)(const void *)j->from + i * y,
                             (float *)(void *)j->to + i * x);
        else
            f64_spread_plane(j, (const double *)(const void *)j->from + i * y,
                             (double *)(void *)j->to + i * x);
}

static int64_t grain(const pool_args *a)
{
    return GRAIN / (size_x(a) + size_y(a) + 1) + 1;
}

void pool_max_run(const exec *x, const pool_args *a, const void *from, void *y, int64_t *at)
{
    job j = {.a = a, .from = from, .to = y, .at = at};
    parallel_for(x, a->planes, grain(a), max_planes, &j);
}

/* Both directions: the windows are found once for all planes. */
static bool run(const exec *x, job *j, void (*planes)(int64_t begin, int64_t end, void *arg))
{
    const pool_args *a = j->a;
    int64_t h = a->axis[0].y, w = a->axis[1].y;
    j->rows = x->mem.alloc(x->mem.user, (size_t)(h + w + 1) * sizeof(span));
    if (!j->rows)
        return false;
    j->columns = j->rows + h;
    for (int64_t i = 0; i < h; i++)
        j->rows[i] = window_of(a, &a->axis[0], i);
    for (int64_t i = 0; i < w; i++)
        j->columns[i] = window_of(a, &a->axis[1], i);
    parallel_for(x, a->planes, grain(a), planes, j);
    x->mem.free(x->mem.user, j->rows);
    return true;
}

bool pool_mean_run(const exec *x, const pool_args *a, const void *from, void *y)
{
    job j = {.a = a, .from = from, .to = y};
    return run(x, &j, mean_planes);
}

bool pool_mean_backward_run(const exec *x, const pool_args *a, const void *g, void *gx)
{
    job j = {.a = a, .from = g, .to = gx};
    return run(x, &j, spread_planes);
}
