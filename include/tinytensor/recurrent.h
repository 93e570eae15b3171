/** @file recurrent.h
 * Recurrent cells: one step of a network that goes over a sequence. */
#ifndef TINYTENSOR_RECURRENT_H
#define TINYTENSOR_RECURRENT_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup nn
 * @{ */

/** @defgroup recurrent Recurrent cells
 * A cell takes the input of one step and the state after the last one, and gives the state after
 * this one. Weights are laid out as PyTorch's, so that its models can be used: the gates lie one
 * after the other along the first axis. A loop over the steps is a network; in a recorded loop
 * tt_detach() of the state cuts the gradient off (truncated backpropagation through time).
 *
 * @code
 * int in = 4, hidden = 3, steps = 5;
 * tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(steps, 2, in)); // a batch of 2
 * tt_tensor *w = tt_randn(ctx, TT_F32, TT_SHAPE(3 * hidden, in));
 * tt_tensor *u = tt_randn(ctx, TT_F32, TT_SHAPE(3 * hidden, hidden));
 * tt_tensor *h = tt_zeros(ctx, TT_F32, TT_SHAPE(2, hidden));
 * for (int t = 0; t < steps; t++)
 *     h = tt_gru_cell(tt_select(x, 0, t), h, w, u, NULL, NULL);
 * @endcode
 * @{ */

/** Gated recurrent unit (torch.nn.GRUCell): with a = weight_x x + bias_x and
 * b = weight_h h + bias_h, each of three parts,
 * r = sigmoid(a_0 + b_0), z = sigmoid(a_1 + b_1), n = tanh(a_2 + r b_2), h' = n + z (h - n).
 * From K. Cho et al., 2014.
 * @param x         (... in), float
 * @param h         (... hidden), the state
 * @param weight_x  (3 hidden, in): of the gates r and z, and of n
 * @param weight_h  (3 hidden, hidden)
 * @param bias_x    (3 hidden), or NULL for none
 * @param bias_h    (3 hidden), or NULL for none
 * @return          (... hidden), the new state; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad all */
TT_API tt_tensor *tt_gru_cell(tt_tensor *x, tt_tensor *h, tt_tensor *weight_x, tt_tensor *weight_h,
                              tt_tensor *bias_x, tt_tensor *bias_h);

/** Long short-term memory (torch.nn.LSTMCell): with
 * a = weight_x x + bias_x + weight_h h + bias_h, of four parts,
 * i = sigmoid(a_0), f = sigmoid(a_1), g = tanh(a_2), o = sigmoid(a_3), c' = f c + i g,
 * h' = o tanh(c'). From S. Hochreiter and J. Schmidhuber, 1997.
 * @param x         (... in), float
 * @param h         (... hidden), the state
 * @param c         (... hidden), the memory
 * @param weight_x  (4 hidden, in): of i, f, g and o
 * @param weight_h  (4 hidden, hidden)
 * @param bias_x    (4 hidden), or NULL for none
 * @param bias_h    (4 hidden), or NULL for none
 * @param c_out     receives (... hidden), the new memory, or NULL after an error; NULL: not wanted
 * @return          (... hidden), the new state; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad all, through both results */
TT_API tt_tensor *tt_lstm_cell(tt_tensor *x, tt_tensor *h, tt_tensor *c, tt_tensor *weight_x,
                               tt_tensor *weight_h, tt_tensor *bias_x, tt_tensor *bias_h,
                               tt_tensor **c_out);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
