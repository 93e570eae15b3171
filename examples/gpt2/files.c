/* Writing files by way of a temporary one in the same folder. Invariant: whatever happens, path is
 * the old file or the new one, and nothing is left behind when writing fails. */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool write_synced(FILE *f, const char *data, size_t bytes)
{
    bool ok = fwrite(data, 1, bytes, f) == bytes && fflush(f) == 0 && fsync(fileno(f)) == 0;
    int why = errno;
    ok = fclose(f) == 0 && ok;
    if (!ok && why)
        errno = why;
    return ok;
}

bool file_write(const char *path, const char *data, size_t bytes, char *error, size_t size)
{
    char *part = malloc(strlen(path) + sizeof ".part");
    if (!part)
        return fail_with(error, size, "%s: no memory", path);
    sprintf(part, "%s.part", path);
    errno = 0;
    FILE *f = fopen(part, "wb");
    bool ok = f && write_synced(f, data, bytes) && rename(part, path) == 0;
    if (!ok) {
        fail_with(error, size, "%s: %s", path, strerror(errno));
        if (f)
            unlink(part);
    }
    free(part);
    return ok;
}
