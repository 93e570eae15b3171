/* Encoding and decoding. A text is cut at special tokens, then into words; a word's tokens are
 * looked up among the words seen so far, or found by merging its bytes. Invariant: the tokens'
 * bytes, one after the other, are the text. */
#include "tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "common/error.h"
#include "common/files.h"
#include "common/progress.h"
#include "common/folder/set.h"
#include "pretokenize.h"
#include "vocabulary.h"

enum { CACHED_WORD = 64, CACHED_WORDS = 1 << 18 };

struct tokenizer {
    vocabulary v;
    int32_t byte_id[256]; /* -1: not in the vocabulary */
    int64_t special;
    pretokenizer *cut; /* NULL: characters */
    /* words seen so far, and their ids: word i has those from ends[i - 1] on */
    words seen;
    int64_t *ends, ends_room;
    int32_t *ids;
    int64_t ids_room;
    int32_t *word; /* room to work in */
    int64_t word_room;
    char error[160];
};

/* No merge goes beyond a character, so that text need not be cut into words. */
static bool only_chars(const vocabulary *v)
{
    for (int64_t i = 0; i < v->merges.pairs.n; i++) {
        size_t left, n;
        uint64_t key = v->merges.pairs.keys[i];
        words_get(&v->tokens, (int64_t)(key >> 32), &left);
        const char *right = words_get(&v->tokens, (int64_t)(key & UINT32_MAX), &n);
        const char *made = words_get(&v->tokens, v->merges.made[i], &n);
        if (n != left + 1 || n > utf8_expected((unsigned char)*made) || (*right & 0xc0) != 0x80)
            return false;
    }
    return true;
}

/* Completes what has its vocabulary. Gives it back when ok, frees it when not. */
static tokenizer *finish(tokenizer *t, bool ok, const char *name, char *error, size_t size)
{
    char why[160];
    if (ok) {
        for (int b = 0; b < 256; b++)
            t->byte_id[b] = (int32_t)words_find(&t->v.tokens, &(char){(char)b}, 1);
        t->special = words_find(&t->v.tokens, SPECIAL, sizeof SPECIAL - 1);
        if (!only_chars(&t->v)) {
            t->cut = pretokenizer_new(why, sizeof why);
            ok = t->cut != NULL || fail_with(error, size, "%s: %s", name, why);
        }
    }
    if (ok)
        return t;
    tokenizer_free(t);
    return NULL;
}

static tokenizer *empty(char *error, size_t size)
{
    tokenizer *t = calloc(1, sizeof *t);
    if (!t)
        fail_with(error, size, "no memory for a tokenizer");
    return t;
}

tokenizer *tokenizer_parse(const char *name, const char *vocab, size_t vocab_bytes,
                           const char *merges, size_t merges_bytes, char *error, size_t size)
{
    tokenizer *t = empty(error, size);
    return t ? finish(t,
                      vocabulary_read(&t->v, name, vocab, vocab_bytes, merges, merges_bytes, error,
                                      size),
                      name, error, size)
             : NULL;
}

tokenizer *tokenizer_chars(const char *text, size_t bytes, char *error, size_t size)
{
    tokenizer *t = empty(error, size);
    return t ? finish(t, vocabulary_chars(&t->v, text, bytes, error, size), "chars", error, size)
             : NULL;
}

tokenizer *tokenizer_train(const char *text, size_t bytes, int64_t n, char *error, size_t size)
{
    tokenizer *t = empty(error, size);
    return t ? finish(t, vocabulary_train(&t->v, text, bytes, n, error, size), "train", error, size)
             : NULL;
}

/* One of the two files, mapped. False: the error says why. */
static bool map(const char *dir, const char *file, const char **data, size_t *bytes, char *error,
                size_t size)
{
    size_t room = strlen(dir) + strlen(file) + 2;
    char *path = malloc(room);
    if (!path)
        return fail_with(error, size, "%s: no memory", dir);
    snprintf(path, room, "%s/%s", dir, file);
    *data = file_map(path, bytes, error, size);
    free(path);
    return !*error;
}

tokenizer *tokenizer_open(const char *dir, char *error, size_t size)
{
    tokenizer *t = NULL;
    const char *vocab = NULL, *merges = NULL;
    size_t vocab_bytes = 0, merges_bytes = 0;
    set_settle(dir);
    if (map(dir, "vocab.json", &vocab, &vocab_bytes, error, size) &&
        map(dir, "merges.txt", &merges, &merges_bytes, error, size))
        t = tokenizer_parse(dir, vocab ? vocab : "", vocab_bytes, merges ? merges : "",
                            merges_bytes, error, size);
    file_unmap(vocab, vocab_bytes);
    file_unmap(merges, merges_bytes);
    return t;
}

void tokenizer_free(tokenizer *t)
{
    if (!t)
        return;
    vocabulary_free(&t->v);
    pretokenizer_free(t->cut);
    words_free(&t->seen);
    free(t->ends);
    free(t->ids);
    free(t->word);
    free(t);
}

bool tokenizer_save(const tokenizer *t, const char *dir, char *error, size_t size)
{
    return vocabulary_write(&t->v, dir, error, size);
}

uint64_t tokenizer_fingerprint(const tokenizer *t)
{
    return vocabulary_fingerprint(&t->v);
}

