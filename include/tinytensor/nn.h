/** @file nn.h
 * Layers as functions, losses, and initialisers. */
#ifndef TINYTENSOR_NN_H
#define TINYTENSOR_NN_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup nn Neural networks
 * Layers are functions of their input and their parameters, which are ordinary tensors: a model is
 * whatever holds them. Names, shapes and numbers are those of torch.nn.functional. Floats are
 * float32 or float64; other dtypes are #TT_ERR_DTYPE.
 * @{ */

/** @defgroup layers Layers
 * @{ */

/** Switches between training and using a model: tt_dropout() does something in training only.
 * @param ctx       a context or NULL; a new one is not training
 * @param training  true while training */
TT_API void tt_set_training(tt_ctx *ctx, bool training);

/** Whether the context is training.
 * @param ctx  a context or NULL
 * @return     what tt_set_training() was given last; false at first and for NULL */
TT_API bool tt_is_training(const tt_ctx *ctx);

/** Linear layer: y[... o] = bias[o] + sum over i of x[... i] weight[o i], in one pass.
 * @param x       (... in), float
 * @param weight  (out in), of the dtype of x; or float16 or bfloat16 with x float32: such weights
 * are read as they are, converted in registers and added up in float32, which for one row of x
 * takes half the time of float32 weights. Not while gradients are recorded.
 * @param bias    (out), of the dtype of x or of the weight; or NULL for none. As an earlier error
 *                gives NULL, too, and is then still there, nothing goes unseen.
 * @return        (... out), of the dtype of x; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, also for 16-bit
 *                weights where an operand requires grad in a #TT_GRAD scope
 * @grad x: g weight; weight: g^T x; bias: g summed over (...) */
TT_API tt_tensor *tt_linear(tt_tensor *x, tt_tensor *weight, tt_tensor *bias);

/** Rows of a table: y[... d] = weight[indices[...] d]; tt_take() along axis 0.
 * @param weight   (rows d), or with any axes in place of d; any dtype
 * @param indices  (...), int64; negative counts from the end
 * @return         (... d), of the dtype of weight, but float32 for float16 and bfloat16; NULL:
 * #TT_ERR_INDEX, #TT_ERR_DTYPE
 * @grad weight: added up where an index repeats */
TT_API tt_tensor *tt_embedding(tt_tensor *weight, tt_tensor *indices);

/** Softmax along an axis: y = e^x / sum(e^x), without overflow. A row of -inf gives zeros, not NaN.
 * @param x     (... n ...), float
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_AXIS, #TT_ERR_DTYPE
 * @grad x: y (g - sum(g y)) */
TT_API tt_tensor *tt_softmax(tt_tensor *x, int axis);

/** Logarithm of the softmax: y = x - log(sum(e^x)), more accurate than the logarithm of
 * tt_softmax(). A row of -inf stays as it is.
 * @param x     (... n ...), float
 * @param axis  that of n
 * @return      (... n ...); NULL: #TT_ERR_AXIS, #TT_ERR_DTYPE
 * @grad x: g - e^y sum(g) */
TT_API tt_tensor *tt_log_softmax(tt_tensor *x, int axis);

/** Dropout: in training each element is 0 with probability p, else x / (1 - p); otherwise, and for
 * p = 0, a view of x, read-only, since in training it would be memory of its own. The choice comes
 * from the context's random numbers.
 * @param x  (...), float
 * @param p  in [0, 1]
 * @return   (...); NULL: #TT_ERR_ARG for p, #TT_ERR_DTYPE
 * @grad x: 1 / (1 - p) where it stayed, else 0 */
TT_API tt_tensor *tt_dropout(tt_tensor *x, double p);

/** Layer normalisation over the last axis: y = (x - mean) / sqrt(var + eps) weight + bias, where
 * var is the mean of the squares of the deviations (torch.nn.functional.layer_norm). From J. L. Ba
 * et al., Layer Normalization, 2016. One pass over each row forward and one back; accurate around
 * large means, and for rows whose squares overflow.
 * @param x       (... n), float
 * @param weight  (n), or NULL for ones
 * @param bias    (n), or NULL for zeros
 * @param eps     added to the variance, such as 1e-5
 * @return        (... n); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad x, weight, bias; second derivatives too */
TT_API tt_tensor *tt_layer_norm(tt_tensor *x, tt_tensor *weight, tt_tensor *bias, double eps);

/** Root mean square normalisation over the last axis: y = x / sqrt(mean(x^2) + eps) weight
 * (torch.nn.functional.rms_norm). From B. Zhang and R. Sennrich, Root Mean Square Layer
 * Normalization, 2019.
 * @param x       (... n), float
 * @param weight  (n), or NULL for ones
 * @param eps     added to the mean square
 * @return        (... n); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad x, weight; second derivatives too */
TT_API tt_tensor *tt_rms_norm(tt_tensor *x, tt_tensor *weight, double eps);

/** Attention: softmax(scale q k^T + mask) v over the last two axes, computed tile by tile, so that
 * the (t s) scores are never stored, forward or back
 * (torch.nn.functional.scaled_dot_product_attention). From T. Dao et al., FlashAttention, 2022.
 * What may not be attended to is -inf, never a finite number: it changes no bit of the result, as
 * long as its v and, with an adding mask, its score are finite (0 times an infinity is NaN, as in
 * PyTorch). A query that may attend to nothing gives 0. In memory the result is ordered
 * (... t h e), so that joining the heads copies nothing.
 * @param q       (... h t d), float; leading axes broadcast among q, k and v
 * @param k       (... h s d)
 * @param v       (... h s e)
 * @param mask    NULL; or bool, true where query t may attend to key s; or of the dtype of q, added
 *                to the scores. Broadcasts to (... h t s)
 * @param causal  query i attends to the keys 0 to i only (with t < s: of the first t keys)
 * @param scale   factor of the scores; 0 stands for 1 / sqrt(d)
 * @return        (... h t e); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad q, k, v, and a mask that is added (whose gradient costs the whole of the scores); second
 *       derivatives too */
TT_API tt_tensor *tt_scaled_dot_product_attention(tt_tensor *q, tt_tensor *k, tt_tensor *v,
                                                  tt_tensor *mask, bool causal, double scale);

/** @} */

/** @defgroup losses Losses
 * Each loss is the mean over its rows or elements; the function of the same name with `_with` at
 * its end has the choice between mean, sum, and no reduction; what is none of these is #TT_ERR_ARG.
 * What is compared has one shape: a prediction (100, 1) against targets (100) would broadcast to
 * (100, 100) and train something else, and is #TT_ERR_SHAPE.
 * @{ */

/** What becomes of the losses of the rows or elements. */
typedef enum tt_loss_reduction {
    TT_LOSS_MEAN, /**< their mean, over what is not ignored */
    TT_LOSS_SUM,  /**< their sum */
    TT_LOSS_NONE  /**< they are the result */
} tt_loss_reduction;

/** Options of tt_cross_entropy_with(); begin with #TT_CROSS_ENTROPY_OPTIONS_INIT. */
typedef struct tt_cross_entropy_options {
    size_t struct_size;          /**< sizeof(tt_cross_entropy_options) */
    int64_t ignore_index;        /**< target of rows that do not count; -100 by default */
    tt_loss_reduction reduction; /**< #TT_LOSS_MEAN by default */
    double label_smoothing;      /**< s in [0, 1]: how much of the target goes to all classes */
    tt_tensor *weight;           /**< (classes), of the dtype of the logits; NULL: all 1 */
} tt_cross_entropy_options;

/** The default options, as an initialiser. */
#define TT_CROSS_ENTROPY_OPTIONS_INIT                                                              \
    {                                                                                              \
        sizeof(tt_cross_entropy_options), -100, TT_LOSS_MEAN, 0.0, NULL                            \
    }

/** Cross entropy of class scores: the mean over rows of log(sum(e^x)) - x[target], in one pass that
 * stores no probabilities. Loss and gradient have all their digits, however large the logits are.
 * NaN when every row is ignored, as in PyTorch.
 * @param logits        (... classes), float, not normalised; the classes are the last axis
 * @param targets       (...), int64 in [0, classes), or ignore_index
 * @param ignore_index  target of rows that do not count; -100 as a rule
 * @return              (); NULL: #TT_ERR_INDEX for a target that is no class, #TT_ERR_SHAPE,
 *                      #TT_ERR_DTYPE
 * @grad logits: (softmax - one_hot) / rows, 0 for ignored rows */
TT_API tt_tensor *tt_cross_entropy(tt_tensor *logits, tt_tensor *targets, int64_t ignore_index);

/** Cross entropy with options. With smoothing s, weights w, C classes and l_c = log(sum(e^x)) -
 * x[c] the loss of a row is (1 - s) w[target] l_target + s / C sum over c of w[c] l_c, and the mean
 * is their sum divided by the sum of w[target].
 * @param logits   (... classes), float
 * @param targets  (...), int64 in [0, classes), or the ignored one
 * @param options  NULL for the defaults
 * @return         (), or (...) for #TT_LOSS_NONE; NULL as for tt_cross_entropy(), and #TT_ERR_ARG
 *                 for label_smoothing
 * @grad logits */
TT_API tt_tensor *tt_cross_entropy_with(tt_tensor *logits, tt_tensor *targets,
                                        const tt_cross_entropy_options *options);

/** The mean cross entropy of the logits x weight^T: tt_cross_entropy() of tt_linear(), a block of
 * rows at a time, so that never all logits are held: with 50,257 classes these are most of a
 * language model's memory. When gradients are recorded they are made in the same pass.
 * @param x             (... n), float
 * @param weight        (classes n), of the dtype of x; or of 16-bit floats beside a float32 x that
 *                      requires no gradient, as in tt_linear()
 * @param targets       (...), int64, in [0, classes) or ignore_index
 * @param ignore_index  rows with this target count nothing, in the mean neither
 * @return              (), NaN when every row is ignored; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE,
 *                      #TT_ERR_INDEX for a target that is no class
 * @grad x, weight; second derivatives too (with all logits) */
TT_API tt_tensor *tt_linear_cross_entropy(tt_tensor *x, tt_tensor *weight, tt_tensor *targets,
                                          int64_t ignore_index);

/** Negative log-likelihood: the mean over rows of -log_probs[target]. After tt_log_softmax() it is
 * tt_cross_entropy(), in more passes.
 * @param log_probs     (... classes), float
 * @param targets       (...), int64 in [0, classes), or ignore_index
 * @param ignore_index  target of rows that do not count
 * @return              (); NaN when every row is ignored; NULL: #TT_ERR_INDEX, #TT_ERR_SHAPE,
 *                      #TT_ERR_DTYPE
 * @grad log_probs: -1 / rows at the target, else 0 */
TT_API tt_tensor *tt_nll_loss(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index);

/** tt_nll_loss() with a choice of reduction.
 * @param log_probs     (... classes), float
 * @param targets       (...), int64 in [0, classes), or ignore_index
 * @param ignore_index  target of rows that do not count, and whose loss is 0
 * @param reduction     of the rows
 * @return              (), or (...) for #TT_LOSS_NONE; NULL as for tt_nll_loss()
 * @grad log_probs */
TT_API tt_tensor *tt_nll_loss_with(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index,
                                   tt_loss_reduction reduction);

/** Mean squared error: mean((x - y)^2).
 * @param x  (...), float
 * @param y  of the dtype and shape of x
 * @return   (); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad x: 2 (x - y) / n; y: 2 (y - x) / n */
TT_API tt_tensor *tt_mse_loss(tt_tensor *x, tt_tensor *y);

/** tt_mse_loss() with a choice of reduction.
 * @param x          (...), float
 * @param y          of the dtype and shape of x
 * @param reduction  of the elements
 * @return           (), or (...) for #TT_LOSS_NONE; NULL as for tt_mse_loss()
 * @grad x, y */
TT_API tt_tensor *tt_mse_loss_with(tt_tensor *x, tt_tensor *y, tt_loss_reduction reduction);

/** Mean absolute error: mean(|x - y|).
 * @param x  (...), float
 * @param y  of the dtype and shape of x
 * @return   (); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad x: sign(x - y) / n; y: sign(y - x) / n */
TT_API tt_tensor *tt_l1_loss(tt_tensor *x, tt_tensor *y);

/** tt_l1_loss() with a choice of reduction.
 * @param x          (...), float
 * @param y          of the dtype and shape of x
 * @param reduction  of the elements
 * @return           (), or (...) for #TT_LOSS_NONE; NULL as for tt_l1_loss()
 * @grad x, y */
TT_API tt_tensor *tt_l1_loss_with(tt_tensor *x, tt_tensor *y, tt_loss_reduction reduction);

/** Huber's loss: the mean of e^2 / 2 where |e| is at most delta, else of delta (|e| - delta / 2),
 * with e = x - y: quadratic near 0, and linear in what lies far out
 * (torch.nn.functional.huber_loss).
 * @param x      (...), float
 * @param y      of the dtype and shape of x
 * @param delta  where the line begins, above 0; 1 in PyTorch
 * @return       (); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG for delta
 * @grad x: e / n clamped to +-delta / n; y: the negative */
TT_API tt_tensor *tt_huber_loss(tt_tensor *x, tt_tensor *y, double delta);

/** tt_huber_loss() with a choice of reduction.
 * @param x          (...), float
 * @param y          of the dtype and shape of x
 * @param delta      where the line begins, above 0
 * @param reduction  of the elements
 * @return           (), or (...) for #TT_LOSS_NONE; NULL as for tt_huber_loss()
 * @grad x, y */
TT_API tt_tensor *tt_huber_loss_with(tt_tensor *x, tt_tensor *y, double delta,
                                     tt_loss_reduction reduction);

/** Cosine of the angle between vectors: sum(x y) / (max(|x|, eps) max(|y|, eps)) along an axis
 * (torch.nn.functional.cosine_similarity).
 * @param x     (... n ...), float
 * @param y     of the dtype of x, broadcast with it
 * @param axis  that of n, in the broadcast shape
 * @param eps   what shorter vectors are divided by, not negative; 1e-8 in PyTorch
 * @return      (...) without the axis, in [-1, 1]; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE,
 * #TT_ERR_AXIS, #TT_ERR_ARG for eps
 * @grad x: (y / |y| - z x / |x|) / |x| with z the result; y likewise */
TT_API tt_tensor *tt_cosine_similarity(tt_tensor *x, tt_tensor *y, int axis, double eps);

/** Binary cross entropy of scores: the mean of max(x, 0) - x t + log(1 + e^-|x|), which is
 * -t log(p) - (1 - t) log(1 - p) with p = sigmoid(x), without overflow
 * (torch.nn.functional.binary_cross_entropy_with_logits).
 * @param logits   x: (...), float
 * @param targets  t: (...), of the dtype and shape of the logits, as a rule in [0, 1]
 * @return         (); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad logits: (p - t) / n; targets: -x / n */
TT_API tt_tensor *tt_bce_with_logits(tt_tensor *logits, tt_tensor *targets);

/** tt_bce_with_logits() with a choice of reduction.
 * @param logits     (...), float
 * @param targets    (...), of the dtype and shape of the logits
 * @param reduction  of the elements
 * @return           (), or (...) for #TT_LOSS_NONE; NULL as for tt_bce_with_logits()
 * @grad logits, targets */
TT_API tt_tensor *tt_bce_with_logits_with(tt_tensor *logits, tt_tensor *targets,
                                          tt_loss_reduction reduction);

/** Kullback-Leibler divergence of q from p: the mean over all elements of p (log(p) - log_q), 0
 * where p is 0. This is PyTorch's reduction 'mean'; for the divergence of one distribution take the
 * sum.
 * @param log_q  (...), float: logarithms of probabilities
 * @param p      of the dtype and shape of log_q: probabilities
 * @return       (); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad log_q: -p / n; p: (log(p) + 1 - log_q) / n */
TT_API tt_tensor *tt_kl_div(tt_tensor *log_q, tt_tensor *p);

/** tt_kl_div() with a choice of reduction.
 * @param log_q      (...), float
 * @param p          of the dtype and shape of log_q
 * @param reduction  of the elements
 * @return           (), or (...) for #TT_LOSS_NONE; NULL as for tt_kl_div()
 * @grad log_q, p */
TT_API tt_tensor *tt_kl_div_with(tt_tensor *log_q, tt_tensor *p, tt_loss_reduction reduction);

/** @} */

/** @defgroup init Initialisers
 * They fill a tensor in place, parameters too, from the context's random numbers. The fan in of a
 * weight (out in k...) is in times all k, its fan out is out times all k; a tensor with fewer than
 * two axes has none (#TT_ERR_SHAPE). The dtype is float, except for the constants, and what @ref
 * inplace forbids is forbidden here.
 * @{ */

/** Normal numbers.
 * @param x     (...), float
 * @param mean  the mean
 * @param std   the standard deviation, not negative
 * @return      #TT_OK, #TT_ERR_ARG, #TT_ERR_DTYPE */
TT_API tt_status tt_init_normal_(tt_tensor *x, double mean, double std);

/** Uniform numbers of [lo, hi).
 * @param x   (...), float
 * @param lo  the least value
 * @param hi  never reached
 * @return    #TT_OK, #TT_ERR_ARG, #TT_ERR_DTYPE */
TT_API tt_status tt_init_uniform_(tt_tensor *x, double lo, double hi);

/** Xavier's (Glorot's) uniform numbers of [-b, b), b = gain sqrt(6 / (fan in + fan out)): keeps the
 * variance of activations and gradients alike, for tanh and sigmoid.
 * @param x     (out in ...), float
 * @param gain  1 for linear layers and sigmoid, 5/3 for tanh
 * @return      #TT_OK, #TT_ERR_SHAPE, #TT_ERR_ARG, #TT_ERR_DTYPE */
TT_API tt_status tt_init_xavier_uniform_(tt_tensor *x, double gain);

/** Xavier's (Glorot's) normal numbers: mean 0, std = gain sqrt(2 / (fan in + fan out)).
 * @param x     (out in ...), float
 * @param gain  1 for linear layers and sigmoid, 5/3 for tanh
 * @return      #TT_OK, #TT_ERR_SHAPE, #TT_ERR_ARG, #TT_ERR_DTYPE */
TT_API tt_status tt_init_xavier_normal_(tt_tensor *x, double gain);

/** Kaiming's (He's) uniform numbers of [-b, b), b = sqrt(6 / ((1 + a^2) fan in)): keeps the
 * variance of activations, for relu and its kin.
 * @param x  (out in ...), float
 * @param a  slope of the activation below 0: 0 for relu; sqrt(5) gives PyTorch's default for linear
 *           layers
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_ARG, #TT_ERR_DTYPE */
TT_API tt_status tt_init_kaiming_uniform_(tt_tensor *x, double a);

/** Kaiming's (He's) normal numbers: mean 0, std = sqrt(2 / ((1 + a^2) fan in)).
 * @param x  (out in ...), float
 * @param a  slope of the activation below 0
 * @return   #TT_OK, #TT_ERR_SHAPE, #TT_ERR_ARG, #TT_ERR_DTYPE */
TT_API tt_status tt_init_kaiming_normal_(tt_tensor *x, double a);

/** Zeros.
 * @param x  (...), any dtype
 * @return   #TT_OK, #TT_ERR_ARG */
TT_API tt_status tt_init_zeros_(tt_tensor *x);

/** Ones.
 * @param x  (...), any dtype
 * @return   #TT_OK, #TT_ERR_ARG */
TT_API tt_status tt_init_ones_(tt_tensor *x);

/** One value.
 * @param x      (...), any dtype
 * @param value  converted as by tt_cast()
 * @return       #TT_OK, #TT_ERR_ARG */
TT_API tt_status tt_init_constant_(tt_tensor *x, double value);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
