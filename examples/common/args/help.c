/* --help, from the table of flags. Input: the table; output: its flags, one a paragraph, what they
 * do in a column of its own. Invariant: lines have 80 columns at most, but for words that are
 * longer. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "help.h"

enum { WIDTH = 80, NARROWEST = 24, FLAG = 64, TOLD = 8192 };

static void write_flag(char *text, const arg *a)
{
    snprintf(text, FLAG, "%s%s%s", a->name, a->what ? " " : "", a->what ? a->what : "");
}

/* What a flag does, with its default. */
static void write_told(char *text, const arg *a)
{
    if (a->type == ARG_INT)
        snprintf(text, TOLD, "%s (%lld)", a->help, (long long)*(int64_t *)a->value);
    else if (a->type == ARG_REAL)
        snprintf(text, TOLD, "%s (%g)", a->help, *(double *)a->value);
    else if (a->type != ARG_FLAG && *(const char **)a->value)
        snprintf(text, TOLD, "%s (%s)", a->help, *(const char **)a->value);
    else
        snprintf(text, TOLD, "%s", a->help);
}

/* Words from a column on, in as many lines as they need. */
static void print_words(int column, const char *text)
{
    int at = column;
    for (const char *word = text; *word;) {
        int n = (int)strcspn(word, " \n");
        if (at > column && at + 1 + n > WIDTH) {
            printf("\n%*s", column, "");
            at = column;
        }
        at += printf("%s%.*s", at > column ? " " : "", n, word);
        word += n + (word[n] != 0);
    }
    printf("\n");
}

static void print_row(int column, const char *flag, const char *told)
{
    printf("  %-*s ", column, flag);
    print_words(column + 3, told);
}

void args_help(const char *program, const arg_table *t)
{
    char flag[FLAG], told[TOLD];
    int column = NARROWEST;
    for (int i = 0; i < t->n; i++) {
        write_flag(flag, &t->args[i]);
        column = (int)strlen(flag) > column ? (int)strlen(flag) : column;
    }
    printf("usage: %s [flags]%s%s\n", program, t->bare ? " " : "", t->bare ? t->bare : "");
    print_words(0, t->about);
    printf("\n");
    for (int i = 0; i < t->n; i++) {
        write_flag(flag, &t->args[i]);
        write_told(told, &t->args[i]);
        print_row(column, flag, told);
    }
    print_row(column, "--version", "the versions of program and library");
    print_row(column, "--help", "this text");
}
