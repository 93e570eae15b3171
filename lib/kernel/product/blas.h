/* The only door to BLAS: single-threaded products in row-major order, which gemm.c cuts over the
 * library's own threads, and the way in for LAPACK, which calls it by itself. */
#ifndef TT_KERNEL_BLAS_H
#define TT_KERNEL_BLAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A matrix as BLAS reads it: row-major, one row every `ld` elements, transposed on the fly. */
typedef struct blas_matrix {
    const void *data;
    int64_t ld;
    bool transposed;
} blas_matrix;

/* c (m, n) = alpha a (m, k) b (k, n) + beta c, with c row-major; beta 0 writes c unread. Sizes and
 * leading dimensions must fit an int. */
typedef void blas_gemm(int64_t m, int64_t n, int64_t k, double alpha, blas_matrix a, blas_matrix b,
                       double beta, void *c, int64_t ldc);
void blas_sgemm(int64_t m, int64_t n, int64_t k, double alpha, blas_matrix a, blas_matrix b,
                double beta, void *c, int64_t ldc);
void blas_dgemm(int64_t m, int64_t n, int64_t k, double alpha, blas_matrix a, blas_matrix b,
                double beta, void *c, int64_t ldc);

/* Between the two, products on the calling thread and on those that help it run on one thread each.
 * They may be nested, and entered by several threads at once. */
typedef struct blas_guard {
    int omp_threads; /* what the thread's own setting was; 0 where it was not touched */
} blas_guard;

blas_guard blas_enter(void);
void blas_leave(blas_guard g);

/* Around any other call of BLAS or of the LAPACK that it brings, on a thread between the two above:
 * end gets what begin returned. */
typedef struct blas_visit {
    int place;   /* in the gate */
    bool waited; /* for others to leave BLAS's buffers */
} blas_visit;

blas_visit blas_begin(void);
void blas_end(blas_visit v);

/* Has it kernels for small products, that read the operands where they lie? Then products of at
 * most BLAS_SMALL are faster than parts of larger ones, except a times b transposed. */
enum { BLAS_SMALL = 1000 * 1000 }; /* multiplications */
bool blas_has_small_kernels(void);
/* May several threads be in larger products at once? If not (OpenBLAS built without threads and
 * without locks, as Debian's serial build), they wait for each other. */
bool blas_is_concurrent(void);

/* One line for a person: "OpenBLAS 0.3.21, Cooperlake, pthread". */
const char *blas_describe(char *buf, size_t size);

#endif
