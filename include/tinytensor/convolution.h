/** @file convolution.h
 * Convolution of images and signals, with strides, gaps and groups. */
#ifndef TINYTENSOR_CONVOLUTION_H
#define TINYTENSOR_CONVOLUTION_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup nn
 * @{ */

/** @defgroup convolution Convolution
 * Functions of images (b c h w), a batch of b with c channels; the batch may be absent where
 * PyTorch lets it be, and may be of size 0. Names, shapes and numbers are those of
 * torch.nn.functional; floats are float32 or float64.
 *
 * No function writes a matrix of all the patches that a kernel sees: an image is copied once, with
 * the zeros around it, band by band, to where it stays in the cache, and read from there for every
 * place of the kernel.
 *
 * @code
 * // the first layer of a classifier of digits
 * tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(8, 1, 28, 28));
 * tt_tensor *w = tt_randn(ctx, TT_F32, TT_SHAPE(16, 1, 3, 3));
 * tt_print(tt_relu(tt_conv2d(x, w, NULL, 1, 1, 1, 1))); // (8, 16, 28, 28)
 * @endcode
 * @{ */

/** Convolution over one axis, the kernel not reversed (torch.nn.functional.conv1d):
 * y[b o i] = bias[o] + sum over c, k of w[o c k] x[b c (i stride + k dilation - padding)], where x
 * is 0 outside.
 * @param x         (b c n) or (c n), float
 * @param w         (o c/groups k), of the dtype of x
 * @param bias      (o), or NULL for none
 * @param stride    from one result to the next in x, at least 1
 * @param padding   zeros on each side of x, at least 0
 * @param dilation  between the elements of the kernel in x, at least 1
 * @param groups    parts of the channels that know nothing of each other; divides c and o
 * @return          (b o m) or (o m) with m = (n + 2 padding - dilation (k - 1) - 1) / stride + 1,
 *                  rounded down; NULL: #TT_ERR_SHAPE, also for a kernel that is longer than the
 *                  padded x, #TT_ERR_DTYPE, #TT_ERR_ARG for the numbers
 * @grad x, w, bias */
TT_API tt_tensor *tt_conv1d(tt_tensor *x, tt_tensor *w, tt_tensor *bias, int64_t stride,
                            int64_t padding, int64_t dilation, int64_t groups);

/** Convolution over two axes (torch.nn.functional.conv2d): tt_conv1d() in height and width. With as
 * many groups as channels it is called depthwise.
 * @param x         (b c h w) or (c h w), float
 * @param w         (o c/groups kh kw), of the dtype of x
 * @param bias      (o), or NULL for none
 * @param stride    of both axes, at least 1
 * @param padding   on each side of both axes, at least 0
 * @param dilation  of both axes, at least 1
 * @param groups    divides c and o
 * @return          (b o h' w') or (o h' w'); NULL as for tt_conv1d()
 * @grad x, w, bias */
TT_API tt_tensor *tt_conv2d(tt_tensor *x, tt_tensor *w, tt_tensor *bias, int64_t stride,
                            int64_t padding, int64_t dilation, int64_t groups);

/** Options of tt_conv2d_with(); begin with #TT_CONV2D_OPTIONS_INIT. Pairs are of height and width.
 */
typedef struct tt_conv2d_options {
    size_t struct_size;  /**< set by #TT_CONV2D_OPTIONS_INIT */
    int64_t stride[2];   /**< 1 */
    int64_t padding[2];  /**< 0 */
    int64_t dilation[2]; /**< 1 */
    int64_t groups;      /**< 1 */
    bool same;           /**< as much padding as keeps the size of x (an odd one is 1 more at the
                              end); with stride 1, and in place of padding */
} tt_conv2d_options;

/** Options that change nothing. */
#define TT_CONV2D_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(tt_conv2d_options), {1, 1}, {0, 0}, {1, 1}, 1, false                                \
    }

/** tt_conv2d() with numbers for each axis.
 * @param x        (b c h w) or (c h w), float
 * @param w        (o c/groups kh kw), of the dtype of x
 * @param bias     (o), or NULL for none
 * @param options  NULL: the defaults
 * @return         as for tt_conv2d()
 * @grad x, w, bias */
TT_API tt_tensor *tt_conv2d_with(tt_tensor *x, tt_tensor *w, tt_tensor *bias,
                                 const tt_conv2d_options *options);

/** Transposed convolution (torch.nn.functional.conv_transpose2d): what takes the gradient of
 * tt_conv2d() back to its input. Element (i, j) of x adds w times itself to the part of y that
 * begins at (i stride - padding, j stride - padding).
 * @param x               (b c h w) or (c h w), float
 * @param w               (c o/groups kh kw), of the dtype of x
 * @param bias            (o), or NULL for none
 * @param stride          of both axes, at least 1
 * @param padding         cut off each side of the result, at least 0
 * @param output_padding  added to the result at the end, below stride or dilation
 * @param dilation        of both axes, at least 1
 * @param groups          divides c and o
 * @return                (b o h' w') or (o h' w') with h' = (h - 1) stride - 2 padding +
 *                        dilation (kh - 1) + output_padding + 1; NULL as for tt_conv1d()
 * @grad x, w, bias */
TT_API tt_tensor *tt_conv_transpose2d(tt_tensor *x, tt_tensor *w, tt_tensor *bias, int64_t stride,
                                      int64_t padding, int64_t output_padding, int64_t dilation,
                                      int64_t groups);

/** Options of tt_conv_transpose2d_with(); begin with #TT_CONV_TRANSPOSE2D_OPTIONS_INIT. Pairs are
 * of height and width. */
typedef struct tt_conv_transpose2d_options {
    size_t struct_size;        /**< set by #TT_CONV_TRANSPOSE2D_OPTIONS_INIT */
    int64_t stride[2];         /**< 1 */
    int64_t padding[2];        /**< 0 */
    int64_t output_padding[2]; /**< 0 */
    int64_t dilation[2];       /**< 1 */
    int64_t groups;            /**< 1 */
} tt_conv_transpose2d_options;

/** Options that change nothing. */
#define TT_CONV_TRANSPOSE2D_OPTIONS_INIT                                                           \
    {                                                                                              \
        sizeof(tt_conv_transpose2d_options), {1, 1}, {0, 0}, {0, 0}, {1, 1}, 1                     \
    }

/** tt_conv_transpose2d() with numbers for each axis.
 * @param x        (b c h w) or (c h w), float
 * @param w        (c o/groups kh kw), of the dtype of x
 * @param bias     (o), or NULL for none
 * @param options  NULL: the defaults
 * @return         as for tt_conv_transpose2d()
 * @grad x, w, bias */
TT_API tt_tensor *tt_conv_transpose2d_with(tt_tensor *x, tt_tensor *w, tt_tensor *bias,
                                           const tt_conv_transpose2d_options *options);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
