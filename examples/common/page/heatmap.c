/* Heat maps. Input: a square of weights; output: shades in a terminal, or a figure of a page: a
 * table whose cells carry their values for the pointer. */
#include "heatmap.h"

#include <stdio.h>

#include "html.h"

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

void heatmap_figure(FILE *f, const pattern *p)
{
    fprintf(f, "<figure><figcaption>");
    html_text(f, p->title);
    fprintf(f, "</figcaption><table>\n<tr><th></th>");
    for (int64_t k = 0; k < p->n; k++) {
        fprintf(f, "<th>");
        html_text(f, p->tokens[k]);
        fprintf(f, "</th>");
    }
    fprintf(f, "</tr>\n");
    for (int64_t q = 0; q < p->n; q++) {
        fprintf(f, "<tr><th>");
        html_text(f, p->tokens[q]);
        fprintf(f, "</th>");
        for (int64_t k = 0; k < p->n; k++) {
            double w = (double)p->weights[q * p->n + k];
            fprintf(f, "<td style=\"background:rgba(20,80,180,%.3f)\" data-w=\"%.4f\" data-q=\"", w,
                    w);
            html_text(f, p->tokens[q]);
            fprintf(f, " (%lld)\" data-k=\"", (long long)q);
            html_text(f, p->tokens[k]);
            fprintf(f, " (%lld)\"></td>", (long long)k);
        }
        fprintf(f, "</tr>\n");
    }
    fprintf(f, "</table></figure>\n");
}
