/* The public functions of convolution: what they are given is checked here, where messages can name
 * it as it was given, and brought to the form of conv.h. */
#include <string.h>
#include <tinytensor/convolution.h>
#include <tinytensor/ops.h>
#include "conv.h"
#include "sizes.h"

/* What a function was given; spatial: axes that it is over. */
typedef struct layer {
    const char *name;
    int spatial;
    tt_tensor *x, *w, *bias;
    const char *w_text; /* axes of w, for messages */
    bool transposed;
    int64_t groups;
    window window[2]; /* of the height and the width; kernels are still to be set */
} layer;

static tt_ctx *context_of(const layer *l)
{
    tt_tensor *in[] = {l->x, l->w, l->bias};
    return op_context(l->name, l->bias ? 3 : 2, in);
}

static bool dtypes_fit(const layer *l)
{
    const tt_tensor *others[] = {l->w, l->bias};
    for (int i = 0; i < 2; i++)
        if (others[i] && others[i]->dtype != l->x->dtype) {
            op_fail(l->x, TT_ERR_DTYPE, "%s: dtypes differ: %s and %s; cast one with tt_cast",
                    l->name, describe(l->x).s, describe(others[i]).s);
            return false;
        }
    return true;
}

/* Do the channels of x, w and bias fit each other and the groups? */
static bool channels_fit(const layer *l)
{
    const layout *x = &l->x->at, *w = &l->w->at;
    if (w->ndim != l->spatial + 2) {
        op_fail(l->x, TT_ERR_SHAPE, "%s: w is %s; %s is needed", l->name, describe(l->w).s,
                l->w_text);
        return false;
    }
    int64_t c = x->shape[x->ndim - l->spatial - 1], g = l->groups;
    int64_t per_group = l->transposed ? w->shape[0] : w->shape[1] * g;
    if (!size_is_between(l->name, l->x, "groups", g, 1))
        return false;
    if (c % g || w->shape[0] % g) {
        op_fail(l->x, TT_ERR_SHAPE,
                "%s: groups is %lld, which does not divide %s: x is %s, w %s %s", l->name,
                (long long)g, c % g ? "the channels of x" : "axis 0 of w", describe(l->x).s,
                l->w_text, describe(l->w).s);
        return false;
    }
    if (c != per_group) {
        op_fail(l->x, TT_ERR_SHAPE,
                "%s: x has %lld channels, w %s with %lld groups is for %lld: x is "
                "%s, w %s",
                l->name, (long long)c, l->w_text, (long long)g, (long long)per_group,
                describe(l->x).s, describe(l->w).s);
        return false;
    }
    int64_t o = l->transposed ? w->shape[1] * g : w->shape[0];
    if (l->bias && (l->bias->at.ndim != 1 || l->bias->at.shape[0] != o)) {
        op_fail(l->x, TT_ERR_SHAPE, "%s: the bias is %s, the result has %lld channels", l->name,
                describe(l->bias).s, (long long)o);
        return false;
    }
    return true;
}

/* Everything but the sizes of images. Sets the kernels. */
static bool fits(layer *l)
{
    if (!context_of(l) || !image_is_possible(l->name, l->x, l->spatial) || !dtypes_fit(l) ||
        !channels_fit(l))
        return false;
    for (int i = 0; i < 2; i++) {
        bool there = i >= 2 - l->spatial;
        l->window[i].kernel = there ? l->w->at.shape[l->w->at.ndim - 2 + i] : 1;
        if (!window_is_possible(l->name, l->x, &l->window[i]))
            return false;
    }
    return true;
}

/* Size of x along the height (0) or the width (1). */
static int64_t size_of(const layer *l, int i)
{
    return i < 2 - l->spatial ? 1 : l->x->at.shape[l->x->at.ndim - 2 + i];
}

static conv_axis axis_of(const window *w, int64_t x, int64_t y)
{
    return (conv_axis){x, y, w->kernel, w->stride, w->padding, w->dilation};
}

/* The operation on (b c h w), whatever axes x has. */
static tt_tensor *apply(const layer *l, const conv_attr *a)
{
    bool batched = l->x->at.ndim == l->spatial + 2;
    tt_tensor *x = batched ? l->x : tt_unsqueeze(l->x, 0), *w = l->w;
    if (l->spatial == 1) {
        x = tt_unsqueeze(x, 2);
        w = tt_unsqueeze(w, 2);
    }
    tt_tensor *y = (l->transposed ? conv_sum_transposed : conv_sum)(x, w, l->bias, a);
    if (l->spatial == 1)
        y = tt_squeeze(y, TT_AXES(2));
    return batched ? y : tt_squeeze(y, TT_AXES(0));
}

