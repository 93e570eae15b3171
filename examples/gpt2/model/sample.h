/* Choosing the next token from logits. */
#ifndef EXAMPLES_SAMPLE_H
#define EXAMPLES_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sample_options {
    double temperature, top_p, repetition_penalty;
    int64_t top_k; /* 0: all */
    bool greedy;
} sample_options;

typedef struct candidate {
    float logit;
    int32_t id;
} candidate;

/* n logits (changed in place), the tokens before, a uniform number in [0, 1), and room for n
 * candidates. */
int64_t sample(float *logits, int64_t n, const int64_t *before, int64_t n_before,
               const sample_options *o, double uniform, candidate *room);

#endif
