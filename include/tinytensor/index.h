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
 * @param x        (...), float or integer
 * @param axis     the axis
 * @param indices  int64, with the axes of x, along the others no larger than x
 * @param src      of the dtype of x, at least as large as the indices
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x, src: 1 */
TT_API tt_tensor *tt_scatter_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** A copy of x to which src is added at the given indices of an axis: the reverse of tt_take()
 * (torch.index_add).
 * @param x        (a... n b...), float or integer
 * @param axis     that of n
 * @param indices  (i...), int64
 * @param src      (a... i... b...), of the dtype of x
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x, src: 1 */
TT_API tt_tensor *tt_index_add(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *src);

/** As tt_gather(), but x and the indices broadcast against each other along the other axes
 * (numpy.take_along_axis): what argsort or argmax found is read with it.
 * @param x        (a... n b...)
 * @param axis     that of n
 * @param indices  (a... i b...), int64, with as many axes as x; a and b broadcast with those of x
 * @return         (a... i b...); NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x: added up where an index repeats */
TT_API tt_tensor *tt_take_along_axis(tt_tensor *x, int axis, tt_tensor *indices);

/** A copy of x with the values at the places that tt_take_along_axis() would read
 * (numpy.put_along_axis, which writes to x itself). Of several for one place the last in C order
 * stays.
 * @param x        (a... n b...)
 * @param axis     that of n
 * @param indices  (a... i b...), int64, with as many axes as x; a and b broadcast with those of x
 * @param values   of the dtype of x; broadcast to the shape of the indices
 * @return         the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x: 0 where written; values: 1 where they stayed */
TT_API tt_tensor *tt_put_along_axis(tt_tensor *x, int axis, tt_tensor *indices, tt_tensor *values);

/** The elements that a list of indices names (NumPy's advanced indexing): x[i, j] in NumPy is
 * tt_index(x, TT_TENSORS(i, j)), and y[k...] = x[i[k...]][j[k...]]. An entry stands for one of the
 * leading axes of x; the indices broadcast against each other, and their axes come in place of
 * those they are for. An entry NULL leaves its axis as it is, as a colon does, and what the list
 * does not reach stays, too; when a NULL stands between two indices, the axes of the indices are
 * the first of the result. A mask stands for as many axes as it has, and for the places where it is
 * true, in C order: x[mask] is tt_index(x, TT_TENSORS(mask)). Every index must be in range, also
 * where another of the list is empty and nothing is read.
 * @param x        (...)
 * @param n        length of the list, at most 16
 * @param indices  int64, or bool with the sizes of their axes of x, or NULL
 * @return         a copy, also where no entry is an index; NULL: #TT_ERR_INDEX, with the entry, the
 *                 index and its place; #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_ARG
 * @grad x: added up where places repeat */
TT_API tt_tensor *tt_index(tt_tensor *x, int n, tt_tensor *const *indices);

/** A copy of x with the values in the places that tt_index() would read, or with the values added
 * there (torch.index_put; in NumPy x[i, j] = values, and numpy.add.at). Without accumulate the last
 * in C order stays of several for one place; with it all are added, in this order, whatever the
 * number of threads.
 * @param x           (...); with accumulate float or integer
 * @param n           length of the list, at most 16
 * @param indices     as for tt_index()
 * @param values      of the dtype of x; broadcast to the shape that tt_index() gives
 * @param accumulate  add
 * @return            the shape of x; NULL: #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE, #TT_ERR_ARG
 * @grad x: 0 where written, or 1; values: 1 where they stayed */
TT_API tt_tensor *tt_index_put(tt_tensor *x, int n, tt_tensor *const *indices, tt_tensor *values,
                               bool accumulate);

/** The elements where a mask is true, in C order (torch.masked_select).
 * @param x     (...)
 * @param mask  bool, broadcast with x
 * @return      (n) with n the number of them; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad x: 1 where selected */
TT_API tt_tensor *tt_masked_select(tt_tensor *x, tt_tensor *mask);

/** A copy of x in which the elements where a mask is true are those of src, in C order
 * (torch.masked_scatter; numpy.place). A number in these places is tt_masked_fill(), values that
 * broadcast are tt_index_put() or tt_where().
 * @param x     (...)
 * @param mask  bool, broadcast with x
 * @param src   any shape, of the dtype of x; at least as many elements as the mask is true, of
 *              which the first are used
 * @return      the shape of both; NULL: #TT_ERR_DTYPE, #TT_ERR_SHAPE
 * @grad x: 0 where written; src: 1 where used */
TT_API tt_tensor *tt_masked_scatter(tt_tensor *x, tt_tensor *mask, tt_tensor *src);

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
