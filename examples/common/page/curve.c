/* From values to lines. Input: curves and a frame; output: axes, and the commands of a path.
 * Invariant: a path has a few hundred points, however long the training was. */
#include "curve.h"

#include <math.h>
#include <stdlib.h>

/* Losses whose largest is this often the smallest are drawn on a logarithmic axis. */
static const double DECADES = 30;

double curve_x(const curve *c, int64_t i)
{
    return c->x ? c->x[i] : (double)(i + 1) * (c->x_step > 0 ? c->x_step : 1);
}

int64_t curve_last(const curve *c)
{
    int64_t i = c->n - 1;
    while (i >= 0 && !isfinite(c->y[i]))
        i--;
    return i;
}

double frame_x(const frame *f, double x)
{
    return f->left + axis_part(&f->x, x) * (f->right - f->left);
}

double frame_y(const frame *f, double y)
{
    double part = fmin(fmax(axis_part(&f->y, y), -0.2), 1.2); /* the rest is cut off */
    return f->bottom - part * (f->bottom - f->top);
}

axis panel_x_axis(const panel *p, int most)
{
    double lo = (double)INFINITY, hi = -(double)INFINITY;
    for (int c = 0; c < p->n_curves; c++)
        if (p->curves[c].n > 0) {
            lo = fmin(lo, curve_x(&p->curves[c], 0));
            hi = fmax(hi, curve_x(&p->curves[c], p->curves[c].n - 1));
        }
    if (lo > 0 && lo <= hi / 10)
        lo = 0;
    if (lo == hi) /* one point, in the middle */
        lo -= 1, hi += 1;
    return axis_counts(lo, hi, most);
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct range {
    double lo, hi, least; /* least: the smallest that is positive */
} range;

static void include(range *r, double v)
{
    if (!isfinite(v))
        return;
    r->lo = fmin(r->lo, v);
    r->hi = fmax(r->hi, v);
    r->least = v > 0 ? fmin(r->least, v) : r->least;
}

/* Nearly all values of a noisy curve: what sticks out does not press the others flat. */
static void include_most(range *r, const curve *c)
{
    enum { SAMPLES = 2000 };
    double kept[SAMPLES];
    int64_t every = c->n / SAMPLES + 1;
    int n = 0;
    for (int64_t i = 0; i < c->n; i += every)
        if (isfinite(c->y[i]))
            kept[n++] = c->y[i];
    qsort(kept, (size_t)n, sizeof *kept, rising);
    for (int i = n / 50; i < n - n / 50; i++)
        include(r, kept[i]);
}

axis panel_y_axis(const panel *p, int most)
{
    range r = {(double)INFINITY, -(double)INFINITY, (double)INFINITY};
    for (int c = 0; c < p->n_curves; c++)
        for (int64_t i = 0; !p->curves[c].each_step && i < p->curves[c].n; i++)
            include(&r, p->curves[c].y[i]);
    bool decades =
        p->kind == PANEL_LOSSES && r.lo >= 0 && r.least < r.hi && r.hi / r.least >= DECADES;
    for (int c = 0; c < p->n_curves; c++)
        if (p->curves[c].each_step)
            include_most(&r, &p->curves[c]);
    if (p->kind == PANEL_SHARES)
        return axis_shares(r.lo, most);
    return decades ? axis_log(r.least, r.hi, most) : axis_values(r.lo, r.hi, most);
}

bool curve_has_line(const curve *c, int64_t i)
{
    return i >= 0 && i + 1 < c->n && isfinite(c->y[i]) && isfinite(c->y[i + 1]);
}

void curve_lines(FILE *to, const curve *c, const frame *f, const char *style)
{
    for (int64_t i = 0; i < c->n; i++) {
        if (!curve_has_line(c, i))
            continue;
        fprintf(to, "<polyline %s points='", style);
        for (; curve_has_line(c, i); i++)
            fprintf(to, "%.1f,%.1f ", frame_x(f, curve_x(c, i)), frame_y(f, c->y[i]));
        fprintf(to, "%.1f,%.1f'/>\n", frame_x(f, curve_x(c, i)), frame_y(f, c->y[i]));
    }
}

static void draw_to(FILE *to, bool *down, double x, double y)
{
    fprintf(to, "%c%.1f %.1f", *down ? 'L' : 'M', x, y);
    *down = true;
}

/* Values i to end - 1, which fall on one dot of width: the lowest and the highest as they come. */
static void draw_column(FILE *to, bool *down, const curve *c, const frame *f, int64_t i,
                        int64_t end)
{
    int64_t low = -1, high = -1;
    for (; i < end; i++)
        if (isfinite(c->y[i])) {
            low = low < 0 || c->y[i] < c->y[low] ? i : low;
            high = high < 0 || c->y[i] > c->y[high] ? i : high;
        }
    if (low < 0) {
        *down = false;
        return;
    }
    int64_t first = low < high ? low : high, second = low < high ? high : low;
    draw_to(to, down, frame_x(f, curve_x(c, first)), frame_y(f, c->y[first]));
    if (second != first)
        draw_to(to, down, frame_x(f, curve_x(c, second)), frame_y(f, c->y[second]));
}

void curve_path(FILE *to, const curve *c, const frame *f)
{
    bool down = false;
    int64_t columns = (int64_t)(f->right - f->left);
    if (c->n <= 2 * columns)
        columns = c->n;
    for (int64_t k = 0; k < columns; k++)
        draw_column(to, &down, c, f, k * c->n / columns, (k + 1) * c->n / columns);
}
