/* SVG by hand. Input: panels of curves; output: a drawing. Invariant: the y axis takes round steps
 * that cover the values; what is not a number is left out. */
#include "plot.h"

#include <math.h>
#include <stdio.h>

#include "common/replace.h"

enum { W = 420, H = 300, LEFT = 60, RIGHT = 20, TOP = 40, BOTTOM = 50 };
static const char *const colors[] = {"#1f77b4", "#d62728", "#2ca02c", "#9467bd"};

typedef struct scale {
    double lo, hi, step;
} scale;

static scale scale_of(const panel *p, int n)
{
    double lo = INFINITY, hi = -INFINITY;
    for (int c = 0; c < p->n_curves; c++)
        for (int i = 0; i < n; i++) {
            double v = p->curves[c].y[i];
            lo = isfinite(v) && v < lo ? v : lo;
            hi = isfinite(v) && v > hi ? v : hi;
        }
    if (!(lo <= hi))
        lo = 0, hi = 1;
    double span = hi - lo > 1e-9 ? hi - lo : 1, step = pow(10, floor(log10(span / 4)));
    step *= span / 4 / step > 5 ? 10 : span / 4 / step > 2 ? 5 : span / 4 / step > 1 ? 2 : 1;
    return (scale){floor(lo / step) * step, ceil(hi / step + 1e-9) * step, step};
}

static double x_of(const panel *p, int i)
{
    return p->x ? p->x[i] : i + 1;
}

static double x_at(const panel *p, int i, int n)
{
    double first = x_of(p, 0), span = x_of(p, n - 1) - first;
    return LEFT + (span > 0 ? (x_of(p, i) - first) / span : 0.5) * (W - LEFT - RIGHT);
}

static double y_at(const scale *s, double v)
{
    return H - BOTTOM - (v - s->lo) / (s->hi - s->lo) * (H - TOP - BOTTOM);
}

static void axes(FILE *f, const panel *p, const scale *s, int n)
{
    fprintf(f, "<text x='%d' y='22' text-anchor='middle' font-size='15'>%s</text>\n",
            (LEFT + W - RIGHT) / 2, p->title);
    for (int k = 0; s->lo + k * s->step <= s->hi + s->step / 2; k++) {
        double v = s->lo + k * s->step, y = y_at(s, v);
        fprintf(f,
                "<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#ddd'/>"
                "<text x='%d' y='%.1f' text-anchor='end'>%.4g</text>\n",
                LEFT, y, W - RIGHT, y, LEFT - 6, y + 4, fabs(v) < s->step / 1e6 ? 0 : v);
    }
    int most = p->x ? 6 : 10, every = n > most ? (n + most - 1) / most : 1;
    for (int i = 0; i < n; i += every)
        fprintf(f, "<text x='%.1f' y='%d' text-anchor='middle'>%g</text>\n", x_at(p, i, n),
                H - BOTTOM + 18, x_of(p, i));
    fprintf(f, "<rect x='%d' y='%d' width='%d' height='%d' fill='none' stroke='#444'/>\n", LEFT,
            TOP, W - LEFT - RIGHT, H - TOP - BOTTOM);
    fprintf(f, "<text x='%d' y='%d' text-anchor='middle'>%s</text>\n", (LEFT + W - RIGHT) / 2,
            H - 10, p->x_name);
}

static void curves(FILE *f, const panel *p, const scale *s, int n)
{
    for (int c = 0; c < p->n_curves; c++) {
        fprintf(f, "<polyline fill='none' stroke-width='2' stroke='%s' points='", colors[c % 4]);
        for (int i = 0; i < n; i++)
            if (isfinite(p->curves[c].y[i]))
                fprintf(f, "%.1f,%.1f ", x_at(p, i, n), y_at(s, p->curves[c].y[i]));
        fprintf(f,
                "'/>\n<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='%s' stroke-width='2'/>"
                "<text x='%d' y='%d'>%s</text>\n",
                W - 130, TOP + 16 + 18 * c, W - 108, TOP + 16 + 18 * c, colors[c % 4], W - 102,
                TOP + 20 + 18 * c, p->curves[c].name);
    }
}

bool plot_write(const char *path, int n_panels, const panel *panels, int n_points)
{
    replacement r;
    if (!replace_begin(&r, path))
        return false;
    FILE *f = r.f;
    fprintf(f,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
            "font-family='sans-serif' font-size='12'>\n<rect width='100%%' height='100%%' "
            "fill='white'/>\n",
            W * n_panels, H);
    for (int i = 0; i < n_panels; i++) {
        scale s = scale_of(&panels[i], n_points);
        fprintf(f, "<g transform='translate(%d,0)'>\n", i * W);
        axes(f, &panels[i], &s, n_points);
        curves(f, &panels[i], &s, n_points);
        fprintf(f, "</g>\n");
    }
    fprintf(f, "</svg>\n");
    return replace_end(&r);
}
