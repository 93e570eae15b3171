/* Flags from a table. Invariant: a number that is not whole where it must be, or out of bounds,
 * ends the program with exit 2 and one line that names the flag. */
#include "args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void wrong(const char *program, const char *flag, const char *why)
{
    fprintf(stderr, "%s: %s: %s; see --help\n", program, flag, why);
    exit(2);
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
        wrong(program, a->name,
              a->type == ARG_INT ? "a whole number is needed" : "a number is needed");
    if (!(v >= a->lo && v <= a->hi))
        wrong(program, a->name, "the number is out of bounds");
    if (a->type == ARG_INT)
        *(int64_t *)a->value = (int64_t)v;
    else
        *(double *)a->value = v;
}

void args_parse(int argc, char **argv, const char *about, const arg *args, int n)
{
    const char *program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    for (int i = 1; i < argc; i++) {
        const arg *a = NULL;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            help(program, about, args, n);
        for (int k = 0; k < n && !a; k++)
            a = strcmp(argv[i], args[k].name) == 0 ? &args[k] : NULL;
        if (!a)
            wrong(program, argv[i], "no such flag");
        else if (a->type == ARG_FLAG)
            *(bool *)a->value = true;
        else if (i + 1 == argc)
            wrong(program, a->name, "a value is needed");
        else
            read_value(program, a, argv[++i]);
    }
}
