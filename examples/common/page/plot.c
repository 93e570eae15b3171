/* SVG by hand. Input: panels of curves; output: a drawing. Invariant: it needs nothing else, and is
 * whole without style sheets, which only adapt it to a dark ground and to a narrow window. */
#include "plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/replace.h"
#include "curve.h"
#include "html.h"
#include "labels.h"
#include "palette.h"

enum { W = 480, H = 320, LEFT = 58, TOP = 46, BOTTOM = 48, ROW = 16, DOTS = 60, HOVERED = 1000 };
static const double CHARACTER = 6.9; /* the width of one, in text of 13 */

/* Names in the order in which they come: a colour for each. */
typedef struct names {
    int n;
    const char *of[PALETTE_LINES];
} names;

static int color_of(names *all, const char *name)
{
    for (int k = 0; k < all->n; k++)
        if (strcmp(all->of[k], name) == 0)
            return k;
    if (all->n < PALETTE_LINES)
        all->of[all->n++] = name;
    return all->n - 1;
}

/* How large panels are, and whether they lie side by side, in windows of these sizes. Nothing
 * finer, since a style sheet can move and scale, but not divide the width of a window by another.
 * Only where the drawing has a window of its own, which is where scripts would run: as a picture in
 * a page it is scaled as a whole. */
static void write_size(FILE *f, int n, const char *windows, bool beside, double scale)
{
    fprintf(f, "@media (scripting:enabled) and %s{svg:root{width:%gpx;height:%gpx}", windows,
            scale * W * (beside ? n : 1), scale * H * (beside ? 1 : n));
    for (int i = 0; i < n; i++)
        fprintf(f, ".p%d{transform:translate(%gpx,%gpx) scale(%g)}", i, beside ? i * scale * W : 0,
                beside ? 0 : i * scale * H, scale);
    fprintf(f, "}\n");
}

/* Telephones show a drawing as if their window had 980 dots. */
static void write_sizes(FILE *f, int n)
{
    char windows[80];
    snprintf(windows, sizeof windows, "(min-width:%dpx)", W * n * 5 / 4);
    write_size(f, n, windows, true, 1.25);
    snprintf(windows, sizeof windows, "(max-width:%dpx)", W * n - 1);
    if (n > 1)
        write_size(f, n, windows, false, 1);
    for (int percent = 90; percent >= 60; percent -= 10) {
        snprintf(windows, sizeof windows, "(max-width:%dpx)", W * (percent + 10) / 100 - 1);
        write_size(f, n, windows, false, percent / 100.0);
    }
    write_size(f, n, "(max-device-width:600px) and (min-width:900px)", false, 980.0 / W);
}

static void write_style(FILE *f, int n_panels)
{
    fprintf(f, "<style>\nsvg:root{color-scheme:light dark;display:block;margin:0 auto}\n"
               "@media (prefers-color-scheme:dark){svg:root{background:#14181d}.paper{fill:#14181d}"
               ".ink{fill:#e8eaed}.mute{fill:#9aa3ad}.grid{stroke:#2b323b}.fine{stroke:#20262d}"
               ".base{stroke:#78828d}");
    for (int k = 0; k < PALETTE_LINES; k++) {
        rgb c = palette_line(k, true);
        fprintf(f, ".s%d{stroke:#%02x%02x%02x}.f%d{fill:#%02x%02x%02x}", k, c.r, c.g, c.b, k, c.r,
                c.g, c.b);
    }
    fprintf(f, "}\n");
    write_sizes(f, n_panels);
    fprintf(f, "</style>\n");
}

/* A name and, but for noisy curves, the last value. */
static void write_label(char *text, size_t size, const panel *p, const curve *c)
{
    double last = c->y[curve_last(c)];
    if (c->each_step)
        snprintf(text, size, "each step");
    else
        snprintf(text, size, p->kind == PANEL_SHARES ? "%s %.3f" : "%s %.3g", c->name, last);
}

static double room_for_labels(const panel *p)
{
    size_t most = 0;
    for (int c = 0; c < p->n_curves; c++) {
        char text[96] = "";
        if (curve_last(&p->curves[c]) >= 0)
            write_label(text, sizeof text, p, &p->curves[c]);
        most = strlen(text) > most ? strlen(text) : most;
    }
    return fmin(18 + CHARACTER * (double)most, W / 2.0);
}

