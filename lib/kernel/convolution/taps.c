/* Residues and shifts of taps. Tap k reads source element r stride + k dilation - padding: taps
 * whose k differ by stride / gcd(stride, dilation) have one residue, and so one plane. */
#include "taps.h"

#include "base/integer.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int64_t period(const conv_axis *a)
{
    return a->stride / gcd(a->stride, a->dilation);
}

/* Where tap t reads for result 0, as an element of the source; of the transposed sum it is exact.
 */
static int64_t start(const tap_axis *a, int64_t t)
{
    const conv_axis *x = a->axis;
    int64_t k = a->first + t * a->every;
    return a->transposed ? (a->to + x->padding - k * x->dilation) / x->stride
                         : k * x->dilation - x->padding;
}

static int64_t shift(const tap_axis *a, int64_t t)
{
    return floor_div(start(a, t), a->step);
}

int64_t tap_plane(const tap_axis *a, int64_t t)
{
    return t % a->planes;
}

int64_t tap_off(const tap_axis *a, int64_t t)
{
    return a->apart ? 0 : shift(a, t);
}

int64_t tap_base(const tap_axis *a, int64_t plane)
{
    return a->apart ? start(a, plane) : start(a, plane) - shift(a, plane) * a->step;
}

/* Sets what follows from the rest: shifts grow or fall with t. */
static tap_axis complete(tap_axis a)
{
    if (a.n == 0)
        return a;
    int64_t first = shift(&a, 0), last = shift(&a, a.n - 1);
    a.lo = smaller(first, last);
    a.hi = larger(first, last);
    if (a.n * a.count < a.planes * tap_span(&a, a.count)) {
        a.apart = true;
        a.planes = a.n;
        a.lo = a.hi = 0;
    }
    return a;
}

tap_axis taps_forward(const conv_axis *a)
{
    return complete((tap_axis){.n = a->kernel,
                               .every = 1,
                               .size = a->x,
                               .step = a->stride,
                               .planes = smaller(a->kernel, period(a)),
                               .count = a->y,
                               .to_step = 1,
                               .axis = a});
}

tap_axis taps_transposed(const conv_axis *a, int64_t residue)
{
    tap_axis t = {.every = period(a),
                  .size = a->y,
                  .step = 1,
                  .planes = 1,
                  .count = residue < a->x ? ceil_div(a->x - residue, a->stride) : 0,
                  .to = residue,
                  .to_step = a->stride,
                  .axis = a,
                  .transposed = true};
    while (t.first < t.every && (residue + a->padding - t.first * a->dilation) % a->stride)
        t.first++;
    if (t.first < t.every && t.first < a->kernel)
        t.n = ceil_div(a->kernel - t.first, t.every);
    return complete(t);
}
