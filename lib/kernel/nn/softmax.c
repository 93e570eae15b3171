/* Drivers of softmax and the losses: they cut the other axes into tasks and hand rows, or columns
 * side by side, to the loops of fused_loops.c. One row is always one thread's, so that the order of
 * its sums does not depend on the number of threads. */
#include <stddef.h>
#include "fused.h"
#include "fused_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/iter.h"
#include "kernel/walk/parallel.h"
#include "kernel/reduce/plan.h"

enum { GRAIN = 8192, TILE = 64, SHORT = 32, BCE_COST = 16 };

static const fused_loops *loops_of(const exec *x, tt_dtype t)
{
    return &x->k->fused->of[t == TT_F64];
}

static int64_t itemsize(tt_dtype t)
{
    return (int64_t)tt_itemsize(t);
}

/* a: written. c is the gradient in the backward pass, else unused. */
typedef struct softmax_job {
    const fused_loops *loops;
    reduce_plan p;
    bool log, backward;
    char *a, *b, *c;
    int64_t n, size, along_a, along_b, along_c;
} softmax_job;

static void softmax_row(const softmax_job *j, char *a, const char *b, const char *c)
{
    if (j->backward)
        j->loops->softmax_grad_row(j->n, a, b, c, j->log);
    else
        j->loops->softmax_row(j->n, a, b, j->log);
}

