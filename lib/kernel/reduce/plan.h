/* The axes of a reduction, sorted, merged and cut into tasks. The cut depends on shape and strides
 * only, never on the number of threads. */
#ifndef TT_KERNEL_REDUCE_PLAN_H
#define TT_KERNEL_REDUCE_PLAN_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"
#include "loops.h"

typedef struct reduce_axis {
    int64_t size;
    int64_t in, out, aux; /* strides in elements */
} reduce_axis;

/* A row plan reduces along red[0], the axis of the smallest stride. A column plan keeps the axis of
 * the smallest stride, kept[0], and runs over up to REDUCE_COLUMNS of its elements at once. */
typedef struct reduce_plan {
    int nkept, nred;
    reduce_axis kept[LAYOUT_MAX_NDIM],
        red[LAYOUT_MAX_NDIM]; /* innermost first; at least one each */
    int64_t outputs, total;   /* results, and elements that go into each */
    bool columns;
    int64_t width;  /* columns of one task, 1 in a row plan */
    int64_t chunks; /* tasks side by side along kept[0] */
    int64_t depth;  /* elements of red[0] in one unit of work */
    int64_t units;  /* units for one output */
    int64_t parts;  /* groups of units whose results are joined at the end */
} reduce_plan;

/* out and aux: strides only are used; size 1 where reduced. */
void reduce_plan_init(reduce_plan *p, const layout *in, const layout *out, const layout *aux,
                      const bool *reduced);

/* Makes p a row plan in one part, whatever the strides: a line is one output. */
void reduce_plan_rows(reduce_plan *p);

/* A line: the outputs of one task, p->width of them (fewer at the end) along kept[0]. */
typedef struct reduce_line {
    int64_t m;            /* how many */
    int64_t in, out, aux; /* offsets of the first one, in elements */
} reduce_line;

int64_t reduce_lines(const reduce_plan *p);
reduce_line reduce_line_at(const reduce_plan *p, int64_t k);

/* Offset in `in` of element k of n axes. */
int64_t reduce_offset(int n, const reduce_axis *axes, int64_t k);

#endif
