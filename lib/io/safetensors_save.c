/* Writes safetensors files. Input: names, tensors and free text; output: a file that is whole or as
 * it was. Invariant: the data begin at a multiple of 64 bytes and come in the order of falling
 * element sizes, so that every tensor is aligned when the file is mapped. */
#include "file.h"
#include "safetensors.h"
#include "safetensors_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/io.h>

enum { ALIGN = 64, LENGTH = 8, WIDEST = 8 };

typedef struct request {
    tt_ctx *ctx;
    const char *path;
    int n, pairs;
    const char *const *names, *const *keys, *const *values;
    tt_tensor *const *tensors;
    int64_t *begin; /* of each tensor's data */
} request;

static int64_t bytes_of(const tt_tensor *t)
{
    return tensor_numel(t) * element_size(t->dtype);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool refuse(const request *r, const char *what, int i, const char *why)
{
    ctx_error(r->ctx, TT_ERR_ARG, "safetensors_save: %s: %s %d %s", r->path, what, i, why);
    return false;
}

/* n strings of UTF-8, none of them twice where they are names. */
static bool check_texts(const request *r, const char *what, int n, const char *const *s, bool names)
{
    for (int i = 0; i < n; i++)
        if (!s || !s[i])
            return refuse(r, what, i, "is NULL");
        else if (!st_is_utf8(s[i], (int64_t)strlen(s[i])))
            return refuse(r, what, i, "is not UTF-8");
        else if (names && strcmp(s[i], ST_METADATA) == 0)
            return refuse(r, what, i, "is '" ST_METADATA "', which is no name");
    if (!names || n < 2)
        return true;
    const scratch *mem = &r->ctx->ex.mem;
    const char **sorted = mem->alloc(mem->user, (size_t)n * sizeof *sorted);
    if (!sorted)
        return false;
    memcpy(sorted, s, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    bool ok = true;
    for (int i = 1; i < n && ok; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0) {
            ctx_error(r->ctx, TT_ERR_ARG, "safetensors_save: %s: %s '%.200s' is given twice",
                      r->path, what, sorted[i]);
            ok = false;
        }
    mem->free(mem->user, sorted);
    return ok;
}

static bool check_tensors(const request *r)
{
    for (int i = 0; i < r->n; i++) {
        const tt_tensor *t = r->tensors[i];
        if (!t)
            return refuse(r, "tensor", i, "is NULL");
        if (!tensor_alive(t)) /* recorded in the context that it had */
            return refuse(r, "tensor", i, "is used after its scope ended");
        if (t->ctx != r->ctx)
            return ctx_error(r->ctx, TT_ERR_CONTEXT,
                             "safetensors_save: %s: tensor %d is of another context", r->path, i),
                   false;
    }
    return true;
}

static bool check(const request *r)
{
    if (!r->path) {
        ctx_error(r->ctx, TT_ERR_ARG, "safetensors_save: the path is NULL");
        return false;
    }
    return st_host(r->ctx) && check_tensors(r) && check_texts(r, "name", r->n, r->names, true) &&
           check_texts(r, "key", r->pairs, r->keys, true) &&
           check_texts(r, "value", r->pairs, r->values, false);
}

typedef struct writer {
    file_out *file; /* NULL: only counts */
    int64_t bytes;
} writer;

static void put(void *user, const void *data, size_t bytes)
{
    writer *w = user;
    w->bytes += (int64_t)bytes;
    if (w->file)
        file_write(w->file, data, bytes);
}

static void put_text(writer *w, const char *s)
{
    put(w, s, strlen(s));
}

static void put_string(writer *w, const char *s)
{
    put_text(w, "\"");
    while (*s) {
        size_t plain = 0;
        while (s[plain] && s[plain] != '"' && s[plain] != '\\' && (unsigned char)s[plain] >= ' ')
            plain++;
        put(w, s, plain);
        s += plain;
        if (*s) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)*s++);
            put_text(w, escape);
        }
    }
    put_text(w, "\"");
}

