/* Attention patterns to look at, in a terminal and as a page: heads side by side where there is
 * room, with a scale of colours and a line that says what one should see. */
#ifndef EXAMPLES_HEATMAP_H
#define EXAMPLES_HEATMAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "terminal.h"

/* One head: weights (n n), a row per query; tokens label both axes. What lies ahead of a query is
 * not read, and not drawn. */
typedef struct pattern {
    char title[64];
    int64_t n;
    const float *weights; /* 0 to 1 */
    const char *const *tokens;
} pattern;

/* How far back the diagonal lies that has most of the weight, and its mean weight. */
double pattern_diagonal(const pattern *p, int64_t *back);
/* The same as words for below a title. */
void pattern_words(const pattern *p, char *text, size_t size);

/* As shades or colours, whichever `t` has, fitted to its window. */
void heatmaps_print(FILE *f, const terminal *t, const char *see, int n, const pattern *patterns);
/* As a page that needs nothing else; weights are told under the pointer, a finger or the arrow
 * keys. Written under a temporary name, then renamed; false: errno says why. */
bool heatmaps_page(const char *path, const char *title, const char *see, int n,
                   const pattern *patterns);

#endif
