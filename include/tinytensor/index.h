/** @file index.h
 * Indexing by tensors: by indices, and by masks.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_INDEX_H
#define TINYTENSOR_INDEX_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup index Indexing by tensors
 * Indices are int64; negative ones count from the end, and one out of range is #TT_ERR_INDEX, with
 * a message that tells where it stands. All dtypes, except where numbers are added.
 * @{ */

/** The given indices of an axis: the axes of the indices stand in its place (numpy.take,
 * torch.index_select).
 * @param x        (a... n b...)
 * @param axis     that of n
 * @param indices  (i...), int64
 * @return         (a... i... b...); NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x: added up where an index repeats */
TT_API tt_tensor *tt_take(tt_tensor *x, int axis, tt_tensor *indices);

/** For each place of the indices the element of x at the same place, but with the index along the
 * axis: for axis 1 y[i][j] = x[i][indices[i][j]] (torch.gather).
 * @param x        (...)
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @return         the shape of the indices; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE,
 *                 #TT_ERR_AXIS
 * @grad x: added up where an index repeats */
TT_API tt_tensor *tt_gather(tt_tensor *x, int axis, tt_tensor *indices);

/** A copy of x with elements of src at the places that tt_gather() would read: for axis 1
 * y[i][indices[i][j]] = src[i][j] (torch.scatter). Of several for one place the last in C order
 * stays.
 * @param x        (...)
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @param src      of the dtype of x, at least as large as the indices
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x: 0 where written; src: 1 where it stayed */
TT_API tt_tensor *tt_scatter(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** As tt_scatter(), but adding: for axis 1 y[i][indices[i][j]] += src[i][j] (torch.scatter_add).
 * @param x        (...), float or int64
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @param src      of the dtype of x, at least as large as the indices
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x, src: 1 */
TT_API tt_tensor *tt_scatter_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** A copy of x to which src is added at the given indices of an axis: the reverse of tt_take()
 * (torch.index_add).
 * @param x        (a... n b...), float or int64
 * @param axis     that of n
 * @param indices  (i...), int64
 * @param src      (a... i... b...), of the dtype of x
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x, src: 1 */
TT_API tt_tensor *tt_index_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** The elements where a mask is true, in C order (torch.masked_select).
 * @param x     (...)
 * @param mask  bool, broadcast with x
 * @return      (n) with n the number of them; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad x: 1 where selected */
TT_API tt_tensor *tt_masked_select(tt_tensor *x, tt_tensor *mask);

/** The places of the elements that are not 0, in C order (torch.nonzero).
 * @param x  (...) with d axes, any dtype
 * @return   (n d), int64: one row of indices for each */
TT_API tt_tensor *tt_nonzero(tt_tensor *x);

/** A 1 at each index, 0 elsewhere (torch.nn.functional.one_hot).
 * @param indices  (...), int64 in [0, classes)
 * @param classes  size of the new axis
 * @return         (... classes), int64; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE */
TT_API tt_tensor *tt_one_hot(tt_tensor *indices, int64_t classes);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
