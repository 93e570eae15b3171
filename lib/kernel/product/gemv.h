/* Products without BLAS: matrix by vector, which reads the matrix once on all threads, and the
 * inner loops (gemv_loops.c, one table per instruction set) that small and int64 products use as
 * well. */
#ifndef TT_KERNEL_GEMV_H
#define TT_KERNEL_GEMV_H

#include "gemm.h"

enum {
    GEMV_BLOCK = 4096, /* at most so many results in one call of rows or columns */
    PANEL_K = 64,      /* the part of b that `product` packs at a time, */
    PANEL_N = 64
};

typedef struct product_args { /* c (m, n) = alpha a (m, k) b (k, n) + beta c, any strides */
    int64_t m, n, k;
    const void *a, *b;
    void *c;
    int64_t a_row, a_col, b_row, b_col, c_row, c_col;
    double alpha, beta;
    void *panel; /* product_panel_bytes of memory, aligned to 64 bytes */
} product_args;

static inline size_t product_panel_bytes(int64_t n, int64_t k, int64_t size)
{
    int64_t rows = k < PANEL_K ? k : PANEL_K, cols = n < PANEL_N ? (n + 15) / 16 * 16 : PANEL_N;
    return (size_t)(rows * cols * size);
}

/* For one element type; those of F16 and BF16 have a (and what is packed) of that type and all else
 * in float32, neither `product` nor `multiply`, and a `pack` without zeros. In each, an element's
 * order of summation depends on k alone. */
typedef struct product_loops {
    /* out[i] = sum over j < k of a[i * row + j * col] x[j * step], for m rows; fast for col 1 and
     * step 1 */
    void (*rows)(int64_t m, int64_t k, const void *a, int64_t row, int64_t col, const void *x,
                 int64_t step, void *out);
    /* the same, going down the columns of a; fast for row 1 */
    void (*columns)(int64_t m, int64_t k, const void *a, int64_t row, int64_t col, const void *x,
                    int64_t step, void *out);
    void (*add)(int64_t m, void *out, const void *x); /* out[i] += x[i] */
    /* y[i * step] = alpha x[i] + beta y[i * step]; beta 0 leaves y unread */
    void (*finish)(int64_t m, const void *x, double alpha, double beta, void *y, int64_t step);
    void (*product)(const product_args *p);
    /* out[i * so] = alpha a[i * sa] b[i * sb], or += that */
    void (*multiply)(int64_t n, const void *a, int64_t sa, const void *b, int64_t sb, double alpha,
                     bool accumulate, void *out, int64_t so);
    /* dst (rows, ld) = src (rows, cols) of any strides; zeros from cols to ld */
    void (*pack)(int64_t rows, int64_t cols, int64_t ld, const void *src, int64_t row, int64_t col,
                 void *dst);
} product_loops;

typedef struct gemv_kernels {
    product_loops f32, f64, i64, f16, bf16;
} gemv_kernels;

const product_loops *product_loops_of(const exec *x, tt_dtype dtype);

/* gemm_run for m or n equal to 1 (m where b is half), no size 0. */
bool gemv_run(const exec *x, const gemm_args *g);

#endif
