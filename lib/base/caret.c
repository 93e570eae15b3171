/* Excerpts for messages about a text. Input: the text and an offset; output: at most one line.
 * Invariant: one printable column for every byte, so that the caret stands where it should. */
#include "caret.h"

#include <stdio.h>
#include <string.h>

static char shown(char c)
{
    if (c == '\n' || c == '\t' || c == '\r')
        return ' ';
    return (char)(c < ' ' || c > '~' ? '?' : c);
}

caret_line caret_around(const char *text, size_t size, size_t at)
{
    caret_line e;
    size_t half = CARET_SHOWN / 2, from = at > half && size > CARET_SHOWN ? at - half : 0;
    int n = 0;
    if (from)
        n += snprintf(e.s, sizeof e.s, "...");
    e.caret = n + (int)(at - from);
    for (size_t i = from; i < size && i < from + CARET_SHOWN; i++)
        e.s[n++] = shown(text[i]);
    e.s[n] = '\0';
    if (size > from + CARET_SHOWN)
        memcpy(e.s + n, "...", sizeof "...");
    return e;
}