static void draw_axes(FILE *f, const panel *p, const frame *r)
{
    fprintf(f, "<text x='%d' y='24' class='ink' font-size='15' font-weight='600' fill='#222'>",
            LEFT);
    html_text(f, p->title);
    fprintf(
        f,
        "<tspan class='mute' font-size='12' font-weight='400' fill='#6a737d'>%s</tspan></text>\n",
        r->y.log ? "  logarithmic" : "");
    for (int k = 0; k < r->y.n; k++) {
        double y = frame_y(r, r->y.marks[k].at);
        bool fine = !*r->y.marks[k].text;
        fprintf(f, "<line x1='%g' y1='%.1f' x2='%g' y2='%.1f' class='%s' stroke='%s'/>\n", r->left,
                y, r->right, y, fine ? "fine" : "grid", fine ? "#f1f3f5" : "#dfe3e8");
        if (!fine)
            fprintf(
                f,
                "<text x='%g' y='%.1f' text-anchor='end' class='mute' fill='#6a737d'>%s</text>\n",
                r->left - 8, y + 4, r->y.marks[k].text);
    }
    fprintf(f, "<line x1='%g' y1='%g' x2='%g' y2='%g' class='base' stroke='#6a737d'/>\n", r->left,
            r->bottom, r->right, r->bottom);
    for (int k = 0; k < r->x.n; k++) {
        double x = frame_x(r, r->x.marks[k].at);
        fprintf(
            f,
            "<line x1='%.1f' y1='%g' x2='%.1f' y2='%g' class='base' stroke='#6a737d'/>"
            "<text x='%.1f' y='%g' text-anchor='middle' class='mute' fill='#6a737d'>%s</text>\n",
            x, r->bottom, x, r->bottom + 4, x, r->bottom + 18, r->x.marks[k].text);
    }
    fprintf(f, "<text x='%g' y='%d' text-anchor='middle' class='ink' fill='#222'>",
            (r->left + r->right) / 2, H - 10);
    html_text(f, p->x_name);
    fprintf(f, "</text>\n");
}

/* A dot for each value of a short curve, and for one that stands alone; what it says when it is
 * pointed at. */
static void draw_dots(FILE *f, const panel *p, const curve *c, const frame *r, const char *style)
{
    for (int64_t i = 0; i < c->n && c->n <= HOVERED; i++) {
        if (!isfinite(c->y[i]))
            continue;
        bool alone = !curve_has_line(c, i) && !curve_has_line(c, i - 1);
        bool shown = alone || c->n <= DOTS;
        fprintf(f, "<circle cx='%.1f' cy='%.1f' r='%g' %s><title>", frame_x(r, curve_x(c, i)),
                frame_y(r, c->y[i]),
                alone   ? 4.0
                : shown ? 2.5
                        : 5.0,
                shown ? style : "fill='none' pointer-events='all'");
        html_text(f, p->x_name);
        fprintf(f, " %g: ", curve_x(c, i));
        html_text(f, c->name);
        fprintf(f, " %.4g</title></circle>\n", c->y[i]);
    }
}

static void draw_curve(FILE *f, const panel *p, const curve *c, const frame *r, int color)
{
    char style[160];
    rgb is = palette_line(color, false);
    snprintf(style, sizeof style,
             "class='s%d' fill='none' stroke='#%02x%02x%02x' stroke-width='%d' "
             "stroke-linejoin='round'",
             color, is.r, is.g, is.b, c->each_step ? 1 : 2);
    if (curve_last(c) < 0)
        return;
    if (c->each_step && c->n > 1) {
        fprintf(f, "<path %s stroke-opacity='0.4' d='", style);
        curve_path(f, c, r);
        fprintf(f, "'/>\n");
        return;
    }
    curve_lines(f, c, r, style);
    snprintf(style, sizeof style, "class='f%d' fill='#%02x%02x%02x'%s", color, is.r, is.g, is.b,
             c->each_step ? " fill-opacity='0.4'" : "");
    draw_dots(f, p, c, r, style);
}

