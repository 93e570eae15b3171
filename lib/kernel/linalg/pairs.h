/* Quotients by pairs of values, guarded where these are equal. */
#ifndef TT_KERNEL_LINALG_PAIRS_H
#define TT_KERNEL_LINALG_PAIRS_H

#include "batch.h"

/* y (m n) = x (m n) / d, d made of values w (n): 0 w[j] - w[i], 1 w[i] + w[j], 2 w[j]. Where |d| is
 * at most 4 n eps max |w|, y is 0 if |x| is at most 256 n eps max |scale|; else LINALG_SINGULAR,
 * place i * n + j. */
linalg_result pairs_run(const exec *x, operand y, operand a, operand w, operand scale, int kind);

#endif
