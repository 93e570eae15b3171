/* Files that are written whole or not at all: under another name in the same folder first, which
 * takes the place of the path once all of it is on the disk. A full disk or a crash leaves the file
 * that was there. "-" is standard output, once standard_take() has kept it. */
#ifndef EXAMPLES_REPLACE_H
#define EXAMPLES_REPLACE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct replacement {
    FILE *f; /* to be written to */
    const char *path;
    char beside[4096];
} replacement;

/* False: errno says why; what is not a regular file is refused, for it would be lost. */
bool replace_begin(replacement *r, const char *path);
/* False: errno says why, and nothing is left behind. */
bool replace_end(replacement *r);

#endif
