/* The values of a curve: where they lie, how far they reach, and the lines that are drawn of them.
 */
#ifndef EXAMPLES_CURVE_H
#define EXAMPLES_CURVE_H

#include <stdio.h>

#include "axis.h"
#include "plot.h"

/* Where a panel lies on the paper, from left to right and from top to bottom, and what it shows. */
typedef struct frame {
    double left, right, top, bottom;
    axis x, y;
} frame;

double curve_x(const curve *c, int64_t i);
/* The last value that is a number; -1: there is none. */
int64_t curve_last(const curve *c);
double frame_x(const frame *f, double x);
double frame_y(const frame *f, double y);
/* The axes for the curves of a panel. */
axis panel_x_axis(const panel *p, int most);
axis panel_y_axis(const panel *p, int most);
/* Whether a value and the next one are numbers, so that there is a line to draw. */
bool curve_has_line(const curve *c, int64_t i);
/* A polyline, with these attributes, for each stretch of neighbouring numbers. */
void curve_lines(FILE *to, const curve *c, const frame *f, const char *style);
/* The same as the commands of one path; of a long curve the lowest and the highest value in each
 * dot of width. */
void curve_path(FILE *to, const curve *c, const frame *f);

#endif
