/* Operands as the kernels of this family want them. */
#include "along.h"
#include <tinytensor/shape.h>

tt_tensor *along_last(const char *name, tt_tensor *x, int axis, along *a)
{
    if (!op_context(name, 1, &x))
        return NULL;
    a->ndim = x->at.ndim;
    if (a->ndim == 0 && (axis == 0 || axis == -1)) { /* as PyTorch: a row of one element */
        a->axis = 0;
        return tt_reshape(x, TT_SHAPE(1));
    }
    a->axis = op_axis(name, x, axis, a->ndim);
    if (a->axis < 0)
        return NULL;
    return tt_contiguous(a->axis == a->ndim - 1 ? x : tt_moveaxis(x, a->axis, -1));
}

tt_tensor *along_back(tt_tensor *y, const along *a)
{
    if (!y || a->axis == a->ndim - 1)
        return y;
    return a->ndim == 0 ? tt_reshape(y, TT_SCALAR) : tt_contiguous(tt_moveaxis(y, -1, a->axis));
}

tt_tensor *as_row(tt_tensor *x)
{
    return tt_contiguous(tt_reshape(tt_detach(x), TT_SHAPE(-1)));
}

tt_dtype wide_dtype(tt_dtype d)
{
    return dtype_is_half(d) ? TT_F32 : dtype_is_float(d) ? d : TT_I64;
}

tt_tensor *as_wide(tt_tensor *x)
{
    if (!op_context("cast", 1, &x))
        return NULL;
    return tt_contiguous(tt_cast(x, wide_dtype(x->dtype)));
}
