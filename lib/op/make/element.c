/* Single elements, and copying a tensor out. Invariant: an index is checked before it is used, and
 * a write counts for autograd. What only reads works in a context with an error, too. */
#include <math.h>
#include "kernel/walk/copy.h"
#include "op/core/op.h"

/* The element of a one-element tensor, NULL with the error recorded when there is not one. */
static const char *only_element(const tt_tensor *x, const char *name)
{
    if (!tensor_alive(x))
        return NULL;
    if (tensor_numel(x) == 1)
        return x->data;
    ctx_error(x->ctx, TT_ERR_SHAPE, "%s: %s does not have one element", name, describe(x).s);
    return NULL;
}

double tt_item(const tt_tensor *x)
{
    const char *p = only_element(x, "item");
    return p ? element_load(p, x->dtype) : (double)NAN;
}

int64_t tt_item_i64(const tt_tensor *x)
{
    const char *p = only_element(x, "item_i64");
    return p ? element_load_i64(p, x->dtype) : 0;
}

static char *element_at(const tt_tensor *x, const char *name, int n, const int64_t *index)
{
    int64_t at = 0;
    if (!tensor_alive(x))
        return NULL;
    if (n != x->at.ndim) {
        ctx_error(x->ctx, TT_ERR_INDEX, "%s: %d indices for %s", name, n, describe(x).s);
        return NULL;
    }
    for (int i = 0; i < n; i++) {
        int64_t k = index[i] < 0 ? index[i] + x->at.shape[i] : index[i];
        if (k < 0 || k >= x->at.shape[i]) {
            ctx_error(x->ctx, TT_ERR_INDEX, "%s: index %lld is out of range for axis %d of %s",
                      name, (long long)index[i], i, describe(x).s);
            return NULL;
        }
        at += k * x->at.stride[i];
    }
    return x->data + at * element_size(x->dtype);
}

double tt_get(const tt_tensor *x, int n, const int64_t *index)
{
    const char *p = element_at(x, "get", n, index);
    return p ? element_load(p, x->dtype) : (double)NAN;
}

tt_status tt_set(tt_tensor *x, int n, const int64_t *index, double value)
{
    tt_ctx *ctx = op_inplace("set", x, 0, NULL);
    if (!ctx)
        return op_status(x);
    char *p = element_at(x, "set", n, index);
    if (!p)
        return ctx->err.code;
    element_store(p, x->dtype, value);
    op_written(x);
    return TT_OK;
}

tt_status tt_copy_out(const tt_tensor *x, void *dst, size_t bytes)
{
    layout at;
    if (!tensor_alive(x))
        return TT_ERR_ARG;
    size_t need = (size_t)(tensor_numel(x) * element_size(x->dtype));
    if (bytes != need || (!dst && need))
        return ctx_error(x->ctx, TT_ERR_ARG, "copy_out: %s takes %zu bytes, the buffer has %zu",
                         describe(x).s, need, dst ? bytes : 0);
    error_state held;
    layout_init(&at, x->at.ndim, x->at.shape);
    ctx_put_aside(x->ctx, &held);
    if (need)
        copy_run(&x->ctx->ex, (operand){dst, &at, x->dtype}, (operand){x->data, &x->at, x->dtype});
    tt_status status = x->ctx->err.code;
    ctx_put_back(x->ctx, &held);
    return status;
}
