/* Locks on folders. Input: a folder; output: the right to write to it. Invariant: a lock file is
 * removed by its holder only, and one that was opened before it was removed is not taken for the
 * one that is there now. */
#define _DEFAULT_SOURCE /* flock */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/error.h"
#include "common/files.h"
#include "common/interrupt.h"

static const char NAME[] = ".tinytensor-lock";
enum { PATH = 4096, LOCKS = 4, TRIES = 100 };

static struct lock {
    volatile int fd; /* of the lock file, plus one; 0: none is held */
    bool made;       /* the folder is ours, too */
    char dir[PATH], path[PATH + sizeof NAME + 1];
} locks[LOCKS];

static struct lock *find(const char *dir)
{
    for (int i = 0; i < LOCKS; i++)
        if (dir ? locks[i].fd && strcmp(locks[i].dir, dir) == 0 : !locks[i].fd)
            return &locks[i];
    return NULL;
}

static bool is_there(const struct lock *l, int fd)
{
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && stat(l->path, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

/* Calls only what a handler of a signal may. */
static void leave(struct lock *l)
{
    int fd = l->fd - 1;
    if (fd < 0)
        return;
    l->fd = 0;
    if (is_there(l, fd)) {
        unlink(l->path);
        if (l->made)
            rmdir(l->dir);
    }
    close(fd);
}

void lock_leave(const char *dir)
{
    struct lock *l = find(dir);
    if (l)
        leave(l);
}

/* As a handler of a signal may. */
static void leave_all(void)
{
    for (int i = 0; i < LOCKS; i++)
        leave(&locks[i]);
}

bool lock_held(const char *dir)
{
    const struct lock *l = find(dir);
    return l && is_there(l, l->fd - 1);
}

static bool in_use(const char *dir, int fd, char *error, size_t size)
{
    char holder[300] = "";
    ssize_t n = read(fd, holder, sizeof holder - 1);
    holder[n > 0 ? n : 0] = 0;
    holder[strcspn(holder, "\n")] = 0;
    return fail_with(error, size, "%s: in use by %s", dir, *holder ? holder : "another program");
}

/* Writes down who we are, for those who come later. */
static void sign(int fd)
{
    char host[64] = "this machine", when[32] = "", text[200];
    time_t now = time(NULL);
    struct tm local;
    gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &local))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &local);
    int n = snprintf(text, sizeof text, "process %ld on %s since %s\n", (long)getpid(), host, when);
    if (ftruncate(fd, 0) != 0 || write(fd, text, (size_t)n) != n)
        return; /* the lock holds all the same */
}

/* The lock file, open and locked; -1: the error says why not. A file system that knows no locks
 * gives one, too. */
static int open_locked(const struct lock *l, char *error, size_t size)
{
    for (int i = 0; i < TRIES; i++) {
        int fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0) {
            fail_with(error, size, "%s: cannot write: %s", l->dir, strerror(errno));
            return -1;
        }
        bool busy = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!busy && is_there(l, fd))
            return fd;
        if (busy && is_there(l, fd)) {
            in_use(l->dir, fd, error, size);
            close(fd);
            return -1;
        }
        close(fd); /* its holder has just removed it */
    }
    fail_with(error, size, "%s: its lock cannot be had", l->dir);
    return -1;
}

bool lock_take(const char *dir, char *error, size_t size)
{
    static bool registered;
    lock_leave(dir); /* of a folder that was removed */
    struct lock *l = find(NULL);
    if (!l || strlen(dir) >= PATH)
        return fail_with(error, size, "%.60s: %s", dir, l ? "the path is too long" : "too many");
    struct stat st;
    bool there = stat(dir, &st) == 0;
    if (!folder_make(dir, error, size))
        return false;
    l->made = !there;
    snprintf(l->dir, sizeof l->dir, "%s", dir);
    snprintf(l->path, sizeof l->path, "%s/%s", dir, NAME);
    int fd = open_locked(l, error, size);
    if (fd < 0) {
        if (l->made)
            rmdir(dir);
        return false;
    }
    sign(fd);
    l->fd = fd + 1;
    if (!registered)
        registered = atexit(leave_all) == 0;
    interrupt_before_end(leave_all);
    return true;
}
