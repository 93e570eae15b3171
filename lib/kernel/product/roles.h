/* The axes of a contraction in their roles, and the geometry of making one batched product of them:
 * which neighbours become one axis, what joins the batch, which operand needs a copy. Integers
 * alone: nothing here touches elements. */
#ifndef TT_KERNEL_PRODUCT_ROLES_H
#define TT_KERNEL_PRODUCT_ROLES_H

#include "contract.h"

typedef struct group {
    int n;
    contract_axis axis[CONTRACT_MAX_AXES];
} group;

typedef enum role { BATCH, M, N, K, ROLES } role;

typedef enum side { A, B } side;

typedef group roles[ROLES]; /* M and N: only what becomes one axis, the rest is in BATCH */

/* Sorts the plan's axes into their roles, neighbours that travel together merged. */
void roles_fill(roles r, const contract_plan *p);
/* Leaves M and N with one axis each and puts K's in an order, so that as little as possible is
 * copied; copied[A], copied[B]: this operand needs a copy, in which M (or N) and K have one stride
 * each. */
void roles_arrange(roles r, bool copied[2]);

void group_append(group *g, const contract_axis *x);
/* By the strides in out; summed axes by those in a, or in b. */
void group_sort(group *g, bool by_b);
void group_coalesce(group *g);
int64_t group_count(const group *g);                /* elements */
int64_t group_least_stride(const group *g, side s); /* without its sign */

static inline int64_t *stride_in(contract_axis *x, side s)
{
    return s == A ? &x->a : &x->b;
}

#endif
