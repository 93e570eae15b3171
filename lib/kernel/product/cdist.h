/* Distances of all pairs of rows, tile by tile, without the differences ever being stored, and
 * their gradient. F32 and F64, any strides; leading axes have been broadcast. Results have the same
 * bits for any number of threads. Nothing here fails. */
#ifndef TT_KERNEL_CDIST_H
#define TT_KERNEL_CDIST_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* A tile: so many rows of a and of b, so many coordinates at a time. Backward there are CDIST_DEPTH
 * rows of b. */
enum { CDIST_ROWS = 16, CDIST_COLUMNS = 32, CDIST_DEPTH = 16 };

/* The norms that have loops of their own. */
typedef enum cdist_kind {
    CDIST_COUNT,
    CDIST_SUM,
    CDIST_SQUARE,
    CDIST_POWER,
    CDIST_MAX,
    CDIST_KINDS
} cdist_kind;

/* For one type; matrices are those of a tile, whole. */
typedef struct cdist_loops {
    /* acc[i][j] joined with f(a[i][k] - b[k][j]) for all k < depth, of n rows */
    void (*forward[CDIST_KINDS])(int64_t n, int64_t depth, const void *a, const void *b, double p,
                                 void *acc);
    /* acc[i][k] += g[i][j] times the derivative of |a[i][k] - b[j][k]| at the distance y[i][j], for
     * all j < columns; 0 where y is 0 */
    void (*backward[CDIST_KINDS])(int64_t n, int64_t columns, const void *a, const void *b,
                                  const void *g, const void *y, double p, void *acc);
} cdist_loops;

typedef struct cdist_kernels {
    cdist_loops loops[FLOATS];
} cdist_kernels;

/* out (... n m): the norm of order p of a[i] - b[j], for a (... n d) and b (... m d). */
void cdist_run(const exec *x, operand out, operand a, operand b, double p);

/* da (... n d) = sum over j of g[i][j] times the derivative of y[i][j] by a[i]; g and y (... n m),
 * y the distances. */
void cdist_backward_run(const exec *x, operand da, operand g, operand y, operand a, operand b,
                        double p);

#endif
