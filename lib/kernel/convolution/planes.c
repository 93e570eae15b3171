/* Geometry and filling of planes. */
#include "planes.h"

#include <string.h>

planes planes_of(tap_axis h, tap_axis w, int64_t channels, int64_t limit, int64_t bands)
{
    planes p = {.h = h, .w = w, .channels = channels, .pitch = tap_span(&w, w.count)};
    int64_t row = larger(1, channels * h.planes * w.planes * p.pitch);
    int64_t most = larger(1, limit / row - (h.hi - h.lo)), wanted = ceil_div(h.count, bands);
    p.rows = larger(1, smaller(most, larger(wanted, smaller(h.hi - h.lo, h.count))));
    p.bands = ceil_div(h.count, p.rows);
    p.rows = larger(1, ceil_div(h.count, larger(1, p.bands))); /* about as many in each */
    p.bands = ceil_div(h.count, p.rows);
    p.plane = tap_span(&h, p.rows) * p.pitch;
    p.channel = h.planes * w.planes * p.plane;
    return p;
}

size_t planes_bytes(const planes *p, int64_t beyond, int64_t size)
{
    return (size_t)((p->channels * p->channel + beyond) * size);
}

/* A row of a plane, of which source elements [0, size) are there. */
static void fill_row(const planes *p, const conv_loops *l, int64_t size, const char *row,
                     int64_t stride, int64_t base, char *to)
{
    const tap_axis *w = &p->w;
    int64_t start = w->lo * w->step + base; /* the source element in column 0 */
    int64_t first = start < 0 ? ceil_div(-start, w->step) : 0;
    int64_t end = start < w->size ? ceil_div(w->size - start, w->step) : 0;
    first = smaller(first, p->pitch);
    end = larger(first, smaller(end, p->pitch));
    memset(to, 0, (size_t)(first * size));
    if (end > first)
        l->gather(end - first, to + first * size, 1,
                  row + (start + first * w->step) * stride * size, w->step * stride);
    memset(to + end * size, 0, (size_t)((p->pitch - end) * size));
}

static void fill_plane(const planes *p, const conv_loops *l, int64_t size, const char *image,
                       const layout *at, int64_t band, int64_t ph, int64_t pw, char *to)
{
    int64_t base = p->h.n ? tap_base(&p->h, ph) : 0, base_w = p->w.n ? tap_base(&p->w, pw) : 0;
    int64_t first = band * p->rows + p->h.lo, n = tap_span(&p->h, p->rows);
    for (int64_t m = 0; m < n; m++, to += p->pitch * size) {
        int64_t row = (first + m) * p->h.step + base;
        if (row < 0 || row >= p->h.size)
            memset(to, 0, (size_t)(p->pitch * size));
        else
            fill_row(p, l, size, image + row * at->stride[2] * size, at->stride[3], base_w, to);
    }
}

void planes_fill(const planes *p, const conv_loops *l, int64_t size, const char *image,
                 const layout *at, int64_t band, int64_t beyond, char *to)
{
    memset(to + p->channels * p->channel * size, 0, (size_t)(beyond * size));
    for (int64_t c = 0; c < p->channels; c++, image += at->stride[1] * size)
        for (int64_t h = 0; h < p->h.planes; h++)
            for (int64_t w = 0; w < p->w.planes; w++, to += p->plane * size)
                fill_plane(p, l, size, image, at, band, h, w, to);
}

void planes_places(const planes *p, int64_t *at)
{
    for (int64_t c = 0; c < p->channels; c++)
        for (int64_t k = 0; k < p->h.n; k++)
            for (int64_t l = 0; l < p->w.n; l++)
                *at++ = c * p->channel +
                        (tap_plane(&p->h, k) * p->w.planes + tap_plane(&p->w, l)) * p->plane +
                        (tap_off(&p->h, k) - p->h.lo) * p->pitch + tap_off(&p->w, l) - p->w.lo;
}
