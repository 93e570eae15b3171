/* Writing into tensors that exist, also through views. Invariant: a source that overlaps the
 * destination is copied first, and every write is counted for autograd. */
#include <math.h>
#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>
#include "kernel/walk/copy.h"
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

static bool memory_overlaps(const tt_tensor *a, const tt_tensor *b)
{
    int64_t la, ha, lb, hb;
    if (a->store != b->store || !layout_extent(&a->at, &la, &ha) ||
        !layout_extent(&b->at, &lb, &hb))
        return false;
    return la <= hb && lb <= ha;
}

static bool same_view(const tt_tensor *a, const tt_tensor *b)
{
    if (a->data != b->data || !layout_same_shape(&a->at, &b->at))
        return false;
    for (int i = 0; i < a->at.ndim; i++)
        if (a->at.stride[i] != b->at.stride[i] && a->at.shape[i] != 1)
            return false;
    return true;
}

/* src as it may be read while dst is written: itself, or a copy where they overlap. */
static tt_tensor *safe_source(tt_tensor *dst, tt_tensor *src)
{
    return memory_overlaps(dst, src) && !same_view(dst, src) ? tt_clone(src) : src;
}

static tt_status no_arithmetic(const char *name, const tt_tensor *x)
{
    return ctx_error(x->ctx, TT_ERR_DTYPE, "%s: no arithmetic on %s; cast first", name,
                     describe(x).s);
}

typedef void (*writer)(tt_ctx *ctx, tt_tensor *dst, operand src, const void *arg);

static tt_status write_from(const char *name, tt_tensor *dst, tt_tensor *src, bool cast,
                            writer write, const void *arg)
{
    layout at;
    tt_ctx *ctx = op_inplace(name, dst, 1, &src);
    if (!ctx)
        return op_status(dst);
    if (!cast && dst->dtype != src->dtype)
        return ctx_error(ctx, TT_ERR_DTYPE, "%s: dtypes differ: %s and %s", name, describe(dst).s,
                         describe(src).s);
    if (!cast && !dtype_is_arithmetic(dst->dtype))
        return no_arithmetic(name, dst);
    if (!layout_expand(&at, &src->at, dst->at.ndim, dst->at.shape))
        return ctx_error(ctx, TT_ERR_SHAPE, "%s: %s does not broadcast to %s", name,
                         describe(src).s, describe(dst).s);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    src = safe_source(dst, src);
    if (src) {
        write(ctx, dst, operand_expand(src, &dst->at, &at), arg);
        if (!ctx->err.code) /* else there was no scratch memory, and nothing was written */
            op_written(dst);
    }
    tt_scope_end(ctx, s);
    return ctx->err.code;
}

static void write_copy(tt_ctx *ctx, tt_tensor *dst, operand src, const void *arg)
{
    (void)arg;
    copy_run(&ctx->ex, operand_of(dst), src);
}

tt_status tt_copy_(tt_tensor *dst, tt_tensor *src)
{
    return write_from("copy_", dst, src, true, write_copy, NULL);
}

static void write_binary(tt_ctx *ctx, tt_tensor *dst, operand src, const void *arg)
{
    binary_run(&ctx->ex, *(const binary_id *)arg, operand_of(dst), operand_of(dst), src);
}

static tt_status binary_(const char *name, tt_tensor *x, tt_tensor *y, binary_id id)
{
    if (tensor_live(x) && !x->ctx->err.code && !dtype_is_arithmetic(x->dtype))
        return no_arithmetic(name, x);
    if (tensor_live(x) && !x->ctx->err.code && !binary_takes(id, x->dtype))
        return ctx_error(x->ctx, TT_ERR_DTYPE, "%s: the result is no %s", name, describe(x).s);
    return write_from(name, x, y, false, write_binary, &id);
}

tt_status tt_add_(tt_tensor *x, tt_tensor *y)
{
    return binary_("add_", x, y, BINARY_add);
}

tt_status tt_sub_(tt_tensor *x, tt_tensor *y)
{
    return binary_("sub_", x, y, BINARY_sub);
}

tt_status tt_mul_(tt_tensor *x, tt_tensor *y)
{
    return binary_("mul_", x, y, BINARY_mul);
}

tt_status tt_div_(tt_tensor *x, tt_tensor *y)
{
    return binary_("div_", x, y, BINARY_div);
}

static void write_axpy(tt_ctx *ctx, tt_tensor *dst, operand src, const void *arg)
{
    axpy_run(&ctx->ex, operand_of(dst), *(const double *)arg, src);
}

tt_status tt_axpy_(tt_tensor *y, double a, tt_tensor *x)
{
    if (tensor_live(y) && !y->ctx->err.code && dtype_is_integer(y->dtype) &&
        !dtype_holds(y->dtype, a))
        return ctx_error(y->ctx, TT_ERR_DTYPE, "axpy_: %g is no %s", a, tt_dtype_name(y->dtype));
    return write_from("axpy_", y, x, false, write_axpy, &a);
}

static tt_status fill(const char *name, tt_tensor *x, double value)
{
    int64_t element[1];
    tt_ctx *ctx = op_inplace(name, x, 0, NULL);
    if (!ctx)
        return op_status(x);
    element_store(element, x->dtype, value);
    fill_run(&ctx->ex, operand_of(x), element);
    op_written(x);
    return TT_OK;
}

tt_status tt_fill_(tt_tensor *x, double value)
{
    return fill("fill_", x, value);
}

tt_status tt_zero_(tt_tensor *x)
{
    return fill("zero_", x, 0);
}

static tt_status scalar_(const char *name, tt_tensor *x, double value, binary_id id)
{
    tt_ctx *ctx = op_inplace(name, x, 0, NULL);
    if (!ctx)
        return op_status(x);
    if (!dtype_is_arithmetic(x->dtype))
        return no_arithmetic(name, x);
    if (!dtype_holds(x->dtype, value))
        return ctx_error(ctx, TT_ERR_DTYPE, "%s: %g is no %s", name, value,
                         tt_dtype_name(x->dtype));
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *v = tt_scalar(ctx, x->dtype, value);
    tt_status status = v ? binary_(name, x, v, id) : ctx->err.code;
    tt_scope_end(ctx, s);
    return status;
}

tt_status tt_add_scalar_(tt_tensor *x, double value)
{
    return scalar_("add_scalar_", x, value, BINARY_add);
}

tt_status tt_mul_scalar_(tt_tensor *x, double value)
{
    return scalar_("mul_scalar_", x, value, BINARY_mul);
}
