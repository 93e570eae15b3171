/* Lines of up to three strided operands of one shape, in C order: for kernels where the order
 * matters, unlike iter.h. Axes are given outermost first; those of size 1 vanish and neighbours
 * that continue each other in all operands are merged.
 *
 *     walk w;
 *     walk_init(&w);
 *     for (...) walk_axis(&w, size, stride0, stride1, stride2);
 *     for (walk_start(&w, 0); w.left > 0; walk_next(&w)) ... w.n elements from w.at[k], w.step[k]
 * apart
 */
#ifndef TT_KERNEL_WALK_H
#define TT_KERNEL_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include "tensor/layout.h"

enum { WALK_OPS = 3, WALK_MAX_NDIM = 2 * LAYOUT_MAX_NDIM };

typedef struct walk {
    int ndim; /* outer axes: the innermost is n and step */
    int64_t shape[WALK_MAX_NDIM], stride[WALK_MAX_NDIM][WALK_OPS], index[WALK_MAX_NDIM];
    int64_t n, step[WALK_OPS];
    int64_t lines; /* in all */
    int64_t left;  /* lines to come, with the current one */
    int64_t at[WALK_OPS];
} walk;

void walk_init(walk *w);
void walk_axis(walk *w, int64_t size, int64_t s0, int64_t s1, int64_t s2);
/* Operands of one shape: b and c may be NULL. */
void walk_layouts(walk *w, const layout *a, const layout *b, const layout *c);
void walk_start(walk *w, int64_t line);
void walk_next(walk *w);

#endif
