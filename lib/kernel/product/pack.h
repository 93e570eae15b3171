/* Scratch copies of strided operands, for products that cannot read (or write) them where they are.
 */
#ifndef TT_KERNEL_PACK_H
#define TT_KERNEL_PACK_H

#include "kernel/walk/kernel.h"

typedef struct pack { /* filled by pack_axis, outermost axis first; at most LAYOUT_MAX_NDIM of them
                       */
    layout from, to;  /* the operand, and its contiguous copy */
    int64_t *stride[LAYOUT_MAX_NDIM]; /* where to store each axis's stride in the copy */
} pack;

void pack_begin(pack *p);
/* One more axis; *stride becomes its stride in the copy. Size 1 is left out. */
void pack_axis(pack *p, int64_t size, int64_t *stride);
/* Room for the copy, uninitialised; the strides are set. NULL when memory is refused, and then the
 * strides are as they were. */
void *pack_alloc(const exec *x, pack *p, tt_dtype dtype);
void pack_copy_in(const exec *x, const pack *p, tt_dtype dtype, void *copy, const void *data);
/* The copy is of dtype, the data of another. */
void pack_cast_in(const exec *x, const pack *p, tt_dtype dtype, void *copy, tt_dtype from,
                  const void *data);
void pack_copy_out(const exec *x, const pack *p, tt_dtype dtype, void *data, const void *copy);

#endif
