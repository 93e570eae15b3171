/* Finding what ships. Input: a name; output: a path. Invariant: TT_DATA_DIR, where it is set, is
 * the only place. */
#define _POSIX_C_SOURCE 200809L
#include "shipped.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = 4096 };

static bool is_there(const char *dir, const char *below, const char *name, char *room)
{
    int n = snprintf(room, PATH, "%s/%s%s", dir, below, name);
    return n < PATH && access(room, R_OK) == 0;
}

/* The folder above the one that the program lies in, where the system tells. */
static bool own_prefix(char *dir)
{
    ssize_t n = readlink("/proc/self/exe", dir, PATH - 1);
    dir[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(dir, '/');
        if (!slash)
            return false;
        *slash = 0;
    }
    return true;
}

const char *shipped_path(const char *in_project, const char *installed, char *room)
{
    char own[PATH];
    const char *dir = getenv("TT_DATA_DIR");
    const char *name = strncmp(in_project, "data/", 5) == 0 ? in_project + 5 : in_project;
    if (dir && *dir) {
        is_there(dir, "", name, room);
        return room;
    }
    if (is_there("examples", "", in_project, room) ||
        (own_prefix(own) && is_there(own, "share/tinytensor/", name, room)))
        return room;
    is_there(installed, "", name, room);
    return room;
}
