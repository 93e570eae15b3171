/* Scratch copies of strided operands: which axes in which order is the caller's choice, this lays
 * them out without gaps and moves the elements. */
#include "kernel/walk/copy.h"
#include "stage.h"

void stage_begin(stage *p)
{
    p->from.ndim = 0;
    p->from.offset = 0;
}

void stage_axis(stage *p, int64_t size, int64_t *stride)
{
    int i = p->from.ndim;
    if (size == 1 || i > LAYOUT_MAX_NDIM)
        return;
    p->from.ndim++; /* one too many is refused by layout_init */
    if (i == LAYOUT_MAX_NDIM)
        return;
    p->from.shape[i] = size;
    p->from.stride[i] = *stride;
    p->stride[i] = stride;
}

void *stage_alloc(const exec *x, stage *p, tt_dtype dtype)
{
    int64_t n = element_size(dtype);
    bool fits =
        layout_init(&p->to, p->from.ndim, p->from.shape) && mul_fits(n, layout_numel(&p->to), &n);
    void *copy = fits ? x->mem.alloc(x->mem.user, (size_t)n) : NULL;
    for (int i = 0; copy && i < p->to.ndim; i++)
        *p->stride[i] = p->to.stride[i];
    return copy;
}

/* An operand is a pointer to what may be written, also where it is only read. */
static operand read_only(const void *data, const layout *at, tt_dtype dtype)
{
    return (operand){(void *)(uintptr_t)data, at, dtype};
}

void stage_copy_in(const exec *x, const stage *p, tt_dtype dtype, void *copy, const void *data)
{
    stage_cast_in(x, p, dtype, copy, dtype, data);
}

void stage_cast_in(const exec *x, const stage *p, tt_dtype dtype, void *copy, tt_dtype from,
                   const void *data)
{
    copy_run(x, (operand){copy, &p->to, dtype}, read_only(data, &p->from, from));
}

void stage_copy_out(const exec *x, const stage *p, tt_dtype dtype, void *data, const void *copy)
{
    copy_run(x, (operand){data, &p->from, dtype}, read_only(copy, &p->to, dtype));
}
