/* A growing list. Invariant: room doubles, so that n values cost the copying of 2 n at most. */
#include "series.h"

#include <stdlib.h>

bool series_add(series *s, double value)
{
    if (s->n == s->room) {
        int64_t room = s->room ? 2 * s->room : 256;
        double *values = realloc(s->values, (size_t)room * sizeof *values);
        if (!values)
            return false;
        s->values = values;
        s->room = room;
    }
    s->values[s->n++] = value;
    return true;
}

void series_free(series *s)
{
    free(s->values);
    *s = (series){0};
}
