/* Prompts and lists of ids from the command line. */
#include "prompt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "weights.h"

int64_t *ids_parse(const char *text, int64_t *n, bool negative_ok)
{
    int64_t *ids = malloc((strlen(text) / 2 + 1) * sizeof *ids);
    if (!ids)
        command_fail("no memory for the ids");
    *n = 0;
    for (const char *s = text; *s;) {
        char *end;
        errno = 0;
        long long v = strtoll(s, &end, 10);
        if (end == s || errno || (v < 0 && !negative_ok) || (*end && *end != ',' && *end != ' '))
            command_fail("'%s' is not a list of ids such as 1,2,3", text);
        ids[(*n)++] = v;
        s = end + (*end != 0);
    }
    return ids;
}

int dtype_option(const char *name)
{
    static const struct {
        const char *name;
        tt_dtype dtype;
    } known[] = {{"f32", TT_F32}, {"f64", TT_F64}, {"f16", TT_F16}, {"bf16", TT_BF16}};
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return (int)known[i].dtype;
    return AS_STORED;
}

prompt prompt_read(gpt2 *m, const char *dir, const char *text, const char *ids, bool long_ok)
{
    prompt p = {0};
    char error[512];
    if (ids) {
        p.ids = ids_parse(ids, &p.n, false);
    } else {
        int32_t *tokens = NULL;
        p.words = tokenizer_open(dir, error, sizeof error);
        if (!p.words)
            command_fail("%s", error);
        p.n = text ? tokenizer_encode(p.words, text, strlen(text), true, &tokens) : 0;
        if (p.n < 0)
            command_fail("the prompt: %s", tokenizer_error(p.words));
        p.ids = malloc((size_t)(p.n + 1) * sizeof *p.ids);
        if (!p.ids)
            command_fail("no memory for the prompt");
        for (int64_t i = 0; i < p.n; i++)
            p.ids[i] = tokens[i];
        free(tokens);
        if (p.n == 0) { /* a text begins with the special token, or with a new line */
            int64_t special = tokenizer_special(p.words);
            p.ids[p.n++] = special >= 0 ? special : 0;
        }
    }
    if (p.n == 0)
        command_fail("the prompt is empty");
    for (int64_t i = 0; i < p.n; i++)
        if (p.ids[i] >= m->config.vocab_size)
            command_fail("token id %lld is outside of the vocabulary of %lld", (long long)p.ids[i],
                         (long long)m->config.vocab_size);
    if (!long_ok && p.n > m->config.n_positions)
        command_fail("the prompt of %lld tokens is longer than the context of %lld", (long long)p.n,
                     (long long)m->config.n_positions);
    return p;
}
