/* The table of this instruction set: all loops that the families export. */
#include "kernel/isa/kernels.h"
#include "kernel/isa/isa.h"

extern const kernels ISA(kernels);
extern const unary_kernels ISA(unary_loops);
extern const binary_kernels ISA(binary_loops);
extern const compare_kernels ISA(compare_loops);
extern const bitwise_kernels ISA(bitwise_loops);
extern const select_kernels ISA(select_loops);
extern const copy_kernels ISA(copy_loops);
extern const reduce_kernels ISA(reduce_loops);
extern const gemv_kernels ISA(gemv_loops);
extern const cdist_kernels ISA(cdist_loops);
extern const small_kernels ISA(small_loops);
extern const softmax_kernels ISA(softmax_loops);
extern const loss_kernels ISA(loss_loops);
extern const layer_norm_kernels ISA(layer_norm_loops);
extern const optim_kernels ISA(optim_loops);
extern const attention_kernels ISA(attention_loops);
extern const convolution_kernels ISA(convolution_loops);
extern const sorting_kernels ISA(sorting_loops);
extern const batch_norm_kernels ISA(batch_norm_loops);

const kernels ISA(kernels) = {
    .name = ISA_TEXT(TT_ISA),
    .unary = &ISA(unary_loops),
    .binary = &ISA(binary_loops),
    .compare = &ISA(compare_loops),
    .bitwise = &ISA(bitwise_loops),
    .select = &ISA(select_loops),
    .copy = &ISA(copy_loops),
    .reduce = &ISA(reduce_loops),
    .gemv = &ISA(gemv_loops),
    .cdist = &ISA(cdist_loops),
    .small = &ISA(small_loops),
    .softmax = &ISA(softmax_loops),
    .loss = &ISA(loss_loops),
    .layer_norm = &ISA(layer_norm_loops),
    .optim = &ISA(optim_loops),
    .attention = &ISA(attention_loops),
    .convolution = &ISA(convolution_loops),
    .sorting = &ISA(sorting_loops),
    .batch_norm = &ISA(batch_norm_loops),
};
