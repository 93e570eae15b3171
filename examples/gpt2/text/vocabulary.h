/* What a tokenizer consists of, and the files that it is read from and written to. */
#ifndef EXAMPLES_VOCABULARY_H
#define EXAMPLES_VOCABULARY_H

#include <stdbool.h>

#include "bpe.h"
#include "numbering.h"

/* Tokens are their bytes, not the characters that spell them in files. */
typedef struct vocabulary {
    words tokens;
    bpe merges;
} vocabulary;

void vocabulary_free(vocabulary *v);

/* The contents of vocab.json and of merges.txt, into {0}; name stands in front of errors. False:
 * the error says which line or token is wrong. */
bool vocabulary_read(vocabulary *v, const char *name, const char *vocab, size_t vocab_bytes,
                     const char *merges, size_t merges_bytes, char *error, size_t size);
/* Made of a text, into {0}: see tokenizer_chars and tokenizer_train. */
bool vocabulary_chars(vocabulary *v, const char *text, size_t bytes, char *error, size_t size);
bool vocabulary_train(vocabulary *v, const char *text, size_t bytes, int64_t n, char *error,
                      size_t size);
/* See tokenizer_fingerprint. */
uint64_t vocabulary_fingerprint(const vocabulary *v);
/* Into the folder. */
bool vocabulary_write(const vocabulary *v, const char *dir, char *error, size_t size);

#endif
