/* Random patterns with operands to match, and what they mean, worked out by plain loops over all
 * axes that share nothing with the library. */
#ifndef TT_SAMPLE_H
#define TT_SAMPLE_H

#include "../unit/unit.h"

enum { LABELS = 10, OPERANDS = 5, DIMS = 12, GROUP = 4, TEXT = 1024 };

typedef enum kind { EINSUM, REARRANGE, REDUCE, REPEAT } kind;

/* One axis of a tensor: some labels, the last one fastest; none for an axis of size 1. */
typedef struct dim {
    int n, label[GROUP];
    bool dots; /* belongs to the ellipsis */
} dim;

typedef struct term {
    int n;
    dim dim[DIMS];
} term;

typedef struct sample {
    uint64_t state; /* of the random numbers */
    kind kind;
    tt_reduction how;
    bool letters;       /* NumPy's notation */
    int n_labels, dots; /* the last `dots` labels are the ellipsis's */
    int64_t size[LABELS];
    bool given[LABELS]; /* its size stands in the pattern */
    int n;
    term in[OPERANDS], out;
    bool one[OPERANDS][LABELS]; /* of size 1 there, though not elsewhere */
    char text[TEXT];
} sample;

uint64_t pick(sample *s, uint64_t n); /* 0 to n - 1 */
void make_sample(sample *s, kind k, uint64_t seed);
/* Operands in random layouts: permuted, flipped, sliced with a step, expanded. */
void make_operands(sample *s, tt_ctx *ctx, tt_dtype dtype, tt_tensor **x);
tt_tensor *run_sample(const sample *s, tt_tensor *const *x);

/* The result by loops, in float64; for sums (einsum, TT_SUM, TT_MEAN, and no reduction) also the
 * gradients of sum(result * weight), when weight is not NULL. out and grads are set to zero here.
 */
void naive(const sample *s, tt_tensor *const *x, double *out, const double *weight, double **grads);
int64_t out_numel(const sample *s);

#endif
