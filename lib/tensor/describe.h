/* Tensors in messages: "(64, 784) float32", by value so that it can stand in an argument list. */
#ifndef TT_DESCRIBE_H
#define TT_DESCRIBE_H

#include <stdint.h>
#include <tinytensor/tensor.h>

typedef struct described {
    char s[200];
} described;

described describe_shape(int ndim, const int64_t *shape);
described describe_typed(int ndim, const int64_t *shape, tt_dtype dtype);

#endif
