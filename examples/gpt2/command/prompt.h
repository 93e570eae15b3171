/* A prompt, as text or as ids, for the commands that take one; and lists of ids as numbers, for
 * those that take several. */
#ifndef EXAMPLES_PROMPT_H
#define EXAMPLES_PROMPT_H

#include "gpt2/model/params.h"
#include "gpt2/text/tokenizer.h"

typedef struct prompt {
    tokenizer *words; /* NULL when ids were given */
    int64_t *ids, n;  /* at least one, all within the vocabulary */
} prompt;

/* Ends the program where it cannot. long_ok: may be longer than the context. */
prompt prompt_read(const gpt2 *m, const char *dir, const char *text, const char *ids, bool long_ok);
void prompt_free(prompt *p);
/* "1,2,3" or "1 2 3" -> ids, to be freed; n is set. negative_ok: -100 and the like are allowed. */
int64_t *ids_parse(const char *text, int64_t *n, bool negative_ok);

#endif
