/* Safetensors files, mapped or copied: a length, a header in JSON, and the elements. Input: a path;
 * output: tensors over the file's bytes. Invariant: once open succeeds, every tensor lies inside
 * these, which stay until the file is closed and the last tensor over them is gone. */
#include "contents.h"
#include "safetensors.h"
#include "safetensors_header.h"

#include <stdlib.h>
#include <string.h>
#include <tinytensor/io.h>

enum { LENGTH = 8 }; /* bytes of the header's length, little-endian */

struct tt_safetensors {
    tt_ctx *ctx;
    block_pool *pool; /* closing works when the context is gone */
    st_header header;
    const st_entry **by_name;
    storage *store; /* the whole file */
    int64_t data;   /* where the elements begin */
    char path[];
};

static const struct {
    const char *name;
    int dtype;    /* tt_dtype; -1: tensors have no such elements */
    int itemsize; /* 0: not whole bytes */
} dtypes[] = {{"F32", TT_F32, 4}, {"F64", TT_F64, 8}, {"F16", TT_F16, 2}, {"BF16", TT_BF16, 2},
              {"I64", TT_I64, 8}, {"I32", TT_I32, 4}, {"U8", TT_U8, 1},   {"BOOL", TT_BOOL, 1},
              {"I8", -1, 1},      {"I16", -1, 2},     {"U16", -1, 2},     {"U32", -1, 4},
              {"U64", -1, 8},     {"F8_E4M3", -1, 1}, {"F8_E5M2", -1, 1}, {"C64", -1, 8}};

enum { DTYPE_COUNT = sizeof dtypes / sizeof *dtypes };

const char *st_dtype_name(tt_dtype dtype)
{
    for (int i = 0; i < DTYPE_COUNT; i++)
        if (dtypes[i].dtype == (int)dtype)
            return dtypes[i].name;
    return NULL;
}

static int find_dtype(const char *name)
{
    int i = 0;
    while (i < DTYPE_COUNT && strcmp(dtypes[i].name, name) != 0)
        i++;
    return i;
}

/* Floats are stored in the byte order of the hosts that this library runs on, or not at all. */
bool st_host(tt_ctx *ctx)
{
    const uint16_t one = 1;
    if (*(const unsigned char *)&one == 1)
        return true;
    ctx_error(ctx, TT_ERR_UNSUPPORTED,
              "safetensors: this machine is big-endian, the format is not");
    return false;
}

static bool bad(tt_ctx *ctx, const char *path, const char *why)
{
    ctx_error(ctx, TT_ERR_FORMAT, "safetensors_open: %s: %s", path, why);
    return false;
}

static bool read_header(tt_safetensors *st)
{
    const unsigned char *p = (const unsigned char *)st->store->data;
    uint64_t length = 0;
    st_error why;
    for (int i = 0; i < LENGTH; i++)
        length |= (uint64_t)p[i] << 8 * i;
    if (length > ST_MAX_HEADER || (int64_t)length > st->store->bytes - LENGTH) {
        ctx_error(st->ctx, TT_ERR_FORMAT,
                  "safetensors_open: %s: a header of %llu bytes does not fit in a file of %lld "
                  "bytes, or is above %d",
                  st->path, (unsigned long long)length, (long long)st->store->bytes, ST_MAX_HEADER);
        return false;
    }
    st->data = LENGTH + (int64_t)length;
    if (st_parse(&st->header, st->pool, st->store->data + LENGTH, (int64_t)length, &why))
        return true;
    st->header = (st_header){.pool = st->pool};
    if (why.s[0])
        return bad(st->ctx, st->path, why.s);
    ctx_error(st->ctx, TT_ERR_NOMEM, "safetensors_open: %s: out of memory for its header",
              st->path);
    return false;
}

static bool bad_tensor(const tt_safetensors *st, const st_entry *e, const char *why)
{
    ctx_error(st->ctx, TT_ERR_FORMAT, "safetensors_open: %s: tensor '%.200s': %s", st->path,
              e->name, why);
    return false;
}

/* Does the shape have as many bytes as there are? Of unknown dtypes nobody knows. */
static bool check_size(const tt_safetensors *st, const st_entry *e)
{
    int64_t have = e->end - e->begin, bytes = 0;
    int d = find_dtype(e->dtype);
    if (e->begin > e->end)
        return bad_tensor(st, e, "its data_offsets are in the wrong order");
    if (e->end > st->store->bytes - st->data)
        return bad_tensor(st, e, "its data lie beyond the end of the file");
    if (d == DTYPE_COUNT)
        return true;
    if (e->numel >= 0 && mul_fits(e->numel, dtypes[d].itemsize, &bytes) && bytes == have)
        return true;
    ctx_error(st->ctx, TT_ERR_FORMAT,
              "safetensors_open: %s: tensor '%.200s': its shape and dtype %s do not make the %lld "
              "bytes of its data",
              st->path, e->name, e->dtype, (long long)have);
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(const st_entry *const *)a)->name, (*(const st_entry *const *)b)->name);
}

