/* The argument type of every kernel. Kernels take pointers and layouts, never tensors; they return
 * nothing, except where scratch memory may run out. */
#ifndef TT_KERNEL_H
#define TT_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <tinytensor/tensor.h>
#include "base/exec.h"
#include "base/integer.h"
#include "tensor/element.h"
#include "tensor/layout.h"

/* A typed, strided view of memory: data already points at the first element (layout.offset is NOT
 * added again). */
typedef struct operand {
    void *data;
    const layout *at;
    tt_dtype dtype;
} operand;

#endif
