/* Atomic writing and checked reading. Input: paths and bytes; output: files that are whole or not
 * there. Invariant: a reader never sees half a file, and a failed write leaves the old one. */
#define _DEFAULT_SOURCE /* fsync, fileno */
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_create(file_out *o, tt_ctx *ctx, const char *path)
{
    static const char suffix[] = ".XXXXXX";
    *o = (file_out){.ctx = ctx, .path = path};
    if (strlen(path) + sizeof suffix > sizeof o->temporary) {
        ctx_error(ctx, TT_ERR_IO, "%.60s...: the path is too long", path);
        return false;
    }
    snprintf(o->temporary, sizeof o->temporary, "%s%s", path, suffix);
    int fd = mkstemp(o->temporary);
    if (fd >= 0 && fchmod(fd, 0644) == 0)
        o->f = fdopen(fd, "wb");
    if (!o->f) {
        ctx_error(ctx, TT_ERR_IO, "%s: cannot write: %s", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
            remove(o->temporary);
        }
    }
    return o->f != NULL;
}

void file_write(file_out *o, const void *data, size_t bytes)
{
    if (!o->failed && bytes && fwrite(data, 1, bytes, o->f) != bytes) {
        o->failed = true;
        ctx_error(o->ctx, TT_ERR_IO, "%s: cannot write: %s", o->path, strerror(errno));
    }
}

void file_abandon(file_out *o)
{
    fclose(o->f);
    remove(o->temporary);
}

tt_status file_commit(file_out *o)
{
    bool ok = !o->failed && fflush(o->f) == 0 && fsync(fileno(o->f)) == 0;
    int error = errno;
    if (!ok) {
        file_abandon(o);
        return ctx_error(o->ctx, TT_ERR_IO, "%s: cannot write: %s", o->path, strerror(error));
    }
    fclose(o->f);
    if (rename(o->temporary, o->path) == 0)
        return TT_OK;
    error = errno;
    remove(o->temporary);
    return ctx_error(o->ctx, TT_ERR_IO, "%s: cannot write: %s", o->path, strerror(error));
}

FILE *file_open(tt_ctx *ctx, const char *path, int64_t *size)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (f && (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))) {
        fclose(f);
        f = NULL;
        errno = EINVAL;
    }
    if (!f) {
        ctx_error(ctx, TT_ERR_IO, "%s: cannot read: %s", path, strerror(errno));
        return NULL;
    }
    *size = (int64_t)st.st_size;
    return f;
}

bool file_read(tt_ctx *ctx, FILE *f, const char *path, void *data, size_t bytes)
{
    if (fread(data, 1, bytes, f) == bytes)
        return true;
    if (ferror(f))
        ctx_error(ctx, TT_ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    else
        ctx_error(ctx, TT_ERR_FORMAT, "%s: the file is cut off", path);
    return false;
}
