/* Folders that programs write to. Input: a folder; output: the lock on it, or a word on why it
 * cannot be written to. Invariant: files that a program did not write, or does not know, stay. */
#define _POSIX_C_SOURCE 200809L
#include "folder.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/progress.h"

enum { PATH = 4400 };

/* What programs that were killed while they wrote single files have left: NAME.part-XXXXXX. */
static void clear_away(const char *dir)
{
    static const char *const names[] = {"checkpoint.safetensors", "model.safetensors",
                                        "config.json", "vocab.json", "merges.txt"};
    char path[PATH];
    DIR *folder = opendir(dir);
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            size_t n = strlen(names[i]);
            if (strncmp(e->d_name, names[i], n) == 0 && strncmp(e->d_name + n, ".part-", 6) == 0 &&
                strlen(e->d_name) == n + 12 &&
                snprintf(path, sizeof path, "%s/%s", dir, e->d_name) < (int)sizeof path)
                unlink(path);
        }
    if (folder)
        closedir(folder);
}

static bool holds(const char *dir, const char *name, int n)
{
    char path[PATH];
    return snprintf(path, sizeof path, "%s/%.*s", dir, n, name) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

bool folder_claim(const char *dir, const char *kept, char *error, size_t size)
{
    if (!lock_take(dir, error, size))
        return false;
    clear_away(dir);
    bool ok = set_recover(dir, error, size);
    for (const char *name = kept; ok && name && *name; name += strspn(name, " ")) {
        int n = (int)strcspn(name, " ");
        ok = !holds(dir, name, n) ||
             fail_with(error, size, "%s holds %.*s; --overwrite replaces what is there", dir, n,
                       name);
        name += n;
    }
    if (!ok)
        lock_leave(dir);
    return ok;
}

static int64_t arrived(void *user)
{
    const file_set *s = user;
    char path[PATH];
    struct stat st;
    int64_t bytes = 0;
    DIR *folder = opendir(s->stage);
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        if (snprintf(path, sizeof path, "%s/%s", s->stage, e->d_name) < (int)sizeof path &&
            stat(path, &st) == 0 && S_ISREG(st.st_mode))
            bytes += st.st_size;
    if (folder)
        closedir(folder);
    return bytes;
}

void folder_watch(const char *name, const file_set *s, int64_t bytes)
{
    progress_watch(name, bytes, arrived, (void *)(uintptr_t)s);
}
