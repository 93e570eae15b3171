/** @file convolution.h
 * Networks on images and signals: convolution, pooling, normalisation of channels, upsampling. */
#ifndef TINYTENSOR_CONVOLUTION_H
#define TINYTENSOR_CONVOLUTION_H

#include <tinytensor/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @addtogroup nn
 * @{ */

/** @defgroup convolution Convolution, pooling, normalisation of channels
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
 * tt_tensor *y = tt_relu(tt_conv2d(x, w, NULL, 1, 1, 1, 1)); // (8, 16, 28, 28)
 * tt_print(tt_max_pool2d(y, 2, 2, 0, NULL));                 // (8, 16, 14, 14)
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

/** Largest element of each window (torch.nn.functional.max_pool2d). NaN is larger than all.
 * @param x        (b c h w) or (c h w), float
 * @param kernel   size of a window in both axes, at least 1
 * @param stride   from one window to the next; 0: the kernel
 * @param padding  on each side, of what is smaller than all; at most half of the kernel
 * @param indices  receives int64 of the result's shape, where in its plane (h w) each was, counted
 *                 along the rows; NULL: not wanted
 * @return         (b c h' w') or (c h' w') with h' = (h + 2 padding - kernel) / stride + 1; NULL:
 *                 #TT_ERR_SHAPE, also for a window that is larger than the padded x, #TT_ERR_DTYPE,
 *                 #TT_ERR_ARG for the numbers
 * @grad x: added where the largest was */
TT_API tt_tensor *tt_max_pool2d(tt_tensor *x, int64_t kernel, int64_t stride, int64_t padding,
                                tt_tensor **indices);

/** Options of tt_max_pool2d_with(); begin with #TT_MAX_POOL2D_OPTIONS_INIT. Pairs are of height and
 * width. */
typedef struct tt_max_pool2d_options {
    size_t struct_size;  /**< set by #TT_MAX_POOL2D_OPTIONS_INIT */
    int64_t kernel[2];   /**< 2 */
    int64_t stride[2];   /**< 0: the kernel */
    int64_t padding[2];  /**< 0 */
    int64_t dilation[2]; /**< 1 */
    bool ceil_mode;      /**< a last window that is only partly in x counts, too */
} tt_max_pool2d_options;

/** Windows of 2 x 2. */
#define TT_MAX_POOL2D_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(tt_max_pool2d_options), {2, 2}, {0, 0}, {0, 0}, {1, 1}, false                       \
    }

/** tt_max_pool2d() with numbers for each axis.
 * @param x        (b c h w) or (c h w), float
 * @param options  NULL: the defaults
 * @param indices  as for tt_max_pool2d()
 * @return         as for tt_max_pool2d()
 * @grad x */
TT_API tt_tensor *tt_max_pool2d_with(tt_tensor *x, const tt_max_pool2d_options *options,
                                     tt_tensor **indices);

/** Mean of each window (torch.nn.functional.avg_pool2d); zeros of the padding count.
 * @param x        (b c h w) or (c h w), float
 * @param kernel   size of a window in both axes, at least 1
 * @param stride   from one window to the next; 0: the kernel
 * @param padding  zeros on each side, at most half of the kernel
 * @return         (b c h' w') or (c h' w'), as for tt_max_pool2d(), and NULL likewise
 * @grad x: g divided by the number of elements of the window */
TT_API tt_tensor *tt_avg_pool2d(tt_tensor *x, int64_t kernel, int64_t stride, int64_t padding);

/** Options of tt_avg_pool2d_with(); begin with #TT_AVG_POOL2D_OPTIONS_INIT. Pairs are of height and
 * width. */
typedef struct tt_avg_pool2d_options {
    size_t struct_size;     /**< set by #TT_AVG_POOL2D_OPTIONS_INIT */
    int64_t kernel[2];      /**< 2 */
    int64_t stride[2];      /**< 0: the kernel */
    int64_t padding[2];     /**< 0 */
    bool ceil_mode;         /**< a last window that is only partly in x counts, too */
    bool count_include_pad; /**< true: zeros of the padding are counted */
    int64_t divisor;        /**< what sums are divided by; 0: the number of elements */
} tt_avg_pool2d_options;

