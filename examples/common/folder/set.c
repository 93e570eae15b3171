/* Sets of files. Input: files in a stage, a folder within the folder, and marks for those that are
 * to go; output: the same files in their places. Invariant: while the stage has its first name the
 * old files are all there; once it has its second name the new ones are all there, in the stage or
 * in their places. */
#define _DEFAULT_SOURCE /* mkdtemp, usleep */
#include "set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "lock.h"

static const char UNFINISHED[] = ".tinytensor-new-", WHOLE[] = ".tinytensor-set";
static const char GONE[] = ".gone-"; /* before a name: there is to be no such file */
enum { PATH = 4400, MARK = 6, PATIENCE = 200 /* times 10 ms */ };

static char pending[4160]; /* the stage that is being filled */

static bool cannot(const char *path, char *error, size_t size)
{
    return fail_with(error, size, "%s: cannot write: %s", path, strerror(errno));
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* some file systems do not know it */
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return ok;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void remove_stage(const char *stage)
{
    char path[PATH];
    DIR *folder = opendir(stage);
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        if (!is_dots(e->d_name) &&
            snprintf(path, sizeof path, "%s/%s", stage, e->d_name) < (int)sizeof path)
            unlink(path);
    if (folder)
        closedir(folder);
    rmdir(stage);
}

static void drop_pending(void)
{
    if (*pending)
        remove_stage(pending);
    *pending = 0;
}

/* Names within stages become those that the files are to have, in messages. */
static void plain_names(char *text)
{
    for (char *at = text; (at = strstr(at, UNFINISHED)) != NULL;) {
        size_t n = sizeof UNFINISHED - 1 + MARK;
        if (strlen(at) > n && at[n] == '/')
            memmove(at, at + n + 1, strlen(at + n + 1) + 1);
        else
            at += n < strlen(at) ? n : strlen(at);
    }
}

bool set_begin(file_set *s, const char *dir, char *error, size_t size)
{
    static bool registered;
    struct stat st;
    snprintf(s->dir, sizeof s->dir, "%s", dir);
    if (snprintf(s->stage, sizeof s->stage, "%s/%sXXXXXX", dir, UNFINISHED) >= (int)sizeof s->stage)
        return fail_with(error, size, "%.60s: the path is too long", dir);
    if (!mkdtemp(s->stage))
        return cannot(dir, error, size);
    if (stat(dir, &st) == 0)
        (void)!chmod(s->stage, st.st_mode & 0777);
    memcpy(pending, s->stage, sizeof pending);
    fail_rewritten(plain_names);
    if (!registered)
        registered = atexit(drop_pending) == 0;
    return true;
}

bool set_drop(file_set *s, const char *name, char *error, size_t size)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s", s->dir, name);
    if (access(path, F_OK) != 0)
        return true;
    snprintf(path, sizeof path, "%s/%s%s", s->stage, GONE, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    return fd >= 0 ? close(fd) == 0 || cannot(s->dir, error, size) : cannot(s->dir, error, size);
}

void set_abandon(file_set *s)
{
    (void)s;
    drop_pending();
}

/* config.json, which names the set that it is of, goes last, and the weights, which name it too,
 * go first: whatever is between is no set that loads. */
static int rank(const char *name)
{
    return strcmp(name, "model.safetensors") == 0 ? 0 : strcmp(name, "config.json") == 0 ? 2 : 1;
}

static bool move_file(const char *stage, const char *dir, const char *name, char *error,
                      size_t size)
{
    char from[PATH], to[PATH];
    struct stat old;
    bool gone = strncmp(name, GONE, sizeof GONE - 1) == 0;
    snprintf(from, sizeof from, "%s/%s", stage, name);
    snprintf(to, sizeof to, "%s/%s", dir, gone ? name + sizeof GONE - 1 : name);
    if (!gone && stat(to, &old) == 0 && S_ISREG(old.st_mode))
        (void)!chmod(from, old.st_mode & 0777);
    if (gone ? (unlink(to) == 0 || errno == ENOENT) && unlink(from) == 0 : rename(from, to) == 0)
        return true;
    return fail_with(error, size,
                     "%s: cannot write: %s; the new files are whole in %s, and take their places "
                     "when the folder is next opened",
                     to, strerror(errno), stage);
}

/* Puts all files of a whole stage into their places. */
static bool move_all(const char *stage, const char *dir, char *error, size_t size)
{
    bool ok = true;
    for (int turn = 0; turn < 3 && ok; turn++) {
        DIR *folder = opendir(stage);
        if (!folder)
            return cannot(stage, error, size);
        for (struct dirent *e; ok && (e = readdir(folder)) != NULL;)
            if (!is_dots(e->d_name) && rank(e->d_name) == turn)
                ok = move_file(stage, dir, e->d_name, error, size);
        closedir(folder);
    }
    return ok && (rmdir(stage) == 0 || cannot(dir, error, size));
}

bool set_end(file_set *s, char *error, size_t size)
{
    char whole[PATH];
    snprintf(whole, sizeof whole, "%s/%s", s->dir, WHOLE);
    if (!sync_folder(s->stage) || rename(s->stage, whole) != 0) {
        cannot(s->dir, error, size);
        drop_pending();
        return false;
    }
    *pending = 0;
    if (!sync_folder(s->dir)) /* the moves need none: they are done again where they are lost */
        return cannot(s->dir, error, size);
    return move_all(whole, s->dir, error, size);
}

bool set_recover(const char *dir, char *error, size_t size)
{
    char path[PATH];
    struct stat st;
    DIR *folder = opendir(dir);
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        if (strncmp(e->d_name, UNFINISHED, sizeof UNFINISHED - 1) == 0 &&
            strlen(e->d_name) == sizeof UNFINISHED - 1 + MARK &&
            snprintf(path, sizeof path, "%s/%s", dir, e->d_name) < (int)sizeof path)
            remove_stage(path);
    if (folder)
        closedir(folder);
    return snprintf(path, sizeof path, "%s/%s", dir, WHOLE) >= (int)sizeof path ||
           stat(path, &st) != 0 || move_all(path, dir, error, size);
}

void set_settle(const char *dir)
{
    char path[PATH], error[512];
    struct stat st;
    if (lock_held(dir))
        return;
    for (int i = 0; i < PATIENCE; i++) {
        if (snprintf(path, sizeof path, "%s/%s", dir, WHOLE) >= (int)sizeof path ||
            stat(path, &st) != 0)
            return;
        if (lock_take(dir, error, sizeof error)) {
            set_recover(dir, error, sizeof error);
            lock_leave(dir);
            return;
        }
        if (access(dir, W_OK) != 0)
            return;
        usleep(10000);
    }
}
