/* Reading and writing at places named by an index tensor (I64) or a mask (BOOL).
 *
 * Data may have any dtype where elements are only moved; adding needs numbers of 32 or 64 bits, U8
 * or BOOL (or). Indices count from the end when negative. Any strides; what is written must not
 * overlap what is read, nor itself. Where an index repeats, the result is that of a plain loop in
 * index order (the last one stored stays; sums are taken in that order), whatever the number of
 * threads.
 *
 * Functions that return bool check the indices as they go: false says that one is out of range.
 * Nothing outside the data was touched, and what was written is of no use. */
#ifndef TT_KERNEL_GATHER_H
#define TT_KERNEL_GATHER_H

#include <stdbool.h>
#include <string.h>
#include "kernel/walk/kernel.h"

/* out[i...] = the place, in C order, of the indices in[0][i...], in[1][i...], ... in a tensor of
 * these sizes: n of each. All of one shape, any strides. */
void flatten_run(const exec *x, operand out, int n, const operand *in, const int64_t *sizes);

/* Whether all indices lie in [-size, size); else *bad is the first that does not. */
bool index_check(const exec *x, operand indices, int64_t size, int64_t *bad);

/* out[a, i..., b] = in[a, indices[i...], b], axis standing between a and b: out has the indices'
 * axes in place of the axis. (Embedding: axis 0.) */
bool take_run(const exec *x, operand out, operand in, int axis, operand indices);
/* into[a, indices[i...], b] += src[a, i..., b], the reverse of take_run (index_add; the gradient of
 * take and of embedding). into is added to, not cleared. */
bool take_add_run(const exec *x, operand into, int axis, operand indices, operand src);
/* The same with = in place of +=. */
bool take_put_run(const exec *x, operand into, int axis, operand indices, operand src);

/* out[a, i, b] = in[a, indices[a, i, b], b]: all of the same ndim, out of the indices' shape, which
 * is no larger than in's except along the axis. */
bool gather_run(const exec *x, operand out, operand in, int axis, operand indices);
/* into[a, indices[a, i, b], b] = or += src[a, i, b]; src is no smaller than indices on any axis. */
bool scatter_run(const exec *x, operand into, int axis, operand indices, operand src);
bool scatter_add_run(const exec *x, operand into, int axis, operand indices, operand src);

/* Elements of `in` (any dtype) that are not zero, and their places: out is I64 (count, ndim). */
int64_t nonzero_count(const exec *x, operand in);
void nonzero_run(const exec *x, operand out, operand in);

/* mask (BOOL) has the shape of in, or of into; out and src are 1-D with nonzero_count(mask)
 * elements, in C order. masked_scatter_run writes only where the mask is true. */
void masked_select_run(const exec *x, operand out, operand in, operand mask);
void masked_scatter_run(const exec *x, operand into, operand mask, operand src);

/* out[i..., c] = 1 where indices[i...] == c, else 0, in out's dtype (any but F16, BF16). */
void one_hot_run(const exec *x, operand out, operand indices);

/* out = in on and below (lower) or on and above the given diagonal of the last two axes, else 0. */
void tri_run(const exec *x, operand out, operand in, bool lower, int64_t diagonal);

/* n elements of `size` bytes become 0; step is in bytes. */
static inline void clear_elements(char *p, int64_t step, int64_t n, int64_t size)
{
    if (step == size) {
        memset(p, 0, (size_t)(n * size));
        return;
    }
    for (int64_t i = 0; i < n; i++)
        memset(p + i * step, 0, (size_t)size);
}

#endif
