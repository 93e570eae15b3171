/* Drives the loops for small matrices: brings SMALL_LANES of them side by side, and their results
 * back. The last group is filled with unit matrices. */
#include "small.h"

#include <math.h>
#include <string.h>
#include "kernel/isa/kernels.h"

#define T       float
#define NAME(x) x##_f32
#define M(x)    x##f
#define NEAR    3e-4f
#include "lanes_typed.h"
#undef T
#undef NAME
#undef M
#undef NEAR
#define T       double
#define NAME(x) x##_f64
#define M(x)    x
#define NEAR    1e-8
#include "lanes_typed.h"

linalg_result small_solve_run(const exec *x, operand y, operand a, operand c)
{
    batch b;
    int64_t n = matrix_rows(a), k = matrix_cols(c);
    batch_init(&b, x, a.dtype);
    batch_add(&b, y, 2);
    batch_add(&b, a, 2);
    batch_add(&b, c, 2);
    b.group = a.dtype == TT_F32 ? solve_group_f32 : solve_group_f64;
    b.lanes = SMALL_LANES;
    b.memory = (size_t)(((n * n + n * k + 1) * SMALL_LANES + SMALL_GAP) * element_size(a.dtype));
    b.work = SMALL_LANES * (double)n * (double)n * (double)(n + k);
    return batch_run(&b);
}

linalg_result small_eigh_run(const exec *x, operand w, operand v, operand a)
{
    batch b;
    int64_t n = matrix_rows(a);
    batch_init(&b, x, a.dtype);
    batch_add(&b, w, 1);
    batch_add(&b, v, 2);
    batch_add(&b, a, 2);
    b.group = a.dtype == TT_F32 ? eigh_group_f32 : eigh_group_f64;
    b.lanes = SMALL_LANES;
    b.memory = (size_t)((2 * n * n * SMALL_LANES + SMALL_GAP) * element_size(a.dtype));
    b.work = SMALL_LANES * 20 * (double)n * (double)n * (double)n;
    return batch_run(&b);
}
