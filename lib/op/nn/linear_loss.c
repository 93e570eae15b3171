/* linear_cross_entropy: the mean cross entropy of x w^T against class numbers, a block of rows at a
 * time, so that the logits of all rows are never held. Recording, the forward pass makes the
 * gradients as well: with the block of logits in cache they cost two products, no third one to make
 * the logits again. Input: x (n in), w (classes in), targets (n). */
#include <tinytensor/nn.h>
#include <tinytensor/ops.h>
#include "kernel/product/contract.h"
#include "kernel/walk/copy.h"
#include "kernel/nn/loss.h"
#include "kernel/elementwise/elementwise.h"
#include "op/product/contract.h"
#include "op/core/op.h"

enum { BLOCK_BYTES = 100 << 20, LEAST_ROWS = 64, GX = 1, GW = 2 /* results */ };

static tt_status infer(op_call *c)
{
    const tt_tensor *x = c->in[0], *w = c->in[1];
    static const int64_t none[2] = {0, 0};
    c->dtype = x->dtype;
    layout_init(&c->at, 0, NULL);
    layout_init(infer_also(c, c->dtype), 2,
                c->recording && tensor_wants_grad(x) ? x->at.shape : none);
    layout_init(infer_also(c, c->dtype), 2,
                c->recording && tensor_wants_grad(w) ? w->at.shape : none);
    return TT_OK;
}

/* out (m, n) = or += the sum over k of a (m, k) b (k, n), given by strides of row and column;
 * half_b: the dtype of b where it is of 16-bit floats */
static bool product(const exec *x, tt_dtype dtype, tt_dtype half_b, int64_t m, int64_t n, int64_t k,
                    const void *a, int64_t am, int64_t ak, const void *b, int64_t bk, int64_t bn,
                    void *out, int64_t om, bool add)
{
    contract_plan p;
    contract_init(&p, dtype);
    contract_keep(&p, m, am, 0, om);
    contract_keep(&p, n, 0, bn, 1);
    contract_sum(&p, k, ak, bk);
    p.accumulate = add;
    p.half_b = half_b;
    return contract_run(x, &p, out, a, b);
}

/* The pieces of one block of rows. */
typedef struct block {
    layout logits, row, target, still;
    char *data; /* logits, then losses, lse */
    int64_t rows, size;
} block;

static double number(const block *b, const char *p, int64_t i)
{
    return b->size == 4 ? (double)((const float *)(const void *)p)[i]
                        : ((const double *)(const void *)p)[i];
}

/* Rows [from, from + rows): adds their losses to *loss, and fills in their gradients. */
static bool run_block(op_call *c, block *b, int64_t from, int64_t rows, double scale, double *loss)
{
    tt_tensor *x = c->in[0], *w = c->in[1], *t = c->in[2];
    const exec *ex = &c->ctx->ex;
    int64_t classes = w->at.shape[0], n = w->at.shape[1], s = b->size;
    char *losses = b->data + b->rows * classes * s, *lse = losses + b->rows * s;
    const char *xr = x->data + from * x->at.stride[0] * s;
    int64_t ignored = *(const int64_t *)c->attr;
    layout_init(&b->logits, 2, (int64_t[]){rows, classes});
    layout_init(&b->row, 1, &rows);
    b->target = b->still = b->row;
    b->target.stride[0] = t->at.stride[0];
    b->still.stride[0] = 0;
    operand logits = {b->data, &b->logits, c->dtype};
    cross_entropy_args a = {.logits = logits,
                            .targets = {t->data + from * t->at.stride[0] * 8, &b->target, TT_I64},
                            .ignore_index = ignored};
    const tt_dtype half = w->dtype == c->dtype ? (tt_dtype)0 : w->dtype, none = (tt_dtype)0;
    if (!product(ex, c->dtype, half, rows, classes, n, xr, x->at.stride[0], x->at.stride[1],
                 w->data, w->at.stride[1], w->at.stride[0], b->data, classes, false))
        return false;
    cross_entropy_run(ex, &a, (operand){losses, &b->row, c->dtype},
                      (operand){lse, &b->row, c->dtype});
    for (int64_t i = 0; i < rows; i++)
        *loss += number(b, losses, i);
    bool gx = c->result[GX].at.shape[0] > 0, gw = c->result[GW].at.shape[0] > 0;
    if (!gx && !gw)
        return true;
    double element;
    element_store(&element, c->dtype, scale);
    cross_entropy_backward_run(ex, &a, logits, (operand){lse, &b->row, c->dtype},
                               (operand){&element, &b->still, c->dtype});
    return (!gx || product(ex, c->dtype, none, rows, n, classes, b->data, classes, 1, w->data,
                           w->at.stride[0], w->at.stride[1],
                           c->result[GX].tensor->data + from * n * s, n, false)) &&
           (!gw ||
            product(ex, c->dtype, none, classes, n, rows, b->data, 1, classes, xr, x->at.stride[0],
                    x->at.stride[1], c->result[GW].tensor->data, n, from > 0));
}

/* At most BLOCK_BYTES of logits at a time, in blocks of about the same size, and not all of them at
 * once: half of them for each of two blocks is memory that is needed for nothing else. */
