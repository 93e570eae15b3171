/* The first step of binding: the size of every axis. The second, the composition of operands and
 * result, is plan.c. */
#ifndef TT_EINOPS_SIZES_H
#define TT_EINOPS_SIZES_H

#include "plan.h"

typedef struct binder {
    plan *pl;
    tt_tensor *const *x;
    int n;
    bool broadcasts;
    message *m;
} binder;

/* The group of a pattern that stands for axis k of its tensor; NULL for one of an ellipsis, whose
 * number is then in *axis. */
const pattern_group *bind_group(const plan *pl, const pattern_term *t, int ndim, int k, int *axis);
/* The one axis that a group or an ellipsis names, or NOWHERE. */
int bind_plain(const plan *pl, const pattern_group *g, int axis);

/* pl->dots, then pl->size of all axes; false with the message filled in. */
bool bind_count(binder *b);
bool bind_sizes(binder *b);

#endif
