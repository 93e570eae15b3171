/* Random integers, permutations, coin flips and masks: on the way of fill.c, from whole words or
 * from uniform draws. */
#include <stddef.h>
#include "fill.h"

static void whole_integers(const fill *f, int64_t n, int64_t k, uint64_t *w)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t number = f->r.counter + (uint64_t)(k + i);
        w[i] = (uint64_t)f->low + below(w[i], f->range, f->r.seed, number);
    }
}

void random_integers_run(const exec *x, rng *r, operand out, int64_t lo, int64_t hi)
{
    fill f = {.from = INTEGERS, .out = out, .low = lo, .whole = whole_integers};
    f.range = (uint64_t)hi - (uint64_t)lo;
    random_fill(x, r, &f);
}

static void turn_mask(const fill *f, int64_t n, int64_t k, double *u)
{
    (void)k;
    for (int64_t i = 0; i < n; i++)
        u[i] = u[i] < f->a ? 0 : f->b;
}

static void turn_bernoulli(const fill *f, int64_t n, int64_t k, double *u)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t at = layout_at(f->p.at, k + i) - f->p.at->offset;
        double p = f->p.dtype == TT_F64 ? ((const double *)f->p.data)[at]
                                        : (double)((const float *)f->p.data)[at];
        u[i] = u[i] < p;
    }
}

void random_bernoulli_run(const exec *x, rng *r, operand out, operand p)
{
    fill f = {.from = UNIT_F64, .out = out, .p = p, .turn = turn_bernoulli};
    random_fill(x, r, &f);
}

void random_mask_run(const exec *x, rng *r, operand out, double p, double scale)
{
    fill f = {.from = WORDS, .out = out, .a = p, .b = scale, .turn = turn_mask};
    random_fill(x, r, &f);
}

void random_permutation_run(const exec *x, rng *r, operand out)
{
    int64_t n = out.at->shape[0], s = out.at->stride[0], *a = out.data;
    (void)x;
    for (int64_t i = 0; i < n; i++)
        a[i * s] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        uint32_t w[4];
        uint64_t number = r->counter + (uint64_t)i;
        philox_block(r->seed, number, PERMUTATION, w);
        int64_t k = (int64_t)below(join(w[0], w[1]), (uint64_t)i + 1, r->seed, number);
        int64_t t = a[i * s];
        a[i * s] = a[k * s];
        a[k * s] = t;
    }
    r->counter += (uint64_t)n;
}
