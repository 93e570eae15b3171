/* Fills: what the drivers of one kind of number each share. A fill is cut into ranges of elements;
 * each range is made of the blocks of its elements' numbers. */
#ifndef TT_KERNEL_FILL_H
#define TT_KERNEL_FILL_H

#include "philox.h"
#include "random.h"

typedef struct fill {
    stream from;
    operand out;
    /* Either turns n draws from the element k on into their values: u are numbers of `from`, ... */
    void (*turn)(const struct fill *f, int64_t n, int64_t k, double *u);
    /* ... or makes integers of 64 random bits each. */
    void (*whole)(const struct fill *f, int64_t n, int64_t k, uint64_t *words);
    double a, b, top; /* for turn */
    operand p;
    uint64_t range; /* for whole */
    int64_t low;
    rng r;   /* set by random_fill, as the next one */
    int per; /* elements made of a block */
} fill;

/* Fills f->out, and advances r by its number of elements. */
void random_fill(const exec *x, rng *r, fill *f);

#endif
