/* Factors of matrices by LAPACK, one matrix on one thread. */
#include "factor.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include "blocked.h"
#include "kernel/product/blas.h"
#include "lapack.h"
#include "small.h"

enum { FAR = 1 << 20 }; /* beyond the exponents of all floats */

static const linalg_result no_memory = {LINALG_NO_MEMORY, 0, 0};

typedef struct factor_arg { /* of all functions */
    triangle t;
    int64_t lwork;
} factor_arg;

/* order[i]: which row of the matrix became row i; pivots count from 1. */
static void order_of(const int *pivot, int64_t k, int64_t m, int *order)
{
    for (int64_t i = 0; i < m; i++)
        order[i] = (int)i;
    for (int64_t i = 0; i < k; i++) {
        int other = pivot[i] - 1, moved = order[i];
        order[i] = order[other];
        order[other] = moved;
    }
}

#define T       float
#define LA(x)   s##x##_
#define NAME(x) x##_f32
#define M(x)    x##f
#include "factor_typed.h"
#undef T
#undef LA
#undef NAME
#undef M
#define T       double
#define LA(x)   d##x##_
#define NAME(x) x##_f64
#define M(x)    x
#include "factor_typed.h"

#define BY_TYPE(name) ((matrix_fn *const[FLOATS]){[TT_F32] = name##_f32, [TT_F64] = name##_f64})

/* Work arrays are counted in LAPACK's integers. */
static bool too_large(int64_t n, int64_t m)
{
    return n > INT_MAX || m > INT_MAX || (n > 0 && m > INT_MAX / 8 / n);
}

/* memory: so many elements, besides pivots. */
static linalg_result run(batch *b, matrix_fn *const *fn, int64_t elements, int64_t pivots,
                         double work)
{
    b->fn = fn[b->dtype];
    b->memory = (size_t)(elements * element_size(b->dtype)) + (size_t)pivots * sizeof(int) + 64 * 8;
    b->work = work;
    return batch_run(b);
}

static linalg_result refuse(linalg_kind kind)
{
    return (linalg_result){kind, 0, 0};
}

linalg_result cholesky_run(const exec *x, operand l, operand a)
{
    batch b;
    int64_t n = matrix_rows(a);
    if (too_large(n, n))
        return refuse(LINALG_TOO_LARGE);
    batch_init(&b, x, a.dtype);
    batch_add(&b, l, 2);
    batch_add(&b, a, 2);
    b.alone = n >= BLOCKED_LEAST;
    return run(&b, BY_TYPE(cholesky), n * n, 0, (double)n * (double)n * (double)(n + 8) / 3);
}

linalg_result solve_run(const exec *x, operand y, operand a, operand c)
{
    batch b;
    int64_t n = matrix_rows(a), k = matrix_cols(c);
    if (too_large(n, n) || too_large(n, k))
        return refuse(LINALG_TOO_LARGE);
    if (small_suits(batch_count(y, 2), n, k))
        return small_solve_run(x, y, a, c);
    batch_init(&b, x, a.dtype);
    batch_add(&b, y, 2);
    batch_add(&b, a, 2);
    batch_add(&b, c, 2);
    b.alone = n >= BLOCKED_LEAST;
    return run(&b, BY_TYPE(solve), n * n + n * k, n, (double)n * (double)n * (double)(n + 3 * k));
}

linalg_result triangular_run(const exec *x, operand y, operand a, operand c, triangle t)
{
    batch b;
    int64_t n = matrix_rows(a), k = matrix_cols(c);
    factor_arg arg = {.t = t};
    if (too_large(n, n) || too_large(n, k))
        return refuse(LINALG_TOO_LARGE);
    batch_init(&b, x, a.dtype);
    batch_add(&b, y, 2);
    batch_add(&b, a, 2);
    batch_add(&b, c, 2);
    b.arg = &arg;
    return run(&b, BY_TYPE(triangular), n * n + n * k, 0, (double)n * (double)n * (double)(k + 4));
}

linalg_result qr_run(const exec *x, operand q, operand r, operand a)
{
    batch b;
    int64_t m = matrix_rows(a), n = matrix_cols(a), wide = larger(n, matrix_cols(q));
    factor_arg arg = {.lwork = 64 * larger(wide, 1)};
    if (too_large(m, wide) || arg.lwork > INT_MAX)
        return refuse(LINALG_TOO_LARGE);
    batch_init(&b, x, a.dtype);
    batch_add(&b, q, 2);
    batch_add(&b, r, 2);
    batch_add(&b, a, 2);
    b.arg = &arg;
    return run(&b, BY_TYPE(qr), m * wide + smaller(m, n) + arg.lwork + matrix_rows(r) * n, 0,
               4 * (double)m * (double)n * (double)(smaller(m, n) + 8));
}

linalg_result lu_run(const exec *x, operand p, operand l, operand u, operand a)
{
    batch b;
    int64_t m = matrix_rows(a), n = matrix_cols(a), k = smaller(m, n);
    if (too_large(m, larger(m, n)))
        return refuse(LINALG_TOO_LARGE);
    batch_init(&b, x, a.dtype);
    batch_add(&b, p, 2);
    batch_add(&b, l, 2);
    batch_add(&b, u, 2);
    batch_add(&b, a, 2);
    b.alone = k >= BLOCKED_LEAST;
    return run(&b, BY_TYPE(lu), m * n + larger(m * k, k * n), k + m,
               (double)m * (double)n * (double)(k + 8));
}

linalg_result det_run(const exec *x, operand sign, operand log, operand a)
{
    batch b;
    int64_t n = matrix_rows(a);
    if (too_large(n, n))
        return refuse(LINALG_TOO_LARGE);
    batch_init(&b, x, a.dtype);
    batch_add(&b, sign, 0);
    batch_add(&b, log, 0);
    batch_add(&b, a, 2);
    b.alone = n >= BLOCKED_LEAST;
    return run(&b, BY_TYPE(det), n * n, n, (double)n * (double)n * (double)(n + 8));
}
