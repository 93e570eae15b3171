/* Factors of one large matrix on several threads: LAPACK on narrow parts, and the library's own
 * products between them, so that the bits do not depend on the number of threads. Matrices lie by
 * columns, one every ld elements. */
#ifndef TT_KERNEL_LINALG_BLOCKED_H
#define TT_KERNEL_LINALG_BLOCKED_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

enum { BLOCKED_LEAST = 256 }; /* rows and columns from which on this pays */

/* As LAPACK's getrf and potrf for the lower triangle; info: 0, or what they say there. False: no
 * memory, recorded. */
bool blocked_lu(const exec *x, tt_dtype dtype, int64_t m, int64_t n, void *a, int64_t ld,
                int *pivot, int *info);
bool blocked_cholesky(const exec *x, tt_dtype dtype, int64_t n, void *a, int64_t ld, int *info);
/* As getrs for the factors of blocked_lu: b (n k) becomes the solution. */
void blocked_solve(const exec *x, tt_dtype dtype, int64_t n, int64_t k, const void *a, int64_t ld,
                   const int *pivot, void *b, int64_t ldb);

#endif
