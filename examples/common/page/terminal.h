/* What is known of the window that a text goes to. */
#ifndef EXAMPLES_TERMINAL_H
#define EXAMPLES_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

typedef enum terminal_colors { COLORS_NONE, COLORS_256, COLORS_ALL } terminal_colors;

typedef struct terminal {
    bool is; /* false: a file or a pipe */
    int columns, lines;
    terminal_colors colors;
} terminal;

/* Colours as NO_COLOR, COLORTERM and TERM say, and none in a file; where the size is not known, 80
 * columns and 24 lines. */
terminal terminal_of(FILE *f);
/* The colour of a weight for the letters, or for the ground, from here on; nothing where there are
 * no colours. */
void terminal_weight(FILE *f, const terminal *t, bool ground, double weight);
/* Back to what the user has. */
void terminal_plain(FILE *f, const terminal *t);
/* A text in lines that fit, of which the first one has `at` columns already. */
void terminal_wrap(FILE *f, const terminal *t, int at, const char *text);

#endif
