/* Heat maps. The page holds its style and a few lines of script, and needs nothing else. */
#define _POSIX_C_SOURCE 200809L /* fileno, fsync */
#include "heatmap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "replace.h"

void heatmap_print(const pattern *p)
{
    static const char *const shades[] = {"  ", "░░", "▒▒", "▓▓", "██"};
    printf("%s\n      ", p->title);
    for (int64_t k = 0; k < p->n; k++)
        printf("%2.2s", p->tokens[k]);
    printf("\n");
    for (int64_t q = 0; q < p->n; q++) {
        printf("%5.5s ", p->tokens[q]);
        for (int64_t k = 0; k < p->n; k++) {
            float w = p->weights[q * p->n + k];
            int shade = w < 0.05f ? 0 : w < 0.25f ? 1 : w < 0.5f ? 2 : w < 0.75f ? 3 : 4;
            printf("%s", k > q ? " ." : shades[shade]);
        }
        printf("\n");
    }
    printf("\n");
}

static void escaped(FILE *f, const char *s)
{
    for (; *s; s++)
        if (*s == '<' || *s == '>' || *s == '&' || *s == '"')
            fprintf(f, "&#%d;", *s);
        else
            fputc(*s, f);
}

static const char head[] =
    "<meta charset=\"utf-8\">\n<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }\n"
    ".heads { display: flex; flex-wrap: wrap; gap: 2em }\n"
    "figure { margin: 0 } figcaption { font-weight: 600; margin-bottom: .4em }\n"
    "table { border-collapse: collapse; font: 11px/1 ui-monospace, monospace }\n"
    "th { font-weight: 400; color: #666; min-width: 17px; padding: 0 1px; text-align: center }\n"
    "td { width: 17px; height: 17px; padding: 0; border: 1px solid #f3f3f3 }\n"
    "td:hover, td.on { outline: 2px solid #d33 }\n"
    "#tip { position: fixed; display: none; background: #222; color: #fff; padding: 3px 7px;\n"
    "  border-radius: 4px; font-size: 13px; pointer-events: none; white-space: nowrap }\n"
    "</style>\n";

static const char script[] = "<div id=\"tip\"></div>\n<script>\n"
                             "const tip = document.getElementById('tip');\n"
                             "document.addEventListener('mousemove', e => {\n"
                             "  const d = e.target.dataset;\n"
                             "  tip.style.display = d && d.w ? 'block' : 'none';\n"
                             "  if (!d || !d.w) return;\n"
                             "  tip.textContent = `query ${d.q} → key ${d.k}: ${d.w}`;\n"
                             "  tip.style.left = e.clientX + 14 + 'px';\n"
                             "  tip.style.top = e.clientY + 14 + 'px';\n"
                             "});\n</script>\n";

static void figure(FILE *f, const pattern *p)
{
    fprintf(f, "<figure><figcaption>");
    escaped(f, p->title);
    fprintf(f, "</figcaption><table>\n<tr><th></th>");
    for (int64_t k = 0; k < p->n; k++) {
        fprintf(f, "<th>");
        escaped(f, p->tokens[k]);
        fprintf(f, "</th>");
    }
    fprintf(f, "</tr>\n");
    for (int64_t q = 0; q < p->n; q++) {
        fprintf(f, "<tr><th>");
        escaped(f, p->tokens[q]);
        fprintf(f, "</th>");
        for (int64_t k = 0; k < p->n; k++) {
            double w = (double)p->weights[q * p->n + k];
            fprintf(f, "<td style=\"background:rgba(20,80,180,%.3f)\" data-w=\"%.4f\" data-q=\"", w,
                    w);
            escaped(f, p->tokens[q]);
            fprintf(f, " (%lld)\" data-k=\"", (long long)q);
            escaped(f, p->tokens[k]);
            fprintf(f, " (%lld)\"></td>", (long long)k);
        }
        fprintf(f, "</tr>\n");
    }
    fprintf(f, "</table></figure>\n");
}

bool heatmap_write_html(const char *path, const char *title, const char *text, int n,
                        const pattern *patterns)
{
    replacement r;
    if (!replace_begin(&r, path)) {
        fprintf(stderr, "tinytensor-transformer-block: %s: %s\n", path, strerror(errno));
        return false;
    }
    FILE *f = r.f;
    fprintf(f, "<!doctype html>\n<html lang=\"en\">\n<title>");
    escaped(f, title);
    fprintf(f, "</title>\n%s<h1>", head);
    escaped(f, title);
    fprintf(f, "</h1>\n<p>");
    escaped(f, text);
    fprintf(f, "</p>\n<div class=\"heads\">\n");
    for (int i = 0; i < n; i++)
        figure(f, &patterns[i]);
    fprintf(f, "</div>\n%s</html>\n", script);
    bool ok = replace_end(&r);
    if (!ok)
        fprintf(stderr, "tinytensor-transformer-block: %s: %s\n", path, strerror(errno));
    return ok;
}
