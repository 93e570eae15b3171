/* The operations of conv.h: what the kernel computes, their gradients, which are each other, and
 * the plain operations that they are composed of. Invariant: operands fit the attributes. */
#include "conv.h"

#include <tinytensor/ops.h>

enum { HEIGHT, WIDTH };

static conv_args args_of(const op_call *c, tt_tensor *x, tt_tensor *w, tt_tensor *y,
                         tt_tensor *bias)
{
    const conv_attr *a = c->attr;
    return (conv_args){.x = operand_of(x),
                       .w = operand_of(w),
                       .y = operand_of(y),
                       .bias = bias ? operand_of(bias) : (operand){NULL, NULL, x->dtype},
                       .groups = a->groups,
                       .axis = {a->axis[HEIGHT], a->axis[WIDTH]}};
}

static tt_tensor *bias_of(const op_call *c)
{
    return c->n_in == 3 ? c->in[2] : NULL;
}

static tt_status infer(op_call *c, int64_t n, int64_t channels, int64_t h, int64_t w)
{
    c->dtype = c->in[0]->dtype;
    if (!layout_init(&c->at, 4, (int64_t[]){n, channels, h, w}))
        return op_error(c, TT_ERR_SHAPE, "the result is too large");
    return TT_OK;
}

static tt_tensor *weight_gradient(tt_tensor *x, tt_tensor *y, const conv_attr *a);

/* The part of padded x (b c h w) that tap (k, l) reads: (b groups c/groups (y_h y_w)). */
static tt_tensor *read_by(tt_tensor *x, const conv_attr *a, int64_t k, int64_t l)
{
    const int64_t tap[] = {k, l};
    for (int i = 0; i < 2; i++) { /* from x's first element that it reads, every stride-th */
        const conv_axis *s = &a->axis[i];
        int64_t before = s->padding - tap[i] * s->dilation, long_enough = s->y * s->stride;
        x = tt_pad(x, 4, (int64_t[]){0, 0, i ? 0 : before, i ? before : 0},
                   (int64_t[]){0, 0, i ? 0 : long_enough - before - s->x,
                               i ? long_enough - before - s->x : 0},
                   0);
        x = x ? tt_select(tt_unflatten(x, 2 + i, TT_SHAPE(s->y, s->stride)), 3 + i, 0) : NULL;
    }
    if (!x)
        return NULL;
    int64_t b = x->at.shape[0], c = x->at.shape[1] / a->groups;
    return tt_reshape(x, TT_SHAPE(b, a->groups, c, a->axis[HEIGHT].y * a->axis[WIDTH].y));
}

/* Tap (k, l) of w: (groups o/groups c). */
static tt_tensor *tap_of(tt_tensor *w, const conv_attr *a, int64_t k, int64_t l)
{
    tt_tensor *tap = tt_select(tt_select(w, 3, l), 2, k);
    if (!tap)
        return NULL;
    return tt_reshape(tap, TT_SHAPE(a->groups, w->at.shape[0] / a->groups, w->at.shape[1]));
}

static tt_tensor *plus_bias(tt_tensor *y, tt_tensor *bias)
{
    return bias ? tt_add(y, tt_reshape(bias, TT_SHAPE(-1, 1, 1))) : y;
}

static tt_status conv_infer(op_call *c)
{
    const conv_attr *a = c->attr;
    return infer(c, c->in[0]->at.shape[0], c->in[1]->at.shape[0], a->axis[HEIGHT].y,
                 a->axis[WIDTH].y);
}

static void conv_forward(op_call *c)
{
    conv_args a = args_of(c, c->in[0], c->in[1], c->out, bias_of(c));
    conv_run(&c->ctx->ex, &a);
}

