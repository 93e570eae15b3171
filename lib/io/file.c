/* Atomic writing and checked reading. Input: paths and bytes; output: files that are whole or not
 * there. Invariant: a reader never sees half a file, and a failed write leaves the old one. */
#define _DEFAULT_SOURCE /* fsync, fileno */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Last of all, when nothing is left to be cleared away: an error handler may end the program. */
static tt_status cannot_write(const file_out *o, int error)
{
    return ctx_error(o->ctx, TT_ERR_IO, "%s: %s: cannot write: %s", o->op, o->path,
                     strerror(error));
}

/* A file that replaces another has its permissions; a new one those that the umask leaves. -1:
 * errno */
static int open_beside(file_out *o, const struct stat *old)
{
    int fd = mkstemp(o->temporary);
    if (fd < 0)
        return fd;
    if (old) {
        if (fchmod(fd, old->st_mode & 0777) == 0)
            return fd;
    } else {
        close(fd);
        fd = -1;
        if (remove(o->temporary) == 0)
            fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0)
            return fd;
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    remove(o->temporary);
    errno = error;
    return -1;
}

bool file_create(file_out *o, tt_ctx *ctx, const char *op, const char *path)
{
    static const char suffix[] = ".part-XXXXXX";
    *o = (file_out){.ctx = ctx, .op = op, .path = path};
    if (strlen(path) + sizeof suffix > sizeof o->temporary) {
        ctx_error(ctx, TT_ERR_IO, "%s: %.60s...: the path is too long", op, path);
        return false;
    }
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode) &&
        !S_ISDIR(st.st_mode)) { /* a rename would end the device */
        ctx_error(ctx, TT_ERR_IO, "%s: %s: cannot write: not a regular file", op, path);
        return false;
    }
    snprintf(o->temporary, sizeof o->temporary, "%s%s", path, suffix);
    int fd = open_beside(o, exists && S_ISREG(st.st_mode) ? &st : NULL);
    if (fd >= 0)
        o->f = fdopen(fd, "wb");
    if (!o->f) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
            remove(o->temporary);
        }
        cannot_write(o, error);
    }
    return o->f != NULL;
}

void file_write(file_out *o, const void *data, size_t bytes)
{
    if (!o->error && bytes && fwrite(data, 1, bytes, o->f) != bytes)
        o->error = errno ? errno : EIO;
}

static void file_abandon(file_out *o)
{
    fclose(o->f);
    remove(o->temporary);
}

tt_status file_commit(file_out *o)
{
    bool ok = !o->error && fflush(o->f) == 0 && fsync(fileno(o->f)) == 0;
    int error = o->error ? o->error : errno;
    if (!ok) {
        file_abandon(o);
        return cannot_write(o, error);
    }
    fclose(o->f);
    if (rename(o->temporary, o->path) == 0)
        return TT_OK;
    error = errno;
    remove(o->temporary);
    return cannot_write(o, error);
}

FILE *file_open(tt_ctx *ctx, const char *op, const char *path, int64_t *size)
{
    struct stat st;
    FILE *f = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is refused, not waited for */
    if (fd >= 0 && fstat(fd, &st) == 0) {
        if (S_ISREG(st.st_mode))
            f = fdopen(fd, "rb");
        else
            errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    }
    if (!f) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        errno = error;
        ctx_error(ctx, TT_ERR_IO, "%s: %s: cannot read: %s", op, path, strerror(errno));
        return NULL;
    }
    *size = (int64_t)st.st_size;
    return f;
}

bool file_read(tt_ctx *ctx, FILE *f, const char *op, const char *path, void *data, size_t bytes)
{
    if (fread(data, 1, bytes, f) == bytes)
        return true;
    if (ferror(f))
        ctx_error(ctx, TT_ERR_IO, "%s: %s: cannot read: %s", op, path, strerror(errno));
    else
        ctx_error(ctx, TT_ERR_FORMAT, "%s: %s: the file is cut off", op, path);
    return false;
}
