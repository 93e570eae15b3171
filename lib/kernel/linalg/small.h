/* Small matrices, many at once: element (i, j) of SMALL_LANES matrices side by side, so that each
 * step is one of vectors. What becomes of a matrix does not depend on those beside it. */
#ifndef TT_KERNEL_LINALG_SMALL_H
#define TT_KERNEL_LINALG_SMALL_H

#include "batch.h"
#include "factor.h"
#include "spectral.h"

enum {
    SMALL_LANES = 16,
    SMALL_MOST = 16, /* rows and columns */
    SMALL_FEW = 8,   /* fewer matrices leave too many lanes empty */
    SMALL_SWEEPS = 40,
    SMALL_GAP = 5 * SMALL_LANES /* elements between matrices, whose addresses must not be alike */
};

/* For one type; at (i, j) of a matrix of n columns stand the lanes from (i n + j) SMALL_LANES on.
 */
typedef struct small_loops {
    /* b (n k) becomes a^-1 b, a (n n) is lost; bad: for each lane the first pivot that is zero, or
     * -1 */
    void (*solve)(int64_t n, int64_t k, void *a, void *b, void *bad);
    /* of a (n n) the upper triangle is read and becomes diagonal, and v (n n) its vectors in
     * columns, if v is not NULL; false: some did not get there in SMALL_SWEEPS */
    bool (*jacobi)(int64_t n, void *a, void *v);
} small_loops;

typedef struct small_kernels {
    small_loops loops[FLOATS];
} small_kernels;

/* Is this the way for so many matrices of n rows and k columns? */
static inline bool small_suits(int64_t count, int64_t n, int64_t k)
{
    return count >= SMALL_FEW && n > 0 && k > 0 && n <= SMALL_MOST && k <= SMALL_MOST;
}

/* As solve_run and eigh_run (factor.h, spectral.h). */
linalg_result small_solve_run(const exec *x, operand y, operand a, operand b);
linalg_result small_eigh_run(const exec *x, operand w, operand v, operand a);

#endif
