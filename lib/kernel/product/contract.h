/* The one primitive under matmul, linear, einsum and tensordot: the sum over some axes of the
 * product of two strided tensors, given as a table of axes.
 *
 *     contract_plan p;
 *     contract_init(&p, TT_F32);
 *     contract_keep(&p, m, lda, 0, ldo);        an axis of out: strides in a, b (0: absent), out
 *     contract_keep(&p, n, 0, 1, 1);
 *     contract_sum(&p, k, 1, ldb);              an axis that is summed: strides in a and b
 *     if (!contract_run(x, &p, out, a, b)) ... no memory ...
 */
#ifndef TT_KERNEL_CONTRACT_H
#define TT_KERNEL_CONTRACT_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

enum { CONTRACT_MAX_AXES = 2 * LAYOUT_MAX_NDIM }; /* at most 16 kept and 16 summed */

typedef struct contract_axis {
    int64_t size;
    int64_t a, b, out; /* strides in elements; in a and b any sign, 0 when absent or expanded */
    bool summed;       /* not an axis of out */
} contract_axis;

typedef struct contract_plan {
    tt_dtype dtype;  /* of a, b and out: TT_F32, TT_F64 or TT_I64 */
    tt_dtype half_b; /* what b holds if dtype is TT_F32: TT_F16, TT_BF16; 0: dtype */
    bool accumulate; /* out += the product, instead of out = the product */
    double alpha;    /* factor of the product; a whole number for TT_I64 */
    int naxes;
    contract_axis axis[CONTRACT_MAX_AXES];
} contract_plan;

/* An empty table (a product of two scalars): alpha 1, not accumulating. */
void contract_init(contract_plan *p, tt_dtype dtype);
/* The axes may come in any order; strides of 0 say in which operand an axis is absent. */
void contract_keep(contract_plan *p, int64_t size, int64_t a, int64_t b, int64_t out);
void contract_sum(contract_plan *p, int64_t size, int64_t a, int64_t b);

/* Pointers name the element with all indices 0 (with negative strides not the lowest address).
 * out must not overlap a or b, nor itself. No axes summed gives the elementwise or outer product; a
 * summed axis of size 0 gives zeros. False when scratch memory is refused: out is then untouched.
 */
bool contract_run(const exec *x, const contract_plan *p, void *out, const void *a, const void *b);

#endif
