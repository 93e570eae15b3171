/* A GPT-2's config.json, as Hugging Face's transformers write it. */
#ifndef EXAMPLES_CONFIG_H
#define EXAMPLES_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/folder/fingerprint.h"

/* x times the normal distribution's integral: by tanh, by erf */
typedef enum gpt2_activation { GPT2_GELU_NEW, GPT2_GELU } gpt2_activation;

typedef struct gpt2_config {
    int64_t n_layer, n_head, n_embd, n_positions, vocab_size;
    int64_t n_inner; /* of the MLP */
    double layer_norm_epsilon;
    gpt2_activation activation;
    bool tie_word_embeddings;
    int64_t bos_token_id, eos_token_id; /* -1: none */
    /* Fingerprints as text: of the files that were saved together, which the weights name as well,
     * and of the tokenizer among them. Empty: not known, as of models made elsewhere. */
    char set[FINGERPRINT_TEXT], vocabulary[FINGERPRINT_TEXT];
} gpt2_config;

/* The 124M model: what Hugging Face takes for fields that are not there. */
gpt2_config gpt2_config_default(void);

/* False: the error is one line that names the field. */
bool gpt2_config_read(const char *path, gpt2_config *c, char *error, size_t size);
/* The same from the file's contents; `name` stands in front of errors. */
bool gpt2_config_parse(const char *name, const char *json, size_t bytes, gpt2_config *c,
                       char *error, size_t size);
/* Whole or not at all. Ids of special tokens beyond the vocabulary are written as null. */
bool gpt2_config_write(const char *path, const gpt2_config *c, char *error, size_t size);

#endif
