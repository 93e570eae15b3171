/* A vocabulary, and the files it is written to. Output: vocab.json and merges.txt, as Hugging
 * Face's tokenizers have them. Invariant: what is written reads back as the same vocabulary. */
#include "vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "common/error.h"
#include "common/files.h"
#include "common/folder/fingerprint.h"

static const char HEADER[] = "#version: 0.2\n";

void vocabulary_free(vocabulary *v)
{
    words_free(&v->tokens);
    bpe_free(&v->merges);
}

/* The token as it is spelled in files, with what JSON wants escaped. */
static size_t spell_token(const vocabulary *v, int64_t id, bool json, char *to)
{
    size_t n, out = 0;
    const char *bytes = words_get(&v->tokens, id, &n);
    for (size_t i = 0; i < n; i++) {
        if (json && (bytes[i] == '"' || bytes[i] == '\\'))
            to[out++] = '\\';
        out += bytes_spell(bytes + i, 1, to + out);
    }
    return out;
}

static size_t spell_vocab(const vocabulary *v, char *to)
{
    size_t out = 0;
    for (int64_t i = 0; i < v->tokens.n; i++) {
        out += (size_t)sprintf(to + out, "%s\"", i ? ", " : "{");
        out += spell_token(v, i, true, to + out);
        out += (size_t)sprintf(to + out, "\": %lld", (long long)i);
    }
    out += (size_t)sprintf(to + out, "%s}\n", v->tokens.n ? "" : "{");
    return out;
}

static size_t spell_merges(const vocabulary *v, char *to)
{
    size_t out = (size_t)sprintf(to, "%s", HEADER);
    for (int64_t i = 0; i < v->merges.pairs.n; i++) {
        uint64_t key = v->merges.pairs.keys[i];
        out += spell_token(v, (int64_t)(key >> 32), false, to + out);
        to[out++] = ' ';
        out += spell_token(v, (int64_t)(key & UINT32_MAX), false, to + out);
        to[out++] = '\n';
    }
    return out;
}

uint64_t vocabulary_fingerprint(const vocabulary *v)
{
    uint64_t sum = 0;
    for (int64_t i = 0; i < v->tokens.n; i++) {
        size_t n;
        const char *bytes = words_get(&v->tokens, i, &n);
        sum = fingerprint_add(sum, bytes, n);
    }
    for (int64_t i = 0; i < v->merges.pairs.n; i++)
        sum = fingerprint_add(sum, &v->merges.pairs.keys[i], sizeof v->merges.pairs.keys[i]);
    return sum ? sum : 1;
}

bool vocabulary_write(const vocabulary *v, const char *dir, char *error, size_t size)
{
    size_t bytes = 0, n, folder = strlen(dir);
    for (int64_t i = 0; i < v->merges.pairs.n; i++) {
        words_get(&v->tokens, v->merges.made[i], &n);
        bytes += 2 * n + 2;
    }
    bytes = bytes > 2 * v->tokens.n_bytes ? bytes : 2 * v->tokens.n_bytes;
    char *text = malloc(bytes + 32 * (size_t)v->tokens.n + 64), *path = malloc(folder + 16);
    bool ok = text && path;
    if (ok) {
        sprintf(path, "%s/vocab.json", dir);
        ok = file_write(path, text, spell_vocab(v, text), error, size);
        sprintf(path, "%s/merges.txt", dir);
        ok = ok && file_write(path, text, spell_merges(v, text), error, size);
    } else {
        fail_with(error, size, "%s: no memory for its tokens", dir);
    }
    free(text);
    free(path);
    return ok;
}
