/* What a tensor is: shape, strides, dtype, storage. Invariant: every accessor takes NULL. */
#include "object.h"

#include <float.h>
#include <stdio.h>

static const struct {
    const char *name;
    size_t size;
    tt_limits limits;
} dtypes[] = {
    [TT_F32] = {"float32",
                4,
                {-(double)FLT_MAX, (double)FLT_MAX, (double)FLT_EPSILON, (double)FLT_MIN}},
    [TT_F64] = {"float64", 8, {-DBL_MAX, DBL_MAX, DBL_EPSILON, DBL_MIN}},
    [TT_I64] = {"int64", 8, {-0x1p63, 0x1p63, 0, 1}},
    [TT_BOOL] = {"bool", 1, {0, 1, 0, 1}},
    [TT_I32] = {"int32", 4, {-2147483648.0, 2147483647.0, 0, 1}},
    [TT_U8] = {"uint8", 1, {0, 255, 0, 1}},
    [TT_F16] = {"float16", 2, {-65504, 65504, 0x1p-10, 0x1p-14}},
    [TT_BF16] = {"bfloat16", 2, {-0x1.fep127, 0x1.fep127, 0x1p-7, 0x1p-126}},
};
enum { DTYPES = sizeof dtypes / sizeof *dtypes };

static bool known(tt_dtype d)
{
    return (unsigned)d < DTYPES;
}

size_t tt_itemsize(tt_dtype dtype)
{
    return known(dtype) ? dtypes[dtype].size : 0;
}

const char *tt_dtype_name(tt_dtype dtype)
{
    return known(dtype) ? dtypes[dtype].name : "unknown";
}

tt_limits tt_dtype_limits(tt_dtype dtype)
{
    return known(dtype) ? dtypes[dtype].limits : (tt_limits){0};
}

int tt_max_ndim(void)
{
    return TT_MAX_NDIM;
}

int tt_ndim(const tt_tensor *x)
{
    return tensor_alive(x) ? x->at.ndim : 0;
}

const int64_t *tt_shape(const tt_tensor *x)
{
    return tensor_alive(x) ? x->at.shape : NULL;
}

const int64_t *tt_strides(const tt_tensor *x)
{
    return tensor_alive(x) ? x->at.stride : NULL;
}

int64_t tt_size(const tt_tensor *x, int axis)
{
    if (!tensor_alive(x))
        return 0;
    int i = layout_axis(x->at.ndim, axis);
    if (i >= 0)
        return x->at.shape[i];
    ctx_error(x->ctx, TT_ERR_AXIS, "size: axis %d is out of range for %s", axis, describe(x).s);
    return 0;
}

int64_t tt_numel(const tt_tensor *x)
{
    return tensor_alive(x) ? tensor_numel(x) : 0;
}

tt_dtype tt_dtype_of(const tt_tensor *x)
{
    return tensor_alive(x) ? x->dtype : TT_F32;
}

tt_tensor *tt_set_readonly(tt_tensor *x)
{
    if (!tensor_alive(x))
        return NULL;
    x->readonly = true;
    return x;
}

bool tt_is_readonly(const tt_tensor *x)
{
    return tensor_alive(x) && x->readonly;
}

bool tt_is_contiguous(const tt_tensor *x)
{
    return tensor_alive(x) && layout_is_contiguous(&x->at);
}

bool tt_same_storage(const tt_tensor *a, const tt_tensor *b)
{
    return tensor_alive(a) && tensor_alive(b) && a->store == b->store;
}

bool tt_same_shape(const tt_tensor *a, const tt_tensor *b)
{
    return tensor_alive(a) && tensor_alive(b) && layout_same_shape(&a->at, &b->at);
}

const void *tt_cdata(const tt_tensor *x)
{
    return tensor_alive(x) ? x->data : NULL;
}

void *tt_data(tt_tensor *x)
{
    if (!tensor_alive(x))
        return NULL;
    if (!x->readonly)
        return x->data;
    ctx_error(x->ctx, TT_ERR_ARG, "data: the tensor is read-only; use tt_cdata");
    return NULL;
}

described describe_shape(int ndim, const int64_t *shape)
{
    described d;
    size_t n = 0, most = sizeof d.s - 32; /* leaves room for the dtype */
    n += (size_t)snprintf(d.s, most, "(");
    for (int i = 0; i < ndim && n + 24 < most; i++)
        n += (size_t)snprintf(d.s + n, most - n, "%lld%s", (long long)shape[i],
                              i + 1 < ndim ? ", "
                              : ndim == 1  ? ","
                                           : "");
    snprintf(d.s + n, sizeof d.s - n, ")");
    return d;
}

described describe(const tt_tensor *t)
{
    described d = describe_shape(t->at.ndim, t->at.shape);
    size_t n = 0;
    while (d.s[n])
        n++;
    snprintf(d.s + n, sizeof d.s - n, " %s", tt_dtype_name(t->dtype));
    return d;
}
