/* Quotients by differences or sums of values, of which gradients of vectors consist. They are what
 * becomes 0 / 0 where values are repeated or zero. */
#ifndef TT_OP_LINALG_PAIRS_H
#define TT_OP_LINALG_PAIRS_H

#include <tinytensor/tensor.h>

typedef enum pair_kind {
    PAIR_DIFFERENCE, /* w[j] - w[i] */
    PAIR_SUM,        /* w[i] + w[j] */
    PAIR_ZERO        /* w[j], the other value of the pair being zero */
} pair_kind;

/* y[i][j] = x[i][j] / d, for x (... m n) and w (... n); on the diagonal of the first two kinds 0.
 * Where d is zero but for rounding, 0 if x is, measured by the largest elements of `scale` (...);
 * else an error that names the pair and the function. Differentiable in x and w. */
tt_tensor *pair_quotient(const char *name, pair_kind kind, tt_tensor *x, tt_tensor *w,
                         tt_tensor *scale);

/* v, vectors of values w, as they stand in a gradient of these values that depends on them again:
 * its own gradient is an error where values are equal (or zero, by kind), since the 0 / 0 there is
 * not 0 but a second derivative that nobody has. */
tt_tensor *pair_strict(const char *name, pair_kind kind, tt_tensor *v, tt_tensor *w);

/* x - x^T */
tt_tensor *skew(tt_tensor *x);
/* (... n) to the diagonals of (... n n). */
tt_tensor *diagonals(tt_tensor *x);

#endif
