/** @file sorting.h
 * Order: sorting, the largest, ranks, what is equal, places in sorted rows, and counting by bins.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_SORTING_H
#define TINYTENSOR_SORTING_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup sorting Order
 * All eight dtypes are put in order. NaN comes last, whether ascending or descending, and -0 equals
 * 0. Equal elements keep their order, so that every result is the only possible one. Rows of
 * 16-bit and 32-bit types with places may have 2^32 - 1 elements along the axis.
 * Of several results one is returned; the pointers for the others are `NULL` where these are not
 * wanted, which saves the work. A tensor without axes counts as a row of one element.
 * @{ */

/** The elements along an axis in order, and where they were (numpy.sort, torch.sort with stable).
 * @param x           (... n ...), any dtype
 * @param axis        that of n
 * @param descending  the largest first
 * @param indices     receives the places along the axis, int64; or NULL
 * @return            the shape of x; NULL: #TT_ERR_AXIS
 * @grad x: 1, at the place it came from */
TT_API tt_tensor *tt_sort(tt_tensor *x, int axis, bool descending, tt_tensor **indices);

/** The places of the elements along an axis in order: tt_gather() with them sorts (numpy.argsort
 * with kind 'stable', torch.argsort).
 * @param x           (... n ...), any dtype
 * @param axis        that of n
 * @param descending  the largest first
 * @return            the shape of x, int64; NULL: #TT_ERR_AXIS */
TT_API tt_tensor *tt_argsort(tt_tensor *x, int axis, bool descending);

/** The k largest, or smallest, elements along an axis, sorted: the first k of tt_sort() without
 * sorting the others (torch.topk). Of equal ones the first are taken.
 * @param x        (... n ...), any dtype
 * @param k        0 to n
 * @param axis     that of n
 * @param largest  else the smallest
 * @param indices  receives their places along the axis, int64; or NULL
 * @return         (... k ...); NULL: #TT_ERR_ARG where k is not from 0 to n, #TT_ERR_AXIS
 * @grad x: 1, where taken */
TT_API tt_tensor *tt_topk(tt_tensor *x, int64_t k, int axis, bool largest, tt_tensor **indices);

/** The k-th smallest element along an axis: element k - 1 of tt_sort() (torch.kthvalue).
 * @param x        (... n ...), any dtype
 * @param k        1 to n
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @param indices  receives the place along the axis, int64; or NULL
 * @return         x without the axis; NULL: #TT_ERR_ARG where k is not from 1 to n, #TT_ERR_AXIS
 * @grad x: 1, where taken */
TT_API tt_tensor *tt_kthvalue(tt_tensor *x, int64_t k, int axis, bool keepdim, tt_tensor **indices);

/** The middle of the elements along an axis; the mean of two where their number is even, unlike
 * torch.median (numpy.median). NaN where there is one, and of nothing.
 * @param x        (... n ...), float32, float64, or an integer or bool, of which it is float64
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @return         x without the axis; NULL: #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1, or 1/2 for each of two */
TT_API tt_tensor *tt_median(tt_tensor *x, int axis, bool keepdim);

/** The value below which a part q of the elements along an axis lies: between the sorted elements
 * on both sides of place q (n - 1) as a line goes (numpy.quantile, torch.quantile). NaN where there
 * is one.
 * @param x        (... n ...), float32, float64, or an integer or bool, of which it is float64
 * @param q        0 to 1
 * @param axis     that of n
 * @param keepdim  whether it stays with size 1
 * @return         x without the axis; NULL: #TT_ERR_ARG for another q and for nothing,
 *                 #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad x: 1 - t and t for the two, t being how far the place is from the first */
TT_API tt_tensor *tt_quantile(tt_tensor *x, double q, int axis, bool keepdim);

/** The different elements, ascending; all NaN are one (numpy.unique).
 * @param x        (...), any dtype
 * @param inverse  receives (...), int64: where each element of x is in the result; or NULL
 * @param counts   receives (u), int64: how often each is in x; or NULL
 * @return         (u) */
TT_API tt_tensor *tt_unique(tt_tensor *x, tt_tensor **inverse, tt_tensor **counts);

