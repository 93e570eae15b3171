/* What the operations on matrices have in common: which operands they take, the layouts of their
 * results, and what they say when a matrix of the batch allows no answer. */
#ifndef TT_OP_LINALG_H
#define TT_OP_LINALG_H

#include "kernel/linalg/batch.h"
#include "op/core/op.h"

/* Refuses what is no float32 or float64 matrix in the last two axes, and builds without LAPACK. */
tt_status linalg_matrix(const op_call *c, int input, const char *name);
tt_status linalg_square(const op_call *c, int input, const char *name);

static inline int64_t rows_of(const tt_tensor *a)
{
    return a->at.shape[a->at.ndim - 2];
}

static inline int64_t cols_of(const tt_tensor *a)
{
    return a->at.shape[a->at.ndim - 1];
}

/* The leading axes of a, and behind them n sizes. False: too many elements. */
bool linalg_layout(layout *at, const tt_tensor *a, int n, int64_t first, int64_t second);
/* Records that it has too many elements. */
tt_status linalg_too_many(const op_call *c);
/* y (... n k) with a (... m n) y = b (... m k), whose leading axes broadcast, once a has been
 * looked at. of_a, rows: how messages call the axes of a. */
tt_status linalg_system(op_call *c, const char *of_a, const char *rows);

/* The last `axes` axes of t, with the first `lead` sizes of `shape` before them. */
operand linalg_spread(tt_tensor *t, int axes, const layout *shape, int lead, layout *at);

/* A result of c as operand; without data where there is none. */
operand linalg_result_of(const op_call *c, int i);

typedef struct linalg_place {
    char s[240];
} linalg_place;

/* "a", or "a[2, 0]" where there are leading axes in `at`. */
linalg_place linalg_place_of(const char *name, const layout *at, int64_t matrix);

/* Records what r says of the matrices of the operand `a`, whose leading axes are those of `at`. */
void linalg_report(const op_call *c, linalg_result r, const char *name, const layout *at);

/* Those of svd.c, under another name: results are s, u, vh; the attribute is `full`. */
tt_status linalg_svd_infer(op_call *c);
void linalg_svd_forward(op_call *c);

/* The gradient of a where that of its pseudo-inverse p is g (pinv.c). */
tt_tensor *linalg_pinv_grad(tt_tensor *a, tt_tensor *p, tt_tensor *g);

/* For compositions. Is a, in messages `which`, a float matrix, square where it must be; false: it
 * is not, recorded in the name of the function. */
bool linalg_operand(const char *name, const char *which, tt_tensor *a, bool square);
/* Identity matrices of the shape of a. */
tt_tensor *linalg_identity(const tt_tensor *a);
/* What, relative to the largest singular value of a, rounding can make of one that is zero. */
double linalg_rounding(const tt_tensor *a);

/* Matrices with the last two axes exchanged. */
static inline tt_tensor *turned(tt_tensor *a)
{
    return tt_transpose(a, -1, -2);
}

#endif
