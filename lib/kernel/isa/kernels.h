/* The tables of inner loops of one instruction set. kernel/table.c fills one per set; kernels_pick
 * (base/exec.h) chooses by what the processor has. */
#ifndef TT_KERNEL_ISA_H
#define TT_KERNEL_ISA_H

#include "base/exec.h"

/* Each is defined beside the file that fills it: *_loops.h, or loops.h of its family. */
typedef struct unary_kernels unary_kernels;
typedef struct binary_kernels binary_kernels;
typedef struct compare_kernels compare_kernels;
typedef struct bitwise_kernels bitwise_kernels;
typedef struct select_kernels select_kernels;
typedef struct copy_kernels copy_kernels;
typedef struct reduce_kernels reduce_kernels;
typedef struct gemv_kernels gemv_kernels;
typedef struct cdist_kernels cdist_kernels;
typedef struct small_kernels small_kernels;
typedef struct softmax_kernels softmax_kernels;
typedef struct loss_kernels loss_kernels;
typedef struct layer_norm_kernels layer_norm_kernels;
typedef struct attention_kernels attention_kernels;
typedef struct optim_kernels optim_kernels;
typedef struct convolution_kernels convolution_kernels;
typedef struct sorting_kernels sorting_kernels;
typedef struct batch_norm_kernels batch_norm_kernels;

struct kernels {
    const char *name;
    const unary_kernels *unary;
    const binary_kernels *binary;
    const compare_kernels *compare;
    const bitwise_kernels *bitwise;
    const select_kernels *select;
    const copy_kernels *copy;
    const reduce_kernels *reduce;
    const gemv_kernels *gemv;
    const cdist_kernels *cdist;
    const small_kernels *small;
    const softmax_kernels *softmax;
    const loss_kernels *loss;
    const layer_norm_kernels *layer_norm;
    const attention_kernels *attention;
    const optim_kernels *optim;
    const convolution_kernels *convolution;
    const sorting_kernels *sorting;
    const batch_norm_kernels *batch_norm;
};

#endif
