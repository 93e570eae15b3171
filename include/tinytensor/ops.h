/** @file ops.h
 * Operations on tensors, all of them, and what holds for each: elementwise functions, reductions,
 * views and copies, indexing, order, products. The headers by family can be included alone. */
#ifndef TINYTENSOR_OPS_H
#define TINYTENSOR_OPS_H

#include <tinytensor/elementwise.h>
#include <tinytensor/activation.h>
#include <tinytensor/reduce.h>
#include <tinytensor/shape.h>
#include <tinytensor/index.h>
#include <tinytensor/sorting.h>
#include <tinytensor/product.h>

/** @defgroup ops Operations
 * An operation makes a new tensor in the innermost scope and leaves its operands as they are; only
 * those whose name ends in `_` write in place. Operands that are `NULL` give `NULL`. What an
 * operation reports besides the errors that it names is told in @ref tensor.
 *
 * Semantics are those of the NumPy function of the same name, or of the one that is given in
 * parentheses, with these rules throughout:
 * - Shapes broadcast as in NumPy: aligned at the right, axes that are missing or of size 1 stretch.
 * - Dtypes are never mixed: different ones are #TT_ERR_DTYPE, and tt_cast() converts.
 * - A negative axis counts from the end. No such axis, or one named twice, is #TT_ERR_AXIS.
 * - Floats follow IEEE 754: NaN and infinities pass through, and reductions propagate NaN.
 * - Integer overflow wraps; an integer division by zero is #TT_ERR_ARG.
 * - Results have the same bits for any number of threads.
 *
 * "Differentiable" names the operands through which a gradient flows, and the derivative. */

#endif
