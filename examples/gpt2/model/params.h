/* A model: its configuration and its parameters, under the names and in the order of Hugging Face's
 * files. What is computed with them is in forward.h, how they come out of files in weights.h. */
#ifndef EXAMPLES_PARAMS_H
#define EXAMPLES_PARAMS_H

#include <tinytensor/tinytensor.h>

#include "config.h"

/* A parameter under its name in Hugging Face's files, as "h.0.attn.c_attn.weight". */
typedef struct gpt2_param {
    char name[48];
    int ndim;
    int64_t shape[2];
    tt_tensor *x;
} gpt2_param;

/* One block's parameters; weights are (in, out), as Conv1D stores them. */
typedef struct gpt2_block {
    gpt2_param *ln_1_w, *ln_1_b, *attn_w, *attn_b, *attn_proj_w, *attn_proj_b;
    gpt2_param *ln_2_w, *ln_2_b, *fc_w, *fc_b, *proj_w, *proj_b;
} gpt2_block;

typedef struct gpt2 {
    tt_ctx *ctx;
    gpt2_config config;
    int n_params;
    gpt2_param *params;                             /* in the order of Hugging Face's files */
    gpt2_param *wte, *wpe, *ln_f_w, *ln_f_b, *head; /* head: wte when tied */
    gpt2_block *blocks;
    tt_tensor **leaves; /* the parameters again, as optimisers take them */
    double dropout;
    bool prefixed;  /* names in its file begin with "transformer." */
    bool recompute; /* blocks are computed again in the backward pass */
    bool watched;   /* each block is a step of what progress.h shows */
} gpt2;

/* The table of parameters, without tensors. */
void gpt2_make(gpt2 *m, tt_ctx *ctx, const gpt2_config *config);
/* Fresh weights: normal with 0.02, residual projections with 0.02 / sqrt(2 n_layer). */
void gpt2_init(gpt2 *m);
/* All parameters become leaves of their own memory. */
void gpt2_trainable(gpt2 *m);
void gpt2_free(gpt2 *m);

/* How many numbers the parameters are, and how many bytes. */
int64_t gpt2_size(const gpt2 *m);
int64_t gpt2_bytes(const gpt2 *m);

#endif
