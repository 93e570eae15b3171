/* See sizes.h. Numbers are at most LARGEST, so that sums of a few products of two stay in range. */
#include "sizes.h"

#include "op/core/op.h"

static const int64_t LARGEST = INT64_C(1) << 31;

bool size_is_between(const char *name, const tt_tensor *x, const char *what, int64_t value,
                     int64_t least)
{
    if (value >= least && value <= LARGEST)
        return true;
    op_fail(x, TT_ERR_ARG, "%s: %s is %lld; %s %lld", name, what, (long long)value,
            value < least ? "it is at least" : "it is at most",
            (long long)(value < least ? least : LARGEST));
    return false;
}

bool window_is_possible(const char *name, const tt_tensor *x, const window *w)
{
    return size_is_between(name, x, "the kernel", w->kernel, 1) &&
           size_is_between(name, x, "stride", w->stride, 1) &&
           size_is_between(name, x, "padding", w->padding, 0) &&
           size_is_between(name, x, "dilation", w->dilation, 1);
}

int64_t window_reach(const window *w)
{
    return (w->kernel - 1) * w->dilation + 1;
}

int64_t window_count(const char *name, const tt_tensor *x, const window *w, int64_t size)
{
    int64_t padded = size + 2 * w->padding, reach = window_reach(w);
    if (reach <= padded)
        return (padded - reach) / w->stride + 1;
    op_fail(x, TT_ERR_SHAPE,
            "%s: the kernel reaches over %lld elements (%lld, dilation %lld), x has %lld (%lld, "
            "padding %lld): x is %s",
            name, (long long)reach, (long long)w->kernel, (long long)w->dilation, (long long)padded,
            (long long)size, (long long)w->padding, describe(x).s);
    return 0;
}

bool image_is_possible(const char *name, const tt_tensor *x, int spatial)
{
    if (!dtype_is_float(x->dtype)) {
        op_fail(x, TT_ERR_DTYPE, "%s: x is %s; float32 or float64 is needed", name, describe(x).s);
        return false;
    }
    if (x->at.ndim == spatial + 1 || x->at.ndim == spatial + 2)
        return true;
    op_fail(x, TT_ERR_SHAPE, "%s: x is %s; %s is needed, or without b", name, describe(x).s,
            spatial == 1 ? "(b c n)" : "(b c h w)");
    return false;
}

bool is_of_channels(const char *name, const tt_tensor *x, const tt_tensor *t, const char *what)
{
    if (!t || (t->at.ndim == 1 && t->at.shape[0] == x->at.shape[1] && t->dtype == x->dtype))
        return true;
    op_fail(x, t->dtype == x->dtype ? TT_ERR_SHAPE : TT_ERR_DTYPE,
            "%s: x (b c ...) is %s, %s (c) is %s", name, describe(x).s, what, describe(t).s);
    return false;
}
