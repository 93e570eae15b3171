/* What a training reads: the text or the shards as tokens, in two parts, and random batches of
 * them. */
#ifndef EXAMPLES_CORPUS_H
#define EXAMPLES_CORPUS_H

#include <tinytensor/tinytensor.h>

#include "gpt2/text/tokenizer.h"
#include "gpt2/text/tokens.h"
#include "options.h"

enum { TRAIN = 0, VAL = 1 };

typedef struct corpus {
    tokens data;
    int64_t split;      /* tokens before it are trained on, from it on validated on */
    int64_t vocabulary; /* how many different tokens there may be */
    int64_t special;    /* the token between texts; -1: none */
    tokenizer *words;   /* goes with the model; NULL: it has none */
    uint64_t sum;       /* a fingerprint of the tokens and of what they stand for */
} corpus;

/* False: the error says what is wrong with the data, and nothing is held. */
bool corpus_read(corpus *c, const train_options *o, char *error, size_t size);
void corpus_free(corpus *c);

/* Random stretches of a part: x (b t), and y the tokens one place on. They depend on the arguments
 * only, so that a training goes on from any step. */
void corpus_batch(const corpus *c, tt_ctx *ctx, const train_options *o, int part, uint64_t seed,
                  int64_t step, int64_t micro, tt_tensor **x, tt_tensor **y);

/* A number for each seed, step and place. */
uint64_t mixed(uint64_t seed, uint64_t step, uint64_t place);

#endif
