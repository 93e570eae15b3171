/* Creation. Input: a context, a dtype, a shape; output: a new contiguous tensor in the innermost
 * scope. Invariant: sizes are checked here before any memory is asked for. */
#include <limits.h>
#include <math.h>
#include "kernel/walk/copy.h"
#include "op/core/op.h"

static bool shape_layout(tt_ctx *ctx, const char *name, tt_dtype dtype, int ndim,
                         const int64_t *shape, layout *at)
{
    if (!op_layout(ctx, name, ndim, shape, at))
        return false;
    if (!dtype_is_known(dtype))
        ctx_error(ctx, TT_ERR_DTYPE, "%s: %d is not a dtype", name, (int)dtype);
    return !ctx->err.code;
}

tt_tensor *op_empty(tt_ctx *ctx, const char *name, tt_dtype dtype, int ndim, const int64_t *shape)
{
    layout at;
    return shape_layout(ctx, name, dtype, ndim, shape, &at) ? tensor_new(ctx, dtype, &at) : NULL;
}

static tt_tensor *filled(tt_tensor *x, double value)
{
    int64_t element[1];
    if (x) {
        element_store(element, x->dtype, value);
        fill_run(&x->ctx->ex, operand_of(x), element);
    }
    return x;
}

tt_tensor *tt_empty(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    return op_empty(ctx, "empty", dtype, ndim, shape);
}

tt_tensor *tt_zeros(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    return filled(op_empty(ctx, "zeros", dtype, ndim, shape), 0);
}

tt_tensor *tt_ones(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    return filled(op_empty(ctx, "ones", dtype, ndim, shape), 1);
}

tt_tensor *tt_full(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double value)
{
    return filled(op_empty(ctx, "full", dtype, ndim, shape), value);
}

tt_tensor *tt_scalar(tt_ctx *ctx, tt_dtype dtype, double value)
{
    return filled(op_empty(ctx, "scalar", dtype, 0, NULL), value);
}

static tt_tensor *like(tt_tensor *x, const char *name)
{
    tt_ctx *ctx = op_context(name, 1, &x);
    return ctx ? op_empty(ctx, name, x->dtype, x->at.ndim, x->at.shape) : NULL;
}

tt_tensor *tt_empty_like(tt_tensor *x)
{
    return like(x, "empty_like");
}

tt_tensor *tt_zeros_like(tt_tensor *x)
{
    return filled(like(x, "zeros_like"), 0);
}

tt_tensor *tt_ones_like(tt_tensor *x)
{
    return filled(like(x, "ones_like"), 1);
}

tt_tensor *tt_full_like(tt_tensor *x, double value)
{
    return filled(like(x, "full_like"), value);
}

static bool is_int64(double v)
{
    return v == floor(v) && v >= -0x1p63 && v < 0x1p63;
}

/* A whole number of int64, or 2^63, which a stop may be, for arithmetic that wraps. */
static uint64_t whole(double v)
{
    return v == 0x1p63 ? (uint64_t)1 << 63 : (uint64_t)(int64_t)v;
}

/* The size of an arange of int64 from and by whole numbers: exact where doubles are apart. */
static double whole_count(double start, double stop, double step)
{
    if (step > 0 ? stop <= start : stop >= start)
        return 0;
    stop = step > 0 ? ceil(stop) : floor(stop);
    uint64_t way = step > 0 ? whole(stop) - whole(start) : whole(start) - whole(stop);
    uint64_t by = step > 0 ? whole(step) : -whole(step);
    return (double)((way - 1) / by + 1);
}

static void arange_whole(int64_t *x, int64_t n, double start, double step)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = (int64_t)(whole(start) + (uint64_t)i * whole(step));
}

tt_tensor *tt_arange(tt_ctx *ctx, tt_dtype dtype, double start, double stop, double step)
{
    if (!ctx || ctx->err.code)
        return NULL;
    if (step == 0)
        return ctx_fail(ctx, TT_ERR_ARG, "arange: the step is 0");
    bool exact = dtype == TT_I64 && is_int64(start) && is_int64(step) && fabs(stop) <= 0x1p63;
    double n = exact ? whole_count(start, stop, step) : ceil((stop - start) / step);
    if (!isfinite(n) || n > 0x1p59)
        return ctx_fail(ctx, TT_ERR_ARG, "arange: from %g to %g by %g are %g elements", start, stop,
                        step, n);
    int64_t count = n > 0 ? (int64_t)n : 0;
    tt_tensor *x = op_empty(ctx, "arange", dtype, 1, &count);
    if (x && exact)
        arange_whole((int64_t *)(void *)x->data, count, start, step);
    for (int64_t i = 0; x && !exact && i < count; i++)
        element_store(x->data + i * element_size(dtype), dtype, start + (double)i * step);
    return x;
}

