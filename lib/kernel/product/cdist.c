/* Drives the loops of the distances of rows: cuts the pairs into tiles, copies the rows of each to
 * the stack, in pieces of their coordinates, and finishes what was summed. Tiles depend on the
 * shapes alone. */
#include "cdist.h"

#include <math.h>
#include <string.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"

enum { GRAIN = 65536 }; /* coordinates that are worth a thread */

typedef union tile_rows {
    float f32[CDIST_ROWS * CDIST_DEPTH];
    double f64[CDIST_ROWS * CDIST_DEPTH];
} tile_rows;

typedef union tile_columns {
    float f32[CDIST_COLUMNS * CDIST_DEPTH];
    double f64[CDIST_COLUMNS * CDIST_DEPTH];
} tile_columns;

typedef union tile_pairs {
    float f32[CDIST_ROWS * CDIST_COLUMNS];
    double f64[CDIST_ROWS * CDIST_COLUMNS];
} tile_pairs;

/* A matrix of the operand's last two axes. */
typedef struct matrix {
    char *data;
    int64_t row, column, size; /* strides in elements, bytes of one */
} matrix;

typedef struct job {
    const cdist_loops *loops;
    cdist_kind kind;
    double p;
    tt_dtype dtype;
    int64_t n, m, d, down, across; /* rows of a and b, coordinates; tiles of a batch */
    operand a, b, y, g, da;        /* y: the distances; g and da: backward */
} job;

static matrix matrix_of(operand o, int64_t batch)
{
    int k = o.at->ndim - 2;
    int64_t at = 0, size = element_size(o.dtype);
    for (int i = k - 1; i >= 0; batch /= o.at->shape[i--])
        at += batch % o.at->shape[i] * o.at->stride[i];
    return (matrix){(char *)o.data + at * size, o.at->stride[k], o.at->stride[k + 1], size};
}

static matrix part(matrix m, int64_t row, int64_t column)
{
    m.data += (row * m.row + column * m.column) * m.size;
    return m;
}

static matrix turned(matrix m)
{
    return (matrix){m.data, m.column, m.row, m.size};
}

/* to[i * ld + j] = element (i, j) of m; or back. */
#define MOVES(T, NAME)                                                                             \
    static void pack_##NAME(matrix m, int64_t rows, int64_t columns, int64_t ld, T *to)            \
    {                                                                                              \
        for (int64_t i = 0; i < rows; i++)                                                         \
            for (int64_t j = 0; j < columns; j++)                                                  \
                to[i * ld + j] = ((const T *)(const void *)m.data)[i * m.row + j * m.column];      \
    }                                                                                              \
    static void unpack_##NAME(const T *from, int64_t rows, int64_t columns, int64_t ld, matrix m)  \
    {                                                                                              \
        for (int64_t i = 0; i < rows; i++)                                                         \
            for (int64_t j = 0; j < columns; j++)                                                  \
                ((T *)(void *)m.data)[i * m.row + j * m.column] = from[i * ld + j];                \
    }
MOVES(float, f32)
MOVES(double, f64)

/* The first rows and columns of m to a tile. The loops go over all its columns: zeros there. */
static void pack(matrix m, int64_t rows, int64_t columns, int64_t ld, void *to)
{
    if (columns < ld)
        memset(to, 0, (size_t)(rows * ld * m.size));
    if (m.size == (int64_t)sizeof(float))
        pack_f32(m, rows, columns, ld, to);
    else
        pack_f64(m, rows, columns, ld, to);
}

static void unpack(const void *from, int64_t rows, int64_t columns, int64_t ld, matrix m)
{
    if (m.size == (int64_t)sizeof(float))
        unpack_f32(from, rows, columns, ld, m);
    else
        unpack_f64(from, rows, columns, ld, m);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What the sums of a tile become. */
static void finish(const job *j, tile_pairs *acc)
{
    for (int i = 0; i < CDIST_ROWS * CDIST_COLUMNS; i++)
        if (j->dtype == TT_F32)
            acc->f32[i] = j->kind == CDIST_SQUARE  ? sqrtf(acc->f32[i])
                          : j->kind == CDIST_POWER ? powf(acc->f32[i], (float)(1 / j->p))
                                                   : acc->f32[i];
        else
            acc->f64[i] = j->kind == CDIST_SQUARE  ? sqrt(acc->f64[i])
                          : j->kind == CDIST_POWER ? pow(acc->f64[i], 1 / j->p)
                                                   : acc->f64[i];
}

static void forward_tile(const job *j, int64_t batch, int64_t row, int64_t column)
{
    tile_rows left;
    tile_columns right;
    tile_pairs acc;
    int64_t rows = least(CDIST_ROWS, j->n - row), columns = least(CDIST_COLUMNS, j->m - column);
    matrix a = part(matrix_of(j->a, batch), row, 0), b = part(matrix_of(j->b, batch), column, 0);
    memset(&acc, 0, sizeof acc);
    for (int64_t k = 0; k < j->d; k += CDIST_DEPTH) {
        int64_t depth = least(CDIST_DEPTH, j->d - k);
        pack(part(a, 0, k), rows, depth, CDIST_DEPTH, &left);
        pack(turned(part(b, 0, k)), depth, columns, CDIST_COLUMNS, &right);
        j->loops->forward[j->kind](rows, depth, &left, &right, j->p, &acc);
    }
    finish(j, &acc);
    unpack(&acc, rows, columns, CDIST_COLUMNS, part(matrix_of(j->y, batch), row, column));
}

static void forward_task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t t = begin; t < end; t++) {
        int64_t batch = t / (j->down * j->across), tile = t % (j->down * j->across);
        forward_tile(j, batch, tile / j->across * CDIST_ROWS, tile % j->across * CDIST_COLUMNS);
    }
}

