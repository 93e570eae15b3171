/* Quotients by pairs of values, one matrix on one thread. */
#include "pairs.h"

#include <float.h>
#include <math.h>

enum { SLACK = 4, SLACK_ABOVE = 256 };

#define T       float
#define M(x)    x##f
#define EPS     FLT_EPSILON
#define NAME(x) x##_f32
#include "pairs_typed.h"
#undef T
#undef M
#undef EPS
#undef NAME
#define T       double
#define M(x)    x
#define EPS     DBL_EPSILON
#define NAME(x) x##_f64
#include "pairs_typed.h"

linalg_result pairs_run(const exec *x, operand y, operand a, operand w, operand scale, int kind)
{
    batch b;
    batch_init(&b, x, a.dtype);
    batch_add(&b, y, 2);
    batch_add(&b, a, 2);
    batch_add(&b, w, 1);
    batch_add(&b, scale, 2);
    b.fn = a.dtype == TT_F32 ? pairs_f32 : pairs_f64;
    b.arg = &kind;
    b.work = 4 * (double)y.at->shape[y.at->ndim - 1] * (double)y.at->shape[y.at->ndim - 2];
    return batch_run(&b);
}
