#ifndef TINYTENSOR_CONTEXT_H
#define TINYTENSOR_CONTEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tinytensor/export.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct tt_ctx tt_ctx;
typedef struct tt_tensor tt_tensor;
#define TT_STATUS_MAP(X)                                                                           \
    X(TT_OK, 0, "no error")                                                                        \
    X(TT_ERR_NOMEM, -1, "out of memory, or past the context's memory limit")                       \
    X(TT_ERR_ARG, -2, "an argument that makes no sense")                                           \
    X(TT_ERR_SHAPE, -3, "shapes that do not fit")                                                  \
    X(TT_ERR_DTYPE, -4, "dtypes that do not fit")                                                  \
    X(TT_ERR_AXIS, -5, "an axis out of range or named twice")                                      \
    X(TT_ERR_INDEX, -6, "an index out of range")                                                   \
    X(TT_ERR_PATTERN, -7, "a pattern or slice that cannot be read")                                \
    X(TT_ERR_GRAD, -8, "misuse of automatic differentiation")                                      \
    X(TT_ERR_DEAD, -9, "a tensor used after its scope ended")                                      \
    X(TT_ERR_CONTEXT, -10, "tensors of two contexts in one operation")                             \
    X(TT_ERR_IO, -11, "a file that cannot be read or written")                                     \
    X(TT_ERR_FORMAT, -12, "a file whose content is not what it should be")                         \
    X(TT_ERR_NUMERIC, -13, "a computation that has no numeric result")                             \
    X(TT_ERR_UNSUPPORTED, -14, "not supported, or not in this build")
#define TT_STATUS_ENUM_(name, value, text) name = value,
typedef enum tt_status { TT_STATUS_MAP(TT_STATUS_ENUM_) } tt_status;
#undef TT_STATUS_ENUM_
typedef struct tt_allocator {
    void *(*alloc)(size_t bytes, void *user);
    void (*free)(void *p, void *user);
    void *user;
} tt_allocator;
typedef struct tt_ctx_options {
    size_t struct_size;
    tt_allocator allocator;
    uint64_t seed;
    int num_threads;
    int64_t memory_limit;
} tt_ctx_options;
#define TT_CTX_OPTIONS_INIT { sizeof(tt_ctx_options), { NULL, NULL, NULL }, 0, 0, 0 }
typedef struct tt_memory {
    int64_t bytes_in_use;
    int64_t peak;
    int64_t cached;
    int64_t blocks;
    int64_t live_tensors;
} tt_memory;
typedef struct tt_scope {
    int64_t mark;
} tt_scope;
typedef enum tt_grad_mode { TT_NO_GRAD, TT_GRAD } tt_grad_mode;
typedef void (*tt_error_handler)(tt_ctx *ctx, tt_status status, const char *message, void *user);
TT_API tt_ctx *tt_ctx_new(void);
TT_API tt_ctx *tt_ctx_new_with(const tt_ctx_options *options);
TT_API void tt_ctx_free(tt_ctx *ctx);
TT_API tt_status tt_ctx_on_free(tt_ctx *ctx, void (*fn)(void *user), void *user);
TT_API void *tt_ctx_alloc(tt_ctx *ctx, size_t bytes);
TT_API void tt_ctx_dealloc(tt_ctx *ctx, void *p);
TT_API bool tt_ok(const tt_ctx *ctx);
TT_API tt_status tt_error_code(const tt_ctx *ctx);
TT_API const char *tt_error_message(const tt_ctx *ctx);
TT_API void tt_error_clear(tt_ctx *ctx);
TT_API tt_status tt_error_set(tt_ctx *ctx, tt_status status, const char *format, ...) TT_PRINTF(3, 4);
TT_API const char *tt_status_name(tt_status status);
TT_API void tt_set_error_handler(tt_ctx *ctx, tt_error_handler fn, void *user);
TT_API tt_scope tt_scope_begin(tt_ctx *ctx, tt_grad_mode mode);
TT_API void tt_scope_end(tt_ctx *ctx, tt_scope scope);
TT_API tt_tensor *tt_keep(tt_tensor *x);
TT_API tt_tensor *tt_param(tt_tensor *x);
TT_API tt_ctx *tt_ctx_of(const tt_tensor *x);
TT_API tt_tensor *tt_share(tt_ctx *ctx, tt_tensor *x);
TT_API void tt_seed(tt_ctx *ctx, uint64_t seed);
TT_API void tt_set_num_threads(tt_ctx *ctx, int n);
TT_API int tt_num_threads(const tt_ctx *ctx);
TT_API tt_memory tt_memory_stats(const tt_ctx *ctx);
TT_API void tt_memory_trim(tt_ctx *ctx);
TT_API const char *tt_version(void);
TT_API const char *tt_build_info(void);
#ifdef __cplusplus
}
#endif
#endif
