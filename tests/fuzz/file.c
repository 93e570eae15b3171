/* The temporary file of targets that read files. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"

static char path[256];

static void remove_file(void)
{
    unlink(path);
}

const char *fuzz_file(const uint8_t *data, size_t size, const char *suffix)
{
    if (!*path) {
        const char *dir = getenv("TMPDIR");
        snprintf(path, sizeof path, "%s/tinytensor-fuzz-%ld%s", dir ? dir : "/tmp", (long)getpid(),
                 suffix);
        atexit(remove_file);
    }
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
    return path;
}
