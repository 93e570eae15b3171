/* Drivers of normalisation: rows over the threads; the gradients of weight and bias as sums over
 * fixed blocks of rows, which are added up in order. */
#include "layer_norm.h"

#include "kernel/isa/kernels.h"
#include "layer_norm_loops.h"
#include "kernel/walk/parallel.h"

enum { GRAIN = 8192, BLOCKS = 32, LEAST_BLOCK = 16 };

typedef struct job {
    const layer_norm_args *a;
    const layer_norm_loops *loops;
    int64_t size, block;
    char *out;
    const char *g;
} job;

static job job_of(const exec *x, const layer_norm_args *a, void *out, const void *g)
{
    return (job){.a = a,
                 .loops = &x->k->layer_norm->of[a->dtype == TT_F64],
                 .size = element_size(a->dtype),
                 .out = out,
                 .g = g};
}

static const char *row_of(const job *j, const void *p, int64_t row)
{
    return (const char *)p + row * j->a->n * j->size;
}

static char *stats_of(const job *j, int64_t row)
{
    return (char *)j->a->stats + 3 * row * j->size;
}

static void forward(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t i = begin; i < end; i++)
        j->loops->row(j->a, j->out + i * j->a->n * j->size, row_of(j, j->a->x, i), stats_of(j, i));
}

static void backward(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t i = begin; i < end; i++)
        j->loops->grad(j->a, j->out + i * j->a->n * j->size, row_of(j, j->g, i),
                       row_of(j, j->a->x, i), stats_of(j, i));
}

static void weights(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t b = begin; b < end; b++) {
        int64_t row = b * j->block, left = j->a->rows - row;
        j->loops->weights(j->a, left < j->block ? left : j->block,
                          j->out + 2 * b * j->a->n * j->size, row_of(j, j->g, row),
                          row_of(j, j->a->x, row), stats_of(j, row));
    }
}

static int64_t grain(const layer_norm_args *a)
{
    return GRAIN / (a->n + 1) + 1;
}

void layer_norm_run(const exec *x, const layer_norm_args *a, void *y)
{
    job j = job_of(x, a, y, NULL);
    parallel_for(x, a->rows, grain(a), forward, &j);
}

void layer_norm_backward_run(const exec *x, const layer_norm_args *a, void *gx, const void *g)
{
    job j = job_of(x, a, gx, g);
    parallel_for(x, a->rows, grain(a), backward, &j);
}

/* Adds the blocks 1, 2, ... to the first one. */
static void add_blocks(const job *j, int64_t blocks)
{
    int64_t n = 2 * j->a->n;
    for (int64_t b = 1; b < blocks; b++)
        for (int64_t i = 0; i < n; i++)
            if (j->size == 4)
                ((float *)(void *)j->out)[i] += ((const float *)(const void *)j->out)[b * n + i];
            else
                ((double *)(void *)j->out)[i] += ((const double *)(const void *)j->out)[b * n + i];
}

bool layer_norm_weights_run(const exec *x, const layer_norm_args *a, void *out, const void *g)
{
    job j = job_of(x, a, NULL, g);
    j.block = ceil_div(a->rows, BLOCKS);
    j.block = j.block < LEAST_BLOCK ? LEAST_BLOCK : j.block;
    int64_t blocks = (a->rows + j.block - 1) / j.block, bytes = 2 * a->n * j.size;
    if (blocks <= 1) {
        j.out = out;
        weights(0, 1, &j);
        return true;
    }
    j.out = x->mem.alloc(x->mem.user, (size_t)(blocks * bytes));
    if (!j.out)
        return false;
    parallel_for(x, blocks, GRAIN / (a->n * j.block + 1) + 1, weights, &j);
    add_blocks(&j, blocks);
    for (int64_t i = 0; i < bytes; i++)
        ((char *)out)[i] = j.out[i];
    x->mem.free(x->mem.user, j.out);
    return true;
}
