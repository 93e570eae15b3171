/* Pure integer geometry of strided tensors: no allocation, no data pointer, no error text beyond a
 * short reason. Strides are in elements. A size-0 layout has no elements; ndim 0 has one. */
#ifndef TT_LAYOUT_H
#define TT_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

enum { LAYOUT_MAX_NDIM = 16 };

typedef struct layout {
    int ndim;
    int64_t offset; /* of the first element, in elements from the storage's first */
    int64_t shape[LAYOUT_MAX_NDIM];
    int64_t stride[LAYOUT_MAX_NDIM];
} layout;

/* a * b into *out, where it fits; else false. Sizes are multiplied by this alone, until a layout
 * holds them. */
bool mul_fits(int64_t a, int64_t b, int64_t *out);

/* Contiguous (C order) layout; false when ndim or a size is out of range or the product overflows.
 */
bool layout_init(layout *l, int ndim, const int64_t *shape);
void layout_copy(layout *dst, const layout *src); /* copies only the ndim axes in use */
int64_t layout_numel(const layout *l);
bool layout_is_contiguous(
    const layout *l); /* axes of size 1 have any stride; size-0 is contiguous */
bool layout_same_shape(const layout *a, const layout *b);
bool layout_overlaps(const layout *l); /* may two indices name the same element (conservative) */
bool layout_extent(const layout *l, int64_t *lo,
                   int64_t *hi); /* element range touched, false if empty */

/* Gives a contiguous layout other strides; false when an element would lie further from the first,
 * in bytes, than addresses reach. An axis of at most one element keeps its stride where the other
 * is too large: nothing reads it. */
bool layout_restride(layout *l, const int64_t *strides, int64_t item);

/* Axis in [-ndim, ndim) to [0, ndim); -1 when out of range. */
int layout_axis(int ndim, int axis);

/* NumPy broadcasting of two shapes into out->shape (out contiguous); false when incompatible. */
bool layout_broadcast(layout *out, const layout *a, const layout *b);
/* in expanded to shape (stride 0 where stretched, aligned right); false when impossible. */
bool layout_expand(layout *out, const layout *in, int ndim, const int64_t *shape);
/* axes must be a permutation (already normalised). */
void layout_permute(layout *out, const layout *in, const int *axes);
/* Strides for `shape` (same numel) without a copy; false when a copy is needed, with *blocked the
 * first input axis that cannot be merged with the next. */
bool layout_reshape(layout *out, const layout *in, int ndim, const int64_t *shape, int *blocked);

/* Row-major index of element k: offset in elements under l. */
int64_t layout_at(const layout *l, int64_t k);

#endif
