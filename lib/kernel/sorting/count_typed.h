/* Bins of elements of one type: included by count.c with T and NAME(x) defined. */
#include "find_typed.h"

/* The width of a bin says where about an element is, the edges say where: they are rounded. */
static void NAME(equal)(const histogram *h, int64_t n, const void *in, int64_t *counts)
{
    const T *x = in, *edges = h->edges;
    const T low = edges[0], high = edges[h->bins];
    const double per = (double)h->bins / ((double)high - (double)low);
    for (int64_t i = 0; i < n; i++) {
        if (!(x[i] >= low && x[i] <= high))
            continue;
        int64_t b = (int64_t)(((double)x[i] - (double)low) * per);
        b = b < h->bins ? b : h->bins - 1;
        while (x[i] < edges[b])
            b--;
        while (b < h->bins - 1 && x[i] >= edges[b + 1])
            b++;
        counts[b]++;
    }
}

static void NAME(any)(const histogram *h, int64_t n, const void *in, int64_t *counts)
{
    const T *x = in, *edges = h->edges;
    for (int64_t i = 0; i < n; i++) {
        if (!(x[i] >= edges[0] && x[i] <= edges[h->bins]))
            continue;
        int64_t b = NAME(find)(h->bins + 1, edges, x[i], true) - 1;
        counts[b < h->bins ? b : h->bins - 1]++;
    }
}

#undef T
#undef NAME
