/* Model folders as Hugging Face lays them out: config.json and model.safetensors. */
#ifndef EXAMPLES_WEIGHTS_H
#define EXAMPLES_WEIGHTS_H

#include "params.h"

/* Opens DIR for use: weights stay mapped where their dtype is the wanted one. wanted: TT_F32,
 * TT_F64, TT_F16, TT_BF16 for the matrices, or AS_STORED. The first error is recorded in the
 * context. */
enum { AS_STORED = -1 };
void gpt2_open(gpt2 *m, tt_ctx *ctx, const char *dir, int wanted);

/* Writes config.json and model.safetensors, each whole or not at all. */
void gpt2_save(gpt2 *m, const char *dir);

/* A safetensors file of one tensor per parameter, under the names that the model's own file uses:
 * its gradients, for instance. */
void gpt2_save_tensors(gpt2 *m, const char *path, tt_tensor *const *tensors);

#endif
