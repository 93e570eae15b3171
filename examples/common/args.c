/* Flags from a table. Input: the command line; output: the values behind the table's pointers.
 * Invariant: a number that is not whole where it must be, or out of bounds, ends the program with
 * exit 2 and one line that names the flag. */
#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static void help(const char *program, const char *about, const arg *args, int n)
{
    printf("usage: %s [flags]\n%s\n\n", program, about);
    for (int i = 0; i < n; i++) {
        char flag[64];
        snprintf(flag, sizeof flag, "%s%s%s", args[i].name, args[i].what ? " " : "",
                 args[i].what ? args[i].what : "");
        printf("  %-24s %s", flag, args[i].help);
        if (args[i].type == ARG_INT)
            printf(" (%lld)", (long long)*(int64_t *)args[i].value);
        else if (args[i].type == ARG_REAL)
            printf(" (%g)", *(double *)args[i].value);
        else if (args[i].type == ARG_TEXT && *(const char **)args[i].value)
            printf(" (%s)", *(const char **)args[i].value);
        printf("\n");
    }
    printf("  %-24s %s\n", "--help", "this text");
    exit(0);
}

static void read_value(const char *program, const arg *a, const char *text)
{
    char *end;
    errno = 0;
    if (a->type == ARG_TEXT) {
        *(const char **)a->value = text;
        return;
    }
    double v = strtod(text, &end);
    if (end == text || *end || errno || (a->type == ARG_INT && v != (double)(int64_t)v))
        program_usage(program, "%s: %s", a->name,
                      a->type == ARG_INT ? "a whole number is needed" : "a number is needed");
    if (!(v >= a->lo && v <= a->hi))
        program_usage(program, "%s: the number is out of bounds", a->name);
    if (a->type == ARG_INT)
        *(int64_t *)a->value = (int64_t)v;
    else
        *(double *)a->value = v;
}

static const arg *find(const arg *args, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(name, args[i].name) == 0)
            return &args[i];
    return NULL;
}

void args_parse(int argc, char **argv, const char *about, const arg *args, int n)
{
    const char *program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            help(program, about, args, n);
        const arg *a = find(args, n, argv[i]);
        if (!a)
            program_usage(program, "%s: no such flag", argv[i]);
        else if (a->type == ARG_FLAG)
            *(bool *)a->value = true;
        else if (i + 1 == argc)
            program_usage(program, "%s: a value is needed", a->name);
        else
            read_value(program, a, argv[++i]);
    }
}

char **args_take_bare(int *argc, char **argv, const arg *args, int n, int *n_bare)
{
    static char **bare;
    int kept = 1;
    bare = realloc(bare, (size_t)*argc * sizeof *bare);
    if (!bare)
        program_fail("no memory for the arguments");
    *n_bare = 0;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < *argc)
                bare[(*n_bare)++] = argv[i];
        } else if (argv[i][0] != '-' || isdigit((unsigned char)argv[i][1])) {
            bare[(*n_bare)++] = argv[i];
        } else {
            const arg *a = find(args, n, argv[i]);
            argv[kept++] = argv[i];
            if (a && a->type != ARG_FLAG && i + 1 < *argc)
                argv[kept++] = argv[++i];
        }
    }
    *argc = kept;
    return bare;
}
