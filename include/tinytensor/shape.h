/** @file shape.h
 * Shape and place: views, which copy nothing, and copies that put elements elsewhere.
 * What holds for all operations is told in @ref ops. */
#ifndef TINYTENSOR_SHAPE_H
#define TINYTENSOR_SHAPE_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup ops
 * @{ */

/** @defgroup views Views
 * The same memory under another shape: nothing is copied, whatever the size, and what is written to
 * one is seen in the other. The gradient goes back to the place that an element came from. All
 * dtypes.
 * @{ */

/** The same elements, in C order, in another shape. A view where the strides of x allow it; else a
 * copy is made first.
 * @param x      (...)
 * @param ndim   number of new axes
 * @param shape  their sizes, whose product is that of x; one may be -1 and is worked out
 * @return       (shape...); NULL: #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_reshape(tt_tensor *x, int ndim, const int64_t *shape);

/** As tt_reshape(), but never a copy (torch.Tensor.view).
 * @param x      (...)
 * @param ndim   number of new axes
 * @param shape  their sizes; one may be -1
 * @return       (shape...); NULL: #TT_ERR_SHAPE, with a message that names the two axes that cannot
 *               be merged
 * @grad x */
TT_API tt_tensor *tt_view(tt_tensor *x, int ndim, const int64_t *shape);

/** Merges neighbouring axes into one (torch.flatten): with 0 and -1 all of them. A view where the
 * strides allow it, else a copy.
 * @param x     (a... from...to b...); without axes it becomes (1)
 * @param from  the first axis
 * @param to    the last, included
 * @return      (a... n b...); NULL: #TT_ERR_AXIS, also when to stands before from
 * @grad x */
TT_API tt_tensor *tt_flatten(tt_tensor *x, int from, int to);

/** Splits an axis into several (torch.unflatten): the reverse of tt_flatten().
 * @param x      (a... n b...)
 * @param axis   that of n
 * @param ndim   number of axes to put in its place
 * @param shape  their sizes, with the product n; one may be -1
 * @return       (a... shape... b...); NULL: #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_unflatten(tt_tensor *x, int axis, int ndim, const int64_t *shape);

/** Another order of the axes: axis i of the result is axis axes[i] of x (numpy.transpose).
 * @param x      (...)
 * @param naxes  the number of axes of x
 * @param axes   each of them once
 * @return       a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_permute(tt_tensor *x, int naxes, const int *axes);

/** Exchanges two axes (torch.transpose, numpy.swapaxes).
 * @param x  (... a ... b ...)
 * @param a  an axis
 * @param b  another, or the same
 * @return   (... b ... a ...), a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_transpose(tt_tensor *x, int a, int b);

/** Moves one axis to another place; the others keep their order.
 * @param x     (...)
 * @param from  the axis
 * @param to    its place in the result
 * @return      a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_moveaxis(tt_tensor *x, int from, int to);

/** Drops axes of size 1.
 * @param x      (...)
 * @param naxes  number of axes; 0 for all that have size 1
 * @param axes   the axes
 * @return       a view; NULL: #TT_ERR_SHAPE when one has another size, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_squeeze(tt_tensor *x, int naxes, const int *axes);

/** Inserts an axis of size 1 (numpy.expand_dims).
 * @param x     (...)
 * @param axis  its place in the result, from -ndim - 1 to ndim
 * @return      (... 1 ...), a view; NULL: #TT_ERR_AXIS, #TT_ERR_SHAPE when x has 16 axes
 * @grad x */
TT_API tt_tensor *tt_unsqueeze(tt_tensor *x, int axis);

/** Stretches axes of size 1, and adds axes in front, by stride 0 (numpy.broadcast_to). As elements
 * then share memory, the result cannot be written to in place: tt_contiguous() makes a copy that
 * can.
 * @param x      (...)
 * @param ndim   number of axes of the result
 * @param shape  their sizes; -1 keeps that of x
 * @return       (shape...), a view; NULL: #TT_ERR_SHAPE
 * @grad x: summed over the stretched axes */
TT_API tt_tensor *tt_expand(tt_tensor *x, int ndim, const int64_t *shape);

/** Tensors stretched by tt_expand() to the shape that they have in common (numpy.broadcast_arrays).
 * @param n        1 or more
 * @param tensors  shapes that broadcast against each other; any dtypes
 * @param out      receives n tensors, views; it may be the list of tensors itself
 * @return         #TT_OK, #TT_ERR_SHAPE
 * @grad all tensors: summed over the stretched axes */
TT_API tt_status tt_broadcast_tensors(int n, tt_tensor *const *tensors, tt_tensor **out);

/** The shape to which two broadcast: axes are aligned at the end, and sizes are equal or 1, which
 * is stretched (numpy.broadcast_shapes).
 * @param ctx    where an error is recorded
 * @param na     number of axes of a
 * @param a      sizes
 * @param nb     number of axes of b
 * @param b      sizes
 * @param ndim   receives the number of axes, the larger of the two
 * @param shape  receives as many sizes; room for #TT_MAX_NDIM is always enough. It may be a or b
 * @return       #TT_OK, #TT_ERR_SHAPE */
TT_API tt_status tt_broadcast_shapes(tt_ctx *ctx, int na, const int64_t *a, int nb,
                                     const int64_t *b, int *ndim, int64_t *shape);

/** Reverses the order of the elements along axes.
 * @param x      (...)
 * @param naxes  number of axes; 0 for all
 * @param axes   the axes
 * @return       (...), a view; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_flip(tt_tensor *x, int naxes, const int *axes);

/** The diagonals of the matrices in two axes.
 * @param x       (... a ... b ...)
 * @param offset  0 for the main diagonal, above 0 for one above it, below 0 for one below
 * @param a       the axis of the rows
 * @param b       the axis of the columns
 * @return        (... n), a view with the diagonal last, empty outside; NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_diagonal(tt_tensor *x, int64_t offset, int a, int b);

/** The windows of an axis: each is `size` neighbours, and begins `step` after the one before
 * (torch.Tensor.unfold; numpy.lib.stride_tricks.sliding_window_view, whose step is 1). The axis
 * counts the windows, of which the last ends within it. Windows may overlap: then the same memory
 * is seen several times, and cannot be written in place.
 * @param x     (a... n b...)
 * @param axis  that of n
 * @param size  of a window, from 0 to n
 * @param step  from one window to the next, at least 1
 * @return      (a... w b... size) with w = (n - size) / step + 1 windows, a view; NULL:
 *              #TT_ERR_SHAPE for the size, #TT_ERR_ARG for the step, #TT_ERR_AXIS
 * @grad x: added up over all windows that see an element */
TT_API tt_tensor *tt_sliding_window(tt_tensor *x, int axis, int64_t size, int64_t step);

/** Any shape and strides over the memory of x (torch.as_strided,
 * numpy.lib.stride_tricks.as_strided): element [i][j] lies offset + i strides[0] + j strides[1]
 * elements behind the first of x. What would lie before the first byte of x or behind its last is
 * refused; between those stands what the memory holds there, also where x leaves elements out.
 * @param x        (...)
 * @param ndim     number of axes of the result
 * @param shape    their sizes
 * @param strides  a step in elements for each, which may be 0 or negative
 * @param offset   of the first element from that of x, in elements
 * @return         (shape...), a view; NULL: #TT_ERR_INDEX when it leaves the memory of x,
 *                 #TT_ERR_SHAPE, #TT_ERR_ARG
 * @grad x: added up over all places that see an element; none from memory that x leaves out */
TT_API tt_tensor *tt_as_strided(tt_tensor *x, int ndim, const int64_t *shape,
                                const int64_t *strides, int64_t offset);

/** One index of an axis, which disappears (torch.select).
 * @param x      (... n ...)
 * @param axis   that of n
 * @param index  negative counts from the end
 * @return       (... ...), a view; NULL: #TT_ERR_INDEX, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_select(tt_tensor *x, int axis, int64_t index);

/** All indices of an axis, each as tt_select() gives it (torch.unbind).
 * @param x     (... n ...)
 * @param axis  that of n
 * @param max   room in out
 * @param out   receives n views
 * @return      n; or a negative status: #TT_ERR_ARG when n is above max, #TT_ERR_AXIS
 * @grad x */
TT_API int tt_unbind(tt_tensor *x, int axis, int max, tt_tensor **out);

/** A part of a tensor by NumPy's basic indexing, as text. Items stand for axes from the left and
 * are separated by commas; axes without an item are taken whole. An item is
 * - an integer: that index, and the axis disappears; negative counts from the end,
 * - `start:stop:step`, each of which may be missing: a range, clipped as in Python; a step below 0
 *   walks backwards,
 * - `...`: as many axes as the other items leave, once at most,
 * - `None` or `newaxis`: a new axis of size 1.
 *
 * @code
 * tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(8, 3, 32, 32));
 * tt_tensor *red = tt_slice(x, ":, 0");                     // (8, 32, 32)
 * tt_tensor *last = tt_slice(x, "-1, ..., ::-1");           // (3, 32, 32), mirrored
 * tt_tensor *batch = tt_slice(x, "%d:%d", 2, 6);            // (4, 3, 32, 32)
 * printf("%d %d %d\n", tt_ndim(red), tt_ndim(last), (int)tt_size(batch, 0));
 * @endcode
 * The example prints `3 3 4`.
 * @param x     (...)
 * @param text  the items, as a printf format of at most 511 bytes when it is filled in
 * @param ...   its arguments, checked by the compiler
 * @return      a view; NULL: #TT_ERR_PATTERN or #TT_ERR_INDEX, with a message that marks the place
 * @grad x */
TT_API tt_tensor *tt_slice(tt_tensor *x, const char *text, ...) TT_PRINTF(2, 3);
/** As tt_slice(), with text that is taken as it is: for text that a program did not write itself,
 * and for other languages.
 * @param x     (...)
 * @param text  the items, of any length
 * @return      a view; NULL as for tt_slice(), #TT_ERR_ARG for NULL text
 * @grad x */
TT_API tt_tensor *tt_slice_n(tt_tensor *x, const char *text);

/** A range of an axis (torch.narrow).
 * @param x       (... n ...)
 * @param axis    that of n
 * @param start   the first index; negative counts from the end
 * @param length  how many, all of them inside
 * @return        (... length ...), a view; NULL: #TT_ERR_INDEX, #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_narrow(tt_tensor *x, int axis, int64_t start, int64_t length);

/** Cuts an axis into ranges of given sizes (torch.split).
 * @param x      (... s ...)
 * @param axis   that of s
 * @param n      number of parts
 * @param sizes  their sizes, which add up to s
 * @param out    receives n views (... sizes[i] ...)
 * @return       #TT_OK, #TT_ERR_SHAPE, #TT_ERR_AXIS
 * @grad x */
TT_API tt_status tt_split(tt_tensor *x, int axis, int n, const int64_t *sizes, tt_tensor **out);

/** Cuts an axis into at most n parts of ceil(s / n) each, of which the last may be smaller
 * (torch.chunk).
 * @param x     (... s ...)
 * @param axis  that of s
 * @param n     number of parts, at least 1
 * @param out   receives n views; NULL for parts that are left over, as the fourth when 5 are cut
 *              into 4
 * @return      #TT_OK, #TT_ERR_ARG for n, #TT_ERR_AXIS
 * @grad x */
TT_API tt_status tt_chunk(tt_tensor *x, int axis, int n, tt_tensor **out);

/** @} */

/** @defgroup copies Copies
 * New memory, unless it says otherwise. All dtypes.
 * @{ */

/** The elements one behind the other in C order: x itself when they are, else a copy.
 * @param x  (...)
 * @return   (...), contiguous
 * @grad x */
TT_API tt_tensor *tt_contiguous(tt_tensor *x);

/** A copy, contiguous (torch.clone).
 * @param x  (...)
 * @return   (...)
 * @grad x */
TT_API tt_tensor *tt_clone(tt_tensor *x);

/** Converts the elements; x itself when it has the dtype. A float becomes an integer by dropping
 * its fraction, is limited to the range of the type, and NaN becomes 0; an integer becomes a
 * smaller one by dropping upper bits; a bool becomes 0 or 1, and what is not 0 becomes true. Floats
 * are rounded to nearest, ties to even, once.
 * @param x      (...), any dtype
 * @param dtype  any dtype
 * @return       (...); NULL: #TT_ERR_DTYPE for what is none
 * @grad x, from float32 and float64 to each other */
TT_API tt_tensor *tt_cast(tt_tensor *x, tt_dtype dtype);

/** Joins tensors along an axis (numpy.concatenate).
 * @param n        at least 1
 * @param tensors  (... s_i ...), of one dtype, that differ in s_i only
 * @param axis     that of s_i
 * @return         (... s ...) with s the sum of s_i; NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE,
 *                 #TT_ERR_AXIS
 * @grad all tensors */
TT_API tt_tensor *tt_cat(int n, tt_tensor *const *tensors, int axis);

/** Joins tensors along a new axis.
 * @param n        at least 1
 * @param tensors  (...), of one dtype and shape
 * @param axis     its place in the result
 * @return         (... n ...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_AXIS
 * @grad all tensors */
TT_API tt_tensor *tt_stack(int n, tt_tensor *const *tensors, int axis);

/** x repeated as a whole, reps[i] times along axis i. The list and the axes are aligned at the
 * right, and the shorter one is filled up with 1.
 * @param x     (...)
 * @param n     length of the list
 * @param reps  not negative
 * @return      the tiled shape; NULL: #TT_ERR_ARG, #TT_ERR_SHAPE
 * @grad x: summed over the repetitions */
TT_API tt_tensor *tt_tile(tt_tensor *x, int n, const int64_t *reps);

/** Each element repeated n times where it stands (numpy.repeat).
 * @param x     (... s ...)
 * @param n     not negative
 * @param axis  that of s
 * @return      (... s*n ...); NULL: #TT_ERR_ARG, #TT_ERR_AXIS
 * @grad x: summed over the repetitions */
TT_API tt_tensor *tt_repeat_interleave(tt_tensor *x, int64_t n, int axis);

/** Moves the elements n places along an axis; what leaves at one end enters at the other.
 * @param x     (...)
 * @param n     places, negative for backwards
 * @param axis  the axis
 * @return      (...); NULL: #TT_ERR_AXIS
 * @grad x */
TT_API tt_tensor *tt_roll(tt_tensor *x, int64_t n, int axis);

/** x with elements added around it, or cut off (numpy.pad with a constant).
 * @param x       (...)
 * @param naxes   the number of axes of x
 * @param before  how many in front of each axis, first axis first; negative cuts
 * @param after   how many behind each axis, likewise
 * @param value   of what is added; for integers a whole number that the dtype holds
 * @return        the padded shape; NULL: #TT_ERR_SHAPE, #TT_ERR_AXIS, #TT_ERR_DTYPE, #TT_ERR_ARG
 * @grad x */
TT_API tt_tensor *tt_pad(tt_tensor *x, int naxes, const int64_t *before, const int64_t *after,
                         double value);

/** Lower triangles: zero where column - row is above the offset.
 * @param x       (... r c)
 * @param offset  0 for the main diagonal, above 0 for more
 * @return        (... r c); NULL: #TT_ERR_SHAPE for fewer than two axes
 * @grad x */
TT_API tt_tensor *tt_tril(tt_tensor *x, int64_t offset);

/** Upper triangles: zero where column - row is below the offset.
 * @param x       (... r c)
 * @param offset  0 for the main diagonal, above 0 for less
 * @return        (... r c); NULL: #TT_ERR_SHAPE for fewer than two axes
 * @grad x */
TT_API tt_tensor *tt_triu(tt_tensor *x, int64_t offset);

/** A matrix with a vector on a diagonal; or the diagonal of a matrix, as a view.
 * @param x       (n), or (r c)
 * @param offset  as for tt_diagonal()
 * @return        (n+|offset| n+|offset|), or the diagonal; NULL: #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_diag(tt_tensor *x, int64_t offset);

/** Coordinates of a grid, in NumPy's default order 'xy': out[0] varies along axis 1, out[1] along
 * axis 0, out[k] along axis k. The results are views by tt_expand().
 * @param n        1 to 16
 * @param tensors  (s_i) each
 * @param out      receives n tensors (s_1 s_0 s_2 ...)
 * @return         #TT_OK, #TT_ERR_SHAPE
 * @grad all tensors */
TT_API tt_status tt_meshgrid(int n, tt_tensor *const *tensors, tt_tensor **out);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
