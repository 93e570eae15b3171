/* The line of a text around a place, for messages that mark it with a caret below. */
#ifndef TT_OP_CARET_H
#define TT_OP_CARET_H

#include <stddef.h>

enum { CARET_SHOWN = 72 };

typedef struct caret_line {
    char s[CARET_SHOWN + 8]; /* long texts are cut, with "..." where they go on */
    int caret;               /* column of the place in s */
} caret_line;

/* The text around an offset, every byte one column wide. Print it as "\n  %s\n  %*s^" with
 * s, caret, "". */
caret_line caret_around(const char *text, size_t size, size_t at);

#endif