typedef struct output {
    tokenizer *t;
    int32_t *ids;
    int64_t n, room;
    const char *text; /* where it began */
    int64_t words;
} output;

static bool no_memory(tokenizer *t)
{
    return fail_with(t->error, sizeof t->error, "no memory for the text's tokens");
}

static bool append(output *o, const int32_t *ids, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int32_t *all = room_for(o->ids, o->n, &o->room, sizeof *all);
        if (!all)
            return no_memory(o->t);
        o->ids = all;
        o->ids[o->n++] = ids[i];
    }
    return true;
}

/* The tokens of a word's bytes into t->word. */
static bool start_word(tokenizer *t, const char *word, size_t n)
{
    while (t->word_room < (int64_t)n) {
        int32_t *ids = room_for(t->word, t->word_room, &t->word_room, sizeof *ids);
        if (!ids)
            return no_memory(t);
        t->word = ids;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)word[i];
        t->word[i] = t->byte_id[byte];
        if (t->word[i] < 0)
            return fail_with(t->error, sizeof t->error,
                             "the byte 0x%02x of the text is not in the tokenizer's vocabulary",
                             byte);
    }
    return true;
}

/* Remembers the n tokens of a new word in t->word. */
static bool remember(tokenizer *t, const char *word, size_t bytes, int64_t n)
{
    if (t->seen.n == CACHED_WORDS)
        words_clear(&t->seen);
    int64_t last = t->seen.n, begin = last ? t->ends[last - 1] : 0;
    int64_t *ends = room_for(t->ends, last, &t->ends_room, sizeof *ends);
    if (!ends)
        return no_memory(t);
    t->ends = ends;
    t->ends[last] = begin + n;
    while (t->ids_room < begin + n) {
        int32_t *ids = room_for(t->ids, t->ids_room, &t->ids_room, sizeof *ids);
        if (!ids)
            return no_memory(t);
        t->ids = ids;
    }
    memcpy(t->ids + begin, t->word, (size_t)n * sizeof *t->ids);
    return words_add(&t->seen, word, bytes) == last || no_memory(t);
}

static bool encode_word(void *user, const char *word, size_t n)
{
    enum { SOME = 1 << 14 };
    output *o = user;
    tokenizer *t = o->t;
    if (++o->words % SOME == 0)
        progress_step(word - o->text, NULL);
    if (n == 1 && t->byte_id[(unsigned char)*word] >= 0)
        return append(o, &t->byte_id[(unsigned char)*word], 1);
    int64_t known = n <= CACHED_WORD ? words_find(&t->seen, word, n) : -1;
    if (known >= 0) {
        int64_t begin = known ? t->ends[known - 1] : 0;
        return append(o, t->ids + begin, t->ends[known] - begin);
    }
    if (!start_word(t, word, n))
        return false;
    int64_t count = bpe_merge(&t->v.merges, t->word, (int64_t)n);
    if (count < 0)
        return no_memory(t);
    if (!append(o, t->word, count))
        return false;
    return n > CACHED_WORD || remember(t, word, n, count);
}

static bool encode(output *o, const char *text, size_t n, bool special)
{
    tokenizer *t = o->t;
    const char *at = special && t->special >= 0 ? special_find(text, n) : NULL;
    while (at) {
        size_t before = (size_t)(at - text), skip = before + sizeof SPECIAL - 1;
        if (!pretokenizer_split(t->cut, text, before, encode_word, o) ||
            !append(o, &(int32_t){(int32_t)t->special}, 1))
            return false;
        text += skip;
        n -= skip;
        at = special_find(text, n);
    }
    return pretokenizer_split(t->cut, text, n, encode_word, o);
}

int64_t tokenizer_encode(tokenizer *t, const char *text, size_t bytes, bool special, int32_t **ids)
{
    output o = {.t = t, .text = text};
    fail_with(t->error, sizeof t->error, "PCRE2 cannot cut the text into words");
    *ids = NULL;
    progress_begin("cutting the text into tokens", (int64_t)bytes);
    bool ok = encode(&o, text, bytes, special);
    progress_end();
    if (ok) {
        *ids = o.ids ? o.ids : malloc(sizeof **ids);
        if (*ids)
            return o.n;
        no_memory(t);
    }
    free(o.ids);
    return -1;
}

const char *tokenizer_error(const tokenizer *t)
{
    return t->error;
}

int64_t tokenizer_decode(const tokenizer *t, const int32_t *ids, int64_t n, char **text)
{
    size_t bytes = 0, len;
    *text = NULL;
    for (int64_t i = 0; i < n; i++) {
        if (ids[i] < 0 || ids[i] >= t->v.tokens.n)
            return -1;
        words_get(&t->v.tokens, ids[i], &len);
        bytes += len;
    }
    char *to = malloc(bytes + 1);
    if (!to)
        return -1;
    *text = to;
    for (int64_t i = 0; i < n; i++, to += len) {
        const char *token = words_get(&t->v.tokens, ids[i], &len);
        memcpy(to, token, len);
    }
    *to = 0;
    return (int64_t)bytes;
}

int64_t tokenizer_size(const tokenizer *t)
{
    return t->v.tokens.n;
}

int64_t tokenizer_merges(const tokenizer *t)
{
    return t->v.merges.pairs.n;
}

int64_t tokenizer_special(const tokenizer *t)
{
    return t->special;
}