/* The names at the right, each beside the end of its curve if there is room. */
static void draw_labels(FILE *f, const panel *p, const frame *r, const int *colors)
{
    double y[PLOT_CURVES], from[PLOT_CURVES];
    const curve *of[PLOT_CURVES];
    int n = 0, color[PLOT_CURVES];
    for (int c = 0; c < p->n_curves; c++) {
        int64_t last = curve_last(&p->curves[c]);
        if (last < 0)
            continue;
        y[n] = from[n] = fmin(fmax(frame_y(r, p->curves[c].y[last]), r->top), r->bottom);
        of[n] = &p->curves[c];
        color[n++] = colors[c];
    }
    labels_spread(n, y, ROW, r->top, r->bottom - 4);
    for (int k = 0; k < n; k++) {
        char text[96];
        double end = frame_x(r, curve_x(of[k], curve_last(of[k])));
        rgb is = palette_line(color[k], false);
        write_label(text, sizeof text, p, of[k]);
        if (fabs(y[k] - from[k]) > 2 || r->right - end > 4)
            fprintf(f,
                    "<path class='s%d' fill='none' stroke='#%02x%02x%02x' stroke-opacity='0.5' "
                    "d='M%.1f %.1fL%.1f %.1f'/>\n",
                    color[k], is.r, is.g, is.b, end + 3, from[k], r->right + 9, y[k]);
        fprintf(f, "<text x='%.1f' y='%.1f' class='f%d' fill='#%02x%02x%02x'%s>", r->right + 12,
                y[k] + 4.5, color[k], is.r, is.g, is.b,
                of[k]->each_step ? " fill-opacity='0.75'" : "");
        html_text(f, text);
        fprintf(f, "</text>\n");
    }
}

static void draw_panel(FILE *f, const panel *p, int at, names *all)
{
    frame r = {LEFT,       W - room_for_labels(p), TOP,
               H - BOTTOM, panel_x_axis(p, 6),     panel_y_axis(p, 6)};
    int colors[PLOT_CURVES];
    bool empty = true;
    for (int c = 0; c < p->n_curves; c++) {
        colors[c] = color_of(all, p->curves[c].name);
        empty = empty && curve_last(&p->curves[c]) < 0;
    }
    fprintf(f, "<g class='p%d' transform='translate(%d 0)'>\n", at, at * W);
    draw_axes(f, p, &r);
    fprintf(f,
            "<clipPath id='c%d'><rect x='%g' y='%g' width='%g' height='%g'/></clipPath>\n<g "
            "clip-path='url(#c%d)'>\n",
            at, r.left - 5, r.top - 5, r.right - r.left + 10, r.bottom - r.top + 10, at);
    for (int behind = 1; behind >= 0; behind--)
        for (int c = 0; c < p->n_curves; c++)
            if (p->curves[c].each_step == (bool)behind)
                draw_curve(f, p, &p->curves[c], &r, colors[c]);
    fprintf(f, "</g>\n");
    draw_labels(f, p, &r, colors);
    if (empty)
        fprintf(f,
                "<text x='%g' y='%g' text-anchor='middle' class='mute' fill='#6a737d'>no "
                "values</text>\n",
                (r.left + r.right) / 2, (r.top + r.bottom) / 2);
    fprintf(f, "</g>\n");
}

bool plot_write(const char *path, int n_panels, const panel *panels)
{
    replacement r;
    names all = {0};
    if (!replace_begin(&r, path))
        return false;
    fprintf(r.f,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' role='img' "
            "font-family='system-ui, sans-serif' font-size='13' aria-label='",
            W * n_panels, H);
    for (int i = 0; i < n_panels; i++) {
        fprintf(r.f, "%s", i == 0 ? "" : i + 1 < n_panels ? ", " : " and ");
        html_text(r.f, panels[i].title);
    }
    fprintf(r.f, "'>\n");
    write_style(r.f, n_panels);
    fprintf(r.f, "<rect width='100%%' height='100%%' class='paper' fill='#fff'/>\n");
    for (int i = 0; i < n_panels; i++)
        draw_panel(r.f, &panels[i], i, &all);
    fprintf(r.f, "</svg>\n");
    return replace_end(&r);
}
