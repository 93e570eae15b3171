/* Inputs and outputs of a command line, compared. Input: the table with its values; output:
 * nothing, or one line about two flags. Invariant: files are the same when they are one file on the
 * disk, whatever they are called; a folder counts as those of its files that the program reads or
 * writes.
 */
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "common/files.h"
#include "common/program.h"
#include "common/standard.h"

static const char *value_of(const arg *a)
{
    return a->type == ARG_IN || a->type == ARG_OUT ? *(const char **)a->value : NULL;
}

static bool is_folder(const arg *a)
{
    return a->what && strstr(a->what, "DIR") != NULL;
}

/* Whether the file is one of the folder's that the program knows. */
static bool is_part(const char *file, const char *dir, const char *parts)
{
    char path[4096], name[64];
    for (const char *at = parts; at && *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, at);
        if (snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path &&
            path_same(path, file))
            return true;
        at += n;
    }
    return false;
}

static bool meet(const arg_table *t, const arg *a, const char *x, const arg *b, const char *y)
{
    return path_same(x, y) || (is_folder(a) && is_part(y, x, t->parts)) ||
           (is_folder(b) && is_part(x, y, t->parts));
}

/* The same, where y may be a pattern of names. */
static bool meet_any(const arg_table *t, const arg *a, const char *x, const arg *b, const char *y)
{
    glob_t found;
    bool same = meet(t, a, x, b, y);
    if (same || !strpbrk(y, "*?[") || glob(y, 0, NULL, &found) != 0)
        return same;
    for (size_t i = 0; i < found.gl_pathc && !same; i++)
        same = meet(t, a, x, b, found.gl_pathv[i]);
    globfree(&found);
    return same;
}

static void check_pair(const char *program, const arg_table *t, const arg *out, const arg *other)
{
    const char *x = value_of(out), *y = value_of(other);
    bool read = other->type == ARG_IN, dashes = strcmp(x, "-") == 0 || strcmp(y, "-") == 0;
    if (dashes ? !read && strcmp(x, y) == 0 : meet_any(t, out, x, other, y))
        program_usage(program, "%s and %s are the same %s: '%s' %s", out->name, other->name,
                      is_folder(out) && is_folder(other) ? "folder" : "file", y,
                      read ? "is read, and would be written over" : "would be written twice");
}

void args_check_files(const char *program, const arg_table *t)
{
    bool standard = false;
    for (int i = 0; i < t->n; i++) {
        const arg *out = &t->args[i];
        if (out->type != ARG_OUT || !value_of(out))
            continue;
        for (int k = 0; k < t->n; k++) {
            const arg *other = &t->args[k];
            if (value_of(other) && (other->type == ARG_IN || k > i))
                check_pair(program, t, out, other);
        }
        standard = standard || (strcmp(value_of(out), "-") == 0 && !is_folder(out));
    }
    if (standard && !standard_take())
        program_fail("standard output: it cannot be used");
}
