/* Tiled attention. Forward: a task is a block of queries of one batch index, which goes over the
 * keys with a running maximum and sum. Backward: a task is one batch index, which computes the
 * scores again, so that its sums into gk and gv are in one order. Products are single-threaded
 * BLAS. */
#include "attention.h"

#include <math.h>
#include <string.h>
#include "attention_loops.h"
#include "kernel/product/blas.h"
#include "kernel/product/gemv.h"
#include "kernel/isa/kernels.h"
#include "kernel/walk/tiles.h"

enum { ROWS = 64, COLS = 128, DEPTH = 64 };

typedef struct job {
    const attention_args *a;
    const attention_loops *loops;
    const product_loops *copies;
    blas_gemm *gemm;
    int64_t size, batches, blocks;
    attention_operand gout, gq, gk, gv;
    size_t tile, turned; /* bytes of a tile of scores, of a strip of keys or values turned */
} job;

/* The memory of a task; grads: in the backward pass only. */
typedef struct tile {
    char *scores, *grads, *turned;
} tile;

static job job_of(const exec *x, const attention_args *a)
{
    job j = {.a = a,
             .loops = &x->k->attention->of[a->dtype == TT_F64],
             .copies = product_loops_of(x, a->dtype),
             .gemm = a->dtype == TT_F64 ? blas_dgemm : blas_sgemm,
             .size = element_size(a->dtype),
             .batches = 1,
             .blocks = ceil_div(a->t, ROWS)};
    for (int i = 0; i < a->nbatch; i++)
        j.batches *= a->batch[i];
    j.tile = tile_bytes(smaller(a->t, ROWS) * COLS * j.size);
    if (blas_has_small_kernels())
        j.turned = tile_bytes(smaller(larger(a->d, a->dv), DEPTH) * smaller(a->s, COLS) * j.size);
    return j;
}

static tile tile_of(const job *j, char *memory)
{
    return (tile){memory + j->turned, memory + j->turned + j->tile, memory};
}

static int64_t offset(const attention_args *a, const int64_t *stride, int64_t index)
{
    return row_major_at(index, a->nbatch, a->batch, stride);
}

/* Row `row` of batch index b. */
static char *row_of(const job *j, const attention_operand *o, int64_t b, int64_t row)
{
    return o->data + (offset(j->a, o->batch, b) + row * o->row) * j->size;
}

