/* What a training is told: the flags of tinytensor-gpt2 train. */
#ifndef EXAMPLES_OPTIONS_H
#define EXAMPLES_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct train_options {
    const char *data, *out, *tokenizer, *init_from, *plot, *log;
    int64_t n_layer, n_head, n_embd, block_size, batch_size, grad_accum, steps, warmup;
    int64_t eval_every, eval_iters, save_every, seed, threads;
    double lr, min_lr, weight_decay, beta1, beta2, grad_clip, dropout, val_fraction;
    bool resume, overwrite, recompute;
} train_options;

#endif
