/* Sorting of keys, alone or with places. Elements with equal keys keep their order, or have places
 * above one another: what is sorted as one integer is in the only order there is. */
#ifndef TT_KERNEL_RADIX_H
#define TT_KERNEL_RADIX_H

#include <stdint.h>
#include "kernel/walk/kernel.h"

/* uint32_t; uint64_t, keys or keys above places; key_pair (sorting_loops.h) */
typedef enum radix_kind { RADIX_32, RADIX_64, RADIX_PAIR } radix_kind;

/* A row is cut into so many parts, by its length alone, that threads can work on. */
enum { RADIX_MOST_CUTS = 64 };
int64_t radix_cuts(int64_t n);

int64_t radix_size(radix_kind kind); /* bytes of one */
/* How many counters radix_sort wants for a row of n. */
int64_t radix_counters(int64_t n);

/* Sorts the n at a; varying: the bits by which keys may differ. b is room for as many. Returns a or
 * b, where the sorted ones lie; the other holds anything. */
void *radix_sort(const exec *x, radix_kind kind, int64_t n, void *a, void *b, uint64_t varying,
                 int64_t *counters);

#endif