static int64_t block_rows(int64_t rows, int64_t row_bytes)
{
    int64_t fit = BLOCK_BYTES / (row_bytes + 1) / LEAST_ROWS * LEAST_ROWS;
    int64_t blocks = fit < LEAST_ROWS ? rows / LEAST_ROWS + 1 : (rows + fit - 1) / fit;
    blocks = blocks < 2 ? 2 : blocks;
    int64_t n = ((rows + blocks - 1) / blocks + LEAST_ROWS - 1) / LEAST_ROWS * LEAST_ROWS;
    return n < rows ? n : rows;
}

static void forward(op_call *c)
{
    const exec *ex = &c->ctx->ex;
    int64_t rows = c->in[0]->at.shape[0], classes = c->in[1]->at.shape[0];
    block b = {.size = element_size(c->dtype)};
    layout_init(&b.logits, 2, (int64_t[]){rows, classes});
    cross_entropy_args all = {.logits = {NULL, &b.logits, c->dtype},
                              .targets = operand_of(c->in[2]),
                              .ignore_index = *(const int64_t *)c->attr};
    int64_t bad;
    if (!cross_entropy_check(&all, &bad)) {
        op_error(c, TT_ERR_INDEX, "target %lld is not a class in [0, %lld)", (long long)bad,
                 (long long)classes);
        return;
    }
    double count = cross_entropy_weight(&all), loss = 0;
    b.rows = block_rows(rows, classes * b.size);
    b.data = ex->mem.alloc(ex->mem.user, (size_t)(b.rows * (classes + 2) * b.size + 1));
    bool ok = b.data != NULL;
    for (int64_t from = 0; ok && from < rows; from += b.rows)
        ok = run_block(c, &b, from, rows - from < b.rows ? rows - from : b.rows, 1 / count, &loss);
    if (ok && rows == 0)
        for (int i = GX; i <= GW; i++) {
            static const int64_t zero = 0;
            fill_run(ex, operand_of(c->result[i].tensor), &zero);
        }
    if (b.data)
        ex->mem.free(ex->mem.user, b.data);
    element_store(c->out->data, c->dtype, loss / count);
}

static void vjp(const op_call *c, op_grads *g)
{
    tt_tensor *gy = grads_out(g);
    if (c->ctx->mode == TT_GRAD) { /* in plain ops, for a pass that is itself recorded */
        int64_t ignored = *(const int64_t *)c->attr;
        tt_tensor *logits = tt_linear(c->in[0], c->in[1], NULL), *t = c->in[2];
        tt_tensor *counts = tt_ne_scalar(t, (double)ignored);
        tt_tensor *hot =
            tt_one_hot(tt_masked_fill(t, tt_logical_not(counts), 0), c->in[1]->at.shape[0]);
        tt_tensor *d = tt_sub(tt_softmax(logits, 1), tt_cast(hot, c->out->dtype));
        tt_tensor *which = tt_cast(counts, c->out->dtype);
        tt_tensor *share = tt_div(gy, tt_sum(which, TT_ALL_AXES, false));
        d = tt_mul(d, tt_unsqueeze(tt_mul(which, share), 1));
        grads_add(g, 0, tt_matmul(d, c->in[1]));
        grads_add(g, 1, tt_matmul(tt_transpose(d, 0, 1), c->in[0]));
        return;
    }
    bool one = tt_item(gy) == 1;
    tt_tensor *ready[] = {c->result[GX].tensor, c->result[GW].tensor};
    for (int i = 0; i < 2; i++)
        if (grads_need(g, i))
            grads_add(g, i, one ? ready[i] : tt_mul(ready[i], gy));
}

static const op linear_cross_entropy = {.name = "linear_cross_entropy",
                                        .infer = infer,
                                        .forward = forward,
                                        .vjp = vjp,
                                        .saves = SAVE_IN_ALL | SAVE_RESULT(GX) | SAVE_RESULT(GW)};

tt_tensor *tt_linear_cross_entropy(tt_tensor *x, tt_tensor *weight, tt_tensor *targets,
                                   int64_t ignore_index)
{
    tt_tensor *in[] = {x, weight, targets};
    tt_ctx *ctx = op_context(linear_cross_entropy.name, 3, in);
    if (!ctx)
        return NULL;
    int last = x->at.ndim - 1;
    bool fits = last >= 0 && weight->at.ndim == 2 && x->at.shape[last] == weight->at.shape[1] &&
                targets->at.ndim == last;
    for (int i = 0; fits && i < last; i++)
        fits = targets->at.shape[i] == x->at.shape[i];
    bool half = is_half_pair(x, weight) && targets->dtype == TT_I64;
    if (half && !half_pair_allowed(linear_cross_entropy.name, 3, in))
        return NULL;
    if (!half &&
        (!dtype_is_float(x->dtype) || weight->dtype != x->dtype || targets->dtype != TT_I64))
        return op_fail(
            x, TT_ERR_DTYPE,
            "%s: x is %s, weight %s, targets %s; one floating dtype and int64 are needed",
            linear_cross_entropy.name, describe(x).s, describe(weight).s, describe(targets).s);
    if (!fits)
        return op_fail(
            x, TT_ERR_SHAPE, "%s: x (... in) is %s, weight (classes in) %s, targets (...) %s",
            linear_cross_entropy.name, describe(x).s, describe(weight).s, describe(targets).s);
    int64_t rows = tensor_numel(targets);
    in[0] = tt_reshape(x, TT_SHAPE(rows, x->at.shape[last]));
    in[2] = tt_reshape(targets, TT_SHAPE(rows));
    return op_apply(&linear_cross_entropy, 3, in, &ignore_index, sizeof ignore_index);
}
