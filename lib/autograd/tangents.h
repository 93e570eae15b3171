/* Forward mode: how results change with inputs, along what was recorded. */
#ifndef TT_TANGENTS_H
#define TT_TANGENTS_H

#include "tensor/graph.h"

/* The tangent of y, dy = sum over i of (dy/dx_i) dx_i, through the calls recorded after `before`
 * (NULL: all that the tape holds), none of which a backward pass has released. x: n tensors that
 * want a gradient; dx: of their shapes and dtypes. *unable: a call on the way has no jvp, and its
 * name is given. NULL: an error, recorded; or unable; or y does not depend on x. The result lies in
 * the innermost scope; nothing is recorded. */
tt_tensor *tangents_through(tt_ctx *ctx, const node *before, int n, tt_tensor *const *x,
                            tt_tensor *const *dx, const tt_tensor *y, const char **unable);

#endif
