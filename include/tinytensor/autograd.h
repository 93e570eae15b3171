#ifndef TINYTENSOR_AUTOGRAD_H
#define TINYTENSOR_AUTOGRAD_H
#include <tinytensor/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum tt_backward_flags { TT_RETAIN_GRAPH = 1, TT_CREATE_GRAPH = 2 } tt_backward_flags;
typedef tt_tensor *(*tt_scalar_fn)(tt_ctx *ctx, int n, tt_tensor *const *inputs, void *user);
typedef struct tt_gradcheck_report {
    bool ok;
    int input;
    int64_t element;
    double analytic;
    double numeric;
    double max_error;
} tt_gradcheck_report;
TT_API bool tt_requires_grad(const tt_tensor *x);
TT_API tt_status tt_set_requires_grad(tt_tensor *x, bool required);
TT_API tt_status tt_backward(tt_tensor *y);
TT_API tt_status tt_backward_with(tt_tensor *y, tt_tensor *grad_y, unsigned flags);
TT_API tt_tensor *tt_grad(const tt_tensor *x);
TT_API bool tt_has_grad(const tt_tensor *x);
TT_API tt_status tt_grads_of(tt_tensor *y, int n, tt_tensor *const *xs, unsigned flags, tt_tensor **out);
TT_API tt_status tt_zero_grad(int n, tt_tensor *const *tensors);
TT_API tt_tensor *tt_detach(tt_tensor *x);
TT_API tt_status tt_on_grad(tt_tensor *x, tt_tensor *(*fn)(tt_tensor *grad, void *user), void *user);
TT_API void tt_set_anomaly(tt_ctx *ctx, bool on);
TT_API tt_status tt_gradcheck(tt_ctx *ctx, tt_scalar_fn fn, void *user, int n, tt_tensor *const *inputs,
                              tt_gradcheck_report *report);
#ifdef __cplusplus
}
#endif
#endif
