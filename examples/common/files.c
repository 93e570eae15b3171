/* Whole files and folders. Input: paths; output: a file's bytes, mapped, or a file with the bytes
 * given, by way of replace.h. Invariant: where something fails, the error is one line that begins
 * with the path. */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "replace.h"

const char *file_map(const char *path, size_t *bytes, char *error, size_t size)
{
    struct stat st;
    void *data = NULL;
    *error = 0;
    *bytes = 0;
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0) {
        fail_with(error, size, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        fail_with(error, size, "%s: not a file", path);
    } else if (st.st_size > 0) {
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            fail_with(error, size, "%s: %s", path, strerror(errno));
            data = NULL;
        } else {
            *bytes = (size_t)st.st_size;
        }
    }
    if (fd >= 0)
        close(fd);
    return data;
}

void file_unmap(const char *data, size_t bytes)
{
    if (data)
        munmap((void *)(uintptr_t)data, bytes);
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

bool folder_make(const char *dir, char *error, size_t size)
{
    struct stat st;
    if (mkdir(dir, 0777) == 0 || (errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode)))
        return true;
    return fail_with(error, size, "%s: %s", dir, strerror(errno == EEXIST ? ENOTDIR : errno));
}
