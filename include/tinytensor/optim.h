/** @file optim.h
 * Optimisers, learning rates over time, and clipping of gradients. */
#ifndef TINYTENSOR_OPTIM_H
#define TINYTENSOR_OPTIM_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup optim Optimisers
 * An optimiser holds groups of parameters, each group with its learning rate and weight decay, and
 * the state of every parameter. A step reads the gradients that tt_backward() has collected and
 * writes the parameters in place; parameters without a gradient are left as they are. In formulas p
 * is a parameter, g its gradient, lr the learning rate and t the number of steps the parameter has
 * taken.
 *
 * Parameters are leaves that require a gradient, contiguous, float32 or float64, and must live as
 * long as the optimiser: tt_param() sees to all but the contiguity.
 *
 * @code
 * tt_tensor *w = tt_param(tt_ones(ctx, TT_F64, TT_SHAPE(3)));
 * tt_adamw_options o = TT_ADAMW_OPTIONS_INIT;
 * o.weight_decay = 0.1;
 * tt_optim *opt = tt_adamw(ctx, TT_TENSORS(w), 1e-2, &o);
 * for (int step = 0; step < 100; step++) {
 *     tt_scope s = tt_scope_begin(ctx, TT_GRAD);
 *     tt_optim_set_lr(opt, tt_lr_cosine(step, 10, 100, 1e-2, 1e-4));
 *     tt_optim_zero_grad(opt);
 *     tt_backward(tt_sum(tt_square(w), TT_ALL_AXES, false));
 *     tt_clip_grad_norm(TT_TENSORS(w), 1.0);
 *     tt_optim_step(opt);
 *     tt_scope_end(ctx, s);
 * }
 * @endcode
 * @{ */

/** An optimiser. Opaque; it belongs to its context, which frees it. */
typedef struct tt_optim tt_optim;

/** @defgroup optimisers Making and using them
 * @{ */

/** Options of tt_sgd(); begin with #TT_SGD_OPTIONS_INIT. */
typedef struct tt_sgd_options {
    size_t struct_size;  /**< sizeof(tt_sgd_options) */
    double momentum;     /**< how much of the last direction is kept; 0 by default */
    double dampening;    /**< how much of the gradient is left out of the direction; 0 by default */
    double weight_decay; /**< added to the gradient times p; 0 by default */
    bool nesterov;       /**< look ahead; needs a momentum and no dampening */
} tt_sgd_options;

/** The default options, as an initialiser. */
#define TT_SGD_OPTIONS_INIT                                                                        \
    {                                                                                              \
        sizeof(tt_sgd_options), 0.0, 0.0, 0.0, false                                               \
    }

/** Options of tt_adamw(); begin with #TT_ADAMW_OPTIONS_INIT. */
typedef struct tt_adamw_options {
    size_t struct_size;  /**< sizeof(tt_adamw_options) */
    double beta1;        /**< decay of the mean of gradients, in [0, 1); 0.9 by default */
    double beta2;        /**< decay of the mean of their squares, in [0, 1); 0.999 by default */
    double eps;          /**< added to the root of the latter; 1e-8 by default */
    double weight_decay; /**< by which p shrinks, times lr; 0.01 by default */
} tt_adamw_options;

/** The default options, as an initialiser. */
#define TT_ADAMW_OPTIONS_INIT                                                                      \
    {                                                                                              \
        sizeof(tt_adamw_options), 0.9, 0.999, 1e-8, 0.01                                           \
    }

/** Options of tt_adam(); begin with #TT_ADAM_OPTIONS_INIT. */
typedef struct tt_adam_options {
    size_t struct_size;  /**< sizeof(tt_adam_options) */
    double beta1;        /**< decay of the mean of gradients, in [0, 1); 0.9 by default */
    double beta2;        /**< decay of the mean of their squares, in [0, 1); 0.999 by default */
    double eps;          /**< added to the root of the latter; 1e-8 by default */
    double weight_decay; /**< added to the gradient times p; 0 by default */
} tt_adam_options;

/** The default options, as an initialiser. */
#define TT_ADAM_OPTIONS_INIT                                                                       \
    {                                                                                              \
        sizeof(tt_adam_options), 0.9, 0.999, 1e-8, 0.0                                             \
    }

/** Stochastic gradient descent (torch.optim.SGD): d = g + weight_decay p;
 * b = momentum b + (1 - dampening) d, at first b = d; p -= lr b, or with Nesterov's look-ahead
 * p -= lr (d + momentum b). Without momentum p -= lr d.
 * @param ctx      the context
 * @param n        number of parameters, which make the first group
 * @param params   leaves of ctx that require a gradient, each once
 * @param lr       the learning rate, not negative
 * @param options  NULL for the defaults
 * @return         the optimiser; NULL: #TT_ERR_GRAD for what requires no gradient, #TT_ERR_ARG,
 *                 #TT_ERR_CONTEXT, #TT_ERR_NOMEM */
TT_API tt_optim *tt_sgd(tt_ctx *ctx, int n, tt_tensor *const *params, double lr,
                        const tt_sgd_options *options);

/** Adam (torch.optim.Adam): d = g + weight_decay p; m = beta1 m + (1 - beta1) d;
 * v = beta2 v + (1 - beta2) d^2; p -= lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps).
 * @param ctx      the context
 * @param n        number of parameters, which make the first group
 * @param params   leaves of ctx that require a gradient, each once
 * @param lr       the learning rate, not negative; 1e-3 as a rule
 * @param options  NULL for the defaults
 * @return         the optimiser; NULL as for tt_sgd() */
TT_API tt_optim *tt_adam(tt_ctx *ctx, int n, tt_tensor *const *params, double lr,
                         const tt_adam_options *options);

/** AdamW (torch.optim.AdamW): as tt_adam() with d = g, and p shrinks by the factor
 * 1 - lr weight_decay in each step, whatever its gradient.
 * @param ctx      the context
 * @param n        number of parameters, which make the first group
 * @param params   leaves of ctx that require a gradient, each once
 * @param lr       the learning rate, not negative; 1e-3 as a rule
 * @param options  NULL for the defaults
 * @return         the optimiser; NULL as for tt_sgd() */
TT_API tt_optim *tt_adamw(tt_ctx *ctx, int n, tt_tensor *const *params, double lr,
                          const tt_adamw_options *options);

/** Frees an optimiser's state early. Without it the context does so at its end. Functions given the
 * optimiser afterwards return #TT_ERR_ARG.
 * @param o  an optimiser or NULL */
TT_API void tt_optim_free(tt_optim *o);

/** Adds a group of parameters with a learning rate and a weight decay of its own; biases, for
 * instance, without decay.
 * @param o             an optimiser
 * @param n             number of parameters
 * @param params        leaves that require a gradient, in no group yet
 * @param lr            their learning rate, not negative
 * @param weight_decay  their weight decay, not negative
 * @return              #TT_OK, or an error as for tt_sgd(), after which o is as it was */
TT_API tt_status tt_optim_add_group(tt_optim *o, int n, tt_tensor *const *params, double lr,
                                    double weight_decay);

/** Takes a step: updates every parameter that has a gradient, all of them in one parallel pass. In
 * a context with an error nothing is written, so that a bad step leaves the weights as they are.
 * @param o  an optimiser
 * @return   #TT_OK; #TT_ERR_DEAD, #TT_ERR_ARG for a parameter that is read-only or not contiguous,
 *           the error that was there before */
TT_API tt_status tt_optim_step(tt_optim *o);

/** Sets the gradients of all parameters to zero, as tt_zero_grad().
 * @param o  an optimiser
 * @return   #TT_OK, or the error that was there before */
TT_API tt_status tt_optim_zero_grad(tt_optim *o);

/** Sets the learning rate of all groups.
 * @param o   an optimiser
 * @param lr  the learning rate
 * @return    #TT_OK; #TT_ERR_ARG for NULL */
TT_API tt_status tt_optim_set_lr(tt_optim *o, double lr);

/** The learning rate of the first group.
 * @param o  an optimiser or NULL
 * @return   the learning rate; 0 for NULL */
TT_API double tt_optim_lr(const tt_optim *o);

/** Writes the state to a npz file, whole or not at all: the steps, rates and decays, and the means
 * of each parameter. The parameters themselves are written with tt_save_npz(). In a context with an
 * error, too, which an error handler then hears of once more.
 * @param o     an optimiser
 * @param path  the file
 * @return      #TT_OK, #TT_ERR_IO, #TT_ERR_NOMEM */
TT_API tt_status tt_optim_save(tt_optim *o, const char *path);

/** Reads the state that tt_optim_save() has written for an optimiser of the same kind, with the
 * same groups and parameters in the same order. When it fails, the optimiser is as it was.
 * @param o     an optimiser
 * @param path  the file
 * @return      #TT_OK, #TT_ERR_IO, #TT_ERR_FORMAT, #TT_ERR_SHAPE and #TT_ERR_DTYPE for other
 *              parameters, #TT_ERR_ARG for a missing entry */
TT_API tt_status tt_optim_load(tt_optim *o, const char *path);

/** @} */

/** @defgroup params Parameters in files
 * The parameters of a model under the names of a list, in a safetensors file, which Python reads as
 * well.
 *
 * @code
 * tt_tensor *w = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)));
 * tt_tensor *b = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(2)));
 * const char *names[] = {"layer.weight", "layer.bias"};
 * tt_tensor *params[] = {w, b};
 * tt_save_params("model.safetensors", 2, names, params);
 * tt_init_zeros_(w);
 * tt_load_params("model.safetensors", 2, names, params); // w is all ones again
 * remove("model.safetensors");
 * @endcode
 * @{ */

/** Writes parameters under their names to a safetensors file, whole or not at all. One parameter
 * may have several names.
 * @param path    the file
 * @param n       number of parameters, at least 1
 * @param names   their names, each once, UTF-8
 * @param params  (...), any dtypes, of one context
 * @return        as tt_safetensors_save() */
TT_API tt_status tt_save_params(const char *path, int n, const char *const *names,
                                tt_tensor *const *params);

/** Reads parameters in place from a safetensors file that has just these names (torch's
 * load_state_dict). Shapes must be equal, and dtypes, too, but floats are converted. All that is
 * wrong is told in one message: what is missing, has another shape or dtype, or is in the file and
 * not in the list. Then nothing is written.
 * @param path    the file
 * @param n       number of parameters, at least 1
 * @param names   their names in the file
 * @param params  (...), of one context; those that require a gradient may be written here also
 *                while operations are recorded
 * @return        #TT_OK; #TT_ERR_ARG for names, #TT_ERR_SHAPE, #TT_ERR_DTYPE, whichever was found
 *                first; #TT_ERR_IO, #TT_ERR_FORMAT, #TT_ERR_CONTEXT, #TT_ERR_NOMEM */
TT_API tt_status tt_load_params(const char *path, int n, const char *const *names,
                                tt_tensor *const *params);

/** @} */

/** @defgroup steps Steps
 * What the optimisers are made of, for optimisers of one's own: a step over many parameters at
 * once, with state that the caller keeps.
 * @{ */

/** A parameter and its state. */
typedef struct tt_step_slot {
    tt_tensor *param; /**< a leaf, contiguous; its gradient is read, its elements are written */
    void *m;          /**< mean of gradients: an array like the parameter, 0 at first; may be NULL
                           for SGD without momentum */
    void *v;          /**< mean of their squares, likewise; read by Adam only */
} tt_step_slot;

/** What tt_adam_step_() is told. */
typedef struct tt_adam_hyper {
    double lr;           /**< the learning rate */
    double beta1;        /**< decay of the mean of gradients */
    double beta2;        /**< decay of the mean of their squares */
    double eps;          /**< added to the root of the latter */
    double weight_decay; /**< the weight decay */
    bool decoupled;      /**< how it is applied: true for AdamW, false for Adam */
    int64_t step;        /**< t in the formulas, 1 for the first step */
} tt_adam_hyper;

/** What tt_sgd_step_() is told. */
typedef struct tt_sgd_hyper {
    double lr;           /**< the learning rate */
    double momentum;     /**< how much of the last direction is kept */
    double dampening;    /**< how much of the gradient is left out */
    double weight_decay; /**< added to the gradient times p */
    bool nesterov;       /**< look ahead */
    int64_t step;        /**< 1 for the first step, in which m is set rather than read */
} tt_sgd_hyper;

/** A step of Adam or AdamW over parameters of one context, in one parallel pass. Those without a
 * gradient are left out. All is checked before anything is written.
 * @param n      number of parameters
 * @param slots  the parameters
 * @param hyper  the numbers of the formulas of tt_adam() and tt_adamw()
 * @return       #TT_OK, #TT_ERR_GRAD for what is no leaf, #TT_ERR_ARG, #TT_ERR_CONTEXT,
 *               #TT_ERR_NOMEM */
TT_API tt_status tt_adam_step_(int n, const tt_step_slot *slots, const tt_adam_hyper *hyper);

/** A step of gradient descent over parameters of one context, as tt_adam_step_().
 * @param n      number of parameters
 * @param slots  the parameters
 * @param hyper  the numbers of the formula of tt_sgd()
 * @return       as for tt_adam_step_() */
TT_API tt_status tt_sgd_step_(int n, const tt_step_slot *slots, const tt_sgd_hyper *hyper);

/** @} */

/** @defgroup schedules Clipping and schedules
 * @{ */

/** Scales gradients down together so that their norm, taken over all of them as one vector, is at
 * most max_norm: each is multiplied by max_norm / (norm + 1e-6) when that is below 1
 * (torch.nn.utils.clip_grad_norm_).
 * @param n         number of parameters
 * @param params    leaves of one context; those without a gradient do not count
 * @param max_norm  not negative
 * @return          the norm before; NaN after an error (#TT_ERR_GRAD for what is no leaf,
 *                  #TT_ERR_ARG). When it is NaN by its numbers the gradients stay as they are. */
TT_API double tt_clip_grad_norm(int n, tt_tensor *const *params, double max_norm);

/** Clamps every element of every gradient to [-max_value, max_value]; NaN stays
 * (torch.nn.utils.clip_grad_value_).
 * @param n          number of parameters
 * @param params     leaves of one context; those without a gradient do not count
 * @param max_value  not negative
 * @return           #TT_OK, #TT_ERR_GRAD for what is no leaf, #TT_ERR_ARG, #TT_ERR_CONTEXT */
TT_API tt_status tt_clip_grad_value(int n, tt_tensor *const *params, double max_value);

/** Learning rate with a linear warm-up and then a half cosine: lr (step + 1) / (warmup + 1) while
 * step is below warmup, then min_lr + (lr - min_lr) (1 + cos(pi d)) / 2 with d = (step - warmup) /
 * (steps - warmup), and min_lr from steps on.
 * @param step    the step, from 0
 * @param warmup  number of steps of the warm-up; 0 for none
 * @param steps   number of all steps
 * @param lr      the highest rate
 * @param min_lr  the rate at the end
 * @return        the rate for this step */
TT_API double tt_lr_cosine(int64_t step, int64_t warmup, int64_t steps, double lr, double min_lr);

/** Learning rate with a linear warm-up and then a line: as tt_lr_cosine() with
 * lr + (min_lr - lr) d after the warm-up.
 * @param step    the step, from 0
 * @param warmup  number of steps of the warm-up; 0 for none
 * @param steps   number of all steps
 * @param lr      the highest rate
 * @param min_lr  the rate at the end
 * @return        the rate for this step */
TT_API double tt_lr_linear(int64_t step, int64_t warmup, int64_t steps, double lr, double min_lr);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
