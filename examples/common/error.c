/* Errors as text in a buffer of the caller's. Invariant: what is written is one line, whatever a
 * name or a file's contents hold that are parts of it. */
#include "error.h"

#include <stdio.h>

static void (*rewrite_line)(char *line);

void fail_rewritten(void (*rewrite)(char *line))
{
    rewrite_line = rewrite;
}

bool fail_with_list(char *error, size_t size, const char *format, va_list list)
{
    vsnprintf(error, size, format, list);
    for (char *c = error; size && *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    if (rewrite_line && size)
        rewrite_line(error);
    return false;
}

bool fail_with(char *error, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail_with_list(error, size, format, list);
    va_end(list);
    return false;
}
