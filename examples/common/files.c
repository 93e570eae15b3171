/* Whole files and folders. Input: paths; output: a file's bytes, mapped, or a file with the bytes
 * given, by way of replace.h; what a path names. Invariant: where something fails, the error is one
 * line that begins with the path. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, realpath */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "replace.h"

enum { PATH = 4096 };

/* All that standard input gives, in memory as if it were mapped. */
static void *read_input(size_t *bytes)
{
    size_t room = 1 << 20, n = 0;
    char *data = malloc(room);
    ssize_t got = 0;
    while (data && (got = read(STDIN_FILENO, data + n, room - n)) > 0) {
        n += (size_t)got;
        if (n < room)
            continue;
        char *more = realloc(data, room *= 2);
        if (!more)
            free(data);
        data = more;
    }
    void *map = MAP_FAILED;
    if (data && got == 0)
        map = n ? mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : NULL;
    if (map && map != MAP_FAILED)
        memcpy(map, data, n);
    int why = data ? errno : ENOMEM;
    free(data);
    errno = why;
    *bytes = map == MAP_FAILED ? 0 : n;
    return map;
}

const char *file_map(const char *path, size_t *bytes, char *error, size_t size)
{
    struct stat st;
    void *data = NULL;
    *error = 0;
    *bytes = 0;
    if (strcmp(path, "-") == 0) {
        data = read_input(bytes);
        if (data == MAP_FAILED)
            fail_with(error, size, "standard input: %s", strerror(errno));
        return *error ? NULL : data;
    }
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
    return ok || fail_with(error, size, "%s: cannot write: %s", path, strerror(errno));
}

/* The folder that a path lies in. */
static const char *parent(const char *path, char *dir)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    snprintf(dir, PATH, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return dir;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool same_place(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* A path without detours. A folder that is not there yet will be an ordinary one, so that ".."
 * leads back from it; from one that is there it may lead elsewhere, and stays. */
static const char *without_detours(const char *path, char *to)
{
    struct stat st;
    size_t n = *path == '/', length;
    if (strlen(path) >= PATH)
        return path;
    snprintf(to, PATH, "%s", n ? "/" : "");
    for (const char *at = path; *at; at += length + (at[length] == '/')) {
        length = strcspn(at, "/");
        bool up = length == 2 && memcmp(at, "..", 2) == 0, stay = length == 1 && *at == '.';
        if (up && n > 0 && stat(to, &st) != 0)
            to[n = (size_t)(name_of(to) - to) - (name_of(to) > to + 1)] = 0;
        else if (length > 0 && !stay)
            n += (size_t)snprintf(to + n, PATH - n, "%s%.*s", n > 0 && to[n - 1] != '/' ? "/" : "",
                                  (int)length, at);
    }
    return n > 0 ? to : ".";
}

bool path_same(const char *first, const char *second)
{
    struct stat x, y;
    char dir[PATH], one[PATH], other[PATH];
    const char *a = without_detours(first, one), *b = without_detours(second, other);
    bool there = stat(a, &x) == 0, too = stat(b, &y) == 0;
    if (there || too)
        return there && too && same_place(&x, &y);
    if (strcmp(a, b) == 0)
        return true;
    /* neither is there yet: the same name in the same folder */
    return strcmp(name_of(a), name_of(b)) == 0 && stat(parent(a, dir), &x) == 0 &&
           stat(parent(b, dir), &y) == 0 && same_place(&x, &y);
}

bool path_writable(const char *path)
{
    struct stat st;
    char dir[PATH];
    if (strcmp(path, "-") == 0)
        return true;
    if (stat(path, &st) != 0)
        return errno == ENOENT && access(parent(path, dir), W_OK | X_OK) == 0;
    errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    return (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode)) && access(path, W_OK) == 0;
}

bool folder_make(const char *dir, char *error, size_t size)
{
    struct stat st;
    if (mkdir(dir, 0777) == 0 || (errno == EEXIST && stat(dir, &st) == 0 && S_ISDIR(st.st_mode)))
        return true;
    return fail_with(error, size, "%s: %s", dir, strerror(errno == EEXIST ? ENOTDIR : errno));
}
