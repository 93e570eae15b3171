/* Fingerprints of bytes, by which files are recognised as belonging together: no protection against
 * somebody who means harm. */
#ifndef EXAMPLES_FINGERPRINT_H
#define EXAMPLES_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

enum { FINGERPRINT_TEXT = 17 };

/* Begin with 0; each call adds to what the one before gave. */
uint64_t fingerprint_add(uint64_t sum, const void *bytes, size_t n);
/* As 16 digits. */
void fingerprint_spell(uint64_t sum, char text[FINGERPRINT_TEXT]);

#endif
