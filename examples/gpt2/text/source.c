/* Reading what --data names. Input: a path or a glob; output: its tokens, and what cut them.
 * Invariant: a text is looked at where it is mapped, and let go once it is tokens; shards stay
 * mapped. */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/files.h"

static bool is_shard(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".bin") == 0;
}

static bool encode(source *s, const char *path, const char *dir, const char *text, char *error,
                   size_t size)
{
    size_t bytes = (size_t)s->bytes;
    int32_t *ids;
    s->words = dir ? tokenizer_open(dir, error, size) : tokenizer_chars(text, bytes, error, size);
    if (!s->words)
        return false;
    int64_t n = tokenizer_encode(s->words, text, bytes, true, &ids);
    if (n < 0)
        return fail_with(error, size, "%s: %s", path, tokenizer_error(s->words));
    if (tokens_take(ids, n, &s->data))
        return true;
    free(ids);
    return fail_with(error, size, "%s: no memory for its tokens", path);
}

static bool read_text(source *s, const char *path, const char *dir, char *error, size_t size)
{
    size_t bytes;
    const char *text = file_map(path, &bytes, error, size);
    if (*error)
        return false;
    s->bytes = (int64_t)bytes;
    bool ok = !bytes || encode(s, path, dir, text, error, size);
    file_unmap(text, bytes);
    return ok;
}

bool source_read(source *s, const char *path, const char *dir, char *error, size_t size)
{
    *s = (source){.shards = is_shard(path)};
    bool ok =
        s->shards ? tokens_map(path, &s->data, error, size) : read_text(s, path, dir, error, size);
    if (!ok)
        source_free(s);
    return ok;
}

void source_free(source *s)
{
    tokens_free(&s->data);
    tokenizer_free(s->words);
    *s = (source){0};
}
