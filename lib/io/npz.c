/* Reading npz, NumPy's zip archives of npy files, stored or (with zlib) deflated. Input: an
 * archive; output: one tensor of it, or the names. Invariant: every offset and length in an archive
 * is checked against the file before it is used. */
#include <errno.h>
#include <string.h>
#include <tinytensor/io.h>
#include "file.h"
#include "npz.h"
#include "unpack.h"

enum { DENSEST = 1032 }; /* no stream of deflate gives more bytes for one */

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
    unpacker u;
} member;

/* What went wrong while unpacking, where it is not recorded yet. */
static bool unpacking_failed(member *m)
{
    if (m->u.why)
        return bad(m->r, m->u.why);
    if (ferror(m->r->f))
        ctx_error(m->r->ctx, TT_ERR_IO, "%s: %s: cannot read: %s", m->r->op, m->r->path,
                  strerror(errno));
    else
        ctx_error(m->r->ctx, TT_ERR_FORMAT, "%s: %s: the file is cut off", m->r->op, m->r->path);
    return false;
}

static bool read_member(void *user, void *data, size_t bytes)
{
    member *m = user;
    return unpack(&m->u, data, bytes) || unpacking_failed(m);
}

/* Whether the sizes that an entry gives can be believed, before memory is asked for. */
static bool check_sizes(reader *r, const entry *e, int64_t from)
{
    int64_t limit = block_pool_limit(r->ctx->pool);
    if ((e->method != STORED && e->method != DEFLATED) || from > r->size - e->packed ||
        (e->method == STORED && e->packed != e->size))
        return bad(r, "an entry is damaged");
#if !TT_HAVE_ZLIB
    if (e->method == DEFLATED) {
        ctx_error(r->ctx, TT_ERR_UNSUPPORTED,
                  "%s: %s: '%s' is compressed, and this library was built without zlib", r->op,
                  r->path, e->name);
        return false;
    }
#endif
    if (e->size / DENSEST <= e->packed && (limit == 0 || e->size <= limit))
        return true;
    ctx_error(
        r->ctx, TT_ERR_FORMAT, "%s: %s: '%s' says that its %lld bytes unpack to %lld, beyond %s",
        r->op, r->path, e->name, (long long)e->packed, (long long)e->size,
        e->size / DENSEST > e->packed ? "what the format can do" : "the context's memory limit");
    return false;
}

static tt_tensor *load_member(reader *r, const entry *e)
{
    char path[512];
    member m = {.r = r};
    snprintf(path, sizeof path, "%s: %s", r->path, e->name);
    byte_source s = {read_member, &m, e->size, r->op, path};
    tt_tensor *t = NULL;
    if (!unpack_begin(&m.u, r->f, e)) {
        unpacking_failed(&m);
    } else {
        t = npy_read(r->ctx, &s);
        if (t && !unpack_end(&m.u)) {
            tensor_release(t);
            t = NULL;
            unpacking_failed(&m);
        }
    }
    unpack_free(&m.u);
    return t;
}

static tt_tensor *load_entry(reader *r, const entry *e)
{
    unsigned char h[LOCAL_SIZE];
    if (!read_at(r, e->offset, h, LOCAL_SIZE))
        return NULL;
    int64_t from = e->offset + LOCAL_SIZE + (int64_t)number(h + 26, 2) + (int64_t)number(h + 28, 2);
    if (number(h, 4) != LOCAL)
        return bad(r, "an entry is damaged"), NULL;
    if (!check_sizes(r, e, from))
        return NULL;
    if (fseek(r->f, (long)from, SEEK_SET) != 0)
        return bad(r, "it cannot be searched"), NULL;
    return load_member(r, e);
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
