/* Along one axis of a convolution: which elements of a source a run of results is a sum of. Result
 * r sums source[(r + off) step + base] times kernel[at] over the taps. Taps of one base share a
 * plane, a copy of every step-th element of the source, in which each is a shift by its off; where
 * shifts would be longer than the plane, each tap has a plane of its own. The forward sum and its
 * transpose are both of this form; the latter, for each residue of its results by the stride. */
#ifndef TT_KERNEL_CONVOLUTION_TAPS_H
#define TT_KERNEL_CONVOLUTION_TAPS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct conv_axis {
    int64_t x, y; /* sizes: y is made of x, or in the transposed sum x of y */
    int64_t kernel, stride, padding, dilation;
} conv_axis;

typedef struct tap_axis {
    int64_t n;             /* taps */
    int64_t first, every;  /* tap t is element first + t every of the kernel */
    int64_t size, step;    /* of the source */
    int64_t planes;        /* how many are copied */
    int64_t lo, hi;        /* least and largest off */
    int64_t count;         /* results */
    int64_t to, to_step;   /* result r is element to + r to_step of the destination */
    const conv_axis *axis; /* the source is x, or in the transposed sum y */
    bool transposed, apart;
} tap_axis;

tap_axis taps_forward(const conv_axis *a);
/* Of the results `residue`, residue + stride, ... of x. */
tap_axis taps_transposed(const conv_axis *a, int64_t residue);

/* Which plane tap t reads, shifted by how much; and where result 0 of a plane is read, unshifted.
 */
int64_t tap_plane(const tap_axis *a, int64_t t);
int64_t tap_off(const tap_axis *a, int64_t t);
int64_t tap_base(const tap_axis *a, int64_t plane);

/* Elements of a plane for so many results. */
static inline int64_t tap_span(const tap_axis *a, int64_t count)
{
    return count + a->hi - a->lo;
}

#endif