static void conv_vjp(const op_call *c, op_grads *g)
{
    const conv_attr *a = c->attr;
    tt_tensor *gy = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, conv_sum_transposed(gy, c->in[1], NULL, a));
    if (grads_need(g, 1))
        grads_add(g, 1, weight_gradient(c->in[0], gy, a));
    if (c->n_in == 3 && grads_need(g, 2))
        grads_add(g, 2, tt_sum(gy, TT_AXES(0, 2, 3), false));
}

/* Sums over the taps of products of matrices. */
static void conv_composed(const op_call *c, tt_tensor **out)
{
    const conv_attr *a = c->attr;
    tt_tensor *x = c->in[0], *w = c->in[1];
    tt_tensor *y =
        tt_zeros(c->ctx, x->dtype,
                 TT_SHAPE(x->at.shape[0], w->at.shape[0], a->axis[HEIGHT].y, a->axis[WIDTH].y));
    for (int64_t k = 0; y && k < a->axis[HEIGHT].kernel; k++)
        for (int64_t l = 0; y && l < a->axis[WIDTH].kernel; l++)
            y = tt_add(y, tt_reshape(tt_matmul(tap_of(w, a, k, l), read_by(x, a, k, l)), y->at.ndim,
                                     y->at.shape));
    *out = plus_bias(y, bias_of(c));
}

static const op conv = {.name = "conv",
                        .infer = conv_infer,
                        .forward = conv_forward,
                        .vjp = conv_vjp,
                        .saves = SAVE_IN(0) | SAVE_IN(1),
                        .composed = conv_composed,
                        .plain_vjp = true};

static tt_status transposed_infer(op_call *c)
{
    const conv_attr *a = c->attr;
    return infer(c, c->in[0]->at.shape[0], c->in[1]->at.shape[1] * a->groups, a->axis[HEIGHT].x,
                 a->axis[WIDTH].x);
}

static void transposed_forward(op_call *c)
{
    conv_args a = args_of(c, c->out, c->in[1], c->in[0], bias_of(c));
    conv_transposed_run(&c->ctx->ex, &a);
}

static void transposed_vjp(const op_call *c, op_grads *g)
{
    const conv_attr *a = c->attr;
    tt_tensor *gx = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, conv_sum(gx, c->in[1], NULL, a));
    if (grads_need(g, 1))
        grads_add(g, 1, weight_gradient(gx, c->in[0], a));
    if (c->n_in == 3 && grads_need(g, 2))
        grads_add(g, 2, tt_sum(gx, TT_AXES(0, 2, 3), false));
}

/* What tap (k, l) adds to x: its product, its elements a stride apart, moved to its place. */
static tt_tensor *written_by(tt_tensor *y, const conv_attr *a, int64_t k, int64_t l)
{
    const int64_t tap[] = {k, l};
    for (int i = 0; i < 2; i++) {
        const conv_axis *s = &a->axis[i];
        int64_t rest[5] = {0}, before[4] = {0}, after[4] = {0};
        rest[3 + i] = s->stride - 1;
        y = tt_flatten(tt_pad(tt_unsqueeze(y, 3 + i), 5, (int64_t[5]){0}, rest, 0), 2 + i, 3 + i);
        before[2 + i] = tap[i] * s->dilation - s->padding;
        after[2 + i] = s->x - before[2 + i] - s->y * s->stride;
        y = tt_pad(y, 4, before, after, 0);
    }
    return y;
}

static void transposed_composed(const op_call *c, tt_tensor **out)
{
    const conv_attr *a = c->attr;
    tt_tensor *y = c->in[0], *w = c->in[1];
    int64_t b = y->at.shape[0], channels = w->at.shape[1] * a->groups;
    tt_tensor *x =
        tt_zeros(c->ctx, y->dtype, TT_SHAPE(b, channels, a->axis[HEIGHT].x, a->axis[WIDTH].x));
    tt_tensor *rows = tt_reshape(y, TT_SHAPE(b, a->groups, y->at.shape[1] / a->groups,
                                             a->axis[HEIGHT].y * a->axis[WIDTH].y));
    for (int64_t k = 0; k < a->axis[HEIGHT].kernel; k++)
        for (int64_t l = 0; l < a->axis[WIDTH].kernel; l++) {
            tt_tensor *t = tt_matmul(tt_transpose(tap_of(w, a, k, l), 1, 2), rows);
            t = tt_reshape(t, TT_SHAPE(b, channels, a->axis[HEIGHT].y, a->axis[WIDTH].y));
            x = tt_add(x, written_by(t, a, k, l));
        }
    *out = plus_bias(x, bias_of(c));
}