static int compare_places(const void *a, const void *b)
{
    const st_entry *x = *(const st_entry *const *)a, *y = *(const st_entry *const *)b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const st_pair *)a)->key, ((const st_pair *)b)->key);
}

/* The tensors in the order of their data cover all bytes after the header, each once: a file with
 * gaps could be something else as well, and the format forbids them. */
static bool check_places(const tt_safetensors *st, const st_entry **sorted)
{
    int64_t n = st->header.entries, at = 0;
    qsort(sorted, (size_t)n, sizeof *sorted, compare_places);
    for (int64_t i = 0; i < n; i++) {
        if (sorted[i]->begin != at)
            return bad_tensor(st, sorted[i],
                              sorted[i]->begin < at ? "its data overlap those of another tensor"
                                                    : "there is a gap before its data");
        at = sorted[i]->end;
    }
    return at == st->store->bytes - st->data ||
           bad(st->ctx, st->path, "there are bytes after the last tensor");
}

static bool check_names(const tt_safetensors *st, const st_entry **sorted)
{
    qsort(sorted, (size_t)st->header.entries, sizeof *sorted, compare_names);
    for (int64_t i = 1; i < st->header.entries; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return bad_tensor(st, sorted[i], "the name is there twice");
    if (st->header.pairs)
        qsort(st->header.pair, (size_t)st->header.pairs, sizeof *st->header.pair, compare_keys);
    for (int64_t i = 1; i < st->header.pairs; i++)
        if (compare_keys(&st->header.pair[i - 1], &st->header.pair[i]) == 0)
            return bad(st->ctx, st->path, "a key of " ST_METADATA " is there twice");
    return true;
}

static bool check(tt_safetensors *st)
{
    int64_t n = st->header.entries;
    for (int64_t i = 0; i < n; i++)
        if (!check_size(st, &st->header.entry[i]))
            return false;
    st->by_name = block_alloc(st->pool, (size_t)n * sizeof *st->by_name + 1);
    if (!st->by_name) {
        ctx_error(st->ctx, TT_ERR_NOMEM, "safetensors_open: %s: out of memory for its header",
                  st->path);
        return false;
    }
    for (int64_t i = 0; i < n; i++)
        st->by_name[i] = &st->header.entry[i];
    return check_places(st, st->by_name) && check_names(st, st->by_name);
}

tt_safetensors *tt_safetensors_open(tt_ctx *ctx, const char *path)
{
    return tt_safetensors_open_with(ctx, path, TT_MAP);
}

/* The file as a storage; NULL: recorded. */
static storage *open_storage(tt_ctx *ctx, const char *path, unsigned flags)
{
    if (!path)
        return ctx_fail(ctx, TT_ERR_ARG, "safetensors_open: the path is NULL");
    if (flags & ~(unsigned)TT_COPY)
        return ctx_fail(ctx, TT_ERR_ARG, "safetensors_open: flags of 0x%x: there is TT_COPY, 0x%x",
                        flags, (unsigned)TT_COPY);
    return contents_open(ctx, &(contents){.op = "safetensors_open",
                                          .path = path,
                                          .kind = "a safetensors file",
                                          .least = LENGTH + 2,
                                          .copy = flags & TT_COPY});
}

tt_safetensors *tt_safetensors_open_with(tt_ctx *ctx, const char *path, unsigned flags)
{
    if (!ctx || ctx->err.code || !st_host(ctx))
        return NULL;
    storage *file = open_storage(ctx, path, flags);
    if (!file)
        return NULL;
    size_t length = strlen(path) + 1;
    tt_safetensors *st = block_alloc(ctx->pool, sizeof *st + length);
    if (!st) {
        storage_unref(file);
        return ctx_fail(ctx, TT_ERR_NOMEM, "safetensors_open: %s: out of memory", path);
    }
    *st = (tt_safetensors){.ctx = ctx, .pool = ctx->pool, .store = file};
    st->header.pool = ctx->pool;
    memcpy(st->path, path, length);
    if (read_header(st) && check(st))
        return st;
    tt_safetensors_close(st);
    return NULL;
}

void tt_safetensors_close(tt_safetensors *st)
{
    if (!st)
        return;
    block_pool *pool = st->pool;
    storage_unref(st->store);
    block_free(pool, st->by_name);
    st_free(&st->header);
    block_free(pool, st);
}

static const st_entry *entry_at(const tt_safetensors *st, int64_t i)
{
    return st && i >= 0 && i < st->header.entries ? &st->header.entry[i] : NULL;
}

int64_t tt_safetensors_count(const tt_safetensors *st)
{
    return st ? st->header.entries : 0;
}

const char *tt_safetensors_name(const tt_safetensors *st, int64_t i)
{
    const st_entry *e = entry_at(st, i);
    return e ? e->name : NULL;
}

int64_t tt_safetensors_find(const tt_safetensors *st, const char *name)
{
    if (!st || !name)
        return -1;
    const st_entry wanted = {.name = name}, *key = &wanted;
    const st_entry **found =
        bsearch(&key, st->by_name, (size_t)st->header.entries, sizeof *st->by_name, compare_names);
    return found ? *found - st->header.entry : -1;
}

int tt_safetensors_dtype(const tt_safetensors *st, int64_t i)
{
    const st_entry *e = entry_at(st, i);
    if (!e)
        return TT_ERR_ARG;
    int d = find_dtype(e->dtype);
    return d < DTYPE_COUNT && dtypes[d].dtype >= 0 ? dtypes[d].dtype : (int)TT_ERR_DTYPE;
}

int tt_safetensors_ndim(const tt_safetensors *st, int64_t i)
{
    const st_entry *e = entry_at(st, i);
    return !e ? 0 : e->ndim > LAYOUT_MAX_NDIM ? (int)TT_ERR_SHAPE : (int)e->ndim;
}

const int64_t *tt_safetensors_shape(const tt_safetensors *st, int64_t i)
{
    const st_entry *e = entry_at(st, i);
    return e ? e->shape : NULL;
}

const char *tt_safetensors_metadata(const tt_safetensors *st, const char *key)
{
    const st_pair wanted = {.key = key};
    if (!st || !key || !st->header.pairs)
        return NULL;
    const st_pair *found =
        bsearch(&wanted, st->header.pair, (size_t)st->header.pairs, sizeof wanted, compare_keys);
    return found ? found->value : NULL;
}

int64_t tt_safetensors_metadata_count(const tt_safetensors *st)
{
    return st ? st->header.pairs : 0;
}

const char *tt_safetensors_metadata_key(const tt_safetensors *st, int64_t i)
{
    return st && i >= 0 && i < st->header.pairs ? st->header.pair[i].key : NULL;
}

static bool are_bools(const char *data, int64_t n)
{
    for (int64_t k = 0; k < n; k++)
        if ((unsigned char)data[k] > 1)
            return false;
    return true;
}

/* What cannot be used where it lies: elements at odd addresses, and bytes that are no bool. */
static tt_tensor *copied(tt_ctx *ctx, tt_dtype dtype, const layout *at, const char *data)
{
    tt_tensor *t = tensor_new(ctx, dtype, at);
    if (!t)
        return NULL;
    memcpy(t->data, data, (size_t)(tensor_numel(t) * element_size(dtype)));
    for (int64_t k = 0; dtype == TT_BOOL && k < tensor_numel(t); k++)
        t->data[k] = (char)(t->data[k] != 0);
    t->readonly = READ_ONLY;
    return t;
}

static tt_tensor *make(tt_safetensors *st, const st_entry *e)
{
    int d = find_dtype(e->dtype);
    layout at;
    if (d == DTYPE_COUNT || dtypes[d].dtype < 0)
        return ctx_error(st->ctx, TT_ERR_DTYPE,
                         "safetensors_get: %s: tensor '%.200s': no tensors of dtype %.60s",
                         st->path, e->name, e->dtype),
               NULL;
    if (e->ndim > LAYOUT_MAX_NDIM || !layout_init(&at, (int)e->ndim, e->shape))
        return ctx_error(
                   st->ctx, TT_ERR_SHAPE,
                   "safetensors_get: %s: tensor '%.200s': more than %d axes, or sizes too large",
                   st->path, e->name, LAYOUT_MAX_NDIM),
               NULL;
    tt_dtype dtype = (tt_dtype)dtypes[d].dtype;
    int64_t item = dtypes[d].itemsize, from = st->data + e->begin;
    const char *data = st->store->data + from;
    if (from % item != 0 || (dtype == TT_BOOL && !are_bools(data, e->numel)))
        return copied(st->ctx, dtype, &at, data);
    at.offset = from / item;
    tt_tensor *t = tensor_of(st->ctx, dtype, &at, storage_ref(st->store));
    return t ? tt_set_readonly(t) : NULL;
}

tt_tensor *tt_safetensors_at(tt_safetensors *st, int64_t i)
{
    if (!st || st->ctx->err.code)
        return NULL;
    const st_entry *e = entry_at(st, i);
    if (!e)
        return ctx_error(st->ctx, TT_ERR_ARG,
                         "safetensors_get: %s: no tensor number %lld; there are %lld", st->path,
                         (long long)i, (long long)st->header.entries),
               NULL;
    return make(st, e);
}

tt_tensor *tt_safetensors_get(tt_safetensors *st, const char *name)
{
    if (!st || st->ctx->err.code)
        return NULL;
    int64_t i = tt_safetensors_find(st, name);
    if (i < 0)
        return ctx_error(st->ctx, TT_ERR_ARG, "safetensors_get: %s: no tensor '%.200s'", st->path,
                         name ? name : "(null)"),
               NULL;
    return make(st, &st->header.entry[i]);
}
