/* Prompts and lists of ids from the command line. Input: a text or numbers; output: token ids.
 * Invariant: what is no list of ids, or does not fit the model, ends the program. */
#include "prompt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/program.h"

int64_t *ids_parse(const char *text, int64_t *n, bool negative_ok)
{
    int64_t *ids = malloc((strlen(text) / 2 + 1) * sizeof *ids);
    if (!ids)
        program_fail("no memory for the ids");
    *n = 0;
    for (const char *s = text; *s;) {
        char *end;
        errno = 0;
        long long v = strtoll(s, &end, 10);
        if (end == s || errno || (v < 0 && !negative_ok) || (*end && *end != ',' && *end != ' '))
            program_fail("'%s' is not a list of ids such as 1,2,3", text);
        ids[(*n)++] = v;
        s = end + (*end != 0);
    }
    return ids;
}

/* A text's ids; without any, a text begins with the special token, or with a new line. */
static void encode(prompt *p, const char *text)
{
    int32_t *tokens = NULL;
    p->n = text ? tokenizer_encode(p->words, text, strlen(text), true, &tokens) : 0;
    if (p->n < 0)
        program_fail("the prompt: %s", tokenizer_error(p->words));
    p->ids = malloc((size_t)(p->n + 1) * sizeof *p->ids);
    if (!p->ids)
        program_fail("no memory for the prompt");
    for (int64_t i = 0; i < p->n; i++)
        p->ids[i] = tokens[i];
    free(tokens);
    if (p->n == 0) {
        int64_t special = tokenizer_special(p->words);
        p->ids[p->n++] = special >= 0 ? special : 0;
    }
}

prompt prompt_read(const gpt2 *m, const char *dir, const char *text, const char *ids, bool long_ok)
{
    prompt p = {0};
    if (ids) {
        p.ids = ids_parse(ids, &p.n, false);
    } else {
        p.words = command_tokenizer(dir);
        encode(&p, text);
    }
    if (p.n == 0)
        program_fail("the prompt is empty");
    for (int64_t i = 0; i < p.n; i++)
        if (p.ids[i] >= m->config.vocab_size)
            program_fail("token id %lld is outside of the vocabulary of %lld", (long long)p.ids[i],
                         (long long)m->config.vocab_size);
    if (!long_ok && p.n > m->config.n_positions)
        program_fail("the prompt of %lld tokens is longer than the context of %lld", (long long)p.n,
                     (long long)m->config.n_positions);
    return p;
}

void prompt_free(prompt *p)
{
    tokenizer_free(p->words);
    free(p->ids);
    *p = (prompt){0};
}
