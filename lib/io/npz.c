/* NumPy's npz: a zip archive of npy files, written stored, read stored or (with zlib) deflated.
 * Input: names and tensors; output: the archive, or one tensor of it. Invariant: every offset and
 * length in an archive is checked against the file before it is used. */
#include "file.h"

#include <stdlib.h>
#include <string.h>
#include <tinytensor/io.h>
#if TT_HAVE_ZLIB
#include <zlib.h>
#endif

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    MAX_COMMENT = 65535,
    NAME_SIZE = 64,
    MAX_ENTRIES = 65535,
    DATE_1980 = 0x21 /* the same archive for the same tensors */
};

typedef struct entry {
    char name[256];
    uint32_t crc;
    int method;
    int64_t packed, size, offset;
} entry;

/* ---- writing ---- */

static uint32_t crc_bytes(uint32_t crc, const unsigned char *p, size_t n)
{
    static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                        0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return crc;
}

typedef struct writer {
    file_out file;
    int64_t at;
    uint32_t crc;
} writer;

static void put(void *user, const void *data, size_t bytes)
{
    writer *w = user;
    w->crc = crc_bytes(w->crc, data, bytes);
    w->at += (int64_t)bytes;
    file_write(&w->file, data, bytes);
}

static void put_number(writer *w, uint64_t v, int bytes)
{
    unsigned char b[8];
    for (int i = 0; i < bytes; i++)
        b[i] = (unsigned char)(v >> 8 * i);
    put(w, b, (size_t)bytes);
}

/* The flag that says that a name is UTF-8, which NumPy sets and reads where it is not ASCII. */
static unsigned name_flag(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name > 127)
            return 0x800;
    return 0;
}

/* What a local and a central header have in common. */
static void put_common(writer *w, const entry *e)
{
    put_number(w, 20, 2); /* version needed */
    put_number(w, name_flag(e->name), 2);
    put_number(w, 0, 2); /* stored */
    put_number(w, 0, 2);
    put_number(w, DATE_1980, 2);
    put_number(w, e->crc, 4);
    put_number(w, (uint64_t)e->size, 4);
    put_number(w, (uint64_t)e->size, 4);
    put_number(w, strlen(e->name), 2);
    put_number(w, 0, 2);
}

typedef struct crc_sink {
    uint32_t crc;
} crc_sink;

static void add_crc(void *user, const void *data, size_t bytes)
{
    crc_sink *s = user;
    s->crc = crc_bytes(s->crc, data, bytes);
}

static void put_entry(writer *w, entry *e, const tt_tensor *x)
{
    crc_sink c = {0xffffffffu};
    npy_emit(x, add_crc, &c);
    e->crc = ~c.crc;
    e->size = npy_size(x);
    e->offset = w->at;
    put_number(w, LOCAL, 4);
    put_common(w, e);
    put(w, e->name, strlen(e->name));
    npy_emit(x, put, w);
}

static void put_directory(writer *w, const entry *e, int n)
{
    int64_t start = w->at;
    for (int i = 0; i < n; i++) {
        put_number(w, CENTRAL, 4);
        put_number(w, 20, 2); /* made by */
        put_common(w, &e[i]);
        put_number(w, 0, 2); /* comment, disk, attributes */
        put_number(w, 0, 2);
        put_number(w, 0, 2);
        put_number(w, 0, 4);
        put_number(w, (uint64_t)e[i].offset, 4);
        put(w, e[i].name, strlen(e[i].name));
    }
    int64_t size = w->at - start;
    put_number(w, END, 4);
    put_number(w, 0, 4);
    put_number(w, (uint64_t)n, 2);
    put_number(w, (uint64_t)n, 2);
    put_number(w, (uint64_t)size, 4);
    put_number(w, (uint64_t)start, 4);
    put_number(w, 0, 2);
}

static tt_ctx *check_entries(int n, const char *const *names, tt_tensor *const *tensors)
{
    int64_t total = 0;
    if (n <= 0 || !tensor_alive(tensors[0]))
        return NULL;
    tt_ctx *ctx = tensors[0]->ctx;
    for (int i = 0; i < n && !ctx->err.code; i++) {
        if (!tensor_alive(tensors[i]) || !names[i])
            ctx_error(ctx, TT_ERR_ARG, "save_npz: entry %d is NULL", i);
        else if (strlen(names[i]) + 5 > sizeof((entry *)0)->name)
            ctx_error(ctx, TT_ERR_ARG, "save_npz: the name of entry %d is too long", i);
        else if (npy_supports(tensors[i], "save_npz"))
            total += npy_size(tensors[i]) + 512;
    }
    if (n > MAX_ENTRIES || total > UINT32_MAX)
        ctx_error(ctx, TT_ERR_UNSUPPORTED, "save_npz: more than 4 GB or 65,535 arrays");
    return ctx;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/* Fills in the names, each of which may be there once. */
static bool name_entries(tt_ctx *ctx, int n, const char *const *names, entry *e)
{
    for (int i = 0; i < n; i++)
        snprintf(e[i].name, sizeof e[i].name, "%s.npy", names[i]);
    qsort(e, (size_t)n, sizeof *e, compare_names);
    for (int i = 1; i < n; i++)
        if (strcmp(e[i - 1].name, e[i].name) == 0)
            ctx_error(ctx, TT_ERR_ARG, "save_npz: the name '%.*s' is given twice",
                      (int)strlen(e[i].name) - 4, e[i].name);
    for (int i = 0; i < n; i++)
        snprintf(e[i].name, sizeof e[i].name, "%s.npy", names[i]);
    return !ctx->err.code;
}

tt_status tt_save_npz(const char *path, int n, const char *const *names, tt_tensor *const *tensors)
{
    writer w = {.at = 0};
    tt_ctx *ctx = check_entries(n, names, tensors);
    if (!ctx)
        return TT_ERR_ARG;
    if (!path)
        ctx_error(ctx, TT_ERR_ARG, "save_npz: the path is NULL");
    if (ctx->err.code)
        return ctx->err.code;
    entry *e = ctx->ex.mem.alloc(ctx->ex.mem.user, (size_t)n * sizeof *e);
    if (!e)
        return ctx->err.code;
    tt_status status = ctx->err.code;
    if (name_entries(ctx, n, names, e) && file_create(&w.file, ctx, "save_npz", path)) {
        for (int i = 0; i < n; i++)
            put_entry(&w, &e[i], tensors[i]);
        put_directory(&w, e, n);
        status = file_commit(&w.file);
    } else {
        status = ctx->err.code;
    }
    ctx->ex.mem.free(ctx->ex.mem.user, e);
    return status;
}

/* ---- reading ---- */

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
    if (~crc_bytes(0xffffffffu, plain, (size_t)e->size) != e->crc)
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
