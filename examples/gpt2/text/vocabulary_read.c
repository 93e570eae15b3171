/* Reading vocab.json, one object of token: id, and merges.txt, a line per merge, lowest rank first,
 * as Hugging Face's tokenizers have them. Invariant: in a vocabulary that was read, ids begin at 0
 * and have no gaps, each token is there once, and every merge is of tokens and makes a token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "common/error.h"
#include "vocabulary.h"

#if HAVE_JANSSON
#include <jansson.h>
#endif

typedef struct reader {
    vocabulary *v;
    const char *name;
    char *bytes; /* room for a token or two */
    char *error;
    size_t size;
} reader;

#if HAVE_JANSSON
static bool wrong_token(const reader *r, long long id, const char *why)
{
    return fail_with(r->error, r->size, "%s/vocab.json: token %lld %s", r->name, id, why);
}

/* Ids in the order of the file -> names in the order of ids. */
static bool sort_by_id(const reader *r, json_t *root, const char **names)
{
    const char *name;
    json_t *value;
    json_int_t n = (json_int_t)json_object_size(root);
    json_object_foreach(root, name, value)
    {
        json_int_t id = json_integer_value(value);
        if (!json_is_integer(value))
            return fail_with(r->error, r->size,
                             "%s/vocab.json: '%.60s' has no whole number for an id", r->name, name);
        if (id < 0 || id >= n)
            return fail_with(
                r->error, r->size,
                "%s/vocab.json: %lld tokens must have the ids 0 to %lld, but '%.60s' has "
                "%lld",
                r->name, (long long)n, (long long)n - 1, name, (long long)id);
        if (names[id])
            return fail_with(r->error, r->size,
                             "%s/vocab.json: '%.60s' and '%.60s' both have the id %lld", r->name,
                             names[id], name, (long long)id);
        names[id] = name;
    }
    return true;
}

static bool add_tokens(reader *r, const char **names, int64_t n)
{
    for (int64_t i = 0; i < n; i++) { /* n distinct ids below n: each has a name */
        char why[80];
        size_t bytes;
        uint32_t bad;
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
        if (!bytes_unspell(names[i], strlen(names[i]), r->bytes, &bytes, &bad)) {
            snprintf(why, sizeof why, "has the character U+%04X, which stands for no byte", bad);
            return wrong_token(r, (long long)i, why);
        }
        if (!bytes)
            return wrong_token(r, (long long)i, "is empty");
        if (words_add(&r->v->tokens, r->bytes, bytes) != i)
            return wrong_token(r, (long long)i, "finds no memory");
    }
    return true;
}

static bool read_tokens(reader *r, const char *json, size_t n)
{
    json_error_t e;
    json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &e);
    bool ok = false;
    if (!root) {
        fail_with(r->error, r->size, "%s/vocab.json: line %d, column %d: %s", r->name, e.line,
                  e.column, e.text);
    } else if (!json_is_object(root) || !json_object_size(root)) {
        fail_with(r->error, r->size, "%s/vocab.json: not an object of tokens and ids", r->name);
    } else {
        size_t tokens = json_object_size(root);
        const char **names = calloc(tokens, sizeof *names);
        ok = names ? sort_by_id(r, root, names) && add_tokens(r, names, (int64_t)tokens)
                   : wrong_token(r, (long long)tokens, "finds no memory");
        free(names);
    }
    json_decref(root);
    return ok;
}
#else
static bool read_tokens(reader *r, const char *json, size_t n)
{
    (void)json, (void)n;
    return fail_with(r->error, r->size,
                     "%s/vocab.json: this program was built without jansson, which reads JSON",
                     r->name);
}
#endif

static bool wrong_merge(const reader *r, int64_t line, const char *why)
{
    return fail_with(r->error, r->size, "%s/merges.txt: line %lld: %s", r->name, (long long)line,
                     why);
}

