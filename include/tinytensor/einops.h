/** @file einops.h
 * Patterns: einsum, rearrange, reduce, repeat, pack and unpack, with axes by name. */
#ifndef TINYTENSOR_EINOPS_H
#define TINYTENSOR_EINOPS_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup einops Pattern functions
 * A pattern names the axes of the operands and those of the result; what is to be done follows from
 * the names. An axis on both sides is kept, one on the left only is reduced, one on the right only
 * is new. docs/einops.md teaches the language with pictures; in short:
 *
 * @verbatim
 * pattern := term {"," term} ["->" term] {"," name "=" size}
 * term    := { name | size | "..." | "(" { name | size | "..." } ")" }
 * @endverbatim
 *
 * - A name is up to 63 letters, digits and underscores, and begins with a letter. Axes are
 * separated by spaces; tabs and newlines are spaces.
 * - `(h w)` is one axis of the tensor that is made of two, the last one running fastest. Of the
 *   sizes within parentheses one may be unknown: it is found by division. The others are given at
 *   the end, `, h=4`, or are those of an axis of the same name elsewhere.
 * - `1` and `()` are an axis of size 1. Another number is an axis of that size without a name.
 * - `...` stands for any number of axes; within parentheses, on the right, for all of them as one.
 *
 * @code
 * tt_tensor *x = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 6, 8, 3));
 * tt_tensor *a = tt_rearrange(x, "b h w c -> b c h w");                  // (2, 3, 6, 8)
 * tt_tensor *b = tt_rearrange(x, "b (h p) w c -> b h w (p c), p=%d", 2); // (2, 3, 8, 6)
 * tt_tensor *c = tt_reduce(x, "b (h 2) (w 2) c -> b h w c", TT_MAX);     // (2, 3, 4, 3)
 * tt_tensor *d = tt_repeat(x, "b h w c -> b (h 2) w c");                 // (2, 12, 8, 3)
 * tt_tensor *e = tt_einsum("b h w c, b h w d -> b c d", TT_TENSORS(x, x)); // (2, 3, 3)
 * printf("%d %d %d\n", (int)tt_size(a, 1), (int)tt_size(b, 3), (int)tt_size(c, 2));
 * printf("%d %d\n", (int)tt_size(d, 1), tt_ndim(e));
 * @endcode
 * It prints `3 6 4` and `12 3`.
 *
 * Whatever strides can express is a view; at most one copy is made. What cannot be read is
 * #TT_ERR_PATTERN, and what does not fit the operands is #TT_ERR_SHAPE; the message shows the
 * pattern with a mark under the place. Everything is made of the library's operations, so gradients
 * flow through all of it, to any order that these have.
 *
 * The functions with `...` take the pattern as a printf format of at most 1023 bytes when filled
 * in, whose arguments the compiler checks. Those that end in `_n` take it as it is, of any length,
 * for patterns that a program did not write itself, and for other languages.
 * @{ */

/** How tt_reduce() makes one number of many. */
typedef enum tt_reduction {
    TT_SUM,  /**< tt_sum() */
    TT_MEAN, /**< tt_mean(); of integers it is float64 */
    TT_MAX,  /**< tt_max() */
    TT_MIN,  /**< tt_min() */
    TT_PROD, /**< tt_prod() */
    TT_ANY,  /**< tt_any(): bool */
    TT_ALL   /**< tt_all(): bool */
} tt_reduction;

/** Sum over named axes of the product of the operands, as numpy.einsum and einops.einsum:
 * "b i d, b j d -> b i j" is a product of matrices for each b, d being summed because it is not in
 * the output.
 *
 * Both notations are read. Where every input is one word of letters, such as `ij` or `...ij`, that
 * touches its ellipsis or is as long as its operand has axes, each letter is an axis, as in NumPy:
 * "ij,jk->ik", "...ij,...jk->...ik". Then the output may be left out, too: it is the ellipsis, and
 * the letters that stand once, in alphabetical order. Everything else is read by words.
 *
 * An axis of size 1 broadcasts against others of its name. A name that stands twice in one operand
 * is its diagonal: "i i -> i" is a view, "i i ->" the trace. The ellipses of the operands broadcast
 * against each other from the right. Parentheses split an operand's axis or merge axes of the
 * result: "b (h d), h d e -> b (h e), h=8".
 *
 * The order in which three or more operands are contracted is the cheapest there is, for up to 10
 * operands, and found greedily beyond; see tt_einsum_path(). Products are matrix products wherever
 * the strides allow. No intermediate result may have more than 16 axes.
 * @param pattern  inputs, `->`, the output, sizes; not a format
 * @param n        number of operands, at least 1, at most 127
 * @param inputs   the operands, all float32, float64 or one type of integers
 * @return         the output's axes; a view for one operand of which nothing is summed and where
 *                 strides allow; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG
 * @grad inputs */
TT_API tt_tensor *tt_einsum(const char *pattern, int n, tt_tensor *const *inputs);

/** The order in which tt_einsum() would contract, as text: a line with the cost of the naive way
 * (one loop over all axes), one with that of the chosen order, one with the elements of the largest
 * result on the way, then a line for each step. Costs count multiplications and additions.
 * Operands are numbered from 0, and the result of the first step is the number after the last
 * operand's.
 * @param pattern  as for tt_einsum()
 * @param n        number of operands
 * @param inputs   the operands, of which only the shapes matter
 * @param text     receives the text, cut off where there is no more room, always terminated
 * @param size     of text, in bytes
 * @return         #TT_OK, or as tt_einsum(); #TT_ERR_ARG when text is NULL or size 0 */
TT_API tt_status tt_einsum_path(const char *pattern, int n, tt_tensor *const *inputs, char *text,
                                size_t size);

/** Reorders, splits, merges, adds and drops axes (of size 1), as einops.rearrange:
 * `tt_rearrange(x, "b t (h d) -> b h t d, h=%d", heads)`. Every name stands on both sides.
 * @param x        any shape and dtype
 * @param pattern  as a format; sizes at its end
 * @param ...      the format's arguments
 * @return         the right side; a view unless axes are merged that do not lie one within the
 *                 other in memory; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_rearrange(tt_tensor *x, const char *pattern, ...) TT_PRINTF(2, 3);

/** As tt_rearrange(), with the pattern taken as it is, and sizes beside it.
 * @param x        any shape and dtype
 * @param pattern  of any length; it may hold sizes, too
 * @param n        number of sizes
 * @param names    of the axes
 * @param sizes    of the axes
 * @return         as tt_rearrange()
 * @grad x */
TT_API tt_tensor *tt_rearrange_n(tt_tensor *x, const char *pattern, int n, const char *const *names,
                                 const int64_t *sizes);

/** As tt_rearrange(), of a list of tensors: the list is a new first axis, as in einops.
 * `tt_rearrange_list(n, images, "b h w c -> h (b w) c")` sets images side by side.
 * @param n        number of tensors, at least 1
 * @param tensors  all of one shape and dtype
 * @param pattern  as a format; the first axis on its left is the list
 * @param ...      the format's arguments
 * @return         the right side; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad tensors */
TT_API tt_tensor *tt_rearrange_list(int n, tt_tensor *const *tensors, const char *pattern, ...)
    TT_PRINTF(3, 4);

/** As tt_rearrange(), but never a copy: where one would be needed, that is an error, whose message
 * names the axes that stand in the way.
 * @param x        any shape and dtype
 * @param pattern  as a format
 * @param ...      the format's arguments
 * @return         the right side, a view; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_rearrange_view(tt_tensor *x, const char *pattern, ...) TT_PRINTF(2, 3);

/** As tt_rearrange(), and reduces the axes that stand on the left only, as einops.reduce:
 * `tt_reduce(x, "b (h 2) (w 2) c -> b h w c", TT_MAX)` is a pooling. Of the axes to be reduced
 * those with a known size need no name. When there are none the numbers are left as they are.
 * @param x        any shape, of a dtype that the reduction takes
 * @param pattern  as a format; sizes at its end
 * @param how      the reduction
 * @param ...      the format's arguments
 * @return         the right side; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG
 *                 for what is no reduction, and for the largest or smallest of nothing
 * @grad x */
TT_API tt_tensor *tt_reduce(tt_tensor *x, const char *pattern, tt_reduction how, ...)
    TT_PRINTF(2, 4);

/** As tt_reduce(), with the pattern taken as it is, and sizes beside it.
 * @param x        any shape, of a dtype that the reduction takes
 * @param pattern  of any length; it may hold sizes, too
 * @param how      the reduction
 * @param n        number of sizes
 * @param names    of the axes
 * @param sizes    of the axes
 * @return         as tt_reduce()
 * @grad x */
TT_API tt_tensor *tt_reduce_n(tt_tensor *x, const char *pattern, tt_reduction how, int n,
                              const char *const *names, const int64_t *sizes);

/** As tt_reduce(), of a list of tensors, which is a new first axis.
 * @param n        number of tensors, at least 1
 * @param tensors  all of one shape and dtype
 * @param pattern  as a format; the first axis on its left is the list
 * @param how      the reduction
 * @param ...      the format's arguments
 * @return         the right side; NULL: as tt_reduce()
 * @grad tensors */
TT_API tt_tensor *tt_reduce_list(int n, tt_tensor *const *tensors, const char *pattern,
                                 tt_reduction how, ...) TT_PRINTF(3, 5);

/** As tt_rearrange(), and repeats along the axes that stand on the right only, as einops.repeat:
 * `tt_repeat(x, "h w -> (h 2) (w 2)")` makes four pixels of each. New axes have a size, or are one.
 * @param x        any shape and dtype
 * @param pattern  as a format; sizes at its end
 * @param ...      the format's arguments
 * @return         the right side; a view with stride 0 where strides can say it, so that its
 *                 elements may not be written in place; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE
 * @grad x */
TT_API tt_tensor *tt_repeat(tt_tensor *x, const char *pattern, ...) TT_PRINTF(2, 3);

/** As tt_repeat(), with the pattern taken as it is, and sizes beside it.
 * @param x        any shape and dtype
 * @param pattern  of any length; it may hold sizes, too
 * @param n        number of sizes
 * @param names    of the axes
 * @param sizes    of the axes
 * @return         as tt_repeat()
 * @grad x */
TT_API tt_tensor *tt_repeat_n(tt_tensor *x, const char *pattern, int n, const char *const *names,
                              const int64_t *sizes);

/** As tt_repeat(), of a list of tensors, which is a new first axis.
 * @param n        number of tensors, at least 1
 * @param tensors  all of one shape and dtype
 * @param pattern  as a format; the first axis on its left is the list
 * @param ...      the format's arguments
 * @return         the right side; NULL: as tt_repeat()
 * @grad tensors */
TT_API tt_tensor *tt_repeat_list(int n, tt_tensor *const *tensors, const char *pattern, ...)
    TT_PRINTF(3, 4);

/** The axes of one packed tensor that stood for the `*`. */
typedef struct tt_packed {
    int64_t ndim;               /**< how many */
    int64_t shape[TT_MAX_NDIM]; /**< their sizes; for tt_unpack() one may be -1 */
} tt_packed;

/** What tt_unpack() needs to know to undo tt_pack(). A program may fill one in by itself: n and
 * parts, with memory NULL. */
typedef struct tt_packing {
    int n;                  /**< tensors */
    const tt_packed *parts; /**< one for each; those of tt_pack() live as long as memory */
    tt_tensor *memory; /**< holds the parts; belongs to the scope in which tt_pack() was called,
                            and tt_keep() makes it live longer */
} tt_packing;

/** Joins tensors of different numbers of axes, as einops.pack: `tt_pack(TT_TENSORS(class_token,
 * image_tokens), "b * c", &ps)`. All have the named axes, before and after the `*`, in the same
 * sizes. What each has in the place of the `*`, none, one or several axes, becomes one axis, and
 * along that they are joined.
 * @param n        number of tensors, at least 1
 * @param tensors  all of one dtype
 * @param pattern  names, and one `*`
 * @param ps       receives what tt_unpack() needs; may be NULL
 * @return         the named axes, with one axis for the `*`; of one tensor a view where strides
 *                 allow; NULL: #TT_ERR_PATTERN, #TT_ERR_SHAPE, #TT_ERR_DTYPE
 * @grad tensors */
TT_API tt_tensor *tt_pack(int n, tt_tensor *const *tensors, const char *pattern, tt_packing *ps);

/** Takes a tensor apart again, as einops.unpack. Of all sizes in ps one may be -1: it is what the
 * others leave.
 * @param x        the named axes, with one for the `*`
 * @param ps       as tt_pack() made it, or as filled in by hand
 * @param pattern  names, and one `*`
 * @param max      room in out
 * @param out      receives ps->n tensors, views where strides allow
 * @return         ps->n; or a negative status: #TT_ERR_PATTERN, #TT_ERR_SHAPE, #TT_ERR_ARG when
 *                 there is no room, #TT_ERR_DEAD when the scope of the packing has ended
 * @grad x */
TT_API int tt_unpack(tt_tensor *x, const tt_packing *ps, const char *pattern, int max,
                     tt_tensor **out);

/** The longest name of an axis, in bytes. */
#define TT_MAX_AXIS_NAME 63

/** An axis with its size, from tt_parse_shape(). */
typedef struct tt_axis_size {
    char name[TT_MAX_AXIS_NAME + 1]; /**< terminated */
    int64_t size;                    /**< of the axis */
} tt_axis_size;

/** The sizes of named axes, as einops.parse_shape. `_` skips an axis, `...` any number of them, and
 * `1` or another number asks for that size.
 * @param x        (...)
 * @param pattern  one term without parentheses: "b _ h w"
 * @param max      room in out
 * @param out      receives the named axes in their order; entries that are left over get an empty
 *                 name and size 0
 * @return         #TT_OK; #TT_ERR_PATTERN, #TT_ERR_SHAPE, #TT_ERR_ARG when there is no room */
TT_API tt_status tt_parse_shape(tt_tensor *x, const char *pattern, int max, tt_axis_size *out);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
