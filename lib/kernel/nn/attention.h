/* softmax(scale q k^T + mask) v, tile by tile: no matrix of t x s scores is ever stored (T. Dao et
 * al., FlashAttention, 2022). F32 and F64. The same bits for any number of threads. */
#ifndef TT_KERNEL_ATTENTION_H
#define TT_KERNEL_ATTENTION_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

/* One of the operands: (batch t d), its columns adjacent. */
typedef struct attention_operand {
    char *data;
    int64_t row;                    /* stride of t in elements */
    int64_t batch[LAYOUT_MAX_NDIM]; /* strides of the batch axes */
} attention_operand;

typedef struct attention_args {
    tt_dtype dtype;
    int nbatch;
    int64_t batch[LAYOUT_MAX_NDIM];
    int64_t t, s, d, dv; /* queries, keys, width of a key, width of a value */
    double scale;
    bool causal; /* query i attends to the keys 0 .. i */
    attention_operand q, k, v, out;
    const char *mask; /* NULL, or bool (true: attend), or of dtype (added to the scores) */
    bool mask_adds;
    int64_t mask_row, mask_col, mask_batch[LAYOUT_MAX_NDIM];
    void *lse; /* (batch t), contiguous: log-sum-exp of each row of scores; -inf: attends nowhere */
} attention_args;

/* Fills out and lse. */
void attention_run(const exec *x, const attention_args *a);
/* Gradients from that of out. gq, gk, gv are written, none overlaps another. */
void attention_backward_run(const exec *x, const attention_args *a, attention_operand gout,
                            attention_operand gq, attention_operand gk, attention_operand gv);

#endif
