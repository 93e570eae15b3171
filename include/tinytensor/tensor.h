/** @file tensor.h
 * Tensors: data types, creation, what a tensor is, and reading and writing its elements. */
#ifndef TINYTENSOR_TENSOR_H
#define TINYTENSOR_TENSOR_H

#include <tinytensor/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup tensor Tensors
 * A tensor has a dtype, a shape of 0 to 16 axes, and for each axis a stride: the number of elements
 * from one index to the next, which may be 0 or negative. Sizes may be 0. A tensor without axes
 * holds one number.
 *
 * In what follows shapes are written in einops words: `(b h d)` has three axes, `(... d)` any
 * number and then d. A function that takes a tensor accepts `NULL` and then returns `NULL`, 0 or a
 * status; it reports, besides the errors it names, #TT_ERR_DEAD for a tensor whose scope has ended,
 * #TT_ERR_CONTEXT for operands of two contexts, and #TT_ERR_NOMEM.
 * @{ */

/** @defgroup dtypes Data types
 * Float32, float64, int64, int32 and uint8 have full arithmetic and bool has logic; float16 and
 * bfloat16 are for storage: views, copies, tt_cast(), files, and for the weights of tt_linear(),
 * tt_matmul() and tt_embedding(). Types are never mixed silently: operands of two
 * dtypes are #TT_ERR_DTYPE, and tt_cast() converts.
 * @{ */

/** The type of a tensor's elements. New types are only ever added at the end. */
typedef enum tt_dtype {
    TT_F32,  /**< float: IEEE 754, 32 bits. The type to work in. */
    TT_F64,  /**< double: IEEE 754, 64 bits */
    TT_I64,  /**< int64_t: indices, classes, counts. Overflow wraps. */
    TT_BOOL, /**< one byte, 0 or 1: masks */
    TT_I32,  /**< int32_t. Overflow wraps. */
    TT_U8,   /**< uint8_t: pixels, bytes. Overflow wraps. */
    TT_F16,  /**< IEEE 754 half precision, 16 bits; storage */
    TT_BF16  /**< the upper 16 bits of a float; storage */
} tt_dtype;

/** The range of a dtype, as numpy.finfo and numpy.iinfo give it. */
typedef struct tt_limits {
    double min;      /**< most negative finite value */
    double max;      /**< largest finite value; for int64 rounded up to 2^63 */
    double eps;      /**< distance from 1 to the next number; 0 for integers */
    double smallest; /**< smallest positive normal number; 1 for integers */
} tt_limits;

/** Bytes of an element.
 * @param dtype  a data type
 * @return       1, 2, 4 or 8; 0 for what is no dtype */
TT_API size_t tt_itemsize(tt_dtype dtype);

/** The name of a dtype, as NumPy writes it: "float32", "int64".
 * @param dtype  a data type
 * @return       a string that lives for ever; "unknown" for what is no dtype */
TT_API const char *tt_dtype_name(tt_dtype dtype);

/** The range of a dtype.
 * @param dtype  a data type
 * @return       its limits; all 0 for what is no dtype */
TT_API tt_limits tt_dtype_limits(tt_dtype dtype);

/** The dtype that holds what two hold, as NumPy promotes (numpy.result_type): the type to cast both
 * to before an operation, since types are never mixed silently. Int32 and int64 with any float give
 * float64, where PyTorch takes the float; float16 with bfloat16 gives float32.
 * @param a  a data type
 * @param b  another
 * @return   the same for (b, a); #TT_F64 where one is no dtype */
TT_API tt_dtype tt_result_type(tt_dtype a, tt_dtype b);

/** Whether a cast keeps what elements say, as NumPy's safe casts do (numpy.can_cast): whether
 * tt_result_type(from, to) is to. Int64 may go to float64, which rounds above 2^53.
 * @param from  a data type
 * @param to    another
 * @return      false where one is no dtype */
TT_API bool tt_can_cast(tt_dtype from, tt_dtype to);

/** Kinds of dtypes, for tt_isdtype(); several are joined with |. */
typedef enum tt_dtype_kind {
    TT_KIND_BOOL = 1,                                                   /**< bool */
    TT_KIND_SIGNED = 2,                                                 /**< int32, int64 */
    TT_KIND_UNSIGNED = 4,                                               /**< uint8 */
    TT_KIND_FLOAT = 8,                                                  /**< the four floats */
    TT_KIND_INTEGER = TT_KIND_SIGNED | TT_KIND_UNSIGNED,                /**< all integers */
    TT_KIND_NUMERIC = TT_KIND_SIGNED | TT_KIND_UNSIGNED | TT_KIND_FLOAT /**< all but bool */
} tt_dtype_kind;

/** Whether a dtype is of one of the kinds, as isdtype of the array API standard.
 * @param dtype  a data type
 * @param kinds  of #tt_dtype_kind, joined with |
 * @return       false, too, for what is no dtype */
TT_API bool tt_isdtype(tt_dtype dtype, int kinds);

/** @} */

/** @defgroup lists Lists
 * A list is passed as a count and a pointer. These macros stand for both, so that a call reads like
 * `tt_reshape(x, TT_SHAPE(2, -1))`, and a list that is in memory goes to the same function as
 * `tt_reshape(x, n, sizes)`. They need at least one item, evaluate each once, and are for C only:
 * C++ passes the count and the pointer.
 * @{ */

/** The most axes that a tensor can have; tt_max_ndim() is the same as a function. */
#define TT_MAX_NDIM 16

#ifndef __cplusplus
/** A count and a pointer to items of type T, alive until the end of the enclosing block.
 * @param T    type of the items
 * @param ...  the items */
#define TT_LIST_(T, ...)                                                                           \
    (int)(sizeof((T[]){__VA_ARGS__}) / sizeof(T)), (T[])                                           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
/** Sizes, for a shape: `TT_SHAPE(64, 784)`.
 * @param ...  int64_t, at least one */
#define TT_SHAPE(...) TT_LIST_(int64_t, __VA_ARGS__)
/** Axes: `TT_AXES(0, -1)`. A negative axis counts from the end.
 * @param ...  int, at least one */
#define TT_AXES(...) TT_LIST_(int, __VA_ARGS__)
/** Indices, one per axis: `TT_INDEX(2, 0)`.
 * @param ...  int64_t, at least one */
#define TT_INDEX(...) TT_LIST_(int64_t, __VA_ARGS__)
/** Tensors: `TT_TENSORS(w1, b1)`.
 * @param ...  tt_tensor *, at least one */
#define TT_TENSORS(...) TT_LIST_(tt_tensor *, __VA_ARGS__)
#endif
/** The empty shape: of a tensor that holds one number. */
#define TT_SCALAR 0, NULL
/** No axes named, which in reductions, tt_flip() and tt_squeeze() means all of them. */
#define TT_ALL_AXES 0, NULL

/** @} */

/** @defgroup creation Creation
 * New tensors, contiguous in C order, in the innermost scope. A shape with a negative size, more
 * than 16 axes or more bytes than an address can reach is #TT_ERR_SHAPE. A value given as a double
 * is converted as by tt_cast().
 * @{ */

/** A tensor whose elements are not set (numpy.empty).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param ndim   number of axes
 * @param shape  their sizes
 * @return       (shape...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_empty(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);

/** A tensor of zeros (numpy.zeros).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param ndim   number of axes
 * @param shape  their sizes
 * @return       (shape...); NULL as for tt_empty() */
TT_API tt_tensor *tt_zeros(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);

/** A tensor of ones (numpy.ones).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param ndim   number of axes
 * @param shape  their sizes
 * @return       (shape...); NULL as for tt_empty() */
TT_API tt_tensor *tt_ones(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);

/** A tensor filled with a value (numpy.full).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param ndim   number of axes
 * @param shape  their sizes
 * @param value  of each element
 * @return       (shape...); NULL as for tt_empty() */
TT_API tt_tensor *tt_full(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                          double value);

/** As tt_empty(), with the shape and dtype of x.
 * @param x  (...)
 * @return   (...), contiguous whatever the strides of x */
TT_API tt_tensor *tt_empty_like(tt_tensor *x);

/** As tt_zeros(), with the shape and dtype of x.
 * @param x  (...)
 * @return   (...), contiguous */
TT_API tt_tensor *tt_zeros_like(tt_tensor *x);

/** As tt_ones(), with the shape and dtype of x.
 * @param x  (...)
 * @return   (...), contiguous */
TT_API tt_tensor *tt_ones_like(tt_tensor *x);

/** As tt_full(), with the shape and dtype of x.
 * @param x      (...)
 * @param value  of each element
 * @return       (...), contiguous */
TT_API tt_tensor *tt_full_like(tt_tensor *x, double value);

/** A tensor without axes that holds one number.
 * @param ctx    the context
 * @param dtype  of the number
 * @param value  the number
 * @return       (); NULL: #TT_ERR_DTYPE, #TT_ERR_NOMEM */
TT_API tt_tensor *tt_scalar(tt_ctx *ctx, tt_dtype dtype, double value);

/** The numbers start + i step before stop, n = ceil((stop - start) / step) of them (numpy.arange).
 * For int64 they are exact where start and step are whole, up to the ends of the range.
 * @param ctx    the context
 * @param dtype  of the elements
 * @param start  the first
 * @param stop   not among them
 * @param step   not 0; negative to count down
 * @return       (n), empty when stop is not ahead; NULL: #TT_ERR_ARG for a step of 0 or bounds that
 *               are not finite */
TT_API tt_tensor *tt_arange(tt_ctx *ctx, tt_dtype dtype, double start, double stop, double step);

/** n numbers at equal distances, both ends included: start + i (stop - start) / (n - 1), which
 * integers round down (numpy.linspace).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param start  the first
 * @param stop   the last, exactly; for n = 1 there is only start
 * @param n      how many
 * @return       (n); NULL: #TT_ERR_SHAPE for a negative n */
TT_API tt_tensor *tt_linspace(tt_ctx *ctx, tt_dtype dtype, double start, double stop, int64_t n);

/** base to the power of n exponents at equal distances (numpy.logspace).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param start  the first exponent
 * @param stop   the last exponent
 * @param n      how many
 * @param base   not 0
 * @return       (n); NULL: #TT_ERR_ARG, #TT_ERR_SHAPE */
TT_API tt_tensor *tt_logspace(tt_ctx *ctx, tt_dtype dtype, double start, double stop, int64_t n,
                              double base);

/** Ones on the diagonal, zeros elsewhere (numpy.eye).
 * @param ctx    the context
 * @param dtype  of the elements
 * @param n      rows
 * @param m      columns
 * @return       (n m); NULL as for tt_empty() */
TT_API tt_tensor *tt_eye(tt_ctx *ctx, tt_dtype dtype, int64_t n, int64_t m);

/** A tensor with a copy of an array.
 * @param ctx    the context
 * @param dtype  of the elements, there and here: nothing is converted
 * @param ndim   number of axes
 * @param shape  their sizes
 * @param data   the elements in C order, the last axis fastest; may be NULL when there are none
 * @return       (shape...); NULL: #TT_ERR_ARG for NULL data, else as for tt_empty() */
TT_API tt_tensor *tt_from_data(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                               const void *data);

/** A tensor over memory of the caller, without a copy. What is written to one is seen in the other.
 * The memory must stay until release is called, which is when the last tensor and the last record
 * that use it have gone: as late as tt_ctx_free().
 * @param ctx      the context
 * @param dtype    of the elements, which must be aligned as C asks
 * @param ndim     number of axes
 * @param shape    their sizes
 * @param strides  in elements, one per axis, of any sign; NULL for C order. Those of axes with one
 *                 element or none matter to nobody
 * @param data     the first element, which with negative strides is not the lowest address
 * @param release  called once, unless NULL is returned; NULL when nothing is to be done. It may
 * come in the middle of any call, so it may not use the context: nothing happens if it does, and
 * #TT_ERR_ARG says so afterwards
 * @param user     handed to release
 * @return         (shape...); NULL: #TT_ERR_ARG for NULL data, #TT_ERR_SHAPE for strides that no
 *                 memory is large enough for, else as for tt_empty() */
TT_API tt_tensor *tt_borrow(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                            const int64_t *strides, void *data, void (*release)(void *user),
                            void *user);

/** @} */

/** @defgroup accessors What a tensor is
 * These work in a context with an error, too, and answer for NULL.
 * @{ */

/** The number of axes.
 * @param x  a tensor or NULL
 * @return   0 to 16; 0 for NULL */
TT_API int tt_ndim(const tt_tensor *x);

/** The sizes of the axes.
 * @param x  a tensor or NULL
 * @return   tt_ndim() numbers, valid as long as x; NULL for NULL */
TT_API const int64_t *tt_shape(const tt_tensor *x);

/** The strides of the axes, in elements.
 * @param x  a tensor or NULL
 * @return   tt_ndim() numbers, valid as long as x; NULL for NULL */
TT_API const int64_t *tt_strides(const tt_tensor *x);

/** The size of one axis.
 * @param x     a tensor or NULL
 * @param axis  negative counts from the end
 * @return      the size; 0 for NULL, and with #TT_ERR_AXIS recorded when there is no such axis */
TT_API int64_t tt_size(const tt_tensor *x, int axis);

/** The number of elements, the product of the sizes.
 * @param x  a tensor or NULL
 * @return   1 for a tensor without axes; 0 for NULL */
TT_API int64_t tt_numel(const tt_tensor *x);

/** The type of the elements.
 * @param x  a tensor or NULL
 * @return   the dtype; #TT_F32 for NULL */
TT_API tt_dtype tt_dtype_of(const tt_tensor *x);

/** The most axes that a tensor can have: #TT_MAX_NDIM, for languages that do not read headers.
 * @return  16 */
TT_API int tt_max_ndim(void);

/** Forbids writing through a handle and through views made of it from now on. Other handles on the
 * same memory stay as they are.
 * @param x  a tensor or NULL
 * @return   x; NULL for NULL */
TT_API tt_tensor *tt_set_readonly(tt_tensor *x);

/** Whether writing through a handle is forbidden.
 * @param x  a tensor or NULL
 * @return   false for NULL */
TT_API bool tt_is_readonly(const tt_tensor *x);

/** Whether the elements lie one behind the other in C order.
 * @param x  a tensor or NULL
 * @return   false for NULL */
TT_API bool tt_is_contiguous(const tt_tensor *x);

/** Whether two tensors are views of the same memory. They need not overlap in it.
 * @param a  a tensor or NULL
 * @param b  a tensor or NULL
 * @return   false when one is NULL */
TT_API bool tt_same_storage(const tt_tensor *a, const tt_tensor *b);

/** Whether two tensors have the same number of axes and the same sizes.
 * @param a  a tensor or NULL
 * @param b  a tensor or NULL
 * @return   false when one is NULL */
TT_API bool tt_same_shape(const tt_tensor *a, const tt_tensor *b);

/** @} */

/** @defgroup elements Elements
 * Reading and writing elements from C.
 * @{ */

/** The address of the first element, for writing. The others are apart by tt_strides(). Writes
 * through it are not seen by the checks of autograd: do not write what a record still needs.
 * @code
 * tt_tensor *x = tt_empty(ctx, TT_F32, TT_SHAPE(4));
 * float *p = tt_data(x);
 * for (int i = 0; i < 4; i++)
 *     p[i] = 0.5f * (float)i;
 * @endcode
 * @param x  a tensor or NULL
 * @return   the address; NULL for NULL and, with #TT_ERR_ARG recorded, when x is read-only */
TT_API void *tt_data(tt_tensor *x);

/** The address of the first element, for reading. The others are apart by tt_strides();
 * tt_contiguous() gives a tensor without gaps.
 * @param x  a tensor or NULL
 * @return   the address; NULL for NULL */
TT_API const void *tt_cdata(const tt_tensor *x);

/** The only element, as a double.
 * @param x  one element, any shape and dtype
 * @return   its value, in a context with an error, too; NaN for NULL, and with #TT_ERR_SHAPE
 *           recorded when x does not have one element */
TT_API double tt_item(const tt_tensor *x);

/** The only element, as an integer; exact for int64 values that a double cannot hold.
 * @param x  one element, any shape and dtype; floats are converted as by tt_cast()
 * @return   its value; 0 where tt_item() gives NaN */
TT_API int64_t tt_item_i64(const tt_tensor *x);

/** One element, as a double. For loops over many elements tt_cdata() is faster.
 * @param x      a tensor
 * @param n      the number of axes of x
 * @param index  one per axis; negative counts from the end
 * @return       the value, in a context with an error, too; NaN for NULL, and with #TT_ERR_INDEX
 *                recorded */
TT_API double tt_get(const tt_tensor *x, int n, const int64_t *index);

/** Writes one element.
 * @param x      a tensor that may be written, as for the operations in place
 * @param n      the number of axes of x
 * @param index  one per axis; negative counts from the end
 * @param value  converted to the dtype of x
 * @return       #TT_OK, #TT_ERR_INDEX, or an error of @ref inplace */
TT_API tt_status tt_set(tt_tensor *x, int n, const int64_t *index, double value);

/** Copies all elements to an array in C order, whatever the strides.
 * @param x      (...)
 * @param dst    the array, of the dtype of x
 * @param bytes  its size, which must be tt_numel() times tt_itemsize()
 * @return       #TT_OK; #TT_ERR_ARG for another size, or a NULL where there are elements */
TT_API tt_status tt_copy_out(const tt_tensor *x, void *dst, size_t bytes);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
