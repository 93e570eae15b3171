/* Reading npz, NumPy's zip archives of npy files, stored or (with zlib) deflated. Input: an
 * archive; output: one tensor of it, or the names. Invariant: every offset and length in an archive
 * is checked against the file before it is used. */
#include <string.h>
#include <tinytensor/io.h>
#include "file.h"
#include "npz.h"
#if TT_HAVE_ZLIB
#include <zlib.h>
#endif

typedef struct reader {
    tt_ctx *ctx;
    FILE *f;
    const char *op, *path;
    int64_t size;    /* of the file */
    int64_t at, end; /* central directory */
    int entries;
} reader;

static uint64_t number(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= (uint64_t)p[i] << 8 * i;
    return v;
}

static bool bad(reader *r, const char *why)
{
    ctx_error(r->ctx, TT_ERR_FORMAT, "%s: %s: not a npz file that can be read: %s", r->op, r->path,
              why);
    return false;
}

static bool read_at(reader *r, int64_t at, void *data, int64_t n)
{
    if (at < 0 || n > r->size || at > r->size - n)
        return bad(r, "an offset lies outside the file");
    if (fseek(r->f, (long)at, SEEK_SET) != 0)
        return bad(r, "it cannot be searched");
    return file_read(r->ctx, r->f, r->op, r->path, data, (size_t)n);
}

static bool find_directory(reader *r)
{
    int64_t n = r->size < END_SIZE + MAX_COMMENT ? r->size : END_SIZE + MAX_COMMENT;
    unsigned char *tail = r->ctx->ex.mem.alloc(r->ctx->ex.mem.user, (size_t)n + 1);
    if (!tail)
        return false;
    bool ok = read_at(r, r->size - n, tail, n), found = false;
    for (int64_t i = n - END_SIZE; ok && !found && i >= 0; i--)
        if (number(tail + i, 4) == END) {
            r->entries = (int)number(tail + i + 10, 2);
            r->at = (int64_t)number(tail + i + 16, 4);
            r->end = r->at + (int64_t)number(tail + i + 12, 4);
            found = true;
        }
    r->ctx->ex.mem.free(r->ctx->ex.mem.user, tail);
    if (ok && (!found || r->end > r->size))
        return bad(r, "no zip directory at its end");
    return ok;
}

static bool next_entry(reader *r, entry *e)
{
    unsigned char h[CENTRAL_SIZE];
    if (r->at > r->end - CENTRAL_SIZE)
        return bad(r, "its directory is cut off");
    if (!read_at(r, r->at, h, CENTRAL_SIZE))
        return false;
    int64_t name = (int64_t)number(h + 28, 2);
    if (number(h, 4) != CENTRAL)
        return bad(r, "its directory is damaged");
    *e = (entry){.crc = (uint32_t)number(h + 16, 4),
                 .method = (int)number(h + 10, 2),
                 .packed = (int64_t)number(h + 20, 4),
                 .size = (int64_t)number(h + 24, 4),
                 .offset = (int64_t)number(h + 42, 4)};
    if (number(h + 8, 2) & 1)
        return bad(r, "it is encrypted");
    if (e->packed == UINT32_MAX || e->size == UINT32_MAX || e->offset == UINT32_MAX)
        return bad(r, "it is larger than 4 GB (zip64)");
    if (name >= (int64_t)sizeof e->name)
        return bad(r, "a name is too long");
    if (!read_at(r, r->at + CENTRAL_SIZE, e->name, name))
        return false;
    e->name[name] = '\0';
    char *suffix = strlen(e->name) > 4 ? e->name + strlen(e->name) - 4 : NULL;
    if (suffix && strcmp(suffix, ".npy") == 0)
        *suffix = '\0';
    r->at += CENTRAL_SIZE + name + (int64_t)number(h + 30, 2) + (int64_t)number(h + 32, 2);
    return true;
}

static bool open_archive(reader *r, tt_ctx *ctx, const char *op, const char *path)
{
    *r = (reader){.ctx = ctx, .op = op, .path = path};
    if (!path) {
        ctx_error(ctx, TT_ERR_ARG, "%s: the path is NULL", op);
        return false;
    }
    r->f = file_open(ctx, op, path, &r->size);
    if (!r->f)
        return false;
    if (r->size >= END_SIZE ? find_directory(r) : bad(r, "it is too short"))
        return true;
    fclose(r->f);
    return false;
}