/* Of the largest coordinate: g is divided among those that are as large. */
static void share(const job *j, matrix a, matrix b, int64_t rows, int64_t columns,
                  const tile_rows *y, tile_rows *g)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t c = 0; c < columns; c++) {
            int64_t at = i * CDIST_DEPTH + c, hits = 0;
            for (int64_t k = 0; k < j->d; k++) {
                const char *p = part(a, i, k).data, *q = part(b, c, k).data;
                if (j->dtype == TT_F32)
                    hits += fabsf(*(const float *)(const void *)p -
                                  *(const float *)(const void *)q) == y->f32[at];
                else
                    hits += fabs(*(const double *)(const void *)p -
                                 *(const double *)(const void *)q) == y->f64[at];
            }
            if (hits > 1 && j->dtype == TT_F32)
                g->f32[at] /= (float)hits;
            else if (hits > 1)
                g->f64[at] /= (double)hits;
        }
}

/* The gradient of up to CDIST_ROWS rows, a piece of their coordinates. */
static void backward_piece(const job *j, int64_t batch, int64_t row, int64_t k)
{
    tile_rows left, acc, right, g, y; /* of CDIST_DEPTH rows of b at a time */
    int64_t rows = least(CDIST_ROWS, j->n - row), depth = least(CDIST_DEPTH, j->d - k);
    matrix a = part(matrix_of(j->a, batch), row, 0), b = matrix_of(j->b, batch);
    matrix gs = part(matrix_of(j->g, batch), row, 0), ys = part(matrix_of(j->y, batch), row, 0);
    memset(&acc, 0, sizeof acc);
    pack(part(a, 0, k), rows, depth, CDIST_DEPTH, &left);
    for (int64_t c = 0; c < j->m; c += CDIST_DEPTH) {
        int64_t columns = least(CDIST_DEPTH, j->m - c);
        pack(part(b, c, k), columns, depth, CDIST_DEPTH, &right);
        pack(part(gs, 0, c), rows, columns, CDIST_DEPTH, &g);
        pack(part(ys, 0, c), rows, columns, CDIST_DEPTH, &y);
        if (j->kind == CDIST_MAX)
            share(j, a, part(b, c, 0), rows, columns, &y, &g);
        j->loops->backward[j->kind](rows, columns, &left, &right, &g, &y, j->p, &acc);
    }
    unpack(&acc, rows, depth, CDIST_DEPTH, part(matrix_of(j->da, batch), row, k));
}

static void backward_task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    for (int64_t t = begin; t < end; t++) {
        int64_t batch = t / (j->down * j->across), piece = t % (j->down * j->across);
        backward_piece(j, batch, piece / j->across * CDIST_ROWS, piece % j->across * CDIST_DEPTH);
    }
}

static cdist_kind kind_of(double p)
{
    return p == 0     ? CDIST_COUNT
           : p == 1   ? CDIST_SUM
           : p == 2   ? CDIST_SQUARE
           : isinf(p) ? CDIST_MAX
                      : CDIST_POWER;
}

static job job_of(const exec *x, operand y, operand a, operand b, double p)
{
    int k = y.at->ndim - 2;
    job j = {.loops = &x->k->cdist->loops[a.dtype], .kind = kind_of(p), .p = p, .dtype = a.dtype};
    j.n = y.at->shape[k];
    j.m = y.at->shape[k + 1];
    j.d = a.at->shape[k + 1];
    j.a = a;
    j.b = b;
    j.y = y;
    j.down = (j.n + CDIST_ROWS - 1) / CDIST_ROWS;
    return j;
}

static int64_t batches(const layout *at)
{
    int64_t n = 1;
    for (int i = 0; i < at->ndim - 2; i++)
        n *= at->shape[i];
    return n;
}

void cdist_run(const exec *x, operand out, operand a, operand b, double p)
{
    job j = job_of(x, out, a, b, p);
    j.across = (j.m + CDIST_COLUMNS - 1) / CDIST_COLUMNS;
    int64_t grain = GRAIN / (CDIST_ROWS * CDIST_COLUMNS * (j.d + 1)) + 1;
    parallel_for(x, batches(out.at) * j.down * j.across, grain, forward_task, &j);
}

void cdist_backward_run(const exec *x, operand da, operand g, operand y, operand a, operand b,
                        double p)
{
    job j = job_of(x, y, a, b, p);
    j.g = g;
    j.da = da;
    j.across = (j.d + CDIST_DEPTH - 1) / CDIST_DEPTH;
    int64_t grain = GRAIN / (CDIST_ROWS * CDIST_DEPTH * (j.m + 1)) + 1;
    parallel_for(x, batches(y.at) * j.down * j.across, grain, backward_task, &j);
}
