/* Operations of the library beside functions of one element, which a loop applies. */
#ifndef TT_FUZZ_BESIDE_H
#define TT_FUZZ_BESIDE_H

#include <tinytensor/tinytensor.h>

typedef struct beside_map {
    const char *name;
    tt_tensor *(*call)(tt_tensor *x);
    double (*f)(double x);
} beside_map;

typedef struct beside_zip {
    const char *name;
    tt_tensor *(*call)(tt_tensor *x, tt_tensor *y);
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

#endif
