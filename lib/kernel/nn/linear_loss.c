/* Driver of linear_loss.h: for each block of rows the logits, their losses, and, where gradients
 * are wanted, two more products on the logits' gradient while it is in cache, so that no third one
 * has to make the logits again. Input: x, w, targets; output: the mean loss and the gradients.
 * Invariant: blocks are cut by shape alone. */
#include "linear_loss.h"
#include "kernel/product/contract.h"
#include "kernel/walk/copy.h"
#include "loss.h"
#include "tensor/element.h"

enum { BLOCK_BYTES = 100 << 20, LEAST_ROWS = 64 };

typedef struct matrix { /* strides in elements */
    const void *data;
    int64_t row, col;
} matrix;

/* What is under way: `rows` rows from row `from` on. */
typedef struct block {
    const exec *ex;
    const linear_loss_args *a;
    tt_dtype dtype;
    int64_t size, in, classes; /* of an element; columns */
    int64_t most, from, rows;
    char *logits, *losses, *stats; /* of `most` rows */
    double scale;                  /* of a row's loss in the mean */
} block;

/* out (m, n) = or += the sum over k of a (m, k) b (k, n); out's rows lie one behind the other. */
static bool product(const block *b, int64_t m, int64_t n, int64_t k, matrix x, matrix y,
                    tt_dtype y_dtype, void *out, bool add)
{
    contract_plan p;
    contract_init(&p, b->dtype);
    contract_keep(&p, m, x.row, 0, n);
    contract_keep(&p, n, 0, y.col, 1);
    contract_sum(&p, k, x.col, y.row);
    p.accumulate = add;
    p.half_b = y_dtype == b->dtype ? (tt_dtype)0 : y_dtype;
    return contract_run(b->ex, &p, out, x.data, y.data);
}

/* Adds the block's losses to *loss, and fills in its part of the gradients. */
static bool run_block(const block *b, double *loss)
{
    const linear_loss_args *a = b->a;
    const layout *xat = a->x.at, *wat = a->w.at;
    layout rows, target, still, logits_at, stats_at;
    layout_init(&logits_at, 2, (int64_t[]){b->rows, b->classes});
    layout_init(&stats_at, 2, (int64_t[]){b->rows, 2});
    layout_init(&rows, 1, &b->rows);
    target = still = rows;
    target.stride[0] = a->targets.at->stride[0];
    still.stride[0] = 0;
    matrix x = {(const char *)a->x.data + b->from * xat->stride[0] * b->size, xat->stride[0],
                xat->stride[1]};
    matrix wt = {a->w.data, wat->stride[1], wat->stride[0]}, w = {a->w.data, wt.col, wt.row};
    operand logits = {b->logits, &logits_at, b->dtype}, stats = {b->stats, &stats_at, b->dtype};
    cross_entropy_args ce = {
        .logits = logits,
        .targets = {(char *)a->targets.data + b->from * target.stride[0] * 8, &target, TT_I64},
        .ignore_index = a->ignore_index};
    if (!product(b, b->rows, b->classes, b->in, x, wt, a->w.dtype, b->logits, false))
        return false;
    cross_entropy_run(b->ex, &ce, (operand){b->losses, &rows, b->dtype}, stats);
    for (int64_t i = 0; i < b->rows; i++)
        *loss += element_load(b->losses + i * b->size, b->dtype);
    if (!a->gx && !a->gw)
        return true;
    double scale;
    element_store(&scale, b->dtype, b->scale);
    cross_entropy_backward_run(b->ex, &ce, logits, stats, (operand){&scale, &still, b->dtype});
    matrix g = {b->logits, b->classes, 1}, gt = {b->logits, 1, b->classes};
    char *gx = a->gx ? (char *)a->gx + b->from * b->in * b->size : NULL;
    return (!gx || product(b, b->rows, b->in, b->classes, g, w, b->dtype, gx, false)) &&
           (!a->gw || product(b, b->classes, b->in, b->rows, gt, x, b->dtype, a->gw, b->from > 0));
}

/* The blocks hold at most BLOCK_BYTES of logits each, are of about the same size, and are two at
 * least: all logits at once would be memory that nothing else needs. */
static int64_t block_rows(int64_t rows, int64_t row_bytes)
{
    int64_t fit = BLOCK_BYTES / (row_bytes + 1) / LEAST_ROWS * LEAST_ROWS;
    int64_t blocks = fit < LEAST_ROWS ? rows / LEAST_ROWS + 1 : (rows + fit - 1) / fit;
    blocks = blocks < 2 ? 2 : blocks;
    int64_t n = ((rows + blocks - 1) / blocks + LEAST_ROWS - 1) / LEAST_ROWS * LEAST_ROWS;
    return n < rows ? n : rows;
}

/* Without rows: their gradients are empty, w's is 0. */
static void run_empty(const block *b)
{
    static const int64_t zero = 0; /* as a float and as a double too */
    layout at;
    layout_init(&at, 2, b->a->w.at->shape);
    if (b->a->gw)
        fill_run(b->ex, (operand){b->a->gw, &at, b->dtype}, &zero);
}

bool linear_loss_run(const exec *x, const linear_loss_args *a, double *mean)
{
    int64_t rows = a->x.at->shape[0], classes = a->w.at->shape[0];
    int64_t size = element_size(a->x.dtype), most = block_rows(rows, classes * size);
    block b = {.ex = x,
               .a = a,
               .dtype = a->x.dtype,
               .size = size,
               .in = a->w.at->shape[1],
               .classes = classes};
    layout at;
    layout_init(&at, 2, (int64_t[]){rows, classes});
    cross_entropy_args all = {
        .logits = {NULL, &at, a->x.dtype}, .targets = a->targets, .ignore_index = a->ignore_index};
    double count = cross_entropy_weight(&all), loss = 0;
    b.scale = 1 / count;
    b.logits = x->mem.alloc(x->mem.user, (size_t)(most * (classes + 3) * size + 1));
    if (!b.logits)
        return false;
    b.losses = b.logits + most * classes * size;
    b.stats = b.losses + most * size;
    bool ok = true;
    for (; ok && b.from < rows; b.from += most) {
        b.rows = rows - b.from < most ? rows - b.from : most;
        ok = run_block(&b, &loss);
    }
    if (rows == 0)
        run_empty(&b);
    x->mem.free(x->mem.user, b.logits);
    *mean = loss / count;
    return ok;
}
