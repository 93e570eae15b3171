/* The axis of a chart: where it begins and ends, and the round numbers that are marked on it. */
#ifndef EXAMPLES_AXIS_H
#define EXAMPLES_AXIS_H

#include <stdbool.h>

enum { AXIS_MARKS = 64 };

typedef struct axis_mark {
    double at;
    char text[32]; /* empty: a line without a number */
} axis_mark;

typedef struct axis {
    double lo, hi;
    bool log;
    int n;
    axis_mark marks[AXIS_MARKS]; /* rising */
} axis;

/* The smallest of 1, 2 and 5 times a power of ten that fits into the span at most so often. */
double axis_step(double span, int most);
/* From lo to hi as they are, with whole numbers as marks: what is counted. */
axis axis_counts(double lo, double hi, int most);
/* Widened to round numbers. */
axis axis_values(double lo, double hi, int most);
/* Of parts of a whole: up to 1, and down to a round number below lo. */
axis axis_shares(double lo, int most);
/* Logarithmic, widened to 1, 2 or 5 times a power of ten; 0 < lo <= hi. */
axis axis_log(double lo, double hi, int most);
/* Where a value lies: 0 at lo, 1 at hi. On a logarithmic axis numbers below its beginning lie
 * there. */
double axis_part(const axis *a, double value);

#endif
