/* The tables of inner loops of one instruction set. isa/table.c fills one per set; kernels_pick
 * (base/exec.h) chooses by what the processor has. */
#ifndef TT_KERNEL_ISA_H
#define TT_KERNEL_ISA_H

#include "base/exec.h"

typedef struct unary_kernels unary_kernels; /* loops.h, as are the next four */
typedef struct binary_kernels binary_kernels;
typedef struct compare_kernels compare_kernels;
typedef struct select_kernels select_kernels;
typedef struct copy_kernels copy_kernels;
typedef struct reduce_kernels reduce_kernels; /* reduce_loops.h */
typedef struct fused_kernels fused_kernels;
typedef struct gemv_kernels gemv_kernels;
typedef struct attention_kernels attention_kernels; /* attention_loops.h */
typedef struct norm_kernels norm_kernels;           /* norm_loops.h */

struct kernels {
    const char *name;
    const unary_kernels *unary;
    const binary_kernels *binary;
    const compare_kernels *compare;
    const select_kernels *select;
    const copy_kernels *copy;
    const reduce_kernels *reduce;
    const fused_kernels *fused;
    const gemv_kernels *gemv;
    const norm_kernels *norm;
    const attention_kernels *attention;
};

#endif
