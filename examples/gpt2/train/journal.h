/* What a training tells of itself: a line per step in a CSV file, and a drawing of the losses. */
#ifndef EXAMPLES_JOURNAL_H
#define EXAMPLES_JOURNAL_H

#include <stdbool.h>
#include <stdio.h>

#include "trainer.h"

/* One step: its number, counted from 1, the training loss before it and, where one was estimated,
 * the validation loss after it (NAN: none). */
typedef struct journal_line {
    int64_t step;
    double loss, val, lr, norm, rate;
} journal_line;

/* The open log. Begins as {0}. */
typedef struct journal {
    FILE *f;      /* NULL: none, or not open yet */
    bool removed; /* by somebody, perhaps with the folder that it was in */
} journal;

/* Opens --log, if there is one: for a training that goes on without the lines after `step`, else
 * anew. Here and below false: errno says why. */
bool journal_open(journal *j, const train_options *o, int64_t step);
/* Adds a line. A log that is not open yet is opened first; one that was removed is begun again, as
 * soon as there is a folder for it. */
bool journal_write(journal *j, const train_options *o, const journal_line *line);
void journal_close(journal *j);
/* Draws the evaluations so far into --plot, if there is one. */
bool journal_draw(const train_options *o, const trainer *t);

#endif
