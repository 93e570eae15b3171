/* A text as token ids: tokenized, or mapped from the shards of llm.c (256 int32 of header, magic
 * 20240520, version 1, then uint16 tokens). */
#ifndef EXAMPLES_TOKENS_H
#define EXAMPLES_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct token_part {
    const uint16_t *u16; /* one of the two */
    const int32_t *i32;
    int64_t n;
    void *map; /* what is unmapped, or freed when bytes is 0 */
    size_t bytes;
} token_part;

typedef struct tokens {
    int64_t n, largest;
    int n_parts;
    token_part *parts;
} tokens;

/* The shards that a glob names, in the order of their names. False: the error says why. */
bool tokens_map(const char *glob, tokens *t, char *error, size_t size);
/* Takes the ids, allocated by malloc. */
bool tokens_take(int32_t *ids, int64_t n, tokens *t);
/* Whether all are of the vocabulary. False: the error, which begins with the name, says which is
 * not. */
bool tokens_fit(const tokens *t, const char *name, int64_t vocabulary, char *error, size_t size);
/* n tokens from `at` on */
void tokens_copy(const tokens *t, int64_t at, int64_t n, int64_t *out);
void tokens_free(tokens *t);

#endif
