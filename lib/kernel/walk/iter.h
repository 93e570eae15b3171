/* Walks up to ITER_MAX_OPS strided operands of one shape together and calls an inner loop on rows
 * of them. The first operand is written; inputs are broadcast by strides of 0. */
#ifndef TT_KERNEL_ITER_H
#define TT_KERNEL_ITER_H

#include "kernel.h"
#include "loops.h"

enum { ITER_MAX_OPS = 4 };

/* cost: about how many simple operations an element takes; it sets how much work a thread is given
 * at least (1: a copy or a sum, 8: exp, 32: calls of libm). */
void iter_run(const exec *x, const operand *ops, int n_ops, int cost, loop_fn loop,
              const void *arg);

/* What iter_run works with; copy.c walks one itself. Axes sorted outermost first by the first
 * operand's strides, sizes 1 dropped, neighbours merged; strides in bytes, never negative for the
 * first operand. */
typedef struct iter {
    int n_ops, ndim;
    int64_t shape[LAYOUT_MAX_NDIM];
    int64_t step[LAYOUT_MAX_NDIM][ITER_MAX_OPS];
    char *ptr[ITER_MAX_OPS];
} iter;

/* False when there is nothing to do (numel 0). */
bool iter_init(iter *it, const operand *ops, int n_ops);
/* Makes `axis` the one at `place`, the ones between moving by one. */
void iter_move_axis(iter *it, int axis, int place);

/* Moves the operands' pointers to where element k of the first n axes lies, the last one fastest.
 */
static inline void iter_move_to(const iter *it, int n, int64_t k, char **ptr)
{
    for (int axis = n - 1; axis >= 0; k /= it->shape[axis--]) {
        int64_t at = k % it->shape[axis];
        for (int i = 0; i < it->n_ops; i++)
            /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): ptr has n_ops entries */
            ptr[i] += at * it->step[axis][i];
    }
}

#endif
