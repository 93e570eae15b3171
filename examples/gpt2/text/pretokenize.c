/* GPT-2's words. Input: any bytes; output: words, one call each, that are the text when put
 * together. Invariant: each byte of the text is looked at a bounded number of times; PCRE2 sees
 * only text that has been found to be valid, once. */
#include "pretokenize.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "common/error.h"

#if HAVE_PCRE2
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* White space is spelled out: it is Unicode's White_Space, while PCRE2's \s has U+180E besides.
 * What is a letter or a number depends on the version of Unicode that PCRE2 knows. */
#define SPACE "\\t-\\r\\x{85}\\p{Z}"

static const char PATTERN[] =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" SPACE "\\p{L}\\p{N}]+"
    "|[" SPACE "]+(?![^" SPACE "])|[" SPACE "]+";

struct pretokenizer {
    pcre2_code *code;
    pcre2_match_data *match;
};

pretokenizer *pretokenizer_new(char *error, size_t size)
{
    int why = PCRE2_ERROR_NOMEMORY;
    PCRE2_SIZE at;
    pretokenizer *p = calloc(1, sizeof *p);
    if (p)
        p->code = pcre2_compile((PCRE2_SPTR)PATTERN, PCRE2_ZERO_TERMINATED,
                                PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &why, &at, NULL);
    if (p && p->code)
        p->match = pcre2_match_data_create_from_pattern(p->code, NULL);
    if (p && p->match) {
        pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* where there is none it is interpreted */
        return p;
    }
    pretokenizer_free(p);
    fail_with(error, size, "PCRE2 cannot compile GPT-2's regular expression (error %d)", why);
    return NULL;
}

void pretokenizer_free(pretokenizer *p)
{
    if (!p)
        return;
    pcre2_match_data_free(p->match);
    pcre2_code_free(p->code);
    free(p);
}

static bool split_valid(pretokenizer *p, const char *text, size_t n, word_fn *f, void *user)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(p->match);
    for (size_t at = 0; at < n; at = ends[1]) {
        if (pcre2_match(p->code, (PCRE2_SPTR)text, n, at, PCRE2_NO_UTF_CHECK, p->match, NULL) < 0)
            return false;
        if (!f(user, text + at, ends[1] - at))
            return false;
    }
    return true;
}

#else

pretokenizer *pretokenizer_new(char *error, size_t size)
{
    fail_with(error, size,
              "this program was built without PCRE2, which cuts text into GPT-2's words");
    return NULL;
}

void pretokenizer_free(pretokenizer *p)
{
    (void)p;
}

static bool split_valid(pretokenizer *p, const char *text, size_t n, word_fn *f, void *user)
{
    (void)p, (void)text, (void)n, (void)f, (void)user;
    return false;
}
#endif

static bool split_chars(const char *text, size_t n, word_fn *f, void *user)
{
    for (size_t at = 0, len; at < n; at += len) {
        len = utf8_expected((unsigned char)text[at]);
        if (!f(user, text + at, len))
            return false;
    }
    return true;
}

bool pretokenizer_split(pretokenizer *p, const char *text, size_t n, word_fn *f, void *user)
{
    for (size_t at = 0, len; at < n;) {
        len = utf8_valid(text + at, n - at);
        if (len &&
            !(p ? split_valid(p, text + at, len, f, user) : split_chars(text + at, len, f, user)))
            return false;
        at += len;
        len = utf8_invalid(text + at, n - at);
        if (len && !f(user, text + at, len))
            return false;
        at += len;
    }
    return true;
}

const char *special_find(const char *text, size_t n)
{
    const size_t len = sizeof SPECIAL - 1;
    if (!n)
        return NULL;
    for (const char *end = text + n; (text = memchr(text, '<', (size_t)(end - text))); text++)
        if ((size_t)(end - text) >= len && memcmp(text, SPECIAL, len) == 0)
            return text;
    return NULL;
}
