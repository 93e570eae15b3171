/* Arrays as one would write them without a library: a view is a list of places in a buffer, an
 * operation a loop over all elements, in double. Slow, and obviously right. */
#ifndef TT_FUZZ_NAIVE_H
#define TT_FUZZ_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

enum { NAIVE_AXES = 8, NAIVE_MOST = 20000 };

typedef struct naive_buffer {
    struct naive_buffer *next; /* of all that are there, for naive_clear() */
    double at[];
} naive_buffer;

typedef struct naive {
    int ndim;
    int64_t shape[NAIVE_AXES], n;
    naive_buffer *memory;
    int64_t *place; /* of each element in C order */
} naive;

naive naive_new(int ndim, const int64_t *shape); /* zeros */
void naive_clear(void);                          /* frees all arrays */
double naive_get(const naive *x, int64_t k);
void naive_set(const naive *x, int64_t k, double value);
naive naive_copy(const naive *x);
double naive_most(const naive *x); /* the largest magnitude that is finite; 0 of nothing */
bool naive_tame(const naive *x);   /* all finite, and none above 10,000 in magnitude */

/* The index of element k along each axis, and back. */
void naive_index(const naive *x, int64_t k, int64_t *index);
int64_t naive_element(const naive *x, const int64_t *index);

/* A view in which element k is element from[k] of x. */
naive naive_view(const naive *x, int ndim, const int64_t *shape, const int64_t *from);

/* The shape of both, by NumPy's rule; false when there is none. */
bool naive_broadcast(const naive *x, const naive *y, int *ndim, int64_t *shape);
/* x, repeated to a shape that it broadcasts to; a view. */
naive naive_expand(const naive *x, int ndim, const int64_t *shape);

naive naive_map(const naive *x, double (*f)(double));
naive naive_zip(const naive *x, const naive *y, double (*f)(double, double));
/* Over one axis, or all for -1: begin, and for each element in turn v = f(v, element). */
naive naive_fold(const naive *x, int axis, bool keep, double begin, double (*f)(double, double));
naive naive_scan(const naive *x, int axis, double (*f)(double, double));
naive naive_transpose(const naive *x, int a, int b);
naive naive_narrow(const naive *x, int axis, int64_t start, int64_t n, int64_t step);
naive naive_cat(const naive *x, const naive *y, int axis);
naive naive_take(const naive *x, int axis, const naive *index); /* of one axis */
naive naive_drop(const naive *x, int axis); /* a view without an axis of one element */
/* Of a given shape, with the elements of x over and over, beginning with one of them. */
naive naive_cycle(const naive *x, int64_t from, int ndim, const int64_t *shape);

/* What becomes of a line, of which n elements are in, and m out. */
typedef void naive_line(const double *in, int64_t n, double *out, int64_t m);
/* Each line along an axis replaced by one of m elements. */
naive naive_lines(const naive *x, int axis, int64_t m, naive_line *f);
/* The sum of products that a pattern as "ij,jk->ik" describes; y may be NULL. False: the shapes do
 * not fit, or there is too much to do. */
bool naive_einsum(const char *pattern, const naive *x, const naive *y, naive *z);

#endif
