/** @file random.h
 * Random tensors. */
#ifndef TINYTENSOR_RANDOM_H
#define TINYTENSOR_RANDOM_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup random Random numbers
 * Each context has one generator (Philox 4x32-10), set by tt_seed(). It is counter-based: the k-th
 * number drawn since the seed depends on the seed and on k alone, so that the same calls give the
 * same numbers for any number of threads and on any machine. A call advances it by the number of
 * its elements. None of these functions is differentiable; results are new tensors in the innermost
 * scope.
 * @{ */

/** Uniform on [0, 1): float32 from 24 random bits, float64 from 53 (torch.rand).
 * @param ctx    the context
 * @param dtype  #TT_F32 or #TT_F64
 * @param ndim   number of axes
 * @param shape  their sizes
 * @return       (shape...); NULL: #TT_ERR_DTYPE, or as for tt_empty() */
TT_API tt_tensor *tt_rand(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);

/** Standard normal, mean 0 and variance 1 (torch.randn).
 * @param ctx    the context
 * @param dtype  #TT_F32 or #TT_F64
 * @param ndim   number of axes
 * @param shape  their sizes
 * @return       (shape...); NULL: #TT_ERR_DTYPE, or as for tt_empty() */
TT_API tt_tensor *tt_randn(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);

/** Uniform on [lo, hi): lo + (hi - lo) u, u as tt_rand() gives it (numpy.random.uniform).
 * @param ctx    the context
 * @param dtype  #TT_F32 or #TT_F64
 * @param ndim   number of axes
 * @param shape  their sizes
 * @param lo     the least value
 * @param hi     never reached when lo is less
 * @return       (shape...); NULL: #TT_ERR_DTYPE, or as for tt_empty() */
TT_API tt_tensor *tt_uniform(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double lo,
                             double hi);

/** Normal: mean + std z, z as tt_randn() gives it (numpy.random.normal).
 * @param ctx    the context
 * @param dtype  #TT_F32 or #TT_F64
 * @param ndim   number of axes
 * @param shape  their sizes
 * @param mean   the mean
 * @param std    the standard deviation, not negative
 * @return       (shape...); NULL: #TT_ERR_ARG for std, #TT_ERR_DTYPE, or as for tt_empty() */
TT_API tt_tensor *tt_normal(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                            double mean, double std);

/** Integers of [lo, hi), each as likely as any other (numpy.random.randint).
 * @param ctx    the context
 * @param ndim   number of axes
 * @param shape  their sizes
 * @param lo     the least
 * @param hi     above the largest
 * @return       (shape...), int64; NULL: #TT_ERR_ARG when there is no such integer, or as for
 *               tt_empty() */
TT_API tt_tensor *tt_randint(tt_ctx *ctx, int ndim, const int64_t *shape, int64_t lo, int64_t hi);

/** The integers 0 to n - 1 in random order (torch.randperm): the order of an epoch.
 * @param ctx  the context
 * @param n    how many
 * @return     (n), int64; NULL: #TT_ERR_SHAPE for a negative n, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_randperm(tt_ctx *ctx, int64_t n);

/** 1 with probability p, else 0, for each element (torch.bernoulli).
 * @param p  (...), float32 or float64; above 1 counts as 1, below 0 and NaN as 0
 * @return   (...), of the dtype of p; NULL: #TT_ERR_DTYPE */
TT_API tt_tensor *tt_bernoulli(tt_tensor *p);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
