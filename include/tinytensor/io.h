#ifndef TINYTENSOR_IO_H
#define TINYTENSOR_IO_H
#include <tinytensor/tensor.h>
#ifdef __cplusplus
extern "C" {
#endif
#include <stdio.h>
typedef struct tt_print_options {
    size_t struct_size;
    int precision;
    int64_t threshold;
    int edge_items;
    int line_width;
    bool suppress;
} tt_print_options;
#define TT_PRINT_OPTIONS_INIT { sizeof(tt_print_options), 8, 1000, 3, 75, false }
TT_API tt_status tt_print(const tt_tensor *x);
TT_API tt_status tt_fprint(FILE *file, const tt_tensor *x);
TT_API size_t tt_format(const tt_tensor *x, const tt_print_options *options, char *buffer, size_t size);
TT_API tt_status tt_save_npy(tt_tensor *x, const char *path);
TT_API tt_tensor *tt_load_npy(tt_ctx *ctx, const char *path);
TT_API tt_status tt_save_npz(const char *path, int n, const char *const *names, tt_tensor *const *tensors);
TT_API tt_tensor *tt_load_npz(tt_ctx *ctx, const char *path, const char *name);
TT_API int tt_npz_names(tt_ctx *ctx, const char *path, int max, char (*names)[64]);
#ifdef __cplusplus
}
#endif
#endif
