#ifndef TINYTENSOR_OPTIM_H
#define TINYTENSOR_OPTIM_H
#include <tinytensor/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct tt_optim tt_optim;
typedef struct tt_sgd_options {
    size_t struct_size;
    double momentum;
    double dampening;
    double weight_decay;
    bool nesterov;
} tt_sgd_options;
#define TT_SGD_OPTIONS_INIT { sizeof(tt_sgd_options), 0.0, 0.0, 0.0, false }
typedef struct tt_adamw_options {
    size_t struct_size;
    double beta1;
    double beta2;
    double eps;
    double weight_decay;
} tt_adamw_options;
#define TT_ADAMW_OPTIONS_INIT { sizeof(tt_adamw_options), 0.9, 0.999, 1e-8, 0.01 }
typedef struct tt_adam_options {
    size_t struct_size;
    double beta1;
    double beta2;
    double eps;
    double weight_decay;
} tt_adam_options;
#define TT_ADAM_OPTIONS_INIT { sizeof(tt_adam_options), 0.9, 0.999, 1e-8, 0.0 }
TT_API tt_optim *tt_sgd(tt_ctx *ctx, int n, tt_tensor *const *params, double lr, const tt_sgd_options *options);
TT_API tt_optim *tt_adam(tt_ctx *ctx, int n, tt_tensor *const *params, double lr, const tt_adam_options *options);
TT_API tt_optim *tt_adamw(tt_ctx *ctx, int n, tt_tensor *const *params, double lr, const tt_adamw_options *options);
TT_API void tt_optim_free(tt_optim *o);
TT_API tt_status tt_optim_add_group(tt_optim *o, int n, tt_tensor *const *params, double lr, double weight_decay);
TT_API tt_status tt_optim_step(tt_optim *o);
TT_API tt_status tt_optim_zero_grad(tt_optim *o);
TT_API tt_status tt_optim_set_lr(tt_optim *o, double lr);
TT_API double tt_optim_lr(const tt_optim *o);
TT_API tt_status tt_optim_save(tt_optim *o, const char *path);
TT_API tt_status tt_optim_load(tt_optim *o, const char *path);
typedef struct tt_step_slot {
    tt_tensor *param;
    void *m;
    void *v;
} tt_step_slot;
typedef struct tt_adam_hyper {
    double lr;
    double beta1;
    double beta2;
    double eps;
    double weight_decay;
    bool decoupled;
    int64_t step;
} tt_adam_hyper;
typedef struct tt_sgd_hyper {
    double lr;
    double momentum;
    double dampening;
    double weight_decay;
    bool nesterov;
    int64_t step;
} tt_sgd_hyper;
TT_API tt_status tt_adam_step_(int n, const tt_step_slot *slots, const tt_adam_hyper *hyper);
TT_API tt_status tt_sgd_step_(int n, const tt_step_slot *slots, const tt_sgd_hyper *hyper);
TT_API double tt_clip_grad_norm(int n, tt_tensor *const *params, double max_norm);
TT_API double tt_lr_cosine(int64_t step, int64_t warmup, int64_t steps, double lr, double min_lr);
TT_API double tt_lr_linear(int64_t step, int64_t warmup, int64_t steps, double lr, double min_lr);
#ifdef __cplusplus
}
#endif
#endif
