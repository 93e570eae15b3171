/* Unpacking. Input: a file at the place of an entry's bytes; output: what they stand for.
 * Invariant: not one byte beyond the packed ones is read, nor one beyond the size that the entry
 * has given. */
#include "unpack.h"

#include <string.h>

#if TT_HAVE_ZLIB
static bool inflate_begin(unpacker *u)
{
    u->open = inflateInit2(&u->z, -MAX_WBITS) == Z_OK;
    if (!u->open)
        u->why = "zlib has no memory";
    return u->open;
}

/* More packed bytes for zlib, where it has used up what there was. */
static bool refill(unpacker *u)
{
    int64_t left = u->e->packed - u->packed;
    size_t n = left < UNPACK_PIECE ? (size_t)left : UNPACK_PIECE;
    if (u->z.avail_in > 0 || n == 0)
        return true;
    if (fread(u->piece, 1, n, u->f) != n)
        return false;
    u->packed += (int64_t)n;
    u->z.next_in = u->piece;
    u->z.avail_in = (uInt)n;
    return true;
}

static bool inflate_bytes(unpacker *u, unsigned char *to, size_t bytes)
{
    enum { MOST = 1 << 30 }; /* zlib counts in unsigned int */
    while (bytes > 0) {
        uInt piece = (uInt)(bytes < MOST ? bytes : MOST);
        u->z.next_out = to;
        u->z.avail_out = piece;
        if (!refill(u))
            return false;
        int rc = inflate(&u->z, Z_NO_FLUSH);
        uInt got = piece - u->z.avail_out;
        to += got;
        bytes -= got;
        if ((rc != Z_OK && rc != Z_STREAM_END) || (got == 0 && rc == Z_STREAM_END) ||
            (got == 0 && u->z.avail_in == 0 && u->packed == u->e->packed)) {
            u->why = "an array is damaged";
            return false;
        }
    }
    return true;
}

/* The stream must end where the entry does. */
static bool inflate_ends(unpacker *u)
{
    unsigned char more;
    u->z.next_out = &more;
    u->z.avail_out = 1;
    int rc = Z_OK;
    while (rc == Z_OK && u->z.avail_out == 1) {
        if (!refill(u))
            return false;
        rc = inflate(&u->z, Z_NO_FLUSH);
    }
    return rc == Z_STREAM_END && u->z.avail_out == 1;
}
#endif

bool unpack_begin(unpacker *u, FILE *f, const entry *e)
{
    memset(u, 0, sizeof *u);
    u->f = f;
    u->e = e;
    u->crc = 0xffffffffu;
#if TT_HAVE_ZLIB
    return e->method == STORED || inflate_begin(u);
#else
    return true;
#endif
}

bool unpack(unpacker *u, void *to, size_t bytes)
{
    if ((int64_t)bytes > u->e->size - u->given) {
        u->why = "an array is cut off";
        return false;
    }
    bool ok = true;
    if (u->e->method == STORED)
        ok = fread(to, 1, bytes, u->f) == bytes;
#if TT_HAVE_ZLIB
    else
        ok = inflate_bytes(u, to, bytes);
#endif
    if (ok) {
        u->crc = npz_crc(u->crc, to, bytes);
        u->given += (int64_t)bytes;
    }
    return ok;
}

bool unpack_end(unpacker *u)
{
    unsigned char rest[1024];
    while (u->given < u->e->size) {
        int64_t left = u->e->size - u->given;
        if (!unpack(u, rest, left < (int64_t)sizeof rest ? (size_t)left : sizeof rest))
            return false;
    }
#if TT_HAVE_ZLIB
    if (u->e->method == DEFLATED && !inflate_ends(u)) {
        u->why = "an array is damaged";
        return false;
    }
#endif
    if (~u->crc == u->e->crc)
        return true;
    u->why = "a checksum does not match";
    return false;
}

void unpack_free(unpacker *u)
{
#if TT_HAVE_ZLIB
    if (u->open)
        inflateEnd(&u->z);
#endif
    u->open = false;
}
