/** @file tinytensor.h
 * Tensors and automatic differentiation: the one header to include.
 *
 * A program that finds the line y = 2 x + 1 by gradient descent:
 * @code
 * #include <stdio.h>
 * #include <tinytensor/tinytensor.h>
 *
 * int main(void)
 * {
 *     tt_ctx *ctx = tt_ctx_new();
 *     tt_tensor *x = tt_linspace(ctx, TT_F32, -1, 1, 32);
 *     tt_tensor *y = tt_add_scalar(tt_mul_scalar(x, 2), 1);
 *     tt_tensor *a = tt_param(tt_zeros(ctx, TT_F32, TT_SCALAR));
 *     tt_tensor *b = tt_param(tt_zeros(ctx, TT_F32, TT_SCALAR));
 *     tt_optim *opt = tt_sgd(ctx, TT_TENSORS(a, b), 0.5, NULL);
 *     for (int step = 0; step < 100 && tt_ok(ctx); step++) {
 *         tt_scope s = tt_scope_begin(ctx, TT_GRAD);
 *         tt_optim_zero_grad(opt);
 *         tt_backward(tt_mse_loss(tt_add(tt_mul(a, x), b), y));
 *         tt_optim_step(opt);
 *         tt_scope_end(ctx, s);
 *     }
 *     printf("y = %.3f x + %.3f %s\n", tt_item(a), tt_item(b), tt_error_message(ctx));
 *     tt_ctx_free(ctx);
 * }
 * @endcode
 * It prints `y = 2.000 x + 1.000`. Compile with
 * `cc line.c $(pkg-config --cflags --libs tinytensor)`.
 *
 * Nothing here is freed by hand: tensors belong to scopes, scopes to a context (context.h). Nothing
 * needs a check in the middle of an expression: the first error stays in the context. */
#ifndef TINYTENSOR_TINYTENSOR_H
#define TINYTENSOR_TINYTENSOR_H

#include <tinytensor/export.h>
#include <tinytensor/context.h>
#include <tinytensor/tensor.h>
#include <tinytensor/ops.h>
#include <tinytensor/linalg.h>
#include <tinytensor/einops.h>
#include <tinytensor/random.h>
#include <tinytensor/autograd.h>
#include <tinytensor/nn.h>
#include <tinytensor/convolution.h>
#include <tinytensor/recurrent.h>
#include <tinytensor/optim.h>
#include <tinytensor/io.h>

#endif
