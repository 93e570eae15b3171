/* Triangles of a matrix, and a vector on its diagonal. */
#include <tinytensor/shape.h>
#include "kernel/walk/copy.h"
#include "kernel/index/gather.h"
#include "op/core/op.h"

typedef struct tri_attr {
    bool lower;
    int64_t diagonal;
} tri_attr;

static tt_status tri_infer(op_call *c)
{
    if (c->in[0]->at.ndim < 2)
        return op_error(c, TT_ERR_SHAPE, "%s has fewer than two axes", describe(c->in[0]).s);
    return infer_same_shape(c, c->in[0]->dtype);
}

static void tri_forward(op_call *c)
{
    const tri_attr *a = c->attr;
    tri_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]), a->lower, a->diagonal);
}

static void tri_vjp(const op_call *c, op_grads *g)
{
    const tri_attr *a = c->attr;
    grads_add(g, 0,
              a->lower ? tt_tril(grads_out(g), a->diagonal) : tt_triu(grads_out(g), a->diagonal));
}

static const op tril = {.name = "tril", .infer = tri_infer, .forward = tri_forward, .vjp = tri_vjp};
static const op triu = {.name = "triu", .infer = tri_infer, .forward = tri_forward, .vjp = tri_vjp};

tt_tensor *tt_tril(tt_tensor *x, int64_t offset)
{
    const tri_attr a = {true, offset};
    return op_apply(&tril, 1, &x, &a, sizeof a);
}

tt_tensor *tt_triu(tt_tensor *x, int64_t offset)
{
    const tri_attr a = {false, offset};
    return op_apply(&triu, 1, &x, &a, sizeof a);
}

/* diag: a vector onto a diagonal of a matrix of zeros. */
static tt_status diag_infer(op_call *c)
{
    int64_t offset = *(const int64_t *)c->attr, n = c->in[0]->at.shape[0];
    bool small = offset > -INT64_MAX / 4 && offset < INT64_MAX / 4;
    int64_t size = small ? n + (offset < 0 ? -offset : offset) : 0;
    c->dtype = c->in[0]->dtype;
    if (!small || !layout_init(&c->at, 2, (int64_t[]){size, size}))
        return op_error(c, TT_ERR_SHAPE, "offset %lld is too large", (long long)offset);
    return TT_OK;
}

static void diag_forward(op_call *c)
{
    int64_t offset = *(const int64_t *)c->attr, zero[1] = {0}, n = c->in[0]->at.shape[0];
    int64_t size = c->out->at.shape[0], start = offset < 0 ? -offset * size : offset;
    fill_run(&c->ctx->ex, operand_of(c->out), zero);
    layout at = {.ndim = 1, .shape = {n}, .stride = {size + 1}};
    char *data = c->out->data + (n ? start : 0) * element_size(c->dtype);
    copy_run(&c->ctx->ex, (operand){data, &at, c->dtype}, operand_of(c->in[0]));
}

static void diag_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, tt_diagonal(grads_out(g), *(const int64_t *)c->attr, 0, 1));
}

static const op diag = {
    .name = "diag", .infer = diag_infer, .forward = diag_forward, .vjp = diag_vjp};

tt_tensor *tt_diag(tt_tensor *x, int64_t offset)
{
    if (!op_context("diag", 1, &x))
        return NULL;
    if (x->at.ndim == 2)
        return tt_diagonal(x, offset, 0, 1);
    if (x->at.ndim != 1)
        return op_fail(x, TT_ERR_SHAPE, "diag: %s is neither a vector nor a matrix", describe(x).s);
    return op_apply(&diag, 1, &x, &offset, sizeof offset);
}