static void put_entry(writer *w, const request *r, int i)
{
    const tt_tensor *t = r->tensors[i];
    char text[80];
    put_string(w, r->names[i]);
    put_text(w, ":{\"dtype\":");
    put_string(w, st_dtype_name(t->dtype));
    put_text(w, ",\"shape\":[");
    for (int k = 0; k < t->at.ndim; k++) {
        snprintf(text, sizeof text, "%s%lld", k ? "," : "", (long long)t->at.shape[k]);
        put_text(w, text);
    }
    int64_t end = r->begin[i] + bytes_of(t);
    snprintf(text, sizeof text, "],\"data_offsets\":[%lld,%lld]}", (long long)r->begin[i],
             (long long)end);
    put_text(w, text);
}

static void put_json(writer *w, const request *r)
{
    put_text(w, "{");
    if (r->pairs) {
        put_text(w, "\"" ST_METADATA "\":{");
        for (int i = 0; i < r->pairs; i++) {
            put_text(w, i ? "," : "");
            put_string(w, r->keys[i]);
            put_text(w, ":");
            put_string(w, r->values[i]);
        }
        put_text(w, "},");
    }
    for (int i = 0; i < r->n; i++) {
        put_text(w, i ? "," : "");
        put_entry(w, r, i);
    }
    put_text(w, "}");
}

/* The length of the header, the header, and spaces up to a multiple of ALIGN. */
static void put_header(writer *w, const request *r, int64_t json)
{
    int64_t length = (LENGTH + json + ALIGN - 1) / ALIGN * ALIGN - LENGTH;
    unsigned char bytes[LENGTH];
    for (int i = 0; i < LENGTH; i++)
        bytes[i] = (unsigned char)((uint64_t)length >> 8 * i);
    put(w, bytes, sizeof bytes);
    put_json(w, r);
    for (int64_t i = json; i < length; i++)
        put_text(w, " ");
}

static void place(const request *r)
{
    int64_t at = 0;
    for (int64_t item = WIDEST; item > 0; item /= 2)
        for (int i = 0; i < r->n; i++)
            if (element_size(r->tensors[i]->dtype) == item) {
                r->begin[i] = at;
                at += bytes_of(r->tensors[i]);
            }
}

static void put_data(writer *w, const request *r)
{
    for (int64_t item = WIDEST; item > 0; item /= 2)
        for (int i = 0; i < r->n; i++)
            if (element_size(r->tensors[i]->dtype) == item)
                tensor_bytes(r->tensors[i], put, w);
}

static tt_status write_file(const request *r)
{
    file_out file;
    writer count = {NULL, 0}, w = {&file, 0};
    place(r);
    put_json(&count, r);
    if (count.bytes > ST_MAX_HEADER - ALIGN)
        return ctx_error(r->ctx, TT_ERR_UNSUPPORTED,
                         "safetensors_save: %s: a header of %lld bytes; the format has %d", r->path,
                         (long long)count.bytes, ST_MAX_HEADER);
    if (!file_create(&file, r->ctx, "safetensors_save", r->path))
        return r->ctx->err.code;
    put_header(&w, r, count.bytes);
    put_data(&w, r);
    return file_commit(&file);
}

static tt_status save(request *r)
{
    const scratch *mem = &r->ctx->ex.mem;
    if (!check(r))
        return r->ctx->err.code;
    r->begin = mem->alloc(mem->user, (size_t)r->n * sizeof *r->begin);
    if (!r->begin)
        return r->ctx->err.code;
    tt_status status = write_file(r);
    mem->free(mem->user, r->begin);
    return status;
}

tt_status tt_safetensors_save(const char *path, int n, const char *const *names,
                              tt_tensor *const *tensors, int n_meta, const char *const *keys,
                              const char *const *values)
{
    error_state held;
    if (n < 1 || n_meta < 0 || !tensors || !tensor_alive(tensors[0]))
        return TT_ERR_ARG;
    tt_ctx *ctx = tensors[0]->ctx;
    request r = {ctx, path, n, n_meta, names, keys, values, tensors, NULL};
    ctx_put_aside(ctx, &held);
    tt_status status = save(&r);
    ctx_put_back(ctx, &held);
    return status;
}
