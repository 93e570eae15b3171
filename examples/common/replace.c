/* Replacing a file. Input: a path, and what is written to the stream; output: the file. Invariant:
 * whatever happens, the path is the old file or the new one. */
#define _POSIX_C_SOURCE 200809L
#include "replace.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool replace_begin(replacement *r, const char *path)
{
    struct stat st; /* a rename would put a file in the place of a device */
    bool device = stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
    bool fits = strlen(path) + sizeof ".part" <= sizeof r->beside;
    *r = (replacement){.path = path};
    if (device || !fits) {
        errno = device ? EINVAL : ENAMETOOLONG;
        return false;
    }
    sprintf(r->beside, "%s.part", path);
    r->f = fopen(r->beside, "wb");
    return r->f != NULL;
}

bool replace_end(replacement *r)
{
    bool ok = !ferror(r->f) && fflush(r->f) == 0 && fsync(fileno(r->f)) == 0;
    int why = errno; /* of the first thing that failed */
    if (fclose(r->f) != 0 && ok) {
        ok = false;
        why = errno;
    }
    if (ok && rename(r->beside, r->path) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok) {
        unlink(r->beside);
        errno = why ? why : EIO;
    }
    return ok;
}
