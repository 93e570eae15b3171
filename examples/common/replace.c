/* Replacing a file. Input: a path, and what is written to the stream; output: the file. Invariant:
 * whatever happens, the path is the old file or the new one. */
#define _POSIX_C_SOURCE 200809L
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "standard.h"

/* A new file beside the path, under a name that nobody else has; with the permissions of the one
 * that it replaces. */
static int open_beside(replacement *r, const struct stat *old)
{
    static unsigned count;
    int fd = -1;
    for (int i = 0; i < 100 && fd < 0 && (i == 0 || errno == EEXIST); i++) {
        unsigned mark = ((unsigned)getpid() * 40503u + 7919u * count++) & 0xffffffu;
        sprintf(r->beside, "%s.part-%06x", r->path, mark);
        fd = open(r->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd >= 0 && old)
        (void)!fchmod(fd, old->st_mode & 0777); /* not ours: the umask's will do */
    return fd;
}

bool replace_begin(replacement *r, const char *path)
{
    struct stat st; /* a rename would put a file in the place of a device */
    bool there = stat(path, &st) == 0, regular = there && S_ISREG(st.st_mode);
    bool device = there && !regular && !S_ISDIR(st.st_mode);
    bool fits = strlen(path) + sizeof ".part-123456" <= sizeof r->beside;
    *r = (replacement){.path = path};
    if (strcmp(path, "-") == 0) {
        r->f = standard_file();
        return r->f != NULL;
    }
    if (device || !fits) {
        errno = device ? EINVAL : ENAMETOOLONG;
        return false;
    }
    int fd = open_beside(r, regular ? &st : NULL);
    r->f = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!r->f && fd >= 0) {
        close(fd);
        unlink(r->beside);
    }
    return r->f != NULL;
}

bool replace_end(replacement *r)
{
    if (!*r->beside)
        return !ferror(r->f) && fflush(r->f) == 0;
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
