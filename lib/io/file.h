/* Files: atomic writing, and reading with errors that name the path. */
#ifndef TT_FILE_H
#define TT_FILE_H

#include <stdio.h>
#include "tensor/object.h"

/* Written beside the target under a temporary name; in place only when file_commit succeeds. */
typedef struct file_out {
    tt_ctx *ctx;
    FILE *f;
    const char *op, *path; /* for messages: the function and the file */
    char temporary[4096];
    int error; /* errno of the first write that failed, or 0 */
} file_out;

/* op names the function in messages. false: recorded */
bool file_create(file_out *o, tt_ctx *ctx, const char *op, const char *path);
void file_write(file_out *o, const void *data, size_t bytes);
tt_status file_commit(file_out *o); /* flush, fsync, rename; on failure the old file stays */

/* NULL, false: recorded */
FILE *file_open(tt_ctx *ctx, const char *op, const char *path, int64_t *size);
bool file_read(tt_ctx *ctx, FILE *f, const char *op, const char *path, void *data, size_t bytes);

/* npy: the format of one array (NumPy's format version 1 to 3), also inside npz. */
typedef void (*byte_sink)(void *user, const void *data, size_t bytes);
void tensor_bytes(const tt_tensor *x, byte_sink put, void *user); /* in C order, in pieces */
void npy_emit(const tt_tensor *x, byte_sink put, void *user);
int64_t npy_size(const tt_tensor *x);              /* bytes that npy_emit gives */
bool npy_supports(tt_tensor *x, const char *name); /* false: recorded */

/* A source of bytes that npy_read reads from: a file, or an entry of a zip archive. */
typedef struct byte_source {
    bool (*read)(void *user, void *data, size_t bytes);
    void *user;
    int64_t size;          /* bytes there are */
    const char *op, *path; /* for messages: the function and the file */
} byte_source;
tt_tensor *npy_read(tt_ctx *ctx, byte_source *s);

#endif
