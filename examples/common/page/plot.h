/* Line charts as SVG: panels side by side, or one below the other in a narrow window; each curve
 * has its name at its end. */
#ifndef EXAMPLES_PLOT_H
#define EXAMPLES_PLOT_H

#include <stdbool.h>
#include <stdint.h>

enum { PLOT_CURVES = 4 };

/* Values that are no finite numbers are left out. Curves of one name have one colour in all panels.
 */
typedef struct curve {
    const char *name;
    int64_t n;
    const double *y, *x; /* x rises; NULL: x_step, 2 x_step, ... */
    double x_step;       /* 0: 1 */
    bool each_step;      /* noisy and long: a thin line behind the others */
} curve;

typedef enum panel_kind {
    PANEL_VALUES,
    PANEL_LOSSES, /* positive, on a logarithmic axis where they span decades */
    PANEL_SHARES, /* of a whole: the axis ends at 1 */
} panel_kind;

typedef struct panel {
    const char *title, *x_name;
    panel_kind kind;
    int n_curves;
    curve curves[PLOT_CURVES];
} panel;

/* Written under a temporary name, then renamed; false: errno says why. */
bool plot_write(const char *path, int n_panels, const panel *panels);

#endif
