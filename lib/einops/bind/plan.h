/* A pattern bound to the shapes of its operands: the size of every axis, and how operands and
 * result are composed of axes. The whole semantics of rearrange, reduce, repeat and einsum; what is
 * left to them is to call operations. */
#ifndef TT_EINOPS_PLAN_H
#define TT_EINOPS_PLAN_H

#include "einops/parse/pattern.h"

enum { PLAN_AXES = PATTERN_AXES + LAYOUT_MAX_NDIM };

/* What a function does with an axis that is not on both sides. */
typedef struct plan_rule {
    const char *name;
    bool reduces;   /* axes of the inputs alone are reduced */
    bool adds;      /* axes of the output alone are new */
    bool contracts; /* einsum: operands of size 1 broadcast, axes may repeat in an input */
} plan_rule;

/* The axes of a tensor once it is split. Of inputs, axes that say nothing are left out: "1", and
 * in einsum those that broadcast, or are of size 1 and summed. */
typedef struct plan_term {
    int n;
    bool split; /* these are not the tensor's axes as they are */
    int16_t axis[LAYOUT_MAX_NDIM];
} plan_term;

typedef struct plan {
    const parsed *p;
    const plan_rule *rule;
    int n_axes; /* those of the pattern, then the ones that the ellipsis stands for */
    int dots;   /* how many these are */
    int64_t size[PLAN_AXES];
    int16_t from[PLAN_AXES]; /* the operand that gave the size, or NOWHERE */
    bool held[PLAN_AXES];    /* an operand has it in its full size */
    bool output[PLAN_AXES];  /* it is in the output */
    plan_term in[PATTERN_TERMS];
    plan_term out;
    int ndim; /* of the result */
    int64_t shape[LAYOUT_MAX_NDIM];
} plan;

/* Both, which are too large for a small stack: functions take them from the context. */
typedef struct plan_tables {
    parsed p;
    plan pl;
} plan_tables;

/* False with the message filled in. */
bool plan_bind(plan *pl, const parsed *p, const plan_rule *rule, int n, tt_tensor *const *x,
               message *m);

#endif
