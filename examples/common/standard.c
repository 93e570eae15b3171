/* Standard output and input as files. Input: what is written to the stream, or to a file under a
 * temporary name; output: the same bytes, and none but these, on standard output. Invariant: what a
 * program prints besides goes to standard error. */
#define _POSIX_C_SOURCE 200809L
#include "standard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *kept;
static char pending[OUTPUT_ROOM]; /* the temporary file, while there is one */

bool standard_take(void)
{
    if (kept)
        return true;
    fflush(stdout);
    int fd = dup(STDOUT_FILENO);
    if (fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return false;
    kept = fdopen(fd, "wb");
    return kept != NULL;
}

FILE *standard_file(void)
{
    return kept;
}

/* A program may end by an error while the file is written. */
static void remove_pending(void)
{
    if (*pending)
        unlink(pending);
    *pending = 0;
}

/* A new file under a temporary name in room; -1: errno says why. */
static int open_temporary(char *room)
{
    const char *dir = getenv("TMPDIR");
    int n = snprintf(room, OUTPUT_ROOM, "%s/tinytensor-XXXXXX", dir && *dir ? dir : "/tmp");
    int fd = n < OUTPUT_ROOM ? mkstemp(room) : -1;
    if (fd < 0)
        return -1;
    if (!*pending)
        atexit(remove_pending);
    memcpy(pending, room, OUTPUT_ROOM);
    return fd;
}

static bool copy(FILE *from, FILE *to)
{
    char piece[1 << 12];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, from)) > 0)
        fwrite(piece, 1, n, to);
    return !ferror(from) && !ferror(to) && fflush(to) == 0;
}

const char *output_begin(const char *path, char *room)
{
    if (strcmp(path, "-") != 0)
        return path;
    int fd = open_temporary(room);
    if (fd >= 0)
        close(fd);
    return fd >= 0 ? room : NULL;
}

bool output_end(const char *path, const char *room)
{
    if (strcmp(path, "-") != 0)
        return true;
    FILE *from = fopen(room, "rb");
    remove_pending();
    if (!from)
        return false;
    bool ok = copy(from, kept);
    int why = errno;
    fclose(from);
    errno = why;
    return ok;
}

const char *input_begin(const char *path, char *room)
{
    if (strcmp(path, "-") != 0)
        return path;
    int fd = open_temporary(room);
    FILE *to = fd >= 0 ? fdopen(fd, "wb") : NULL;
    bool ok = to && copy(stdin, to);
    int why = errno;
    if (to)
        fclose(to);
    errno = why;
    return ok ? room : NULL;
}

void input_end(void)
{
    remove_pending();
}
