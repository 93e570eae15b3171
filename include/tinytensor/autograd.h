/** @file autograd.h
 * Reverse-mode automatic differentiation. */
#ifndef TINYTENSOR_AUTOGRAD_H
#define TINYTENSOR_AUTOGRAD_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup autograd Gradients
 * A leaf is a tensor that was asked to collect a gradient, by tt_param() or tt_set_requires_grad().
 * In a scope opened with #TT_GRAD, as the root is, every differentiable operation on a leaf, or on
 * what was computed from one, is recorded, and its result requires a gradient in turn.
 * tt_backward() walks the record from its end to its beginning and adds the derivatives of one
 * number to the gradients of the leaves.
 *
 * The manual says under "Differentiable" for which operands an operation has a gradient. Only
 * float32 and float64 tensors have one. Derivatives are those of PyTorch where a function has a
 * kink: 0 for relu and abs at 0, equal shares for equal maxima.
 *
 * What the record needs it shares, it does not copy. A tensor that was written in place after it
 * was saved is therefore an error in the backward pass (#TT_ERR_GRAD), never a wrong result. And
 * while operations are recorded, writing in place to a tensor that requires a gradient, or from
 * one, is #TT_ERR_GRAD: write inside a scope opened with #TT_NO_GRAD, or through tt_detach().
 *
 * @code
 * tt_tensor *x = tt_param(tt_full(ctx, TT_F64, TT_SHAPE(3), 2));
 * tt_tensor *y = tt_sum(tt_mul(tt_square(x), x), TT_ALL_AXES, false);
 * tt_backward(y);
 * printf("%g\n", tt_get(tt_grad(x), TT_INDEX(0)));
 * @endcode
 * The example prints 12, the derivative of x^3 at 2.
 * @{ */

/** What a backward pass leaves behind; combine with `|`. */
typedef enum tt_backward_flags {
    /** Keep what the record holds, so that another pass can go through it. Without it a pass frees
     * the saved values as it goes, and a second one is #TT_ERR_GRAD. */
    TT_RETAIN_GRAPH = 1,
    /** Record the pass itself, so that the gradients can be differentiated: gradients of gradients.
     * Implies #TT_RETAIN_GRAPH. Every operation has derivatives of the first and second order;
     * beyond, where an operation has none, the pass fails with #TT_ERR_UNSUPPORTED. */
    TT_CREATE_GRAPH = 2
} tt_backward_flags;

/** Whether a tensor is a leaf or was computed from one, so that gradients flow to it.
 * @param x  a tensor or NULL
 * @return   false for NULL */
TT_API bool tt_requires_grad(const tt_tensor *x);

/** Makes a tensor a leaf, or an ordinary tensor again. Unlike tt_param() it leaves x in its scope.
 * @param x         float32 or float64
 * @param required  true: what is computed from x from now on is recorded (nothing changes when x
 *                  requires a gradient already); false: x must be a leaf, and loses its gradient
 * @return          #TT_OK; #TT_ERR_GRAD for another dtype, or for false on a computed tensor */
TT_API tt_status tt_set_requires_grad(tt_tensor *x, bool required);

/** Adds the derivatives of y to the gradient of every leaf that y was computed from. Gradients add
 * up until tt_zero_grad(). The record behind y is freed. When it fails, all gradients are as they
 * were.
 * @param y  one element, computed from a leaf
 * @return   #TT_OK; #TT_ERR_GRAD: y has more elements or depends on no leaf, the record was freed
 *           by an earlier pass, or a saved value was overwritten; #TT_ERR_NOMEM */
TT_API tt_status tt_backward(tt_tensor *y);

/** As tt_backward(), for a y of any shape, whose gradient is given: adds grad_y^T dy/dx to the
 * gradient of every leaf x.
 * @param y       (...), computed from a leaf
 * @param grad_y  (...), of the dtype of y; NULL stands for 1 when y has one element
 * @param flags   0, or of #tt_backward_flags
 * @return        as tt_backward(), and #TT_ERR_SHAPE, #TT_ERR_DTYPE when grad_y is not like y */
TT_API tt_status tt_backward_with(tt_tensor *y, tt_tensor *grad_y, unsigned flags);

/** The gradient that a leaf has collected. It is the tensor itself, not a copy: later passes add to
 * it, and it may be read, changed in place and clipped.
 * @param x  a leaf
 * @return   (...) of the shape and dtype of x, valid as long as x; NULL before the first backward
 *           pass, and for what is no leaf */
TT_API tt_tensor *tt_grad(const tt_tensor *x);

/** Whether tt_grad() would return a gradient. Cheaper: gradients set to zero need not be written.
 * @param x  a tensor or NULL
 * @return   false for NULL and for what is no leaf */
TT_API bool tt_has_grad(const tt_tensor *x);

/** The derivatives of y by some tensors, as new tensors: no accumulated gradient is touched, and
 * only the part of the record between y and them is walked.
 * @param y      one element
 * @param n      number of tensors
 * @param xs     tensors that require a gradient, leaves or computed, each once
 * @param flags  0, or of #tt_backward_flags
 * @param out    receives n tensors in the innermost scope, of the shapes of xs; NULL where y does
 *               not depend on one, and all NULL on failure
 * @return       #TT_OK; #TT_ERR_GRAD as tt_backward() or when one of xs requires no gradient,
 *               #TT_ERR_ARG when one is given twice */
TT_API tt_status tt_grads_of(tt_tensor *y, int n, tt_tensor *const *xs, unsigned flags,
                             tt_tensor **out);

/** Sets gradients to zero. Tensors that have none yet keep having none.
 * @param n        number of tensors
 * @param tensors  leaves, or others, which are left as they are
 * @return         #TT_OK, or #TT_ERR_ARG for a NULL among them */
TT_API tt_status tt_zero_grad(int n, tt_tensor *const *tensors);

/** A view of the same memory that is cut off from the record: a constant to what is computed from
 * it.
 * @param x  (...)
 * @return   (...), a view that requires no gradient */
TT_API tt_tensor *tt_detach(tt_tensor *x);

/** Calls a function in each backward pass when the gradient of x is complete, before it is used or
 * added to tt_grad(). Several functions are called in the order in which they were given, each with
 * what the one before it made.
 * @param x     a tensor that requires a gradient, a leaf or computed
 * @param fn    gets the gradient; returns NULL or the same tensor to leave it, or another of the
 *              same shape and dtype to put in its place, which is copied where it is read-only. Any
 *              other makes the pass fail: a dead one (#TT_ERR_DEAD), of another context
 *              (#TT_ERR_CONTEXT) or shape (#TT_ERR_GRAD). So does ending a scope that it did not
 *              begin (#TT_ERR_ARG); one that it leaves open is ended. It may ask for gradients
 *              itself, but not for those that the pass is about to add to (#TT_ERR_GRAD)
 * @param user  handed to fn
 * @return      #TT_OK; #TT_ERR_GRAD when x requires no gradient, #TT_ERR_ARG when fn is NULL */
TT_API tt_status tt_on_grad(tt_tensor *x, tt_tensor *(*fn)(tt_tensor *grad, void *user),
                            void *user);

/** Makes a NaN or an infinity in a gradient an error (#TT_ERR_GRAD) that names the operation which
 * made it. Slow: every gradient is read once more. Off at first.
 * @param ctx  a context or NULL
 * @param on   whether to look */
TT_API void tt_set_anomaly(tt_ctx *ctx, bool on);

/** A function of tensors, as tt_gradcheck() differentiates it.
 * @param ctx     the context
 * @param n       number of inputs
 * @param inputs  float64
 * @param user    what tt_gradcheck() was given
 * @return        a float64 tensor of any shape; NULL on an error */
typedef tt_tensor *(*tt_scalar_fn)(tt_ctx *ctx, int n, tt_tensor *const *inputs, void *user);

/** Calls fn(ctx, n, inputs, user) without keeping what its operations would save: in the backward
 * pass it is called again, recorded, and differentiated. Memory for one more forward pass
 * (torch.utils.checkpoint). Random numbers and the training mode are those of the first call.
 * @param ctx     the context
 * @param fn      must do the same both times; it may use tensors besides its inputs, such as
 *                parameters, and these get their gradients too. A NULL without an error, a dead
 *                tensor or one of another context is an error (#TT_ERR_ARG, #TT_ERR_DEAD,
 *                #TT_ERR_CONTEXT), as is another shape or dtype the second time (#TT_ERR_GRAD), or
 *                the end of a scope that it did not begin (#TT_ERR_ARG); one that it leaves open is
 *                ended
 * @param user    handed to fn; must be valid until the backward pass
 * @param n       number of inputs, 1 to 15; one at least must require a gradient, or nothing is
 *                recorded
 * @param inputs  of any shapes and dtypes
 * @return        what fn returned; NULL: an error of fn, or those above
 * @grad inputs, and what fn uses besides; as often as the operations of fn */
TT_API tt_tensor *tt_checkpoint(tt_ctx *ctx, tt_scalar_fn fn, void *user, int n,
                                tt_tensor *const *inputs);

/** Where gradients and differences disagree most, as tt_gradcheck() found it. */
typedef struct tt_gradcheck_report {
    bool ok;          /**< whether they agree everywhere */
    int input;        /**< the input with the largest error, from 0 */
    int64_t element;  /**< the element of it, counted in C order */
    double analytic;  /**< its derivative according to the backward pass */
    double numeric;   /**< its derivative according to differences */
    double max_error; /**< |analytic - numeric| / max(1, |analytic|, |numeric|) */
} tt_gradcheck_report;

/** Compares the gradients of a function with central differences,
 * (f(x + h) - f(x - h)) / 2h with h = 1e-6 max(1, |x|), for every element of every input
 * (torch.autograd.gradcheck). A result of more than one element is first multiplied by fixed random
 * weights and summed. They agree when the error of the report is at most 1e-5. The inputs are as
 * they were afterwards, and the strides that the function sees are theirs.
 * @param ctx     the context
 * @param fn      the function; it must give the same result for the same inputs, of one shape for
 *                all; what it may not do is said at tt_checkpoint()
 * @param user    handed to fn
 * @param n       number of inputs, 1 to 16
 * @param inputs  float64; they need not require a gradient
 * @param report  receives the worst element; may be NULL
 * @return        #TT_OK when they agree; #TT_ERR_GRAD when not, with a message that names the
 *                input, the element and both values; #TT_ERR_DTYPE for inputs or a result that are
 *                not float64, #TT_ERR_SHAPE for a result of another shape, #TT_ERR_ARG,
 *                #TT_ERR_DEAD, #TT_ERR_CONTEXT, or an error of fn */
TT_API tt_status tt_gradcheck(tt_ctx *ctx, tt_scalar_fn fn, void *user, int n,
                              tt_tensor *const *inputs, tt_gradcheck_report *report);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