/** Windows of 2 x 2. */
#define TT_AVG_POOL2D_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(tt_avg_pool2d_options), {2, 2}, {0, 0}, {0, 0}, false, true, 0                      \
    }

/** tt_avg_pool2d() with numbers for each axis.
 * @param x        (b c h w) or (c h w), float
 * @param options  NULL: the defaults
 * @return         as for tt_avg_pool2d()
 * @grad x */
TT_API tt_tensor *tt_avg_pool2d_with(tt_tensor *x, const tt_avg_pool2d_options *options);

/** Means of as many windows as are wanted (torch.nn.functional.adaptive_avg_pool2d): window i of
 * n is of the elements from i size / n, rounded down, to (i + 1) size / n, rounded up.
 * @param x  (b c h w) or (c h w), float, of at least one element in height and width
 * @param h  of the result, at least 1
 * @param w  of the result, at least 1
 * @return   (b c h w) or (c h w); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG for the sizes
 * @grad x */
TT_API tt_tensor *tt_adaptive_avg_pool2d(tt_tensor *x, int64_t h, int64_t w);

/** Batch normalisation (torch.nn.functional.batch_norm): y = (x - mean) / sqrt(var + eps) weight +
 * bias, each of one channel. In training mean and variance are those of the channel's values in x,
 * and the running ones, where given, are moved towards them in place:
 * running = (1 - momentum) running + momentum new, with the variance of n values divided by n - 1.
 * Else the running ones are used. After an error they are as they were.
 * @param x             (b c ...), float
 * @param running_mean  (c), of the dtype of x; or NULL, in training only
 * @param running_var   (c), likewise; both or neither
 * @param weight        (c), of the dtype of x, or NULL for ones
 * @param bias          (c), of the dtype of x, or NULL for zeros
 * @param training      whether the statistics are those of x
 * @param momentum      how far the running statistics move; 0.1 in PyTorch
 * @param eps           added to the variance; 1e-5 in PyTorch
 * @return              (b c ...); NULL: #TT_ERR_SHAPE, also for one value of a channel in training,
 *                      #TT_ERR_DTYPE, #TT_ERR_ARG for running statistics that are missing or may
 * not be written to
 * @grad x, weight, bias */
TT_API tt_tensor *tt_batch_norm(tt_tensor *x, tt_tensor *running_mean, tt_tensor *running_var,
                                tt_tensor *weight, tt_tensor *bias, bool training, double momentum,
                                double eps);

/** Normalisation of groups of channels of each image (torch.nn.functional.group_norm):
 * y = (x - mean) / sqrt(var + eps) weight + bias, mean and variance of a group, weight and bias of
 * a channel.
 * @param x       (b c ...), float
 * @param groups  how many; divides c
 * @param weight  (c), of the dtype of x, or NULL for ones
 * @param bias    (c), of the dtype of x, or NULL for zeros
 * @param eps     added to the variance; 1e-5 in PyTorch
 * @return        (b c ...); NULL: #TT_ERR_SHAPE, #TT_ERR_DTYPE, #TT_ERR_ARG for groups
 * @grad x, weight, bias */
TT_API tt_tensor *tt_group_norm(tt_tensor *x, int64_t groups, tt_tensor *weight, tt_tensor *bias,
                                double eps);

/** Each element becomes a block of scale_h x scale_w (torch.nn.functional.interpolate with the mode
 * 'nearest', of whole factors).
 * @param x        (... h w), any dtype
 * @param scale_h  at least 1
 * @param scale_w  at least 1
 * @return         (... (h scale_h) (w scale_w)); NULL: #TT_ERR_SHAPE, #TT_ERR_ARG for the factors
 * @grad x: the sum over the block */
TT_API tt_tensor *tt_upsample_nearest(tt_tensor *x, int64_t scale_h, int64_t scale_w);

/** @} */
/** @} */

#ifdef __cplusplus
}
#endif

#endif
