/* The GPT-2 example's tokenizers. Any vocab.json and merges.txt (the input up to the first byte 1,
 * and up to the second) open or give an error; those that are made of any text always open; and
 * what they encode, decodes to the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "gpt2/text/tokenizer.h"

static const char letters[] = "{\"a\": 0, \"b\": 1, \"ab\": 2, \"\xc4\xa0\": 3, \"aba\": 4, "
                              "\"\\u0120ab\": 5, \"<|endoftext|>\": 6, \"abab\": 7}\1"
                              "#version: 0.2\na b\nab a\n\xc4\xa0 ab\nab ab\n\1"
                              "abababa ab aab<|endoftext|>  a";
static const char chars[] =
    "{\"\xc3\x83\": 0, \"\xc2\xa9\": 1, \"\xc3\x83\xc2\xa9\": 2, \"x\": 3}\1"
    "\xc3\x83 \xc2\xa9\n\1x\xc3\xa9\xc3\xa9xx\xc3";

const uint8_t *fuzz_seed(int i, size_t *size)
{
    *size = i == 0 ? sizeof letters - 1 : sizeof chars - 1;
    return i == 0 ? (const uint8_t *)letters : i == 1 ? (const uint8_t *)chars : NULL;
}

/* must: there is a token for every byte of the text. */
static void round_trip(tokenizer *t, const char *text, size_t n, bool special, bool must)
{
    int32_t *ids;
    char *back;
    int64_t count = tokenizer_encode(t, text, n, special, &ids);
    if (count < 0) {
        if (must || !*tokenizer_error(t) || ids)
            abort();
        return;
    }
    for (int64_t i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= tokenizer_size(t))
            abort();
    if (tokenizer_decode(t, ids, count, &back) != (int64_t)n || memcmp(back, text, n) != 0)
        abort();
    free(ids);
    free(back);
}

static void use(tokenizer *t, const char *error, const char *text, size_t n, bool must)
{
    if (!t && (must || !*error || strchr(error, '\n')))
        abort();
    for (int special = 0; special < 2 && t; special++)
        round_trip(t, text, n, special, must);
    tokenizer_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[400] = "";
    const char *text = (const char *)data, *end = text + size;
    const char *one = size ? memchr(text, 1, size) : NULL;
    const char *two = one ? memchr(one + 1, 1, (size_t)(end - one - 1)) : NULL;
    if (two)
        use(tokenizer_parse("x", text, (size_t)(one - text), one + 1, (size_t)(two - one - 1),
                            error, sizeof error),
            error, two + 1, (size_t)(end - two - 1), false);
    if (size)
        use(tokenizer_chars(text, size, error, sizeof error), error, text, size, true);
    use(tokenizer_train(text, size, 257 + (int64_t)size % 64, error, sizeof error), error, text,
        size, true);
    return 0;
}
