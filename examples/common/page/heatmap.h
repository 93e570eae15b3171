/* Attention patterns to look at: as shades in a terminal, and as figures of a page. */
#ifndef EXAMPLES_HEATMAP_H
#define EXAMPLES_HEATMAP_H

#include <stdint.h>
#include <stdio.h>

/* One head: weights (n n), a row per query; tokens label both axes. */
typedef struct pattern {
    char title[64];
    int64_t n;
    const float *weights; /* 0 to 1 */
    const char *const *tokens;
} pattern;

void heatmap_print(const pattern *p);
void heatmap_figure(FILE *f, const pattern *p);

#endif
