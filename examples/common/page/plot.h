/* Line charts as SVG: panels side by side, each with axes, ticks and a legend. */
#ifndef EXAMPLES_PLOT_H
#define EXAMPLES_PLOT_H

#include <stdbool.h>

typedef struct curve {
    const char *name;
    const double *y; /* one value per point */
} curve;

typedef struct panel {
    const char *title, *x_name;
    int n_curves;
    curve curves[4];
    const double *x; /* where the points lie, rising; NULL: 1, 2, ... */
} panel;

/* Written under a temporary name, then renamed; false: errno says why. */
bool plot_write(const char *path, int n_panels, const panel *panels, int n_points);

#endif
