/* Model folders as Hugging Face lays them out: config.json and model.safetensors. */
#ifndef EXAMPLES_WEIGHTS_H
#define EXAMPLES_WEIGHTS_H

#include <stdint.h>

#include "common/folder/set.h"
#include "params.h"

/* Opens DIR for use: weights stay mapped where their dtype is the wanted one. wanted: TT_F32,
 * TT_F64, TT_F16, TT_BF16 for the matrices, or AS_STORED. The first error is recorded in the
 * context. */
enum { AS_STORED = -1 };
#define GPT2_SET "tinytensor_set" /* where the weights name the set that they are of */
void gpt2_open(gpt2 *m, tt_ctx *ctx, const char *dir, int wanted);

/* Writes config.json and model.safetensors into a folder, the stage of a set as a rule (set.h).
 * vocabulary: the fingerprint of the tokenizer beside them, or 0. Both files name the set that they
 * are of, so that gpt2_open() refuses one that has come beside another's. */
void gpt2_write(gpt2 *m, const char *dir, uint64_t vocabulary);
/* The same into a folder of its own, where both take their places together. */
void gpt2_save(gpt2 *m, const char *dir);
/* For a set without a tokenizer: the one that the old model was saved with goes with it. What
 * somebody else has put beside it stays. False: the error says why it cannot. */
bool gpt2_drop_vocabulary(file_set *s, char *error, size_t size);

/* Whether a tokenizer, by its fingerprint, is the one that the model in a folder was saved with, if
 * there is a model that tells. False: the error says so. */
bool gpt2_vocabulary_fits(const char *dir, uint64_t vocabulary, char *error, size_t size);

/* A safetensors file of one tensor per parameter, under the names that the model's own file uses:
 * its gradients, for instance. */
void gpt2_save_tensors(gpt2 *m, const char *path, tt_tensor *const *tensors);

#endif
