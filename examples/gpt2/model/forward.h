/* GPT-2 as published (A. Radford et al., Language Models are Unsupervised Multitask Learners,
 * 2019): pre-norm blocks, learned positions, tanh gelu, a head tied to the token embedding. All
 * sizes come from the configuration. */
#ifndef EXAMPLES_FORWARD_H
#define EXAMPLES_FORWARD_H

#include "params.h"

/* Keys and values of the tokens so far, per layer (batch, head, n_positions, head size). */
typedef struct gpt2_cache {
    int64_t length;
    tt_tensor **k, **v;
} gpt2_cache;

/* ids (b t) -> hidden states (b t c) after the last layer norm. With a cache the ids continue what
 * it holds, and are added to it. */
tt_tensor *gpt2_hidden(gpt2 *m, tt_tensor *ids, gpt2_cache *cache);
/* hidden (... c) -> logits (... vocab) */
tt_tensor *gpt2_logits(gpt2 *m, tt_tensor *hidden);
/* Mean cross entropy of the next tokens; ids, targets (b t). */
tt_tensor *gpt2_loss(gpt2 *m, tt_tensor *ids, tt_tensor *targets);

/* float64 for weights of that kind, else float32 */
tt_dtype gpt2_dtype(const gpt2 *m);

gpt2_cache gpt2_cache_make(gpt2 *m);
void gpt2_cache_free(gpt2_cache *c);

#endif
