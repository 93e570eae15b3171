/* Batched matrix product C = alpha A B + beta C for float32, float64 (CBLAS) and int64 (own loop,
 * wraps around), on any strides; B may also be of 16-bit floats. The same bits for any number of
 * threads. */
#ifndef TT_KERNEL_GEMM_H
#define TT_KERNEL_GEMM_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

enum { GEMM_MAX_BATCH = LAYOUT_MAX_NDIM };

typedef struct gemm_strides { /* in elements; any sign, 0 allowed for a and b */
    int64_t row, col;
    int64_t batch[GEMM_MAX_BATCH];
} gemm_strides;

typedef struct gemm_args {
    tt_dtype dtype;  /* TT_F32, TT_F64 or TT_I64 */
    tt_dtype half_b; /* what b holds if dtype is TT_F32: TT_F16, TT_BF16; 0: dtype, as a and c */
    int64_t m, n, k; /* a is (m, k), b is (k, n), c is (m, n) */
    int nbatch;      /* batch axes in use */
    int64_t batch[GEMM_MAX_BATCH];
    double alpha;
    double beta; /* 0: c is written without being read, whatever it holds */
    const void *a, *b;
    void *c; /* no two indices of c may name the same element; c overlaps neither a nor b */
    gemm_strides sa, sb, sc;
} gemm_args;

/* The number of products. */
static inline int64_t gemm_batches(const gemm_args *g)
{
    int64_t n = 1;
    for (int i = 0; i < g->nbatch; i++)
        n *= g->batch[i];
    return n;
}

/* Adds to the offsets in a, b and c those of a product of the batch. */
static inline void gemm_add_batch(const gemm_args *g, int64_t number, int64_t *a, int64_t *b,
                                  int64_t *c)
{
    for (int i = g->nbatch - 1; i >= 0; number /= g->batch[i--]) {
        int64_t at = number % g->batch[i];
        *a += at * g->sa.batch[i];
        *b += at * g->sb.batch[i];
        *c += at * g->sc.batch[i];
    }
}

/* False when scratch memory for an operand that BLAS cannot read is refused; c is then untouched.
 */
bool gemm_run(const exec *x, const gemm_args *g);

#endif