static tt_tensor *spaced(tt_ctx *ctx, const char *name, tt_dtype dtype, double start, double stop,
                         int64_t n, double base)
{
    tt_tensor *x = op_empty(ctx, name, dtype, 1, &n);
    double step = n > 1 ? (stop - start) / (double)(n - 1) : 0;
    bool down = !base && (dtype == TT_I64 || dtype == TT_I32 || dtype == TT_U8);
    for (int64_t i = 0; x && i < n; i++) {
        double v = n > 1 && i == n - 1 ? stop : start + (double)i * step;
        if (down)
            v = floor(v);
        element_store(x->data + i * element_size(dtype), dtype, base ? pow(base, v) : v);
    }
    return x;
}

tt_tensor *tt_linspace(tt_ctx *ctx, tt_dtype dtype, double start, double stop, int64_t n)
{
    return spaced(ctx, "linspace", dtype, start, stop, n, 0);
}

tt_tensor *tt_logspace(tt_ctx *ctx, tt_dtype dtype, double start, double stop, int64_t n,
                       double base)
{
    if (ctx && !ctx->err.code && base == 0)
        return ctx_fail(ctx, TT_ERR_ARG, "logspace: the base is 0");
    return spaced(ctx, "logspace", dtype, start, stop, n, base);
}

tt_tensor *tt_eye(tt_ctx *ctx, tt_dtype dtype, int64_t n, int64_t m)
{
    tt_tensor *x = filled(op_empty(ctx, "eye", dtype, 2, (int64_t[]){n, m}), 0);
    for (int64_t i = 0; x && i < n && i < m; i++)
        element_store(x->data + i * (m + 1) * element_size(dtype), dtype, 1);
    return x;
}

tt_tensor *tt_from_data(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                        const void *data)
{
    layout at;
    if (!shape_layout(ctx, "from_data", dtype, ndim, shape, &at))
        return NULL;
    if (!data && layout_numel(&at))
        return ctx_fail(ctx, TT_ERR_ARG, "from_data: the data pointer is NULL");
    tt_tensor *x = tensor_new(ctx, dtype, &at);
    if (x && data)
        copy_run(&ctx->ex, operand_of(x), (operand){(void *)(uintptr_t)data, &at, dtype});
    return x;
}

/* Do the elements from lo to hi, counted from data, lie between the ends of the address space? */
static bool is_addressable(const void *data, int64_t lo, int64_t hi, int64_t item)
{
    uintptr_t at = (uintptr_t)data;
    return at >= (uintptr_t)(-lo * item) && UINTPTR_MAX - at >= (uintptr_t)((hi + 1) * item);
}

tt_tensor *tt_borrow(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                     const int64_t *strides, void *data, void (*release)(void *user), void *user)
{
    layout at;
    int64_t lo = 0, hi = -1;
    if (!shape_layout(ctx, "borrow", dtype, ndim, shape, &at))
        return NULL;
    if (!data && layout_numel(&at))
        return ctx_fail(ctx, TT_ERR_ARG, "borrow: the data pointer is NULL");
    int64_t item = element_size(dtype);
    bool fits = !strides || layout_restride(&at, strides, item);
    if (!layout_numel(&at) || !fits || !layout_extent(&at, &lo, &hi)) {
        lo = 0;
        hi = -1;
    }
    if (!fits || !is_addressable(data, lo, hi, item))
        return ctx_fail(ctx, TT_ERR_SHAPE, "borrow: strides %s of %s reach beyond all memory",
                        describe_shape(ndim, strides ? strides : at.stride).s,
                        describe_typed(ndim, shape, dtype).s);
    storage *s =
        storage_borrow(ctx->pool, (char *)data + lo * item, (hi - lo + 1) * item, NULL, NULL);
    if (!s)
        return ctx_fail(ctx, TT_ERR_NOMEM, "out of memory: borrow");
    at.offset = -lo;
    tt_tensor *x = tensor_of(ctx, dtype, &at, s);
    if (x) { /* a call that fails leaves the memory to the caller */
        s->release = release;
        s->user = user;
    }
    return x;
}
