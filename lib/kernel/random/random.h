/* Random numbers from a counter (Philox 4x32-10): the k-th element of a fill depends on the seed
 * and on counter + k only, so that any number of threads, any processor and any instruction set
 * make the same ones. A fill advances the counter by out's number of elements. out: any strides,
 * filled in C order of its indices. Integers and bits of floats are the same on every machine with
 * IEEE doubles. */
#ifndef TT_KERNEL_RANDOM_H
#define TT_KERNEL_RANDOM_H

#include "kernel/walk/kernel.h"

typedef struct rng {
    uint64_t seed, counter;
} rng;

/* Floats (F32 from 24 bits, F64 from 53): lo + (hi - lo) u with u in [0, 1), always below hi when
 * lo < hi. */
void random_uniform_run(const exec *x, rng *r, operand out, double lo, double hi);
/* mean + std * standard normal (F32, F64). */
void random_normal_run(const exec *x, rng *r, operand out, double mean, double std);
/* Integers in [lo, hi), lo < hi, without bias: I64. */
void random_integers_run(const exec *x, rng *r, operand out, int64_t lo, int64_t hi);
/* 1 with probability p[i], else 0: out has p's shape, and its own dtype (F32 F64 I64 BOOL); p is
 * F32 or F64. NaN gives 0. */
void random_bernoulli_run(const exec *x, rng *r, operand out, operand p);
/* Dropout's mask: 0 with probability p, else scale (1 / (1 - p) as a rule): F32 F64 I64 BOOL. */
void random_mask_run(const exec *x, rng *r, operand out, double p, double scale);
/* The numbers 0 .. numel-1 in random order (1-D, I64). */
void random_permutation_run(const exec *x, rng *r, operand out);

#endif