static double load(const job *j, const void *p, int64_t i)
{
    return j->size == 4 ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

static void store(const job *j, void *p, int64_t i, double v)
{
    if (j->size == 4)
        ((float *)p)[i] = (float)v;
    else
        ((double *)p)[i] = v;
}

/* The mask and the causal limit on one row of scores of keys [k0, k0 + n). */
static void mask_row(const job *j, int64_t b, int64_t row, int64_t k0, int64_t n, void *scores)
{
    const attention_args *a = j->a;
    int64_t seen = a->causal ? row + 1 - k0 : n;
    for (int64_t i = seen < 0 ? 0 : seen; i < n; i++)
        store(j, scores, i, -(double)INFINITY);
    if (!a->mask)
        return;
    int64_t at = offset(a, a->mask_batch, b) + row * a->mask_row + k0 * a->mask_col;
    for (int64_t i = 0; i < n && i < seen; i++, at += a->mask_col)
        if (a->mask_adds)
            store(j, scores, i, load(j, scores, i) + load(j, a->mask, at));
        else if (!a->mask[at])
            store(j, scores, i, -(double)INFINITY);
}

/* out (rows, cols), a row every COLS, = scale a (rows, d) times b (cols, d) transposed. BLAS has no
 * small kernels for that: b is turned here, DEPTH columns at a time. */
static void dots(const job *j, int64_t rows, int64_t cols, int64_t d, double scale, blas_matrix a,
                 blas_matrix b, char *turned, char *out)
{
    if (!blas_has_small_kernels()) {
        b.transposed = true;
        j->gemm(rows, cols, d, scale, a, b, 0, out, COLS);
        return;
    }
    int64_t at = 0;
    do { /* once for d 0 */
        int64_t depth = smaller(d - at, DEPTH);
        j->copies->pack(depth, cols, cols, (const char *)b.data + at * j->size, 1, b.ld, turned);
        j->gemm(rows, cols, depth, scale,
                (blas_matrix){(const char *)a.data + at * j->size, a.ld, false},
                (blas_matrix){turned, cols, false}, at ? 1 : 0, out, COLS);
        at += DEPTH;
    } while (at < d);
}

/* The scores (rows, cols), a row every COLS, of queries from r0 on and keys from k0 on */
static void score(const job *j, int64_t b, int64_t r0, int64_t rows, int64_t k0, int64_t cols,
                  tile t)
{
    const attention_args *a = j->a;
    dots(j, rows, cols, a->d, a->scale, (blas_matrix){row_of(j, &a->q, b, r0), a->q.row, false},
         (blas_matrix){row_of(j, &a->k, b, k0), a->k.row, false}, t.turned, t.scores);
    for (int64_t r = 0; r < rows; r++)
        if (a->mask || (a->causal && k0 + cols > r0 + r + 1))
            mask_row(j, b, r0 + r, k0, cols, t.scores + r * COLS * j->size);
}

/* Keys that the queries before `end` may attend to. */
static int64_t reach(const attention_args *a, int64_t end)
{
    return a->causal ? smaller(a->s, end) : a->s;
}

static void forward_block(const job *j, int64_t b, int64_t r0, tile t)
{
    const attention_args *a = j->a;
    double m[ROWS], sum[ROWS];
    int64_t rows = smaller(a->t - r0, ROWS), keys = reach(a, r0 + rows);
    char *out = row_of(j, &a->out, b, r0);
    for (int64_t r = 0; r < rows; r++) {
        m[r] = -(double)INFINITY;
        sum[r] = 0;
    }
    for (int64_t k0 = 0; k0 < keys; k0 += COLS) {
        int64_t cols = smaller(keys - k0, COLS);
        score(j, b, r0, rows, k0, cols, t);
        for (int64_t r = 0; r < rows; r++) {
            double f = j->loops->step(cols, t.scores + r * COLS * j->size, &m[r], &sum[r]);
            if (k0 && f != 1)
                j->loops->scale(a->dv, out + r * a->out.row * j->size, f);
        }
        j->gemm(rows, a->dv, cols, 1, (blas_matrix){t.scores, COLS, false},
                (blas_matrix){row_of(j, &a->v, b, k0), a->v.row, false}, k0 ? 1 : 0, out,
                a->out.row);
    }
    for (int64_t r = 0; r < rows; r++) {
        char *row = out + r * a->out.row * j->size;
        if (keys == 0)
            memset(row, 0, (size_t)(a->dv * j->size));
        else
            j->loops->scale(a->dv, row, sum[r] == 0 ? 0 : 1 / sum[r]);
        store(j, a->lse, b * a->t + r0 + r, sum[r] == 0 ? -(double)INFINITY : m[r] + log(sum[r]));
    }
}

static void forward(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    for (int64_t i = begin; i < end; i++) /* the longest blocks of a causal mask first */
        forward_block(j, i % j->batches, (j->blocks - 1 - i / j->batches) * ROWS,
                      tile_of(j, memory));
}

void attention_run(const exec *x, const attention_args *a)
{
    job j = job_of(x, a);
    if (a->t == 0 || a->dv == 0 || j.batches == 0)
        return;
    blas_guard guard = blas_enter();
    parallel_tiles(x, j.batches * j.blocks, 1, j.turned + j.tile, forward, &j);
    blas_leave(guard);
}

/* One tile of the backward pass. delta: of its rows, sum of gout out. */
static void backward_tile(const job *j, int64_t b, int64_t r0, int64_t k0, const double *delta,
                          tile t)
{
    char *p = t.scores, *dp = t.grads;
    const attention_args *a = j->a;
    int64_t rows = smaller(a->t - r0, ROWS), cols = smaller(a->s - k0, COLS);
    blas_matrix gout = {row_of(j, &j->gout, b, r0), j->gout.row, false};
    score(j, b, r0, rows, k0, cols, t);
    dots(j, rows, cols, a->dv, 1, gout, (blas_matrix){row_of(j, &a->v, b, k0), a->v.row, false},
         t.turned, dp);
    for (int64_t r = 0; r < rows; r++) {
        char *pr = p + r * COLS * j->size, *gr = dp + r * COLS * j->size;
        double lse = load(j, a->lse, b * a->t + r0 + r);
        if (lse == -(double)INFINITY) {
            memset(pr, 0, (size_t)(cols * j->size));
            memset(gr, 0, (size_t)(cols * j->size));
        } else {
            /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): delta has as many rows */
            j->loops->grad(cols, pr, gr, lse, delta[r], a->scale);
        }
    }
    blas_matrix ds = {dp, COLS, false}, q = {row_of(j, &a->q, b, r0), a->q.row, false};
    j->gemm(cols, a->dv, rows, 1, (blas_matrix){p, COLS, true}, gout, 1, row_of(j, &j->gv, b, k0),
            j->gv.row);
    j->gemm(cols, a->d, rows, 1, (blas_matrix){dp, COLS, true}, q, 1, row_of(j, &j->gk, b, k0),
            j->gk.row);
    j->gemm(rows, a->d, cols, 1, ds, (blas_matrix){row_of(j, &a->k, b, k0), a->k.row, false}, 1,
            row_of(j, &j->gq, b, r0), j->gq.row);
}

static void clear(const job *j, const attention_operand *o, int64_t b, int64_t rows, int64_t cols)
{
    for (int64_t r = 0; r < rows; r++)
        memset(row_of(j, o, b, r), 0, (size_t)(cols * j->size));
}

static void backward(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    const attention_args *a = j->a;
    for (int64_t b = begin; b < end; b++) {
        clear(j, &j->gq, b, a->t, a->d);
        clear(j, &j->gk, b, a->s, a->d);
        clear(j, &j->gv, b, a->s, a->dv);
        for (int64_t r0 = 0; r0 < a->t; r0 += ROWS) {
            double delta[ROWS];
            int64_t rows = smaller(a->t - r0, ROWS), keys = reach(a, r0 + rows);
            for (int64_t r = 0; r < rows; r++)
                delta[r] = j->loops->dot(a->dv, row_of(j, &j->gout, b, r0 + r),
                                         row_of(j, &a->out, b, r0 + r));
            for (int64_t k0 = 0; k0 < keys; k0 += COLS)
                backward_tile(j, b, r0, k0, delta, tile_of(j, memory));
        }
    }
}

void attention_backward_run(const exec *x, const attention_args *a, attention_operand gout,
                            attention_operand gq, attention_operand gk, attention_operand gv)
{
    job j = job_of(x, a);
    j.gout = gout;
    j.gq = gq;
    j.gk = gk;
    j.gv = gv;
    blas_guard guard = blas_enter();
    parallel_tiles(x, j.batches, 1, j.turned + 2 * j.tile, backward, &j);
    blas_leave(guard);
}
