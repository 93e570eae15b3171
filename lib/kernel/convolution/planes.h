/* Planes: a band of the rows of an image, copied so that every tap reads neighbouring results'
 * elements side by side: with zeros around it, and with a plane for each residue of a stride. It is
 * as large as the image, not as the image times the kernel; a task keeps one in its cache. */
#ifndef TT_KERNEL_CONVOLUTION_PLANES_H
#define TT_KERNEL_CONVOLUTION_PLANES_H

#include "convolution_loops.h"
#include "kernel/walk/kernel.h"
#include "taps.h"

typedef struct planes {
    tap_axis h, w;
    int64_t channels;
    int64_t rows, bands;           /* of results in a band (the last may have fewer); how many */
    int64_t pitch, plane, channel; /* elements of a row, a plane, all planes of a channel */
} planes;

/* At most `limit` elements of all channels in a band where a row of results is less than that, and
 * at least `bands` bands if there are as many rows. */
planes planes_of(tap_axis h, tap_axis w, int64_t channels, int64_t limit, int64_t bands);

static inline int64_t planes_taps(const planes *p)
{
    return p->h.n * p->w.n;
}

/* Results in a band. */
static inline int64_t planes_rows(const planes *p, int64_t band)
{
    return smaller(p->rows, p->h.count - band * p->rows);
}

/* Columns of the results of so many rows, with what lies between the rows. */
static inline int64_t planes_extent(const planes *p, int64_t rows)
{
    return (rows - 1) * p->pitch + p->w.count;
}

/* Memory for the planes of a band, of which `beyond` elements behind the last may be read, too. */
size_t planes_bytes(const planes *p, int64_t beyond, int64_t size);
/* image: the first channel; its strides are those of axes 1 to 3 of a layout of four. */
void planes_fill(const planes *p, const conv_loops *l, int64_t size, const char *image,
                 const layout *at, int64_t band, int64_t beyond, char *to);
/* at[c taps + tap]: where in the planes the result in the first row and column reads. */
void planes_places(const planes *p, int64_t *at);

#endif
