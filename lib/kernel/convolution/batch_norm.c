/* The driver of batch_norm: channels over the threads. The mean is found first, and the deviations
 * from it, with what its own rounding leaves. */
#include "batch_norm.h"

#include <math.h>
#include "batch_norm_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"

enum { GRAIN = 16384 };

typedef struct job {
    const batch_norm_args *a;
    const batch_norm_loops *l;
    int64_t size;
    char *out, *sums;
    const char *g;
} job;

static job job_of(const exec *x, const batch_norm_args *a)
{
    return (job){
        .a = a, .l = &x->k->batch_norm->of[a->dtype == TT_F64], .size = element_size(a->dtype)};
}

/* Where the elements of channel c in image i begin. */
static int64_t place(const job *j, int64_t i, int64_t c)
{
    return (i * j->a->c + c) * j->a->s * j->size;
}

/* Element c of an operand, or a number where there is none. */
static double element(const job *j, const operand *o, int64_t c, double otherwise)
{
    if (!o->data)
        return otherwise;
    return element_load((const char *)o->data + c * o->at->stride[0] * j->size, o->dtype);
}

/* sum[0] and sum[1] of all elements of channel c about a centre, divided by their number. */
static void moments(const job *j, int64_t c, double centre, double *sum)
{
    double n = (double)(j->a->n * j->a->s);
    sum[0] = sum[1] = 0;
    for (int64_t i = 0; i < j->a->n; i++)
        j->l->moments(j->a->s, (const char *)j->a->x + place(j, i, c), centre, sum);
    sum[0] /= n;
    sum[1] /= n;
}

static void measure(const job *j, int64_t c, double *stats)
{
    double sum[2];
    if (j->a->training) {
        moments(j, c, 0, sum);
        stats[0] = sum[0];
        moments(j, c, stats[0], sum);
        stats[0] += sum[0];
        stats[2] = fmax(sum[1] - sum[0] * sum[0], 0);
        if (isnan(sum[1]))
            stats[2] = sum[1];
    } else {
        stats[0] = element(j, &j->a->mean, c, 0);
        stats[2] = element(j, &j->a->var, c, 1);
    }
    stats[1] = 1 / sqrt(stats[2] + j->a->eps);
}

static void forward(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t c = begin; c < end; c++) {
        double *stats = j->a->stats + 3 * c;
        measure(j, c, stats);
        double scale = stats[1] * element(j, &j->a->weight, c, 1);
        for (int64_t i = 0; i < j->a->n; i++)
            j->l->scale(j->a->s, j->out + place(j, i, c), (const char *)j->a->x + place(j, i, c),
                        stats[0], scale, element(j, &j->a->bias, c, 0));
    }
}

static void backward(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    double n = (double)(j->a->n * j->a->s);
    for (int64_t c = begin; c < end; c++) {
        const double *stats = j->a->stats + 3 * c;
        double sum[2] = {0}, scale = stats[1] * element(j, &j->a->weight, c, 1);
        for (int64_t i = 0; i < j->a->n; i++)
            j->l->products(j->a->s, j->g + place(j, i, c), (const char *)j->a->x + place(j, i, c),
                           stats[0], sum);
        element_store(j->sums + c * j->size, j->a->dtype, stats[1] * sum[1]);
        element_store(j->sums + (j->a->c + c) * j->size, j->a->dtype, sum[0]);
        double line[4] = {stats[0], scale, 0, 0};
        if (j->a->training) {
            line[2] = -scale * stats[1] * stats[1] * sum[1] / n;
            line[3] = -scale * sum[0] / n;
        }
        for (int64_t i = 0; i < j->a->n; i++)
            j->l->grad(j->a->s, j->out + place(j, i, c), j->g + place(j, i, c),
                       (const char *)j->a->x + place(j, i, c), line);
    }
}

static int64_t grain(const batch_norm_args *a)
{
    return GRAIN / (a->n * a->s + 1) + 1;
}

void batch_norm_run(const exec *x, const batch_norm_args *a, void *y)
{
    job j = job_of(x, a);
    j.out = y;
    parallel_for(x, a->c, grain(a), forward, &j);
}

void batch_norm_backward_run(const exec *x, const batch_norm_args *a, void *gx, void *sums,
                             const void *g)
{
    job j = job_of(x, a);
    j.out = gx;
    j.sums = sums;
    j.g = g;
    parallel_for(x, a->c, grain(a), backward, &j);
}
