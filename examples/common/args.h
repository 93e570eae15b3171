/* Command lines of the examples: a table of flags, --help made of it, exit 2 on wrong usage. */
#ifndef EXAMPLES_ARGS_H
#define EXAMPLES_ARGS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum arg_type { ARG_TEXT, ARG_INT, ARG_REAL, ARG_FLAG } arg_type;

typedef struct arg {
    const char *name; /* with its dashes */
    arg_type type;
    void *value;   /* const char *, int64_t, double or bool, holding the default */
    double lo, hi; /* bounds of numbers */
    const char *what, *help;
} arg;

/* Fills in the values; prints help and exits 0, or one line and exits 2. */
void args_parse(int argc, char **argv, const char *about, const arg *args, int n);
/* Before that: takes out of argv what is no flag, which is what stands behind "--", what does not
 * begin with "-", and negative numbers. They stay as long as the program runs. */
char **args_take_bare(int *argc, char **argv, const arg *args, int n, int *n_bare);

#endif
