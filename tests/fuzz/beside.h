/* Operations of the library beside loops that do the same (naive.h), in tables: functions of
 * elements, which a loop applies, and rows that do both and leave the comparison to the caller. */
#ifndef TT_FUZZ_BESIDE_H
#define TT_FUZZ_BESIDE_H

#include <tinytensor/tinytensor.h>

#include "naive.h"

typedef struct beside_map {
    const char *name;
    tt_tensor *(*call)(tt_tensor *x);
    double (*f)(double x);
} beside_map;

typedef struct beside_zip {
    const char *name;
    tt_tensor *(*call)(tt_tensor *x, tt_tensor *y);
    tt_tensor *(*scalar)(tt_tensor *x, double y);
    tt_status (*write)(tt_tensor *x, tt_tensor *y); /* the same in place; NULL: there is none */
    double (*f)(double x, double y);
} beside_zip;

typedef struct beside_fold {
    const char *name;
    tt_tensor *(*call)(tt_tensor *x, int naxes, const int *axes, bool keepdim);
    tt_tensor *(*scan)(tt_tensor *x, int axis); /* with the results on the way */
    double begin;
    double (*f)(double x, double y);
} beside_fold;

extern const beside_map maps[];
extern const beside_zip zips[];
extern const beside_fold folds[4]; /* sum first */
extern const int maps_count, zips_count;

/* What a row works on: two tensors, each beside its naive twin, and small numbers of any sign. */
typedef struct beside_case {
    tt_ctx *ctx;
    tt_tensor *x, *y;
    const naive *nx, *ny;
    int a, b, c;
} beside_case;

/* The library's tensor, what it must be, and by how much an element may be off, besides its own
 * roundings. A view in the library is a view here, too. */
typedef struct beside_result {
    tt_tensor *t;
    naive n;
    double slack;
} beside_result;

typedef struct beside_row {
    const char *name;
    /* False: this row has nothing to do with such operands, and has called nothing. */
    bool (*run)(const struct beside_row *row, const beside_case *c, beside_result *r);
    /* Of rows that work on the lines along an axis. */
    tt_tensor *(*call)(tt_tensor *x, int axis, bool keepdim);
    naive_line *line;
    int64_t (*length)(int64_t n); /* of the lines of the result; NULL: the axis is reduced */
    bool wild;                    /* it is exact, for any numbers */
} beside_row;
#define BESIDE_ROW(function)                                                                       \
    {                                                                                              \
        .name = #function, .run = function                                                         \
    }

typedef struct beside_table {
    const beside_row *rows;
    int n;
} beside_table;

extern const beside_table beside_lines, beside_shapes, beside_indices, beside_products, beside_nets;

/* A tensor of the library with the elements of x; and with integers, as an index wants them. */
tt_tensor *beside_tensor(tt_ctx *ctx, const naive *x);
tt_tensor *beside_index(tt_ctx *ctx, const naive *x);
/* How far a sum of products of the elements may be off for each factor 1. */
double beside_slack(const naive *x);
int beside_axis(const naive *x, int a); /* one of the axes, of which there must be any */
bool beside_same_shape(const naive *x, const naive *y);

#endif
