/* Numbers that come one by one, as the loss of each training step. */
#ifndef EXAMPLES_SERIES_H
#define EXAMPLES_SERIES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct series {
    double *values;
    int64_t n, room;
} series;

/* False: no memory, and nothing has changed. */
bool series_add(series *s, double value);
void series_free(series *s);

#endif
