/* What a file holds, as a storage that tensors can lie over. */
#ifndef TT_IO_CONTENTS_H
#define TT_IO_CONTENTS_H

#include "tensor/object.h"

/* What to open, and how messages call it. */
typedef struct contents {
    const char *op, *path;
    const char *kind; /* "a safetensors file", of */
    int64_t least;    /* bytes or more, at least 1 */
    bool copy;
} contents;

/* All of a regular file, read-only: mapped, or copied into the context's memory. NULL: recorded. */
storage *contents_open(tt_ctx *ctx, const contents *c);

#endif
