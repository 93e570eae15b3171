/* One self-contained page: its style and script are in it, and it needs nothing else. It fits
 * windows of any width, and is light or dark as its reader's other pages are. */
#ifndef EXAMPLES_HTML_H
#define EXAMPLES_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "common/replace.h"

/* The head with the page's own style, to which more may be written. Written under a temporary name;
 * here and below false: errno says why. */
bool html_begin(replacement *r, const char *path, const char *title);
/* After the style: the title as a heading. */
void html_body(FILE *f, const char *title);
/* The name that was meant. */
bool html_end(replacement *r);
/* Text as it is: what HTML would take for its own is escaped, and what has no sign is a dot. */
void html_text(FILE *f, const char *s);

#endif
