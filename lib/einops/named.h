/* A tensor whose axes carry the numbers of a plan's axes, on its way from operand to result. Every
 * step is an operation of the library; handles in between are released as soon as they are used. */
#ifndef TT_EINOPS_NAMED_H
#define TT_EINOPS_NAMED_H

#include "einops/bind/plan.h"

typedef struct named {
    tt_tensor *x; /* NULL once something failed */
    bool mine;    /* not the caller's: released when the next step is made */
    int n;
    int16_t axis[LAYOUT_MAX_NDIM];
} named;

typedef tt_tensor *(*reducer)(tt_tensor *x, int naxes, const int *axes, bool keepdim);

int named_find(const named *t, int axis); /* its place, or NOWHERE */
void named_release(named *t);
/* x is what t has become. */
void named_become(named *t, tt_tensor *x);

/* The operand, split into its axes. */
void named_begin(named *t, tt_tensor *x, bool mine, const plan *pl, const plan_term *in);
/* Axes that stand twice become their diagonals. */
void named_diagonals(named *t);
/* Reduces the axes that are not in keep. */
void named_reduce(named *t, const bool *keep, reducer fn);
/* The axes in the order of the output, new ones with stride 0, not yet merged. */
void named_arrange(named *t, const plan *pl);
/* The result: axes merged, and always a handle of its own. */
tt_tensor *named_finish(named *t, const plan *pl);

#endif
