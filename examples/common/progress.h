/* A progress bar with the time left, on a terminal; silent elsewhere. */
#ifndef EXAMPLES_PROGRESS_H
#define EXAMPLES_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
    bool shown;
    double started, drawn;
    int64_t total;
} progress;

progress progress_begin(int64_t total);
void progress_step(progress *p, int64_t done, const char *note);
void progress_clear(progress *p); /* before a line of text, and at the end */

#endif
