/* Compressed files (gzip), unpacked in memory. */
#ifndef TT_IO_GZIP_H
#define TT_IO_GZIP_H

#include "tensor/object.h"

bool gzip_marks(const char *data, int64_t size); /* does a compressed file begin like this? */

/* The bytes of all its parts, *unpacked of them, in scratch memory of the context, and a NUL behind
 * them. NULL: recorded, with the function and the file in the message. */
char *gzip_unpack(tt_ctx *ctx, const char *op, const char *path, const char *data, int64_t size,
                  int64_t *unpacked);

#endif
