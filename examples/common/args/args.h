/* Command lines of the examples: one table of flags for each program and subcommand. Of the table
 * are made the parser, --help, the hints at what may have been meant, and `--help-flags`, a listing
 * for machines (args_list) from which shell completion and man pages come. */
#ifndef EXAMPLES_ARGS_H
#define EXAMPLES_ARGS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum arg_type {
    ARG_TEXT,   /* any text */
    ARG_CHOICE, /* one of those in `what`, which has bars between them */
    ARG_IN,     /* what is read: a file, a folder where `what` says DIR; "-": standard input */
    ARG_OUT,    /* what is written, in the same way; "-": standard output */
    ARG_INT,
    ARG_REAL,
    ARG_FLAG /* has no value */
} arg_type;

typedef struct arg {
    const char *name; /* with its dashes */
    arg_type type;
    void *value;   /* const char *, int64_t, double or bool, holding the default */
    double lo, hi; /* bounds of numbers, which are allowed themselves */
    const char *what, *help;
} arg;

typedef struct arg_table {
    const char *about; /* a sentence or more, for --help */
    const arg *args;
    int n;
    const char *bare;  /* what arguments without a flag are, such as "TEXT"; NULL: there are none */
    const char *parts; /* names of the files of its folders, with blanks between, or NULL */
} arg_table;

/* A table's rows, where they are an array in sight. */
#define ARG_ROWS(rows) .args = (rows), .n = (int)(sizeof(rows) / sizeof *(rows))

/* Fills in the values, as `--flag value` or `--flag=value`. Prints --help, --version or
 * --help-flags and exits 0; or one line, and exits 2, when the command line is wrong or an output
 * is an input or another output. Returns the arguments without a flag, which are those behind "--",
 * those that do not begin with "-", "-" itself and negative numbers: they stay as long as the
 * program runs. When an output is "-", what is printed goes to standard error from here on. */
char **args_parse(int argc, char **argv, const arg_table *table, int *n_bare);

/* What --help-flags prints: lines of fields with tabs between them,
 *     program NAME ABOUT
 *     bare WHAT                                    when there are arguments without a flag
 *     flag NAME TYPE WHAT DEFAULT LEAST MOST HELP  text choice in out int real flag
 *     command NAME HELP                            of a program with subcommands: NAME --help-flags
 * Fields that do not apply are empty; folders and files are told apart by DIR and FILE in WHAT. */
void args_list(const char *program, const arg_table *table);

/* Of n names the one that was meant, or NULL: it begins as what was typed, or few letters differ.
 */
const char *args_nearest(const char *typed, const char *const *names, int n);

#endif
