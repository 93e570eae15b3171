/* Flags from a table. Input: the command line; output: the values behind the table's pointers.
 * Invariant: a number that is not whole where it must be, or out of bounds, a name that is none of
 * the choices, and an output that is an input end the program with exit 2 and one line that names
 * the flag. */
#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "help.h"
#include "common/program.h"
#include "common/standard.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "relu, tanh or gelu" of "relu|tanh|gelu" */
static const char *spell_choices(const char *what, char *text, size_t size)
{
    size_t out = 0;
    for (const char *c = what; *c && out + 5 < size; c++) {
        if (*c != '|')
            text[out++] = *c;
        else
            out +=
                (size_t)snprintf(text + out, size - out, "%s", strchr(c + 1, '|') ? ", " : " or ");
    }
    text[out] = 0;
    return text;
}

static bool is_choice(const char *what, const char *text)
{
    size_t n = strlen(text);
    for (const char *c = what; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
        if (strncmp(c, text, n) == 0 && (c[n] == '|' || c[n] == 0))
            return n > 0;
    return false;
}

static void read_number(const char *program, const arg *a, const char *text)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (end == text || *end || errno || (a->type == ARG_INT && v != (double)(int64_t)v))
        program_usage(program, "%s: %s, not '%s'", a->name,
                      a->type == ARG_INT ? "a whole number is needed" : "a number is needed", text);
    if (!(v >= a->lo && v <= a->hi))
        program_usage(program, "%s: the number is out of bounds: %s is not within %.10g to %.10g",
                      a->name, text, a->lo, a->hi);
    if (a->type == ARG_INT)
        *(int64_t *)a->value = (int64_t)v;
    else
        *(double *)a->value = v;
}

static void read_value(const char *program, const arg *a, const char *text)
{
    char choices[200];
    if (a->type == ARG_INT || a->type == ARG_REAL) {
        read_number(program, a, text);
        return;
    }
    if ((a->type == ARG_IN || a->type == ARG_OUT) && !*text)
        program_usage(program, "%s: a path is needed, not ''", a->name);
    if (a->type == ARG_CHOICE && !is_choice(a->what, text))
        program_usage(program, "%s: %s, not '%s'", a->name,
                      spell_choices(a->what, choices, sizeof choices), text);
    *(const char **)a->value = text;
}

/* The flag of which the first n letters are the name. */
static const arg *find(const arg_table *t, const char *name, size_t n)
{
    for (int i = 0; i < t->n; i++)
        if (strlen(t->args[i].name) == n && memcmp(name, t->args[i].name, n) == 0)
            return &t->args[i];
    return NULL;
}

static void no_such_flag(const char *program, const arg_table *t, const char *name)
{
    const char *names[64] = {"--help", "--version"};
    int n = 2;
    for (int i = 0; i < t->n && n < 64; i++)
        names[n++] = t->args[i].name;
    const char *meant = args_nearest(name, names, n);
    if (meant)
        program_usage(program, "%s: no such flag (did you mean %s?)", name, meant);
    program_usage(program, "%s: no such flag", name);
}

/* What every program has, and ends with. */
static void common_flags(const char *program, const arg_table *t, const char *name)
{
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        args_help(program, t);
        exit(program_end(0));
    }
    if (strcmp(name, "--version") == 0)
        exit(program_version());
    if (strcmp(name, "--help-flags") == 0) {
        args_list(program, t);
        exit(program_end(0));
    }
}

static bool is_common(const char *name)
{
    return strcmp(name, "--help") == 0 || strcmp(name, "--version") == 0;
}

/* The flag at argv[i]; returns the place of the last argument that it takes. */
static int read_flag(const char *program, const arg_table *t, int argc, char **argv, int i)
{
    common_flags(program, t, argv[i]);
    size_t n = strcspn(argv[i], "=");
    const char *value = argv[i][n] ? argv[i] + n + 1 : NULL;
    const arg *a = find(t, argv[i], n);
    if (!a) {
        argv[i][n] = 0;
        if (is_common(argv[i]))
            program_usage(program, "%s: has no value", argv[i]);
        no_such_flag(program, t, argv[i]);
    } else if (a->type == ARG_FLAG) {
        if (value)
            program_usage(program, "%s: has no value", a->name);
        *(bool *)a->value = true;
    } else if (value) {
        read_value(program, a, value);
    } else if (i + 1 == argc) {
        program_usage(program, "%s: a value is needed", a->name);
    } else {
        read_value(program, a, argv[++i]);
    }
    return i;
}

static bool is_bare(const char *argument)
{
    return argument[0] != '-' || !argument[1] || isdigit((unsigned char)argument[1]);
}

char **args_parse(int argc, char **argv, const arg_table *t, int *n_bare)
{
    static char **bare;
    const char *program = base_name(argv[0]);
    int n = 0;
    bare = realloc(bare, (size_t)(argc + 1) * sizeof *bare);
    if (!bare)
        program_fail("no memory for the arguments");
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            while (++i < argc)
                bare[n++] = argv[i];
        else if (is_bare(argv[i]))
            bare[n++] = argv[i];
        else
            i = read_flag(program, t, argc, argv, i);
    }
    if (n > 0 && !t->bare)
        program_usage(program, "'%s': every argument has a flag before it", bare[0]);
    args_check_files(program, t);
    if (n_bare)
        *n_bare = n;
    return bare;
}

/* A field's text, in one line. */
static void print_field(const char *text)
{
    putchar('\t');
    for (; text && *text; text++)
        putchar(*text == '\t' || *text == '\n' ? ' ' : *text);
}

static void list_flag(const arg *a)
{
    static const char *const types[] = {"text", "choice", "in", "out", "int", "real", "flag"};
    bool number = a->type == ARG_INT || a->type == ARG_REAL;
    printf("flag\t%s\t%s", a->name, types[a->type]);
    print_field(a->what);
    if (a->type == ARG_INT)
        printf("\t%lld", (long long)*(int64_t *)a->value);
    else if (a->type == ARG_REAL)
        printf("\t%.10g", *(double *)a->value);
    else
        print_field(a->type == ARG_FLAG ? NULL : *(const char **)a->value);
    if (number)
        printf("\t%.10g\t%.10g", a->lo, a->hi);
    else
        printf("\t\t");
    print_field(a->help);
    printf("\n");
}

void args_list(const char *program, const arg_table *t)
{
    printf("program\t%s", program);
    print_field(t->about);
    printf("\n");
    if (t->bare)
        printf("bare\t%s\n", t->bare);
    for (int i = 0; i < t->n; i++)
        list_flag(&t->args[i]);
    printf("flag\t--version\tflag\t\t\t\t\tthe versions of program and library\n"
           "flag\t--help\tflag\t\t\t\t\tthe flags\n");
}
