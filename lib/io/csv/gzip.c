/* Unpacks gzip files. Input: the whole file in memory; output: what it holds. Invariant: memory
 * grows with what has been unpacked, and never ahead of it by more than twice, so that a file that
 * says it holds a lot must do so. */
#include "gzip.h"

#include <limits.h>
#include <string.h>
#if TT_HAVE_ZLIB
#include <zlib.h>
#endif

bool gzip_marks(const char *data, int64_t size)
{
    return size >= 2 && (unsigned char)data[0] == 0x1f && (unsigned char)data[1] == 0x8b;
}

#if TT_HAVE_ZLIB
typedef struct growing {
    const scratch *mem;
    char *data;
    int64_t length, room;
} growing;

/* Room for more than there is, and for a NUL; false: recorded. */
static bool grow(growing *g)
{
    int64_t room = 2 * g->room + 4096;
    char *data = g->mem->alloc(g->mem->user, (size_t)room + 1);
    if (!data)
        return false;
    if (g->length)
        memcpy(data, g->data, (size_t)g->length);
    g->mem->free(g->mem->user, g->data);
    g->data = data;
    g->room = room;
    return true;
}

static uInt most(int64_t n)
{
    return n < INT_MAX ? (uInt)n : (uInt)INT_MAX;
}

/* All parts of the file, one after the other; what is wrong, or NULL, also where memory lacks. */
static const char *unpack_all(z_stream *z, growing *g, const char *data, int64_t size)
{
    int status = Z_OK;
    for (int64_t at = 0; at < size || status == Z_OK;) {
        if (g->length == g->room && !grow(g))
            return NULL;
        if (status == Z_STREAM_END && inflateReset(z) != Z_OK)
            return "zlib has no memory";
        z->next_in = (Bytef *)(uintptr_t)(data + at);
        z->avail_in = most(size - at);
        z->next_out = (Bytef *)(g->data + g->length);
        z->avail_out = most(g->room - g->length);
        uInt in = z->avail_in, out = z->avail_out;
        status = inflate(z, Z_NO_FLUSH);
        at += in - z->avail_in;
        g->length += out - z->avail_out;
        if (status != Z_OK && status != Z_STREAM_END)
            return status == Z_BUF_ERROR ? "it is cut off" : "it is damaged";
    }
    return NULL;
}
#endif

char *gzip_unpack(tt_ctx *ctx, const char *op, const char *path, const char *data, int64_t size,
                  int64_t *unpacked)
{
#if TT_HAVE_ZLIB
    z_stream z = {.next_in = NULL};
    growing g = {.mem = &ctx->ex.mem, .room = size};
    const char *why = "zlib has no memory";
    if (grow(&g) && inflateInit2(&z, MAX_WBITS + 16) == Z_OK) {
        why = unpack_all(&z, &g, data, size);
        inflateEnd(&z);
    }
    if (!why && !ctx->err.code) {
        g.data[g.length] = '\0';
        *unpacked = g.length;
        return g.data;
    }
    if (why)
        ctx_error(ctx, TT_ERR_FORMAT, "%s: %s: a gzip file that cannot be read: %s", op, path, why);
    g.mem->free(g.mem->user, g.data);
#else
    (void)data, (void)size, (void)unpacked;
    ctx_error(ctx, TT_ERR_UNSUPPORTED,
              "%s: %s: it is compressed, and this library was built without zlib", op, path);
#endif
    return NULL;
}
