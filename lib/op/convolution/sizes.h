/* Checks of what convolution, pooling and normalisation are given: strides, paddings, kernels, the
 * sizes that follow, and vectors of channels. Errors are in the name of the public function. */
#ifndef TT_OP_CONVOLUTION_SIZES_H
#define TT_OP_CONVOLUTION_SIZES_H

#include <stdbool.h>
#include <stdint.h>
#include "tensor/object.h"

/* What both functions are given for one axis. */
typedef struct window {
    int64_t kernel, stride, padding, dilation;
} window;

/* The number in [least, 2^31], an error otherwise. axis: what it is of, as "height", or NULL. */
bool size_is_between(const char *name, const tt_tensor *x, const char *what, int64_t value,
                     int64_t least);
/* Are the numbers of a window possible? */
bool window_is_possible(const char *name, const tt_tensor *x, const window *w);
/* How far the kernel reaches, at least 1. */
int64_t window_reach(const window *w);
/* Windows that fit into `size` elements with the padding; 0 with an error where none does. */
int64_t window_count(const char *name, const tt_tensor *x, const window *w, int64_t size);

/* Is x (b c spatial...) or (c spatial...), float, with `spatial` axes at the end? */
bool image_is_possible(const char *name, const tt_tensor *x, int spatial);
/* Is t (c), of the dtype of x (b c ...), where it is given? */
bool is_of_channels(const char *name, const tt_tensor *x, const tt_tensor *t, const char *what);

#endif
