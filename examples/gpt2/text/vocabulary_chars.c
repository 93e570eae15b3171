/* The vocabulary of the characters of a text. Input: a text; output: tokens in the order of code
 * points, and merges. Invariant: each token is a byte, or the beginning of a character such that
 * what is one byte shorter is a token too: merges lead to every character. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "common/error.h"
#include "vocabulary.h"

/* A character with all that its merges need. */
static bool add_char(words *found, const char *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (words_add(found, c, i + 1) < 0 || words_add(found, c + i, 1) < 0)
            return false;
    return true;
}

static bool find_chars(words *found, const char *text, size_t n)
{
    bool seen[256] = {false}; /* of bytes that are characters, and of those that are none */
    uint32_t code;
    for (size_t at = 0, len; at < n; at += len) {
        unsigned char first = (unsigned char)text[at];
        len = utf8_char(text + at, n - at, &code);
        bool one = len < 2;
        len = len ? len : 1;
        if ((one && seen[first]) || (!one && words_find(found, text + at, len) >= 0))
            continue;
        seen[first] = seen[first] || one;
        if (!add_char(found, text + at, len))
            return false;
    }
    return true;
}

typedef struct token {
    const char *bytes;
    size_t n;
} token;

static int by_bytes(const void *a, const void *b)
{
    const token *x = a, *y = b;
    int c = memcmp(x->bytes, y->bytes, x->n < y->n ? x->n : y->n);
    return c ? c : (x->n > y->n) - (x->n < y->n);
}

static bool number_tokens(vocabulary *v, const words *found)
{
    token *all = malloc(((size_t)found->n + 1) * sizeof *all); /* an empty text has none */
    bool ok = all != NULL;
    for (int64_t i = 0; i < found->n && ok; i++)
        all[i].bytes = words_get(found, i, &all[i].n);
    if (ok)
        qsort(all, (size_t)found->n, sizeof *all, by_bytes);
    for (int64_t i = 0; i < found->n && ok; i++)
        ok = words_add(&v->tokens, all[i].bytes, all[i].n) == i;
    free(all);
    return ok;
}

static bool add_merges(vocabulary *v, size_t length)
{
    for (int64_t i = 0; i < v->tokens.n; i++) {
        bool twice;
        size_t n;
        const char *bytes = words_get(&v->tokens, i, &n);
        if (n == length &&
            !bpe_add(&v->merges, (int32_t)words_find(&v->tokens, bytes, n - 1),
                     (int32_t)words_find(&v->tokens, bytes + n - 1, 1), (int32_t)i, &twice))
            return false;
    }
    return true;
}

bool vocabulary_chars(vocabulary *v, const char *text, size_t bytes, char *error, size_t size)
{
    words found = {0};
    if (!bytes)
        return fail_with(error, size, "a text without a character gives no vocabulary");
    bool ok = find_chars(&found, text, bytes) && number_tokens(v, &found) && add_merges(v, 2) &&
              add_merges(v, 3) && add_merges(v, 4);
    words_free(&found);
    return ok || fail_with(error, size, "no memory for a vocabulary of characters");
}
