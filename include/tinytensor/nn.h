#ifndef TINYTENSOR_NN_H
#define TINYTENSOR_NN_H
#include <tinytensor/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum tt_loss_reduction { TT_LOSS_MEAN, TT_LOSS_SUM, TT_LOSS_NONE } tt_loss_reduction;
typedef struct tt_cross_entropy_options {
    size_t struct_size;
    int64_t ignore_index;
    tt_loss_reduction reduction;
    double label_smoothing;
    tt_tensor *weight;
} tt_cross_entropy_options;
#define TT_CROSS_ENTROPY_OPTIONS_INIT { sizeof(tt_cross_entropy_options), -100, TT_LOSS_MEAN, 0.0, NULL }
TT_API void tt_set_training(tt_ctx *ctx, bool training);
TT_API bool tt_is_training(const tt_ctx *ctx);
TT_API tt_tensor *tt_linear(tt_tensor *x, tt_tensor *weight, tt_tensor *bias);
TT_API tt_tensor *tt_embedding(tt_tensor *weight, tt_tensor *indices);
TT_API tt_tensor *tt_softmax(tt_tensor *x, int axis);
TT_API tt_tensor *tt_log_softmax(tt_tensor *x, int axis);
TT_API tt_tensor *tt_dropout(tt_tensor *x, double p);
TT_API tt_tensor *tt_cross_entropy(tt_tensor *logits, tt_tensor *targets, int64_t ignore_index);
TT_API tt_tensor *tt_cross_entropy_with(tt_tensor *logits, tt_tensor *targets, const tt_cross_entropy_options *options);
TT_API tt_tensor *tt_nll_loss(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index);
TT_API tt_tensor *tt_nll_loss_with(tt_tensor *log_probs, tt_tensor *targets, int64_t ignore_index, tt_loss_reduction reduction);
TT_API tt_tensor *tt_mse_loss(tt_tensor *x, tt_tensor *y);
TT_API tt_tensor *tt_mse_loss_with(tt_tensor *x, tt_tensor *y, tt_loss_reduction reduction);
TT_API tt_tensor *tt_l1_loss(tt_tensor *x, tt_tensor *y);
TT_API tt_tensor *tt_l1_loss_with(tt_tensor *x, tt_tensor *y, tt_loss_reduction reduction);
TT_API tt_tensor *tt_bce_with_logits(tt_tensor *logits, tt_tensor *targets);
TT_API tt_tensor *tt_bce_with_logits_with(tt_tensor *logits, tt_tensor *targets, tt_loss_reduction reduction);
TT_API tt_tensor *tt_kl_div(tt_tensor *log_q, tt_tensor *p);
TT_API tt_tensor *tt_kl_div_with(tt_tensor *log_q, tt_tensor *p, tt_loss_reduction reduction);
TT_API tt_status tt_init_normal_(tt_tensor *x, double mean, double std);
TT_API tt_status tt_init_uniform_(tt_tensor *x, double lo, double hi);
TT_API tt_status tt_init_xavier_uniform_(tt_tensor *x, double gain);
TT_API tt_status tt_init_xavier_normal_(tt_tensor *x, double gain);
TT_API tt_status tt_init_kaiming_uniform_(tt_tensor *x, double a);
TT_API tt_status tt_init_kaiming_normal_(tt_tensor *x, double a);
TT_API tt_status tt_init_zeros_(tt_tensor *x);
TT_API tt_status tt_init_ones_(tt_tensor *x);
TT_API tt_status tt_init_constant_(tt_tensor *x, double value);
#ifdef __cplusplus
}
#endif
#endif
