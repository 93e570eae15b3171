/* Scratch copies of strided operands, for products that cannot read (or write) them where they are.
 */
#ifndef TT_KERNEL_STAGE_H
#define TT_KERNEL_STAGE_H

#include "kernel/walk/kernel.h"

typedef struct stage { /* filled by stage_axis, outermost axis first; at most LAYOUT_MAX_NDIM of
                        * them
                        */
    layout from, to;   /* the operand, and its contiguous copy */
    int64_t *stride[LAYOUT_MAX_NDIM]; /* where to store each axis's stride in the copy */
} stage;

void stage_begin(stage *p);
/* One more axis; *stride becomes its stride in the copy. Size 1 is left out. */
void stage_axis(stage *p, int64_t size, int64_t *stride);
/* Room for the copy, uninitialised; the strides are set. NULL when memory is refused, and then the
 * strides are as they were. */
void *stage_alloc(const exec *x, stage *p, tt_dtype dtype);
void stage_copy_in(const exec *x, const stage *p, tt_dtype dtype, void *copy, const void *data);
/* The copy is of dtype, the data of another. */
void stage_cast_in(const exec *x, const stage *p, tt_dtype dtype, void *copy, tt_dtype from,
                   const void *data);
void stage_copy_out(const exec *x, const stage *p, tt_dtype dtype, void *data, const void *copy);

#endif
