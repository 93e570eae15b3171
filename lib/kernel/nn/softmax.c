/* Drivers of softmax: they cut the other axes into tasks and hand rows, or columns side by side, to
 * the loops of softmax_loops.c. One row is always one thread's, so that the order of its sums does
 * not depend on the number of threads. */
#include <stddef.h>
#include "softmax.h"
#include "softmax_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/tiles.h"
#include "kernel/reduce/plan.h"

enum { GRAIN = 8192, TILE = 64, SHORT = 32 };

/* a: written. c is the gradient in the backward pass, else unused. */
typedef struct softmax_job {
    const softmax_loops *loops;
    reduce_plan p;
    bool log, backward;
    char *a, *b, *c;
    int64_t n, size, along_a, along_b, along_c;
} softmax_job;

static void softmax_row(const softmax_job *j, char *a, const char *b, const char *c)
{
    if (j->backward)
        j->loops->grad_row(j->n, a, b, c, j->log);
    else
        j->loops->row(j->n, a, b, j->log);
}

static void softmax_columns(const softmax_job *j, int64_t m, softmax_matrix a, softmax_matrix b,
                            softmax_matrix c)
{
    for (int64_t i = 0; i < m; i += SOFTMAX_COLUMNS) {
        int64_t k = m - i < SOFTMAX_COLUMNS ? m - i : SOFTMAX_COLUMNS;
        if (j->backward)
            j->loops->grad_columns(k, j->n, a, b, c, j->log);
        else
            j->loops->columns(k, j->n, a, b, j->log);
        a.data += k * a.across * j->size;
        b.data += k * b.across * j->size;
        c.data += k * c.across * j->size;
    }
}

/* n elements, one every TILE, from or to a row. */
static void spread(int64_t n, char *to, int64_t to_step, const char *from, int64_t from_step,
                   int64_t size)
{
    if (size == 4) {
        for (int64_t i = 0; i < n; i++)
            ((float *)(void *)to)[i * to_step] = ((const float *)(const void *)from)[i * from_step];
    } else {
        for (int64_t i = 0; i < n; i++)
            ((double *)(void *)to)[i * to_step] =
                ((const double *)(const void *)from)[i * from_step];
    }
}

/* Bytes of TILE rows turned. */
static size_t turned_bytes(const softmax_job *j)
{
    return tile_bytes(TILE * j->n * j->size);
}

/* Up to TILE rows too short to fill vectors: they are turned into columns and back, in memory for
 * two such tiles, of which the second one is used in the backward pass. */
static void softmax_tile(const softmax_job *j, int64_t begin, int64_t m, char *memory)
{
    char *b = memory, *c = j->backward ? memory + turned_bytes(j) : b;
    reduce_line l[TILE];
    for (int64_t r = 0; r < m; r++) {
        l[r] = reduce_line_at(&j->p, begin + r);
        spread(j->n, b + r * j->size, TILE, j->b + l[r].in * j->size, 1, j->size);
        if (j->backward)
            spread(j->n, c + r * j->size, TILE, j->c + l[r].aux * j->size, 1, j->size);
    }
    softmax_matrix tile = {b, 1, TILE};
    softmax_columns(j, m, tile, tile, (softmax_matrix){c, 1, TILE});
    for (int64_t r = 0; r < m; r++)
        spread(j->n, j->a + l[r].out * j->size, 1, b + r * j->size, TILE, j->size);
}

static void softmax_rows(const softmax_job *j, int64_t begin, int64_t end, char *memory)
{
    while (begin < end && j->n < SHORT) {
        int64_t m = end - begin < TILE ? end - begin : TILE;
        softmax_tile(j, begin, m, memory);
        begin += m;
    }
    for (; begin < end; begin++) {
        reduce_line l = reduce_line_at(&j->p, begin);
        softmax_row(j, j->a + l.out * j->size, j->b + l.in * j->size, j->c + l.aux * j->size);
    }
}

static void softmax_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    const softmax_job *j = arg;
    const reduce_axis *inner = &j->p.kept[0];
    if (j->along_a == 1 && j->along_b == 1 && j->along_c == 1) {
        softmax_rows(j, begin, end, memory);
        return;
    }
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        softmax_columns(j, l.m, (softmax_matrix){j->a + l.out * j->size, inner->out, j->along_a},
                        (softmax_matrix){j->b + l.in * j->size, inner->in, j->along_b},
                        (softmax_matrix){j->c + l.aux * j->size, inner->aux, j->along_c});
    }
}

static void softmax(const exec *x, softmax_job *j, operand a, operand b, operand c, int axis)
{
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    j->loops = &x->k->softmax->of[a.dtype == TT_F64];
    j->size = element_size(a.dtype);
    j->a = a.data;
    j->b = b.data;
    j->c = c.data;
    j->n = a.at->ndim == 0 ? 1 : a.at->shape[axis];
    j->along_a = j->along_b = j->along_c = 1;
    if (a.at->ndim > 0 && j->n > 1) {
        j->along_a = a.at->stride[axis];
        j->along_b = b.at->stride[axis];
        j->along_c = c.at->stride[axis];
        reduced[axis] = true;
    }
    reduce_plan_init(&j->p, b.at, a.at, c.at, reduced);
    if (j->along_a == 1 && j->along_b == 1 && j->along_c == 1)
        reduce_plan_rows(&j->p);
    if (j->n == 0)
        return;
    int64_t grain = GRAIN / (j->n * j->p.width) + 1;
    if (j->n < SHORT) /* tiles begin at the same rows for any number of threads */
        grain = (grain + TILE - 1) / TILE * TILE;
    bool turned = j->n < SHORT && j->along_a == 1 && j->along_b == 1 && j->along_c == 1;
    size_t bytes = turned ? turned_bytes(j) * (j->backward ? 2 : 1) : 0;
    parallel_tiles(x, reduce_lines(&j->p), grain, bytes, softmax_task, j);
}

void softmax_run(const exec *x, bool log, operand out, operand in, int axis)
{
    softmax_job j = {.log = log};
    softmax(x, &j, out, in, in, axis);
}

void softmax_backward_run(const exec *x, bool log, operand gx, operand y, operand gy, int axis)
{
    softmax_job j = {.log = log, .backward = true};
    softmax(x, &j, gx, y, gy, axis);
}
