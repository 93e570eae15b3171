/* Token ids in memory. Input: ids of a text, or the names of shards; output: parts that are read as
 * if they were one. Invariant: every part's ids are at hand without reading, by mapping. */
#define _POSIX_C_SOURCE 200809L
#include "tokens.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/error.h"
#include "common/files.h"

enum { HEADER = 256, MAGIC = 20240520, VERSION = 1 };

static bool add_part(tokens *t, token_part part)
{
    token_part *parts = realloc(t->parts, (size_t)(t->n_parts + 1) * sizeof *parts);
    if (!parts)
        return false;
    t->parts = parts;
    t->parts[t->n_parts++] = part;
    t->n += part.n;
    for (int64_t i = 0; i < part.n; i++) {
        int64_t id = part.u16 ? part.u16[i] : part.i32[i];
        t->largest = id > t->largest ? id : t->largest;
    }
    return true;
}

static bool map_shard(const char *path, tokens *t, char *error, size_t size)
{
    size_t bytes;
    const char *data = file_map(path, &bytes, error, size);
    int32_t header[3] = {0};
    if (*error)
        return false;
    if (bytes >= sizeof header)
        memcpy(header, data, sizeof header);
    if (bytes < HEADER * sizeof(int32_t) || header[0] != MAGIC || header[1] != VERSION)
        fail_with(error, size, "%s: not a token shard (magic %d, version %d; %d and %d are needed)",
                  path, header[0], header[1], MAGIC, VERSION);
    else if (header[2] < 0 || (size_t)header[2] * 2 != bytes - HEADER * sizeof(int32_t))
        fail_with(error, size, "%s: the header says %d tokens, the file holds %lld", path,
                  header[2], (long long)(bytes - HEADER * sizeof(int32_t)) / 2);
    else if (add_part(t, (token_part){.u16 = (const uint16_t *)(const void *)(data + HEADER * 4),
                                      .n = header[2],
                                      .map = (void *)(uintptr_t)data,
                                      .bytes = bytes}))
        return true;
    else
        fail_with(error, size, "%s: no memory", path);
    file_unmap(data, bytes);
    return false;
}

bool tokens_map(const char *pattern, tokens *t, char *error, size_t size)
{
    glob_t found;
    *t = (tokens){0};
    if (glob(pattern, 0, NULL, &found) != 0)
        return fail_with(error, size, "%s: no such file", pattern);
    bool ok = true;
    for (size_t i = 0; ok && i < found.gl_pathc; i++)
        ok = map_shard(found.gl_pathv[i], t, error, size);
    globfree(&found);
    if (!ok)
        tokens_free(t);
    return ok;
}

bool tokens_take(int32_t *ids, int64_t n, tokens *t)
{
    *t = (tokens){0};
    return add_part(t, (token_part){.i32 = ids, .n = n, .map = ids});
}

bool tokens_fit(const tokens *t, const char *name, int64_t vocabulary, char *error, size_t size)
{
    return t->largest < vocabulary ||
           fail_with(error, size, "%s: token %lld is outside of the vocabulary of %lld", name,
                     (long long)t->largest, (long long)vocabulary);
}

void tokens_copy(const tokens *t, int64_t at, int64_t n, int64_t *out)
{
    int part = 0;
    while (part < t->n_parts && at >= t->parts[part].n)
        at -= t->parts[part++].n;
    for (int64_t i = 0; i < n && part < t->n_parts; i++) {
        const token_part *p = &t->parts[part];
        out[i] = p->u16 ? p->u16[at] : p->i32[at];
        if (++at == p->n) {
            at = 0;
            part++;
        }
    }
}

void tokens_free(tokens *t)
{
    for (int i = 0; i < t->n_parts; i++)
        if (t->parts[i].bytes)
            munmap(t->parts[i].map, t->parts[i].bytes);
        else
            free(t->parts[i].map);
    free(t->parts);
    *t = (tokens){0};
}