static void softmax_columns(const softmax_job *j, int64_t m, fused_matrix a, fused_matrix b,
                            fused_matrix c)
{
    for (int64_t i = 0; i < m; i += FUSED_COLUMNS) {
        int64_t k = m - i < FUSED_COLUMNS ? m - i : FUSED_COLUMNS;
        if (j->backward)
            j->loops->softmax_grad_columns(k, j->n, a, b, c, j->log);
        else
            j->loops->softmax_columns(k, j->n, a, b, j->log);
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

/* Up to TILE rows too short to fill vectors: they are turned into columns and back. */
static void softmax_tile(const softmax_job *j, int64_t begin, int64_t m)
{
    _Alignas(64) char b[TILE * SHORT * 8], c[TILE * SHORT * 8];
    reduce_line l[TILE];
    for (int64_t r = 0; r < m; r++) {
        l[r] = reduce_line_at(&j->p, begin + r);
        spread(j->n, b + r * j->size, TILE, j->b + l[r].in * j->size, 1, j->size);
        if (j->backward)
            spread(j->n, c + r * j->size, TILE, j->c + l[r].aux * j->size, 1, j->size);
    }
    fused_matrix tile = {b, 1, TILE};
    softmax_columns(j, m, tile, tile, (fused_matrix){c, 1, TILE});
    for (int64_t r = 0; r < m; r++)
        spread(j->n, j->a + l[r].out * j->size, 1, b + r * j->size, TILE, j->size);
}

static void softmax_rows(const softmax_job *j, int64_t begin, int64_t end)
{
    while (begin < end && j->n < SHORT) {
        int64_t m = end - begin < TILE ? end - begin : TILE;
        softmax_tile(j, begin, m);
        begin += m;
    }
    for (; begin < end; begin++) {
        reduce_line l = reduce_line_at(&j->p, begin);
        softmax_row(j, j->a + l.out * j->size, j->b + l.in * j->size, j->c + l.aux * j->size);
    }
}

static void softmax_task(int64_t begin, int64_t end, void *arg)
{
    const softmax_job *j = arg;
    const reduce_axis *inner = &j->p.kept[0];
    if (j->along_a == 1 && j->along_b == 1 && j->along_c == 1) {
        softmax_rows(j, begin, end);
        return;
    }
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        softmax_columns(j, l.m, (fused_matrix){j->a + l.out * j->size, inner->out, j->along_a},
                        (fused_matrix){j->b + l.in * j->size, inner->in, j->along_b},
                        (fused_matrix){j->c + l.aux * j->size, inner->aux, j->along_c});
    }
}

static void softmax(const exec *x, softmax_job *j, operand a, operand b, operand c, int axis)
{
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    j->loops = loops_of(x, a.dtype);
    j->size = itemsize(a.dtype);
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
    parallel_for(x, reduce_lines(&j->p), grain, softmax_task, j);
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

static double value(operand o, int64_t at)
{
    return o.dtype == TT_F64 ? ((const double *)o.data)[at] : (double)((const float *)o.data)[at];
}

static void put(operand o, int64_t at, double v)
{
    if (o.dtype == TT_F64)
        ((double *)o.data)[at] = v;
    else
        ((float *)o.data)[at] = (float)v;
}

static int64_t target(const cross_entropy_args *a, int64_t row)
{
    return ((const int64_t *)a->targets.data)[row * a->targets.at->stride[0]];
}

static double weight(const cross_entropy_args *a, int64_t class)
{
    return a->weight.data ? value(a->weight, class * a->weight.at->stride[0]) : 1;
}

bool cross_entropy_check(const cross_entropy_args *a, int64_t *bad)
{
    for (int64_t i = 0; i < a->logits.at->shape[0]; i++) {
        int64_t t = target(a, i);
        if (t != a->ignore_index && (t < 0 || t >= a->logits.at->shape[1])) {
            *bad = t;
            return false;
        }
    }
    return true;
}

double cross_entropy_weight(const cross_entropy_args *a)
{
    double sum = 0;
    for (int64_t i = 0; i < a->logits.at->shape[0]; i++)
        if (target(a, i) != a->ignore_index)
            sum += weight(a, target(a, i));
    return sum;
}

static double weight_total(const cross_entropy_args *a)
{
    double sum = 0;
    int64_t classes = a->logits.at->shape[1];
    for (int64_t c = 0; c < classes && a->weight.data; c++)
        sum += weight(a, c);
    return a->weight.data ? sum : (double)classes;
}

typedef struct entropy_job {
    const cross_entropy_args *a;
    const fused_loops *loops;
    double total; /* of the weights */
    operand loss, lse, gx, scale;
} entropy_job;

/* sum of w[c] (lse - x[c]) over the classes, for label smoothing. A class of weight 0 counts
 * nothing, though its logit be -inf. */
static double smooth_sum(const cross_entropy_args *a, int64_t row, double lse)
{
    const layout *at = a->logits.at;
    double sum = 0;
    for (int64_t c = 0; c < at->shape[1]; c++) {
        double w = weight(a, c), x = value(a->logits, row * at->stride[0] + c * at->stride[1]);
        sum += w == 0 ? 0 : w * (lse - x);
    }
    return sum;
}

static void entropy_rows(int64_t begin, int64_t end, void *arg)
{
    const entropy_job *j = arg;
    const cross_entropy_args *a = j->a;
    const layout *at = a->logits.at;
    int64_t size = itemsize(a->logits.dtype), classes = at->shape[1];
    for (int64_t i = begin; i < end; i++) {
        int64_t t = target(a, i);
        double loss = 0, lse = 0;
        if (t != a->ignore_index) {
            const char *row = (const char *)a->logits.data + i * at->stride[0] * size;
            lse = j->loops->lse(classes, row, at->stride[1]);
            double x = value(a->logits, i * at->stride[0] + t * at->stride[1]);
            loss = (1 - a->smoothing) * weight(a, t) * (lse - x);
            if (a->smoothing > 0)
                loss += a->smoothing / (double)classes * smooth_sum(a, i, lse);
        }
        put(j->loss, i * j->loss.at->stride[0], loss);
        if (j->lse.data)
            put(j->lse, i * j->lse.at->stride[0], lse);
    }
}

void cross_entropy_run(const exec *x, const cross_entropy_args *a, operand loss, operand lse)
{
    entropy_job j = {.a = a, .loops = loops_of(x, a->logits.dtype), .loss = loss, .lse = lse};
    parallel_for(x, a->logits.at->shape[0], GRAIN / (a->logits.at->shape[1] + 1) + 1, entropy_rows,
                 &j);
}

static void entropy_grad_rows(int64_t begin, int64_t end, void *arg)
{
    const entropy_job *j = arg;
    const cross_entropy_args *a = j->a;
    const layout *at = a->logits.at, *to = j->gx.at;
    int64_t size = itemsize(a->logits.dtype), classes = at->shape[1];
    int64_t ws = a->weight.data ? a->weight.at->stride[0] : 0;
    for (int64_t i = begin; i < end; i++) {
        int64_t t = target(a, i);
        char *g = (char *)j->gx.data + i * to->stride[0] * size;
        if (t == a->ignore_index) {
            for (int64_t c = 0; c < classes; c++)
                put(j->gx, i * to->stride[0] + c * to->stride[1], 0);
            continue;
        }
        double s = value(j->scale, i * j->scale.at->stride[0]);
        double spread = s * a->smoothing / (double)classes;
        double own = s * (1 - a->smoothing) * weight(a, t);
        j->loops->cross_entropy_grad(
            classes, g, to->stride[1], (const char *)a->logits.data + i * at->stride[0] * size,
            at->stride[1], a->weight.data, ws, value(j->lse, i * j->lse.at->stride[0]),
            own + spread * j->total, spread);
        int64_t hit = i * to->stride[0] + t * to->stride[1];
        put(j->gx, hit, value(j->gx, hit) - own);
    }
}

void cross_entropy_backward_run(const exec *x, const cross_entropy_args *a, operand gx, operand lse,
                                operand row_scale)
{
    entropy_job j = {.a = a,
                     .loops = loops_of(x, a->logits.dtype),
                     .total = weight_total(a),
                     .lse = lse,
                     .gx = gx,
                     .scale = row_scale};
    parallel_for(x, a->logits.at->shape[0], GRAIN / (a->logits.at->shape[1] + 1) + 1,
                 entropy_grad_rows, &j);
}

void bce_logits_run(const exec *x, operand loss, operand z, operand t)
{
    const operand ops[] = {loss, z, t};
    iter_run(x, ops, 3, BCE_COST, loops_of(x, z.dtype)->bce, NULL);
}

void bce_logits_backward_run(const exec *x, operand gz, operand z, operand t, operand g)
{
    const operand ops[] = {gz, z, t, g};
    iter_run(x, ops, 4, BCE_COST, loops_of(x, z.dtype)->bce_grad, NULL);
}
