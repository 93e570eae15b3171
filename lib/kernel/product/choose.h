/* How a batch of products is computed: which operands are copied first, into how many tiles each
 * product is cut, and who computes a tile. Decided in one place, by shape, strides and what BLAS
 * has, never by the number of threads. */
#ifndef TT_KERNEL_PRODUCT_CHOOSE_H
#define TT_KERNEL_PRODUCT_CHOOSE_H

#include "blas.h"
#include "gemm.h"

enum { TILE_EDGE = 32 }; /* tiles begin at multiples of the blocks of BLAS's kernels */

typedef enum gemm_path {
    VECTOR,      /* a row or a column: gemv */
    HALF_VECTOR, /* a column of 16-bit floats, which gemv reads from a float32 copy */
    OWN,         /* tiles of our own loop */
    TILES,       /* tiles that BLAS computes whole */
    PACKED       /* tiles put together from BLAS's kernels for small products */
} gemm_path;

typedef enum gemm_lie {
    AS_IS,
    BY_ROWS,
    BY_COLUMNS
} gemm_lie; /* where it lies, or in a contiguous copy */

/* Everything that is decided about a product: by shape, strides and what BLAS has. */
typedef struct gemm_plan {
    gemm_path path;
    bool transposed;       /* c' = b' a' is computed */
    gemm_lie a, b, c;      /* of TILES and PACKED; the latter takes b as it is */
    int64_t rows, columns; /* tiles of each product, of OWN and TILES */
} gemm_plan;

/* k is already 0 where alpha is; no size of the result is 0. */
gemm_plan gemm_choose(const gemm_args *g);

/* Can BLAS read (or write) the matrix as it lies in memory? *out: how; its data is left unset. */
bool gemm_readable(int64_t rows, int64_t cols, const gemm_strides *s, blas_matrix *out);
/* Makes c' = b' a' of c = a b. */
void gemm_transpose(gemm_args *g);
/* Multiplications of one product. */
static inline double gemm_work(const gemm_args *g)
{
    return (double)g->m * (double)g->n * (double)g->k;
}

#endif
