/* Drivers of the losses: rows of logits over the threads. One row is always one thread's, so that
 * the order of its sums does not depend on the number of threads. */
#include <math.h>
#include <stddef.h>
#include "loss.h"
#include "loss_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/iter.h"
#include "kernel/walk/parallel.h"

enum { GRAIN = 8192, BCE_COST = 16 };

static const loss_loops *loops_of(const exec *x, tt_dtype t)
{
    return &x->k->loss->of[t == TT_F64];
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
    const loss_loops *loops;
    double total; /* of the weights */
    operand loss, stats, gx, scale;
} entropy_job;

/* sum of w[c] l[c] over the classes, for label smoothing. A class of weight 0 counts nothing,
 * though its logit be -inf. */
static double smooth_sum(const cross_entropy_args *a, int64_t row, double top, double log_sum)
{
    const layout *at = a->logits.at;
    double sum = 0;
    for (int64_t c = 0; c < at->shape[1]; c++) {
        double w = weight(a, c), x = value(a->logits, row * at->stride[0] + c * at->stride[1]);
        sum += w == 0 ? 0 : w * (log_sum + (top - x));
    }
    return sum;
}

static void entropy_rows(int64_t begin, int64_t end, void *arg)
{
    const entropy_job *j = arg;
    const cross_entropy_args *a = j->a;
    const layout *at = a->logits.at;
    int64_t size = element_size(a->logits.dtype), classes = at->shape[1];
    for (int64_t i = begin; i < end; i++) {
        int64_t t = target(a, i);
        double loss = 0, top = 0, sum = 1;
        if (t != a->ignore_index) {
            const char *row = (const char *)a->logits.data + i * at->stride[0] * size;
            sum = j->loops->sum_exp(classes, row, at->stride[1], &top);
            double x = value(a->logits, i * at->stride[0] + t * at->stride[1]);
            double log_sum = log(sum);
            loss = (1 - a->smoothing) * weight(a, t) * (log_sum + (top - x));
            if (a->smoothing > 0)
                loss += a->smoothing / (double)classes * smooth_sum(a, i, top, log_sum);
        }
        put(j->loss, i * j->loss.at->stride[0], loss);
        if (j->stats.data) {
            put(j->stats, 2 * i, top);
            put(j->stats, 2 * i + 1, sum);
        }
    }
}

void cross_entropy_run(const exec *x, const cross_entropy_args *a, operand loss, operand stats)
{
    entropy_job j = {.a = a, .loops = loops_of(x, a->logits.dtype), .loss = loss, .stats = stats};
    parallel_for(x, a->logits.at->shape[0], GRAIN / (a->logits.at->shape[1] + 1) + 1, entropy_rows,
                 &j);
}

static void entropy_grad_rows(int64_t begin, int64_t end, void *arg)
{
    const entropy_job *j = arg;
    const cross_entropy_args *a = j->a;
    const layout *at = a->logits.at, *to = j->gx.at;
    int64_t size = element_size(a->logits.dtype), classes = at->shape[1];
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
            at->stride[1], a->weight.data, ws, value(j->stats, 2 * i),
            (own + spread * j->total) / value(j->stats, 2 * i + 1), spread);
        int64_t hit = i * to->stride[0] + t * to->stride[1];
        put(j->gx, hit, value(j->gx, hit) - own);
    }
}

void cross_entropy_backward_run(const exec *x, const cross_entropy_args *a, operand gx,
                                operand stats, operand row_scale)
{
    entropy_job j = {.a = a,
                     .loops = loops_of(x, a->logits.dtype),
                     .total = weight_total(a),
                     .stats = stats,
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