static const op transposed = {.name = "conv_transposed",
                              .infer = transposed_infer,
                              .forward = transposed_forward,
                              .vjp = transposed_vjp,
                              .saves = SAVE_IN(0) | SAVE_IN(1),
                              .composed = transposed_composed,
                              .plain_vjp = true};

static tt_status weight_infer(op_call *c)
{
    const conv_attr *a = c->attr;
    return infer(c, c->in[1]->at.shape[1], c->in[0]->at.shape[1] / a->groups,
                 a->axis[HEIGHT].kernel, a->axis[WIDTH].kernel);
}

static void weight_forward(op_call *c)
{
    conv_args a = args_of(c, c->in[0], c->out, c->in[1], NULL);
    conv_weight_run(&c->ctx->ex, &a);
}

static void weight_vjp(const op_call *c, op_grads *g)
{
    const conv_attr *a = c->attr;
    tt_tensor *gw = grads_out(g);
    if (grads_need(g, 0))
        grads_add(g, 0, conv_sum_transposed(c->in[1], gw, NULL, a));
    if (grads_need(g, 1))
        grads_add(g, 1, conv_sum(c->in[0], gw, NULL, a));
}

static void weight_composed(const op_call *c, tt_tensor **out)
{
    const conv_attr *a = c->attr;
    tt_tensor *x = c->in[0], *y = c->in[1], *w = NULL;
    int64_t o = y->at.shape[1], channels = x->at.shape[1] / a->groups;
    tt_tensor *rows = tt_reshape(y, TT_SHAPE(y->at.shape[0], a->groups, o / a->groups,
                                             a->axis[HEIGHT].y * a->axis[WIDTH].y));
    for (int64_t k = 0; k < a->axis[HEIGHT].kernel; k++)
        for (int64_t l = 0; l < a->axis[WIDTH].kernel; l++) {
            tt_tensor *t = tt_matmul(rows, tt_transpose(read_by(x, a, k, l), 2, 3));
            t = tt_reshape(tt_sum(t, TT_AXES(0), false), TT_SHAPE(o, channels, 1));
            w = w ? tt_cat(TT_TENSORS(w, t), 2) : t;
        }
    *out = tt_reshape(w, TT_SHAPE(o, channels, a->axis[HEIGHT].kernel, a->axis[WIDTH].kernel));
}

static const op weight = {.name = "conv_weight",
                          .infer = weight_infer,
                          .forward = weight_forward,
                          .vjp = weight_vjp,
                          .saves = SAVE_IN(0) | SAVE_IN(1),
                          .composed = weight_composed,
                          .plain_vjp = true};

static tt_tensor *weight_gradient(tt_tensor *x, tt_tensor *y, const conv_attr *a)
{
    tt_tensor *in[] = {x, y};
    return op_apply(&weight, 2, in, a, sizeof *a);
}

tt_tensor *conv_sum(tt_tensor *x, tt_tensor *w, tt_tensor *bias, const conv_attr *a)
{
    tt_tensor *in[] = {x, w, bias};
    return op_apply(&conv, bias ? 3 : 2, in, a, sizeof *a);
}

tt_tensor *conv_sum_transposed(tt_tensor *y, tt_tensor *w, tt_tensor *bias, const conv_attr *a)
{
    tt_tensor *in[] = {y, w, bias};
    return op_apply(&transposed, bias ? 3 : 2, in, a, sizeof *a);
}