typedef struct member {
    reader *r;
    const entry *e;
    const unsigned char *data;
    int64_t at;
} member;

static bool read_member(void *user, void *data, size_t bytes)
{
    member *m = user;
    if ((int64_t)bytes > m->e->size - m->at)
        return bad(m->r, "an array is cut off");
    memcpy(data, m->data + m->at, bytes);
    m->at += (int64_t)bytes;
    return true;
}

static bool inflate_entry(reader *r, const entry *e, const unsigned char *packed,
                          unsigned char *out)
{
    if (e->method == 0) {
        memcpy(out, packed, (size_t)e->size);
        return true;
    }
#if TT_HAVE_ZLIB
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed,
                  .avail_in = (uInt)e->packed,
                  .next_out = out,
                  .avail_out = (uInt)e->size};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return bad(r, "zlib has no memory");
    int rc = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    return (rc == Z_STREAM_END && z.total_out == (uLong)e->size) || bad(r, "an array is damaged");
#else
    ctx_error(r->ctx, TT_ERR_UNSUPPORTED,
              "%s: %s: '%s' is compressed, and this library was built without zlib", r->op, r->path,
              e->name);
    return false;
#endif
}

static tt_tensor *load_bytes(reader *r, const entry *e, unsigned char *packed, unsigned char *plain,
                             int64_t from)
{
    char path[512];
    if (!read_at(r, from, packed, e->packed) || !inflate_entry(r, e, packed, plain))
        return NULL;
    if (~npz_crc(0xffffffffu, plain, (size_t)e->size) != e->crc)
        return bad(r, "a checksum does not match"), NULL;
    snprintf(path, sizeof path, "%s: %s", r->path, e->name);
    member m = {r, e, plain, 0};
    byte_source s = {read_member, &m, e->size, r->op, path};
    return npy_read(r->ctx, &s);
}

static tt_tensor *load_entry(reader *r, const entry *e)
{
    unsigned char h[LOCAL_SIZE];
    const scratch *mem = &r->ctx->ex.mem;
    if (!read_at(r, e->offset, h, LOCAL_SIZE))
        return NULL;
    int64_t from = e->offset + LOCAL_SIZE + (int64_t)number(h + 26, 2) + (int64_t)number(h + 28, 2);
    if (number(h, 4) != LOCAL || (e->method != 0 && e->method != 8) ||
        (e->method == 0 && e->packed != e->size) || e->size / 1032 > e->packed ||
        from > r->size - e->packed)
        return bad(r, "an entry is damaged"), NULL;
    unsigned char *packed = mem->alloc(mem->user, (size_t)e->packed + 1);
    unsigned char *plain = packed ? mem->alloc(mem->user, (size_t)e->size + 1) : NULL;
    tt_tensor *t = plain ? load_bytes(r, e, packed, plain, from) : NULL;
    mem->free(mem->user, plain);
    mem->free(mem->user, packed);
    return t;
}

tt_tensor *tt_load_npz(tt_ctx *ctx, const char *path, const char *name)
{
    reader r;
    entry e;
    tt_tensor *t = NULL;
    bool found = false;
    if (!ctx || ctx->err.code || !open_archive(&r, ctx, "load_npz", path))
        return NULL;
    for (int i = 0; name && i < r.entries && !found && next_entry(&r, &e); i++)
        found = strcmp(e.name, name) == 0;
    if (found)
        t = load_entry(&r, &e);
    else if (!ctx->err.code)
        ctx_error(ctx, TT_ERR_ARG, "load_npz: %s: no array named '%s'", path,
                  name ? name : "(null)");
    fclose(r.f);
    return t;
}

int tt_npz_names(tt_ctx *ctx, const char *path, int max, char (*names)[64])
{
    reader r;
    entry e;
    if (!ctx)
        return TT_ERR_ARG;
    if (ctx->err.code || !open_archive(&r, ctx, "npz_names", path))
        return ctx->err.code;
    for (int i = 0; i < r.entries && next_entry(&r, &e); i++) {
        if (strlen(e.name) >= NAME_SIZE)
            bad(&r, "a name is longer than 63 bytes");
        else if (i < max)
            memcpy(names[i], e.name, strlen(e.name) + 1);
    }
    fclose(r.f);
    return ctx->err.code ? (int)ctx->err.code : r.entries;
}
