/* Writing npz, NumPy's zip archives of npy files, stored. Input: names and tensors; output: the
 * archive, the same bytes for the same tensors. Invariant: the file appears whole or not at all. */
#include <stdlib.h>
#include <string.h>
#include <tinytensor/io.h>
#include "file.h"
#include "npz.h"

typedef struct writer {
    file_out file;
    int64_t at;
    uint32_t crc;
} writer;

static void put(void *user, const void *data, size_t bytes)
{
    writer *w = user;
    w->crc = npz_crc(w->crc, data, bytes);
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
    s->crc = npz_crc(s->crc, data, bytes);
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

static void check_entries(tt_ctx *ctx, int n, const char *const *names, tt_tensor *const *tensors)
{
    int64_t total = 0;
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

static tt_status save(tt_ctx *ctx, const char *path, int n, const char *const *names,
                      tt_tensor *const *tensors)
{
    writer w = {.at = 0};
    check_entries(ctx, n, names, tensors);
    if (!path)
        ctx_error(ctx, TT_ERR_ARG, "save_npz: the path is NULL");
    if (ctx->err.code)
        return ctx->err.code;
    entry *e = ctx->ex.mem.alloc(ctx->ex.mem.user, (size_t)n * sizeof *e);
    if (!e)
        return ctx->err.code;
    tt_status status;
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

tt_status tt_save_npz(const char *path, int n, const char *const *names, tt_tensor *const *tensors)
{
    error_state held;
    if (n <= 0 || !tensor_alive(tensors[0]))
        return TT_ERR_ARG;
    tt_ctx *ctx = tensors[0]->ctx;
    ctx_put_aside(ctx, &held);
    tt_status status = save(ctx, path, n, names, tensors);
    ctx_put_back(ctx, &held);
    return status;
}
