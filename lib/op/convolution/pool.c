/* Pooling. The mean and what takes its gradient back are each other's gradient; that of the maximum
 * is a sum at the places that it keeps. */
#include <string.h>
#include <tinytensor/convolution.h>
#include <tinytensor/ops.h>
#include "kernel/convolution/pool.h"
#include "op/core/op.h"
#include "sizes.h"

/* What operations are given; planes and the dtype follow from their operands. */
typedef struct pool_attr {
    pool_args args;
} pool_attr;

static tt_status infer(op_call *c, int64_t h, int64_t w)
{
    const tt_tensor *x = c->in[0];
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < x->at.ndim; i++)
        shape[i] = x->at.shape[i];
    shape[x->at.ndim - 2] = h;
    shape[x->at.ndim - 1] = w;
    c->dtype = x->dtype;
    if (!layout_init(&c->at, x->at.ndim, shape))
        return op_error(c, TT_ERR_SHAPE, "the result is too large");
    return TT_OK;
}

static tt_status infer_y(op_call *c)
{
    const pool_attr *a = c->attr;
    return infer(c, a->args.axis[0].y, a->args.axis[1].y);
}

static tt_status infer_x(op_call *c)
{
    const pool_attr *a = c->attr;
    return infer(c, a->args.axis[0].x, a->args.axis[1].x);
}

static pool_args args_of(const op_call *c)
{
    pool_args a = ((const pool_attr *)c->attr)->args;
    a.dtype = c->dtype;
    a.planes = 1;
    for (int i = 0; i < c->at.ndim - 2; i++)
        a.planes *= c->at.shape[i];
    return a;
}

static tt_status max_infer(op_call *c)
{
    if (infer_y(c) < 0)
        return c->ctx->err.code;
    layout_copy(infer_also(c, TT_I64), &c->at);
    return TT_OK;
}

static void max_forward(op_call *c)
{
    pool_args a = args_of(c);
    pool_max_run(&c->ctx->ex, &a, c->in[0]->data, c->out->data,
                 (int64_t *)c->result[1].tensor->data);
}

static void max_vjp(const op_call *c, op_grads *g)
{
    const layout *x = &c->in[0]->at;
    tt_tensor *gy = tt_flatten(grads_out_of(g, 0), -2, -1);
    tt_tensor *at = tt_flatten(c->result[1].tensor, -2, -1);
    int64_t shape[LAYOUT_MAX_NDIM];
    for (int i = 0; i < x->ndim - 2; i++)
        shape[i] = x->shape[i];
    shape[x->ndim - 2] = x->shape[x->ndim - 2] * x->shape[x->ndim - 1];
    tt_tensor *zeros = tt_zeros(c->ctx, c->in[0]->dtype, x->ndim - 1, shape);
    grads_add(g, 0, tt_reshape(tt_scatter_add(zeros, -1, at, gy), x->ndim, x->shape));
}

static const op max_pool = {.name = "max_pool2d",
                            .infer = max_infer,
                            .forward = max_forward,
                            .vjp = max_vjp,
                            .saves = SAVE_RESULT(1)};

static void mean_vjp(const op_call *c, op_grads *g);
static void spread_vjp(const op_call *c, op_grads *g);

static void mean_forward(op_call *c)
{
    pool_args a = args_of(c);
    pool_mean_run(&c->ctx->ex, &a, c->in[0]->data, c->out->data);
}

static void spread_forward(op_call *c)
{
    pool_args a = args_of(c);
    pool_mean_backward_run(&c->ctx->ex, &a, c->in[0]->data, c->out->data);
}

static const op mean_pool = {.name = "avg_pool2d",
                             .infer = infer_y,
                             .forward = mean_forward,
                             .vjp = mean_vjp,
                             .jvp = linear_jvp};
static const op spread_pool = {.name = "avg_pool2d_backward",
                               .infer = infer_x,
                               .forward = spread_forward,
                               .vjp = spread_vjp,
                               .jvp = linear_jvp};

static tt_tensor *apply(const op *o, tt_tensor *x, const pool_attr *a)
{
    x = tt_contiguous(x);
    return op_apply(o, 1, &x, a, sizeof *a);
}

static void mean_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, apply(&spread_pool, grads_out(g), c->attr));
}

static void spread_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, apply(&mean_pool, grads_out(g), c->attr));
}

