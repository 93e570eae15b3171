/* Text to token ids and back: GPT-2's byte-level BPE, or characters. Any bytes round-trip exactly:
 * text need not be UTF-8, and may hold zeros. A tokenizer is for one thread at a time. */
#ifndef EXAMPLES_TOKENIZER_H
#define EXAMPLES_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tokenizer tokenizer;

/* The tokenizer of a folder: vocab.json and merges.txt. NULL: error is one line that says why. */
tokenizer *tokenizer_open(const char *dir, char *error, size_t size);
/* The same from the two files' contents; `name` stands in front of errors. */
tokenizer *tokenizer_parse(const char *name, const char *vocab, size_t vocab_bytes,
                           const char *merges, size_t merges_bytes, char *error, size_t size);
/* One token for each character that is in the text, in the order of code points. Characters of
 * several bytes are merges of their bytes, which are tokens too, so that other programs, which know
 * nothing of characters, give the same ids; bytes that are no UTF-8 are tokens of their own. */
tokenizer *tokenizer_chars(const char *text, size_t bytes, char *error, size_t size);
/* Byte-level BPE of up to n tokens: 256 bytes, merges learned from the text, "<|endoftext|>". The
 * most frequent pair is merged first, of several the one with the lowest ids; pairs that are there
 * only once are not merged, so that a short text may give fewer tokens. */
tokenizer *tokenizer_train(const char *text, size_t bytes, int64_t n, char *error, size_t size);
void tokenizer_free(tokenizer *t);

/* Writes vocab.json and merges.txt, each whole or not at all. False: the error says why. */
bool tokenizer_save(const tokenizer *t, const char *dir, char *error, size_t size);

/* The ids of a text, to be freed. special: "<|endoftext|>" is its token, where the vocabulary has
 * it, not ordinary text. Returns how many; -1: tokenizer_error says why, and *ids is NULL. */
int64_t tokenizer_encode(tokenizer *t, const char *text, size_t bytes, bool special, int32_t **ids);
const char *tokenizer_error(const tokenizer *t);
/* The bytes of n tokens, to be freed, with a zero behind them. Returns how many; -1: an id is not
 * in the vocabulary, or no memory. */
int64_t tokenizer_decode(const tokenizer *t, const int32_t *ids, int64_t n, char **text);

/* Of the tokens and the merges, however the files spell them; never 0. */
uint64_t tokenizer_fingerprint(const tokenizer *t);
int64_t tokenizer_size(const tokenizer *t);
int64_t tokenizer_merges(const tokenizer *t);
/* The id of "<|endoftext|>", or -1. */
int64_t tokenizer_special(const tokenizer *t);

#endif