/* same: sizes stay, and padding follows from that. */
static tt_tensor *forward(layer *l, bool same)
{
    if (!fits(l))
        return NULL;
    conv_attr a = {.groups = l->groups};
    for (int i = 0; i < 2; i++) {
        window *w = &l->window[i];
        if (same && w->stride != 1)
            return op_fail(l->x, TT_ERR_ARG, "%s: same is for stride 1, which is %lld", l->name,
                           (long long)w->stride);
        int64_t size = size_of(l, i), count = size;
        if (same)
            w->padding = (window_reach(w) - 1) / 2;
        else if ((count = window_count(l->name, l->x, w, size)) == 0)
            return NULL;
        a.axis[i] = axis_of(w, size, count);
    }
    return apply(l, &a);
}

tt_tensor *tt_conv1d(tt_tensor *x, tt_tensor *w, tt_tensor *bias, int64_t stride, int64_t padding,
                     int64_t dilation, int64_t groups)
{
    layer l = {.name = "conv1d",
               .spatial = 1,
               .x = x,
               .w = w,
               .bias = bias,
               .w_text = "(o c/groups k)",
               .groups = groups,
               .window = {{1, 1, 0, 1}, {1, stride, padding, dilation}}};
    return forward(&l, false);
}

tt_tensor *tt_conv2d_with(tt_tensor *x, tt_tensor *w, tt_tensor *bias,
                          const tt_conv2d_options *options)
{
    tt_conv2d_options o = TT_CONV2D_OPTIONS_INIT;
    if (options)
        memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    layer l = {.name = "conv2d",
               .spatial = 2,
               .x = x,
               .w = w,
               .bias = bias,
               .w_text = "(o c/groups kh kw)",
               .groups = o.groups};
    for (int i = 0; i < 2; i++)
        l.window[i] = (window){1, o.stride[i], o.padding[i], o.dilation[i]};
    return forward(&l, o.same);
}

tt_tensor *tt_conv2d(tt_tensor *x, tt_tensor *w, tt_tensor *bias, int64_t stride, int64_t padding,
                     int64_t dilation, int64_t groups)
{
    const tt_conv2d_options o = {
        sizeof o, {stride, stride}, {padding, padding}, {dilation, dilation}, groups, false};
    return tt_conv2d_with(x, w, bias, &o);
}

/* Along axis i; 0 with an error where nothing is left. */
static int64_t transposed_size(const layer *l, int i, int64_t output_padding)
{
    const window *w = &l->window[i];
    int64_t size = size_of(l, i), left = 0;
    if (!size_is_between(l->name, l->x, "output_padding", output_padding, 0))
        return 0;
    if (output_padding >= larger(w->stride, w->dilation)) {
        op_fail(l->x, TT_ERR_ARG,
                "%s: output_padding is %lld, not below stride %lld or dilation %lld", l->name,
                (long long)output_padding, (long long)w->stride, (long long)w->dilation);
        return 0;
    }
    if (size > 0 && mul_fits(size - 1, w->stride, &left) && left < INT64_MAX / 2)
        left += window_reach(w) + output_padding - 2 * w->padding;
    if (left < 1)
        op_fail(
            l->x, TT_ERR_SHAPE,
            "%s: nothing is left of %lld elements with kernel %lld, stride %lld, padding %lld: x "
            "is %s",
            l->name, (long long)size, (long long)w->kernel, (long long)w->stride,
            (long long)w->padding, describe(l->x).s);
    return left < 1 ? 0 : left;
}

tt_tensor *tt_conv_transpose2d_with(tt_tensor *x, tt_tensor *w, tt_tensor *bias,
                                    const tt_conv_transpose2d_options *options)
{
    tt_conv_transpose2d_options o = TT_CONV_TRANSPOSE2D_OPTIONS_INIT;
    if (options)
        memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    layer l = {.name = "conv_transpose2d",
               .spatial = 2,
               .x = x,
               .w = w,
               .bias = bias,
               .w_text = "(c o/groups kh kw)",
               .transposed = true,
               .groups = o.groups};
    for (int i = 0; i < 2; i++)
        l.window[i] = (window){1, o.stride[i], o.padding[i], o.dilation[i]};
    if (!fits(&l))
        return NULL;
    conv_attr a = {.groups = l.groups};
    for (int i = 0; i < 2; i++) {
        int64_t left = transposed_size(&l, i, o.output_padding[i]);
        if (left == 0)
            return NULL;
        a.axis[i] = axis_of(&l.window[i], left, size_of(&l, i));
    }
    return apply(&l, &a);
}

tt_tensor *tt_conv_transpose2d(tt_tensor *x, tt_tensor *w, tt_tensor *bias, int64_t stride,
                               int64_t padding, int64_t output_padding, int64_t dilation,
                               int64_t groups)
{
    const tt_conv_transpose2d_options o = {sizeof o,
                                           {stride, stride},
                                           {padding, padding},
                                           {output_padding, output_padding},
                                           {dilation, dilation},
                                           groups};
    return tt_conv_transpose2d_with(x, w, bias, &o);
}
