/* What a tensor is: shape, strides, dtype, storage. Invariant: every accessor takes NULL. */
#include "object.h"

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
    x->readonly = READ_ONLY;
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
