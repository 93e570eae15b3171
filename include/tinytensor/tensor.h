#ifndef TINYTENSOR_TENSOR_H
#define TINYTENSOR_TENSOR_H
#include <tinytensor/context.h>
#ifdef __cplusplus
extern "C" {
#endif
#define TT_MAX_NDIM 16
typedef enum tt_dtype { TT_F32, TT_F64, TT_I64, TT_BOOL, TT_I32, TT_U8, TT_F16, TT_BF16 } tt_dtype;
typedef struct tt_limits {
    double min;
    double max;
    double eps;
    double smallest;
} tt_limits;
#ifndef __cplusplus
#define TT_LIST_(T, ...) (int)(sizeof((T[]){__VA_ARGS__}) / sizeof(T)), (T[]){__VA_ARGS__}
#define TT_SHAPE(...) TT_LIST_(int64_t, __VA_ARGS__)
#define TT_AXES(...) TT_LIST_(int, __VA_ARGS__)
#define TT_INDEX(...) TT_LIST_(int64_t, __VA_ARGS__)
#define TT_TENSORS(...) TT_LIST_(tt_tensor *, __VA_ARGS__)
#endif
#define TT_SCALAR 0, NULL
#define TT_ALL_AXES 0, NULL
TT_API tt_tensor *tt_empty(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);
TT_API tt_tensor *tt_zeros(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);
TT_API tt_tensor *tt_ones(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape);
TT_API tt_tensor *tt_full(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double value);
TT_API tt_tensor *tt_empty_like(tt_tensor *x);
TT_API tt_tensor *tt_zeros_like(tt_tensor *x);
TT_API tt_tensor *tt_ones_like(tt_tensor *x);
TT_API tt_tensor *tt_full_like(tt_tensor *x, double value);
TT_API tt_tensor *tt_scalar(tt_ctx *ctx, tt_dtype dtype, double value);
TT_API tt_tensor *tt_arange(tt_ctx *ctx, tt_dtype dtype, double start, double stop, double step);
TT_API tt_tensor *tt_linspace(tt_ctx *ctx, tt_dtype dtype, double start, double stop, int64_t n);
TT_API tt_tensor *tt_logspace(tt_ctx *ctx, tt_dtype dtype, double start, double stop, int64_t n,
                              double base);
TT_API tt_tensor *tt_eye(tt_ctx *ctx, tt_dtype dtype, int64_t n, int64_t m);
TT_API tt_tensor *tt_from_data(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                               const void *data);
TT_API tt_tensor *tt_borrow(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape,
                            const int64_t *strides, void *data, void (*release)(void *user),
                            void *user);
TT_API int tt_ndim(const tt_tensor *x);
TT_API const int64_t *tt_shape(const tt_tensor *x);
TT_API const int64_t *tt_strides(const tt_tensor *x);
TT_API int64_t tt_size(const tt_tensor *x, int axis);
TT_API int64_t tt_numel(const tt_tensor *x);
TT_API tt_dtype tt_dtype_of(const tt_tensor *x);
TT_API size_t tt_itemsize(tt_dtype dtype);
TT_API const char *tt_dtype_name(tt_dtype dtype);
TT_API tt_limits tt_dtype_limits(tt_dtype dtype);
TT_API int tt_max_ndim(void);
TT_API tt_tensor *tt_set_readonly(tt_tensor *x);
TT_API bool tt_is_readonly(const tt_tensor *x);
TT_API bool tt_is_contiguous(const tt_tensor *x);
TT_API bool tt_same_storage(const tt_tensor *a, const tt_tensor *b);
TT_API bool tt_same_shape(const tt_tensor *a, const tt_tensor *b);
TT_API void *tt_data(tt_tensor *x);
TT_API const void *tt_cdata(const tt_tensor *x);
TT_API double tt_item(const tt_tensor *x);
TT_API int64_t tt_item_i64(const tt_tensor *x);
TT_API double tt_get(const tt_tensor *x, int n, const int64_t *index);
TT_API tt_status tt_set(tt_tensor *x, int n, const int64_t *index, double value);
TT_API tt_status tt_copy_out(const tt_tensor *x, void *dst, size_t bytes);
#ifdef __cplusplus
}
#endif
#endif
