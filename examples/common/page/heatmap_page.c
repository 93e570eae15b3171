/* Heat maps as a page. Input: patterns; output: a figure for each, cells drawn as one path per
 * shade. Invariant: shades are classes, whose colours the style has for a light ground and for a
 * dark one. */
#include <math.h>
#include <string.h>

#include "common/replace.h"
#include "heatmap.h"
#include "heatmap_script.h"
#include "html.h"
#include "palette.h"

enum { SHADES = 40 };

static int shade_of(float weight)
{
    return (int)lround((double)fminf(fmaxf(weight, 0), 1) * SHADES);
}

static void write_shades(FILE *f, bool dark)
{
    for (int k = 0; k <= SHADES; k++) {
        rgb c = palette_weight((double)k / SHADES, dark);
        fprintf(f, ".h%d{fill:#%02x%02x%02x}%s", k, c.r, c.g, c.b, k % 8 == 7 ? "\n" : "");
    }
    fprintf(f, "\n.bar{background:linear-gradient(90deg");
    for (int k = 0; k <= 4; k++) {
        rgb c = palette_weight(k / 4.0, dark);
        fprintf(f, ",#%02x%02x%02x", c.r, c.g, c.b);
    }
    fprintf(f, ")}\n");
}

/* Every second label goes where they would touch. */
static void write_styles(FILE *f, int64_t n)
{
    fprintf(f, "%s", heatmap_style);
    write_shades(f, false);
    fprintf(f, "@media (prefers-color-scheme: dark) {\n");
    write_shades(f, true);
    fprintf(
        f,
        "}\n@container (max-width: %lldpx) {\n"
        "  .ks span:nth-child(even), .qs span:nth-child(even) { visibility: hidden }\n"
        "  .ks, .qs { font-size: 9px } .ks span { margin: 0 -3px } .qs span { margin: -3px 0 }\n"
        "  .ks .on, .qs .on { visibility: visible !important }\n}\n",
        (long long)(n * 9 + 40));
}

static void write_labels(FILE *f, const pattern *p, const char *name)
{
    size_t longest = 0;
    for (int64_t k = 0; k < p->n; k++)
        longest = strlen(p->tokens[k]) > longest ? strlen(p->tokens[k]) : longest;
    fprintf(f, "<div class=\"%s%s\">", name, longest > 2 ? " long" : "");
    for (int64_t k = 0; k < p->n; k++) {
        fprintf(f, "<span>");
        html_text(f, p->tokens[k]);
        fprintf(f, "</span>");
    }
    fprintf(f, "</div>\n");
}

/* A path for each shade that occurs, of neighbours in a row at once. */
static void write_cells(FILE *f, const pattern *p)
{
    for (int shade = 0; shade <= SHADES; shade++) {
        bool begun = false;
        for (int64_t q = 0; q < p->n; q++)
            for (int64_t k = 0; k <= q; k++) {
                const float *row = p->weights + q * p->n;
                int64_t end = k;
                while (end <= q && shade_of(row[end]) == shade)
                    end++;
                if (end == k)
                    continue;
                if (!begun)
                    fprintf(f, "<path class=\"h%d\" d=\"", shade);
                begun = true;
                fprintf(f, "M%lld %lldh%lldv1H%lldz", (long long)k, (long long)q,
                        (long long)(end - k), (long long)k);
                k = end;
            }
        if (begun)
            fprintf(f, "\"/>\n");
    }
}

static void write_figure(FILE *f, const pattern *p)
{
    char words[64];
    pattern_words(p, words, sizeof words);
    fprintf(f, "<figure class=\"map\" tabindex=\"0\" style=\"--n:%lld\" data-w=\"",
            (long long)p->n);
    for (int64_t q = 0; q < p->n; q++)
        for (int64_t k = 0; k <= q; k++)
            fprintf(f, "%s%ld", q == 0 ? "" : " ", lround((double)p->weights[q * p->n + k] * 1e4));
    fprintf(f, "\">\n<figcaption>");
    html_text(f, p->title);
    fprintf(f, " <span>%s</span></figcaption>\n<div class=\"grid\">\n", words);
    fprintf(f, "<i class=\"key\">key: the token that is read</i>\n");
    write_labels(f, p, "ks");
    fprintf(f, "<i class=\"query\">query: the token that reads</i>\n");
    write_labels(f, p, "qs");
    fprintf(
        f,
        "<svg viewBox=\"0 0 %lld %lld\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"",
        (long long)p->n, (long long)p->n);
    html_text(f, p->title);
    fprintf(f, ": %s\">\n", words);
    write_cells(f, p);
    fprintf(f, "</svg>\n<output></output>\n</div>\n</figure>\n");
}

bool heatmaps_page(const char *path, const char *title, const char *see, int n,
                   const pattern *patterns)
{
    replacement r;
    int64_t most = 1;
    for (int i = 0; i < n; i++)
        most = patterns[i].n > most ? patterns[i].n : most;
    if (!html_begin(&r, path, title))
        return false;
    write_styles(r.f, most);
    html_body(r.f, title);
    fprintf(r.f, "<p>");
    html_text(r.f, see);
    fprintf(r.f,
            "</p>\n<p style=\"color:var(--mute)\">A row is a token that reads, a column one that "
            "is read. Point at a cell, touch it, or choose it with the arrow keys: its weight is "
            "shown in all heads.</p>\n"
            "<div class=\"scale\">weight <div class=\"bar\"><b></b></div><div class=\"ticks\">"
            "<span>0</span><span>0.25</span><span>0.5</span><span>0.75</span><span>1</span></div>"
            "</div>\n<main class=\"maps\">\n");
    for (int i = 0; i < n; i++)
        write_figure(r.f, &patterns[i]);
    fprintf(r.f, "</main>\n%s", heatmap_script);
    return html_end(&r);
}