/* A token of a line, behind the bytes that are there; -1: the error says why. */
static int64_t read_token(reader *r, int64_t line, const char *text, size_t n, size_t *bytes)
{
    char why[240];
    size_t more;
    uint32_t bad;
    int64_t id = -1;
    int shown = n > 60 ? 60 : (int)n;
    if (!n) {
        wrong_merge(r, line, "not two tokens with a space between them");
    } else if (!bytes_unspell(text, n, r->bytes + *bytes, &more, &bad)) {
        snprintf(why, sizeof why, "the character U+%04X stands for no byte", bad);
        wrong_merge(r, line, why);
    } else {
        id = words_find(&r->v->tokens, r->bytes + *bytes, more);
        *bytes += more;
        if (id < 0) {
            snprintf(why, sizeof why, "'%.*s' is not in vocab.json", shown, text);
            wrong_merge(r, line, why);
        }
    }
    return id;
}

static bool read_merge(reader *r, int64_t line, const char *text, size_t n)
{
    char why[240];
    bool twice;
    size_t bytes = 0;
    const char *space = memchr(text, ' ', n);
    size_t first = space ? (size_t)(space - text) : n;
    bool two = space && !memchr(space + 1, ' ', n - first - 1);
    int64_t left = read_token(r, line, text, two ? first : 0, &bytes);
    int64_t right = left < 0 ? -1 : read_token(r, line, text + first + 1, n - first - 1, &bytes);
    if (right < 0)
        return false;
    int64_t made = words_find(&r->v->tokens, r->bytes, bytes);
    if (made < 0) {
        snprintf(why, sizeof why, "'%.*s' makes a token that is not in vocab.json",
                 n > 120 ? 120 : (int)n, text);
        return wrong_merge(r, line, why);
    }
    if (bpe_add(&r->v->merges, (int32_t)left, (int32_t)right, (int32_t)made, &twice))
        return true;
    snprintf(why, sizeof why, "'%.*s' is there twice", n > 120 ? 120 : (int)n, text);
    return wrong_merge(r, line, twice ? why : "no memory");
}

static bool read_merges(reader *r, const char *text, size_t n)
{
    int64_t line = 1;
    for (size_t at = 0, len, next; at < n; at = next, line++) {
        const char *end = memchr(text + at, '\n', n - at);
        len = end ? (size_t)(end - (text + at)) : n - at;
        next = at + len + 1;
        len -= len && text[at + len - 1] == '\r';
        bool header = line == 1 && len >= 9 && memcmp(text, "#version:", 9) == 0;
        if (len && !header && !read_merge(r, line, text + at, len))
            return false;
    }
    return true;
}

/* <|endoftext|>, [PAD] and the like are tokens that no merge makes. */
static bool special(const char *token, size_t n)
{
    return n > 2 &&
           ((token[0] == '<' && token[n - 1] == '>') || (token[0] == '[' && token[n - 1] == ']'));
}

/* Every other token of several bytes is made by a merge. A merges.txt that has lost its end would
 * otherwise cut words up as the model has never seen them, and nobody would be told. */
static bool check_reachable(const reader *r)
{
    const words *tokens = &r->v->tokens;
    const bpe *merges = &r->v->merges;
    int64_t first = -1, lost = 0;
    bool *made = calloc((size_t)tokens->n + 1, sizeof *made);
    if (!made)
        return fail_with(r->error, r->size, "%s: no memory for its tokens", r->name);
    for (int64_t i = 0; i < merges->pairs.n; i++)
        made[merges->made[i]] = true;
    for (int64_t id = tokens->n - 1; id >= 0; id--) {
        size_t n;
        const char *token = words_get(tokens, id, &n);
        if (n > 1 && !made[id] && !special(token, n)) {
            first = id;
            lost++;
        }
    }
    free(made);
    return !lost ||
           fail_with(r->error, r->size,
                     "%s/merges.txt: no merge makes token %lld of vocab.json, nor %lld others: "
                     "lines are missing",
                     r->name, (long long)first, (long long)lost - 1);
}

bool vocabulary_read(vocabulary *v, const char *name, const char *vocab, size_t vocab_bytes,
                     const char *merges, size_t merges_bytes, char *error, size_t size)
{
    size_t room = vocab_bytes > merges_bytes ? vocab_bytes : merges_bytes;
    reader r = {v, name, malloc(room + 1), error, size};
    bool ok = r.bytes ? read_tokens(&r, vocab, vocab_bytes) &&
                            read_merges(&r, merges, merges_bytes) && check_reachable(&r)
                      : fail_with(error, size, "%s: no memory for its tokens", name);
    free(r.bytes);
    return ok;
}
