/* A prompt, as text or as ids, for the commands that take one. */
#ifndef EXAMPLES_PROMPT_H
#define EXAMPLES_PROMPT_H

#include "gpt2.h"
#include "tokenizer.h"

typedef struct prompt {
    tokenizer *words; /* NULL when ids were given */
    int64_t *ids, n;  /* at least one, all within the vocabulary */
} prompt;

/* Ends the program where it cannot. long_ok: may be longer than the context. */
prompt prompt_read(gpt2 *m, const char *dir, const char *text, const char *ids, bool long_ok);
/* "1,2,3" or "1 2 3" -> ids; n is set. minus_one: -100 and the like are allowed. */
int64_t *ids_parse(const char *text, int64_t *n, bool negative_ok);
/* TT_F32 and so on for "f32", "f64", "f16", "bf16"; AS_STORED for others. */
int dtype_option(const char *name);

#endif
