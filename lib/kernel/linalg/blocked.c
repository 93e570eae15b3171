/* LU and Cholesky by halves: the left half of the columns is factored, its part in the right one is
 * taken off by a product, which is where nearly all of the work is, and then the rest is factored.
 * Invariant: what is done by whom in which pieces depends on sizes alone. */
#include "blocked.h"

#include "kernel/product/blas.h"
#include "kernel/product/gemm.h"
#include "kernel/walk/parallel.h"
#include "lapack.h"

enum {
    NARROW = 64, /* columns that LAPACK factors */
    PIECE = 64   /* columns, or rows, of triangular systems that one thread solves */
};

/* c (m n) -= a (m k) b (k n), all by columns; b_turned: b lies as (n k). */
static bool take_off(const exec *x, tt_dtype dtype, const int64_t size[3], const void *a,
                     const void *b, bool b_turned, void *c, int64_t ld)
{
    gemm_args g = {.dtype = dtype,
                   .m = size[0],
                   .n = size[1],
                   .k = size[2],
                   .alpha = -1,
                   .beta = 1,
                   .a = a,
                   .b = b,
                   .c = c,
                   .sa = {.row = 1, .col = ld},
                   .sb = {.row = b_turned ? ld : 1, .col = b_turned ? 1 : ld},
                   .sc = {.row = 1, .col = ld}};
    return gemm_run(x, &g);
}

/* Triangular systems with many right sides, of which a thread solves a few at a time. */
typedef struct sides {
    int64_t n, k, ld, ldb; /* n rows of the triangle, k sides */
    const void *a;
    void *b;
    const int *pivot;
} sides;

static int64_t pieces(int64_t k)
{
    return ceil_div(k, PIECE);
}

#define T       float
#define LA(x)   s##x##_
#define NAME(x) x##_f32
#define DTYPE   TT_F32
#include "blocked_typed.h"
#undef T
#undef LA
#undef NAME
#undef DTYPE
#define T       double
#define LA(x)   d##x##_
#define NAME(x) x##_f64
#define DTYPE   TT_F64
#include "blocked_typed.h"

bool blocked_lu(const exec *x, tt_dtype dtype, int64_t m, int64_t n, void *a, int64_t ld,
                int *pivot, int *info)
{
    *info = 0;
    return dtype == TT_F32 ? lu_f32(x, m, n, a, ld, pivot, info)
                           : lu_f64(x, m, n, a, ld, pivot, info);
}

bool blocked_cholesky(const exec *x, tt_dtype dtype, int64_t n, void *a, int64_t ld, int *info)
{
    *info = 0;
    return dtype == TT_F32 ? cholesky_f32(x, n, a, ld, info) : cholesky_f64(x, n, a, ld, info);
}

void blocked_solve(const exec *x, tt_dtype dtype, int64_t n, int64_t k, const void *a, int64_t ld,
                   const int *pivot, void *b, int64_t ldb)
{
    sides s = {n, k, ld, ldb, a, b, pivot};
    parallel_for(x, pieces(k), 1, dtype == TT_F32 ? solve_some_f32 : solve_some_f64, &s);
}
