/* The table of inner loops of sorting, filled once per instruction set by sorting_loops.c. Elements
 * become keys: unsigned integers in the order that is wanted, with equal keys for equal elements
 * (-0 and 0, all NaN) and the greatest key for NaN, so that NaN comes last in both directions.
 * All rows are contiguous. */
#ifndef TT_KERNEL_SORTING_LOOPS_H
#define TT_KERNEL_SORTING_LOOPS_H

#include <stdbool.h>
#include <stdint.h>
#include "radix_loops.h"
#include "tensor/element.h"

enum { KEY_BLOCK = 64 }; /* elements that `better` looks at together */

/* Keys are uint32_t, for types of up to 4 bytes, or uint64_t. A key with the place of its element
 * is a uint64_t with the key above the place, or this. */
typedef struct key_pair {
    uint64_t key, at;
} key_pair;

/* What was seen of some keys. */
typedef struct key_facts {
    uint64_t all, any; /* bits set in all and in any of them */
    bool sorted;       /* no key is below the one before it */
    bool odd;          /* among floats there is -0 or NaN, whose keys do not tell their bits */
} key_facts;

typedef struct sorting_loops {
    void (*look)(int64_t n, const void *x, bool descending, key_facts *f);
    void (*keys)(int64_t n, const void *x, bool descending, void *keys);
    /* places count from `first` */
    void (*pairs)(int64_t n, const void *x, int64_t first, bool descending, void *pairs);
    /* the elements back from keys or pairs, and the places of pairs */
    void (*values_of_keys)(int64_t n, const void *keys, bool descending, void *out);
    void (*values_of_pairs)(int64_t n, const void *pairs, bool descending, void *out);
    void (*places)(int64_t n, const void *pairs, int64_t *out);
    /* out: x sorted, where every -0 and NaN has become a 0 and a NaN: each its own bits again */
    void (*restore)(int64_t n, const void *x, void *out);
    /* A multiple of KEY_BLOCK, such that there is no key below limit before it but in the block
     * behind it; n when there is none at all. */
    int64_t (*better)(int64_t n, const void *x, bool descending, uint64_t limit);
    /* Groups of equal elements of a sorted row: how many there are; then the first element and the
     * place of the first element of each (where not NULL). */
    int64_t (*count_groups)(int64_t n, const void *sorted);
    void (*groups)(int64_t n, const void *sorted, int64_t count, void *first, int64_t *at);
} sorting_loops;

typedef struct sorting_kernels {
    sorting_loops of[DTYPES];
    radix_kernels radix;
    /* the smallest and the largest of n > 0 */
    void (*range)(int64_t n, const int64_t *x, int64_t *low, int64_t *high);
} sorting_kernels;

#endif
