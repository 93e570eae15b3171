/* UTF-8, and the characters that stand for bytes in vocab.json and merges.txt: printable ones for
 * themselves, the others as U+0100 and following, so that every token is readable text. */
#ifndef EXAMPLES_BYTES_H
#define EXAMPLES_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that begins here; 0 when none does. No surrogates, no overlong forms. */
size_t utf8_char(const char *text, size_t n, uint32_t *code);
/* Bytes from the beginning on that are valid UTF-8. */
size_t utf8_valid(const char *text, size_t n);
/* Bytes from the beginning on in which no character begins. */
size_t utf8_invalid(const char *text, size_t n);
/* Bytes that the character with this first byte has; 1 for bytes that begin none. */
size_t utf8_expected(unsigned char first);
/* How many bytes at the end are the beginning of a character that is not whole yet: hold them back
 * when text is shown as it is made. */
size_t utf8_unfinished(const char *text, size_t n);

/* n bytes as the characters that stand for them; room for 2 n. Returns what it wrote. */
size_t bytes_spell(const char *bytes, size_t n, char *text);
/* Back again; room for n. False: *bad is the character that stands for no byte. */
bool bytes_unspell(const char *text, size_t n, char *bytes, size_t *n_bytes, uint32_t *bad);
/* The byte with this place in GPT-2's vocabulary: the printable ones come first. */
unsigned char bytes_in_order(int place);

#endif
