/* A text cut into words, within which tokens are merged. */
#ifndef EXAMPLES_PRETOKENIZE_H
#define EXAMPLES_PRETOKENIZE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pretokenizer pretokenizer;

/* False ends the cutting. */
typedef bool word_fn(void *user, const char *word, size_t n);

/* GPT-2's words, by its regular expression. NULL: the error says why. */
pretokenizer *pretokenizer_new(char *error, size_t size);
void pretokenizer_free(pretokenizer *p);

/* Calls f for the words in turn; together they are the text, whatever its bytes. A stretch of bytes
 * that are no UTF-8 is a word, and what is before and after it is cut as texts of their own. With a
 * NULL pretokenizer every character is a word. False: f returned false, or no memory. */
bool pretokenizer_split(pretokenizer *p, const char *text, size_t n, word_fn *f, void *user);

/* The token between texts, and where it next stands; NULL: nowhere. */
#define SPECIAL "<|endoftext|>"
const char *special_find(const char *text, size_t n);

#endif
