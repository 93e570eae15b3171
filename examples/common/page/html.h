/* One self-contained page: its style and script are in it, and it needs nothing else. Parts, as
 * heatmap_figure, are written between beginning and end. */
#ifndef EXAMPLES_HTML_H
#define EXAMPLES_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "common/replace.h"

/* A heading and a paragraph, both as text; then figures side by side. Written under a temporary
 * name; here and below false: errno says why. */
bool html_begin(replacement *r, const char *path, const char *title, const char *text);
/* The name that was meant. */
bool html_end(replacement *r);
/* Text as it is: what HTML would take for its own is escaped. */
void html_text(FILE *f, const char *s);

#endif
