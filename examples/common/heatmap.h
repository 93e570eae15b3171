/* Attention patterns to look at: as shades in a terminal, and as one self-contained HTML page. */
#ifndef EXAMPLES_HEATMAP_H
#define EXAMPLES_HEATMAP_H

#include <stdbool.h>
#include <stdint.h>

/* One head: weights (n n), a row per query; tokens label both axes. */
typedef struct pattern {
    char title[64];
    int64_t n;
    const float *weights; /* 0 to 1 */
    const char *const *tokens;
} pattern;

void heatmap_print(const pattern *p);
/* Written under a temporary name, then renamed; false: an error line has been printed. */
bool heatmap_write_html(const char *path, const char *title, const char *text, int n,
                        const pattern *patterns);

#endif
