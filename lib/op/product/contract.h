/* contract: the sum over some axes of the product of two tensors, given as a table that says where
 * each axis lies in a, b and the result. matmul, linear, tensordot and einsum are tables. Its
 * gradient is contract again with the roles exchanged. */
#ifndef TT_OP_CONTRACT_H
#define TT_OP_CONTRACT_H

#include "op/core/op.h"

enum { ABSENT = -1, CONTRACT_AXES = 2 * LAYOUT_MAX_NDIM };

typedef struct contract_attr {
    int naxes;
    double alpha;   /* factor of the product */
    bool half_pair; /* one operand may be float32 and the other half; nothing is recorded then */
    struct {
        int64_t size;
        int8_t a, b, out; /* axis number there, or ABSENT; out ABSENT: summed */
    } axis[CONTRACT_AXES];
} contract_attr;

/* An empty table (a product of two scalars), with alpha 1. */
void contract_begin(contract_attr *t);
/* Appends an axis; each axis of a, b and the result must be named exactly once. An operand's axis
 * of size 1 broadcasts to `size`. */
void contract_add(contract_attr *t, int64_t size, int a, int b, int out);
/* Is x float32 and w of 16-bit floats? Products read such weights as they are, without gradients.
 */
bool is_half_pair(const tt_tensor *x, const tt_tensor *w);
/* False, with the error recorded, when a gradient of one of the n operands would be needed. */
bool half_pair_allowed(const char *name, int n, tt_tensor *const *in);
/* NULL with the error recorded; a caller whose messages name its own function checks dtypes first.
 */
tt_tensor *op_contract(tt_tensor *a, tt_tensor *b, const contract_attr *t);

#endif
