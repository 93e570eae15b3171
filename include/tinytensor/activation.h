/** @file activation.h
 * Activations: the elementwise functions that bend what the layers of a network compute.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_ACTIVATION_H
#define TINYTENSOR_ACTIVATION_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup activation Activations
 * Elementwise functions of one operand, which take and give what those of @ref unary do. tt_tanh()
 * is there.
 *
 * @code
 * tt_tensor *x = tt_linspace(ctx, TT_F32, -2, 2, 5);
 * tt_print(tt_relu(x));
 * tt_print(tt_leaky_relu(x, 0.1));
 * tt_print(tt_hardtanh(x, -1, 1));
 * @endcode
 * @{ */

/** Logistic function: y = 1 / (1 + e^-x), without overflow (torch.sigmoid). The largest error,
 * measured, is 2.4 ulp in float32 and 2.5 ulp in float64.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: y (1 - y) */
TT_API tt_tensor *tt_sigmoid(tt_tensor *x);

/** Rectifier: y = max(x, 0); NaN stays NaN (torch.relu).
 * @param x  (...), float or integer
 * @return   (...)
 * @grad x: 1 above 0, else 0 */
TT_API tt_tensor *tt_relu(tt_tensor *x);

/** Gaussian error linear unit: y = x P(x) with P(x) = (1 + erf(x / sqrt(2))) / 2, the exact form
 * (torch.nn.functional.gelu).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: P(x) + x e^(-x^2 / 2) / sqrt(2 pi) */
TT_API tt_tensor *tt_gelu(tt_tensor *x);

/** Its approximation, as in GPT-2: y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 (gelu with
 * approximate='tanh').
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: that of the formula */
TT_API tt_tensor *tt_gelu_tanh(tt_tensor *x);

/** Sigmoid linear unit, also called swish: y = x sigmoid(x) (torch.nn.functional.silu). The largest
 * error, measured, is 3.2 ulp in float32 and 3.4 ulp in float64; left of -87 and -708, where
 * sigmoid(x) is subnormal, the result has as few digits as that.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: s (1 + x (1 - s)) with s = sigmoid(x) */
TT_API tt_tensor *tt_silu(tt_tensor *x);

/** Smooth rectifier: y = log(1 + e^x), without overflow (torch.nn.functional.softplus).
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: sigmoid(x) */
TT_API tt_tensor *tt_softplus(tt_tensor *x);

/** Mish: y = x tanh(softplus(x)), smooth like tt_silu() and a little steeper
 * (torch.nn.functional.mish). From D. Misra, Mish, 2019.
 * @param x  (...), float; integers give float64
 * @return   (...)
 * @grad x: t + x (1 - t^2) sigmoid(x) with t = tanh(softplus(x)) */
TT_API tt_tensor *tt_mish(tt_tensor *x);

/** Rectifier that leaks: y = x above 0, else slope x (torch.nn.functional.leaky_relu).
 * @param x      (...), float; integers give float64
 * @param slope  the slope below 0; 0.01 in PyTorch
 * @return       (...)
 * @grad x: 1 above 0, else slope */
TT_API tt_tensor *tt_leaky_relu(tt_tensor *x, double slope);

/** Exponential linear unit: y = x above 0, else alpha (e^x - 1) (torch.nn.functional.elu). From
 * D.-A. Clevert et al., ELU, 2015.
 * @param x      (...), float; integers give float64
 * @param alpha  -y far below 0; 1 in PyTorch
 * @return       (...)
 * @grad x: 1 above 0, else alpha e^x */
TT_API tt_tensor *tt_elu(tt_tensor *x, double alpha);

/** Straight line between two bounds: y = min(max(x, lo), hi); NaN stays NaN
 * (torch.nn.functional.hardtanh). tt_clamp() has the same values, and takes int64.
 * @param x   (...), float; integers give float64
 * @param lo  the least value; -1 in PyTorch
 * @param hi  the largest value, not below lo; 1 in PyTorch
 * @return    (...); NULL: #TT_ERR_ARG
 * @grad x: 1 between lo and hi, else 0, also at the bounds (where tt_clamp() has 1) */
TT_API tt_tensor *tt_hardtanh(tt_tensor *x, double lo, double hi);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