/** The different parts along an axis, such as rows, ascending by their first elements, then the
 * second ones, and so on (numpy.unique with an axis). NaN equals NaN.
 * @param x        (... n ...), any dtype
 * @param axis     that of n
 * @param inverse  receives (n), int64: where each part of x is in the result; or NULL
 * @param counts   receives (u), int64: how often each is in x; or NULL
 * @return         (... u ...); NULL: #TT_ERR_AXIS */
TT_API tt_tensor *tt_unique_axis(tt_tensor *x, int axis, tt_tensor **inverse, tt_tensor **counts);

/** Where values would have to be inserted into a sorted row: before equal elements, or behind them
 * on the right (numpy.searchsorted, torch.searchsorted).
 * @param sorted  (n) ascending, NaN last; or (... n), a row for each row of the values. That it is
 *                sorted is not checked
 * @param values  (...), or (... m), of the dtype of the row
 * @param right   behind equal elements
 * @return        the shape of the values, int64, 0 to n; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_tensor *tt_searchsorted(tt_tensor *sorted, tt_tensor *values, bool right);

/** Whether each element is among others (numpy.isin, torch.isin). NaN is not.
 * @param x     (...), any dtype
 * @param test  the others: any shape, of the dtype of x
 * @return      (...), bool; NULL: #TT_ERR_DTYPE */
TT_API tt_tensor *tt_isin(tt_tensor *x, tt_tensor *test);

/** A function that is given by points and goes straight between them; beyond the first and the last
 * it is level (numpy.interp). Computed in double.
 * @param x   (...), float32 or float64
 * @param xp  (n), of the dtype of x: where the points are, no one below the one before it
 * @param fp  (n), of the dtype of x: how high they are
 * @return    (...); NULL: #TT_ERR_ARG where xp falls or is NaN, and for no points, #TT_ERR_SHAPE,
 *            #TT_ERR_DTYPE
 * @grad x: the slope, 0 beyond the ends; fp: 1 - t and t for the points on both sides; xp: minus
 *       the slope times these */
TT_API tt_tensor *tt_interp(tt_tensor *x, tt_tensor *xp, tt_tensor *fp);

/** How often each number from 0 on is there, or the sum of its weights (numpy.bincount). Sums are
 * taken in double and have the dtype of the weights; of integers and bool they are int64.
 * @param x          (n), integers or bool, not negative
 * @param weights    (n), float32, float64, an integer or bool; or NULL
 * @param minlength  least size of the result
 * @return           (m) with m - 1 the largest number, int64 or as said of the weights; NULL:
 *                   #TT_ERR_INDEX for a negative number, #TT_ERR_ARG, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad weights: 1 */
TT_API tt_tensor *tt_bincount(tt_tensor *x, tt_tensor *weights, int64_t minlength);

/** How many elements are in each of some bins of equal width, whose edges are those of
 * tt_linspace() from lo to hi in x's dtype, or float64 of integers (numpy.histogram with a range,
 * torch.histc). A bin has the elements from its edge to below the next, the last one also those at
 * hi; what is elsewhere, and NaN, is not counted. Where lo = hi the bins go from lo - 1/2 to
 * hi + 1/2.
 * @param x     (...), any dtype
 * @param bins  1 or more
 * @param lo    first edge
 * @param hi    last edge, not below lo
 * @return      (bins), int64; NULL: #TT_ERR_ARG for no bins, and for edges that are not finite or
 *              not in order */
TT_API tt_tensor *tt_histogram(tt_tensor *x, int64_t bins, double lo, double hi);

/** tt_histogram() with given edges (numpy.histogram with bins that are a list).
 * @param x      (...), any dtype
 * @param edges  (b), of the dtype of x, none below the one before it
 * @return       (b - 1), int64; NULL: #TT_ERR_ARG for edges that fall or are NaN, and for none,
 *               #TT_ERR_SHAPE, #TT_ERR_DTYPE */
TT_API tt_tensor *tt_histogram_edges(tt_tensor *x, tt_tensor *edges);

/** Places in memory order as indices along each axis of a shape (numpy.unravel_index).
 * @param x      (...), integers from 0 to below the number of elements
 * @param ndim   number of axes
 * @param shape  their sizes
 * @param out    receives ndim tensors (...), int64; all NULL after an error
 * @return       #TT_OK, #TT_ERR_INDEX, #TT_ERR_DTYPE, #TT_ERR_SHAPE */
TT_API tt_status tt_unravel_index(tt_tensor *x, int ndim, const int64_t *shape, tt_tensor **out);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
