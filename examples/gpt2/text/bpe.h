/* Merges by rank: of all pairs of neighbours in a word, those of the lowest rank become one token,
 * from left to right, until no pair is left that merges (R. Sennrich et al., Neural Machine
 * Translation of Rare Words with Subword Units, 2016). */
#ifndef EXAMPLES_BPE_H
#define EXAMPLES_BPE_H

#include <stdbool.h>

#include "numbering.h"

/* A token of a word that is being merged. */
typedef struct bpe_node {
    int32_t id; /* -1: part of the token before it */
    uint32_t prev, next;
} bpe_node;

typedef struct bpe {
    pairs pairs; /* a pair's number is its rank */
    int64_t room;
    int32_t *made; /* the token that a rank makes */
    /* room to work in */
    bpe_node *nodes;
    uint64_t *heap;  /* rank << 32 | place, the lowest first */
    uint64_t *later; /* pairs that this rank's merges made */
    int64_t nodes_room, heap_room, later_room, n_heap, n_later;
} bpe;

/* Adds a merge behind the others. False: no memory, or the pair is there (`*twice`). */
bool bpe_add(bpe *b, int32_t left, int32_t right, int32_t made, bool *twice);
/* Merges n tokens in place; returns how many are left, or -1: no memory. Time n log n. */
int64_t bpe_merge(bpe *b, int32_t *ids, int64_t n);
void bpe_free(bpe *b);

#endif