/* Windows of one axis; false with an error. */
static bool set_axis(const char *name, const tt_tensor *x, window w, bool ceil_mode, int i,
                     conv_axis *a)
{
    int64_t size = x->at.shape[x->at.ndim - 2 + i];
    if (w.stride == 0)
        w.stride = w.kernel;
    if (!window_is_possible(name, x, &w))
        return false;
    if (w.padding > w.kernel / 2) {
        op_fail(x, TT_ERR_ARG, "%s: padding is %lld, more than half of the kernel, which is %lld",
                name, (long long)w.padding, (long long)w.kernel);
        return false;
    }
    int64_t count = window_count(name, x, &w, size);
    if (count == 0)
        return false;
    int64_t left = size + 2 * w.padding - window_reach(&w) - (count - 1) * w.stride;
    if (ceil_mode && left > 0 && count * w.stride < size + w.padding)
        count++; /* one more, that begins within x or the padding before it */
    *a = (conv_axis){size, count, w.kernel, w.stride, w.padding, w.dilation};
    return true;
}

static bool is_image(const char *name, tt_tensor *x)
{
    return op_context(name, 1, &x) && image_is_possible(name, x, 2);
}

tt_tensor *tt_max_pool2d_with(tt_tensor *x, const tt_max_pool2d_options *options,
                              tt_tensor **indices)
{
    tt_max_pool2d_options o = TT_MAX_POOL2D_OPTIONS_INIT;
    pool_attr a = {.args = {.planes = 0}};
    tt_tensor *y, **const out[] = {&y, indices};
    if (options)
        memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    if (indices)
        *indices = NULL;
    if (!is_image("max_pool2d", x))
        return NULL;
    for (int i = 0; i < 2; i++)
        if (!set_axis("max_pool2d", x,
                      (window){o.kernel[i], o.stride[i], o.padding[i], o.dilation[i]}, o.ceil_mode,
                      i, &a.args.axis[i]))
            return NULL;
    x = tt_contiguous(x);
    return op_apply_all(&max_pool, 1, &x, &a, sizeof a, 2, out) ? y : NULL;
}

tt_tensor *tt_max_pool2d(tt_tensor *x, int64_t kernel, int64_t stride, int64_t padding,
                         tt_tensor **indices)
{
    const tt_max_pool2d_options o = {sizeof o,           {kernel, kernel}, {stride, stride},
                                     {padding, padding}, {1, 1},           false};
    return tt_max_pool2d_with(x, &o, indices);
}

tt_tensor *tt_avg_pool2d_with(tt_tensor *x, const tt_avg_pool2d_options *options)
{
    tt_avg_pool2d_options o = TT_AVG_POOL2D_OPTIONS_INIT;
    if (options)
        memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    pool_attr a = {.args = {.include_pad = o.count_include_pad, .divisor = o.divisor}};
    if (!is_image("avg_pool2d", x) ||
        (o.divisor != 0 && !size_is_between("avg_pool2d", x, "the divisor", o.divisor, 1)))
        return NULL;
    for (int i = 0; i < 2; i++)
        if (!set_axis("avg_pool2d", x, (window){o.kernel[i], o.stride[i], o.padding[i], 1},
                      o.ceil_mode, i, &a.args.axis[i]))
            return NULL;
    return apply(&mean_pool, x, &a);
}

tt_tensor *tt_avg_pool2d(tt_tensor *x, int64_t kernel, int64_t stride, int64_t padding)
{
    tt_avg_pool2d_options o = TT_AVG_POOL2D_OPTIONS_INIT;
    for (int i = 0; i < 2; i++) {
        o.kernel[i] = kernel;
        o.stride[i] = stride;
        o.padding[i] = padding;
    }
    return tt_avg_pool2d_with(x, &o);
}

tt_tensor *tt_adaptive_avg_pool2d(tt_tensor *x, int64_t h, int64_t w)
{
    const char *name = "adaptive_avg_pool2d";
    if (!is_image(name, x) || !size_is_between(name, x, "the height", h, 1) ||
        !size_is_between(name, x, "the width", w, 1))
        return NULL;
    const int64_t *size = x->at.shape + x->at.ndim - 2;
    if (size[0] == 0 || size[1] == 0)
        return op_fail(x, TT_ERR_SHAPE, "%s: no elements to take means of: x is %s", name,
                       describe(x).s);
    pool_attr a = {
        .args = {.adaptive = true, .axis = {{.x = size[0], .y = h}, {.x = size[1], .y = w}}}};
    return apply(&mean_pool, x, &a);
}
