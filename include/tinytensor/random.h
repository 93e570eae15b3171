#ifndef TINYTENSOR_RANDOM_H
#define TINYTENSOR_RANDOM_H
#include <tinytensor/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif
TT_API tt_tensor *tt_rand(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);
TT_API tt_tensor *tt_randn(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);
TT_API tt_tensor *tt_uniform(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double lo, double hi);
TT_API tt_tensor *tt_normal(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double mean, double std);
TT_API tt_tensor *tt_randint(tt_ctx *ctx, int ndim, const int64_t *shape, int64_t lo, int64_t hi);
TT_API tt_tensor *tt_randperm(tt_ctx *ctx, int64_t n);
TT_API tt_tensor *tt_bernoulli(tt_tensor *p);
#ifdef __cplusplus
}
#endif
#endif
