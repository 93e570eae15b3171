/* One-line errors, and whole files by way of replace.h. */
#include "files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "replace.h"

bool fail_with(char *error, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error, size, format, args);
    va_end(args);
    for (char *c = error; size && *c; c++) /* parts may be what a file holds */
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    return false;
}

bool file_write(const char *path, const char *data, size_t bytes, char *error, size_t size)
{
    replacement r;
    bool ok = replace_begin(&r, path);
    if (ok) {
        fwrite(data, 1, bytes, r.f);
        ok = replace_end(&r);
    }
    return ok || fail_with(error, size, "%s: %s", path, strerror(errno));
}
