/* What a training tells of itself: a line per step in a CSV file, and a drawing of the losses. */
#ifndef EXAMPLES_JOURNAL_H
#define EXAMPLES_JOURNAL_H

#include <stdio.h>

#include "trainer.h"

/* One step: its number, counted from 1, the training loss before it and, where one was estimated,
 * the validation loss after it (NAN: none). */
typedef struct journal_line {
    int64_t step;
    double loss, val, lr, norm, rate;
} journal_line;

/* Opens --log, without the lines after `step` when a training goes on; *f is NULL when there is
 * none. Here and below false: errno says why. */
bool journal_open(FILE **f, const train_options *o, int64_t step);
bool journal_write(FILE *f, const journal_line *line);
/* Draws the evaluations so far into --plot, if there is one. */
bool journal_draw(const train_options *o, const trainer *t);

#endif
