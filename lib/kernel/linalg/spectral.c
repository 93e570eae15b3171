/* Singular values, eigenvalues and least squares by LAPACK, one matrix on one thread. */
#include "spectral.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "kernel/product/blas.h"
#include "lapack.h"
#include "small.h"

static const linalg_result not_converged = {LINALG_NOT_CONVERGED, 0, 0};

typedef struct spectral_arg {
    int64_t lwork, liwork, k;
    char job;
    double rcond;
} spectral_arg;

#define T       float
#define LA(x)   s##x##_
#define NAME(x) x##_f32
#define M(x)    x##f
#define NEAR    3e-4f
#include "spectral_typed.h"
#undef T
#undef LA
#undef NAME
#undef M
#undef NEAR
#define T       double
#define LA(x)   d##x##_
#define NAME(x) x##_f64
#define M(x)    x
#define NEAR    1e-8
#include "spectral_typed.h"

#define BY_TYPE(name) ((matrix_fn *const[FLOATS]){[TT_F32] = name##_f32, [TT_F64] = name##_f64})

static linalg_result run(batch *b, matrix_fn *const *fn, spectral_arg *arg, int64_t elements,
                         double work)
{
    if (elements > INT_MAX / 2 || arg->lwork > INT_MAX / 2)
        return (linalg_result){LINALG_TOO_LARGE, 0, 0};
    b->fn = fn[b->dtype];
    b->arg = arg;
    b->memory = (size_t)((elements + arg->lwork) * element_size(b->dtype)) +
                (size_t)arg->liwork * sizeof(int) + 64 * 12;
    b->work = work;
    return batch_run(b);
}

/* Products of two sizes: far beyond LAPACK's integers it does not matter by how much. */
static int64_t area(int64_t m, int64_t n)
{
    int64_t both;
    return mul_fits(m, n, &both) && both < INT64_MAX / 64 ? both : INT64_MAX / 64;
}

linalg_result svd_run(const exec *x, operand s, operand u, operand vh, operand a)
{
    batch b;
    int64_t m = matrix_rows(a), n = matrix_cols(a), k = smaller(m, n), p = larger(m, n);
    bool vectors = u.data || vh.data;
    bool full = vectors && (matrix_cols(u) > k || matrix_rows(vh) > k);
    spectral_arg arg = {.k = k, .job = vectors ? full ? 'A' : 'S' : 'N', .liwork = 8 * k};
    /* what gesdd documents as the least, and blocks of 64 */
    arg.lwork = vectors ? 4 * area(k, k) + 7 * k : 7 * k;
    arg.lwork = larger(arg.lwork, larger(5 * k, 3 * k + p)) + 64 * (p + k) + area(k, k) + 1;
    batch_init(&b, x, a.dtype);
    batch_add(&b, s, 1);
    batch_add(&b, u, 2);
    batch_add(&b, vh, 2);
    batch_add(&b, a, 2);
    int64_t elements = area(m, n) + k;
    if (vectors)
        elements += full ? area(m, m) + area(n, n) : area(m, k) + area(k, n);
    return run(&b, BY_TYPE(svd), &arg, elements,
               (vectors ? 20 : 4) * (double)m * (double)n * (double)(k + 8));
}

linalg_result eigh_run(const exec *x, operand w, operand v, operand a)
{
    batch b;
    int64_t n = matrix_rows(a);
    if (small_suits(batch_count(w, 1), n, n))
        return small_eigh_run(x, w, v, a);
    spectral_arg arg = {.job = v.data ? 'V' : 'N'};
    arg.lwork = v.data ? 1 + 6 * n + 2 * area(n, n) : 2 * n + 1;
    arg.lwork = larger(arg.lwork, 66 * n);
    arg.liwork = v.data ? 3 + 5 * n : 1;
    batch_init(&b, x, a.dtype);
    batch_add(&b, w, 1);
    batch_add(&b, v, 2);
    batch_add(&b, a, 2);
    return run(&b, BY_TYPE(eigh), &arg, area(n, n) + n,
               (v.data ? 9 : 3) * (double)n * (double)n * (double)(n + 8));
}

linalg_result eig_run(const exec *x, operand w_re, operand w_im, operand v_re, operand v_im,
                      operand a)
{
    batch b;
    int64_t n = matrix_rows(a);
    bool vectors = v_re.data || v_im.data;
    spectral_arg arg = {.job = vectors ? 'V' : 'N', .lwork = 66 * n + 1, .liwork = n};
    batch_init(&b, x, a.dtype);
    batch_add(&b, w_re, 1);
    batch_add(&b, w_im, 1);
    batch_add(&b, v_re, 2);
    batch_add(&b, v_im, 2);
    batch_add(&b, a, 2);
    return run(&b, BY_TYPE(eig), &arg, (vectors ? 4 : 1) * area(n, n) + 3 * n,
               25 * (double)n * (double)n * (double)(n + 8));
}

linalg_result lstsq_run(const exec *x, operand y, operand a, operand c, double rcond)
{
    batch b;
    int64_t m = matrix_rows(a), n = matrix_cols(a), k = matrix_cols(c), s = smaller(m, n),
            p = larger(m, n);
    enum { LEAF = 26, LEVELS = 32 }; /* gelsd's smallest problems, not less than LAPACK's */
    spectral_arg arg = {.k = s, .rcond = rcond};
    arg.lwork = 12 * s + 2 * s * LEAF + 8 * s * LEVELS + area(s, k) + (LEAF + 1) * (LEAF + 1) +
                64 * (p + larger(s, k)) + area(s, s) + 4 * s;
    arg.liwork = 3 * s * LEVELS + 11 * s + 1;
    batch_init(&b, x, a.dtype);
    batch_add(&b, y, 2);
    batch_add(&b, a, 2);
    batch_add(&b, c, 2);
    return run(&b, BY_TYPE(lstsq), &arg, area(m, n) + area(p, k) + s,
               8 * (double)m * (double)n * (double)(s + k + 8));
}
