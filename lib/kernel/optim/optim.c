/* Optimiser steps, gradient norms and scaling over many tensors at once. All slots together are a
 * line of units of UNIT elements, which the threads share; a unit never spans two slots. */
#include <stddef.h>
#include "optim.h"
#include "optim_loops.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "kernel/reduce/loops.h"

enum { UNIT = 16384, PARTS = 256 };

typedef struct job {
    tt_dtype dtype;
    int n;
    const optim_slot *slots;
    int64_t units;
    const optim_loops *loops;
    const void *args;
    /* elements [from, to) of one slot */
    void (*each)(const struct job *j, const optim_slot *s, int64_t from, int64_t to);
    const reduce_loop *square;
    int64_t parts;   /* groups of units, each with a sum of its own */
    double *partial; /* the sums, or that of the part in hand */
} job;

static int64_t units_of(const optim_slot *s)
{
    return s->grad ? ceil_div(s->numel, UNIT) : 0;
}

/* Units [begin, end), counted through all slots. */
static void units_task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    int64_t first = 0; /* of the slot, among all units */
    for (int k = 0; k < j->n && first < end; k++) {
        const optim_slot *s = &j->slots[k];
        int64_t units = units_of(s), last = first + units;
        int64_t from = begin > first ? begin : first, to = end < last ? end : last;
        for (int64_t u = from; u < to; u++) {
            int64_t at = (u - first) * UNIT;
            j->each(j, s, at, s->numel - at < UNIT ? s->numel : at + UNIT);
        }
        first = last;
    }
}

/* Counts the units; returns how many make a chunk of work worth a thread, small ones being cheap.
 */
static int64_t count_units(job *j)
{
    int64_t elements = 1;
    for (int k = 0; k < j->n; k++) {
        j->units += units_of(&j->slots[k]);
        elements += j->slots[k].grad ? j->slots[k].numel : 0;
    }
    return j->units * UNIT / elements + 1;
}

static void run(const exec *x, job *j)
{
    int64_t grain = count_units(j);
    j->loops = &x->k->optim->of[j->dtype == TT_F64];
    parallel_for(x, j->units, grain, units_task, j);
}

static void adam_unit(const job *j, const optim_slot *s, int64_t from, int64_t to)
{
    j->loops->adam(s, from, to, j->args);
}

static void sgd_unit(const job *j, const optim_slot *s, int64_t from, int64_t to)
{
    j->loops->sgd(s, from, to, j->args);
}

static void scale_unit(const job *j, const optim_slot *s, int64_t from, int64_t to)
{
    j->loops->scale(s, from, to, *(const double *)j->args);
}

void adam_step_run(const exec *x, tt_dtype dtype, const adam_args *a, int n,
                   const optim_slot *slots)
{
    job j = {.dtype = dtype, .n = n, .slots = slots, .args = a, .each = adam_unit};
    run(x, &j);
}

void sgd_step_run(const exec *x, tt_dtype dtype, const sgd_args *a, int n, const optim_slot *slots)
{
    job j = {.dtype = dtype, .n = n, .slots = slots, .args = a, .each = sgd_unit};
    run(x, &j);
}

void slots_scale(const exec *x, tt_dtype dtype, double factor, int n, const optim_slot *slots)
{
    job j = {.dtype = dtype, .n = n, .slots = slots, .args = &factor, .each = scale_unit};
    run(x, &j);
}

static void square_unit(const job *j, const optim_slot *s, int64_t from, int64_t to)
{
    size_t size = j->dtype == TT_F64 ? 8 : 4;
    reduce_acc acc = {.f = 0};
    j->square->row(to - from, (const char *)s->grad + (size_t)from * size, 1, 0, &acc, NULL);
    *j->partial += acc.f;
}

static void parts_task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t p = begin; p < end; p++) {
        job part = *j;
        part.partial = j->partial + p;
        units_task(j->units * p / j->parts, j->units * (p + 1) / j->parts, &part);
    }
}

double slots_sum_squares(const exec *x, tt_dtype dtype, int n, const optim_slot *slots)
{
    double partial[PARTS] = {0}, sum = 0;
    job j = {.dtype = dtype, .n = n, .slots = slots, .each = square_unit, .partial = partial};
    j.square = &x->k->reduce->loop[dtype == TT_F64 ? LOOP_TYPE_F64 : LOOP_TYPE_F32][MAP_square];
    int64_t grain = count_units(&j);
    j.parts = j.units < PARTS ? j.units : PARTS;
    parallel_for(x, j.parts, j.units > PARTS ? 1 : grain, parts_task, &j);
    for (int64_t p = 0; p < j.parts; p++)
        sum += partial[p];
    return sum;
}
