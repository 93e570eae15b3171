/* Merging one word. Its tokens are a linked list; a heap gives the pair with the lowest rank, and
 * of those the leftmost. Pairs that merges make wait until all pairs of the rank are done, as in
 * the published encoder, which goes through the word once per rank. Invariant: every pair of the
 * list that merges is in the heap or in `later`; entries for pairs that are gone are noticed when
 * they come up. */
#include "bpe.h"

#include <stdlib.h>

#define HEAP_ITEM              uint64_t
#define HEAP_ABOVE(user, a, b) ((a) < (b))
#include "common/heap.h"

#define END UINT32_MAX

bool bpe_add(bpe *b, int32_t left, int32_t right, int32_t made, bool *twice)
{
    int64_t n = b->pairs.n, rank = pairs_add(&b->pairs, left, right);
    *twice = rank >= 0 && rank < n;
    if (rank != n)
        return false;
    int32_t *all = room_for(b->made, n, &b->room, sizeof *all);
    if (!all)
        return false;
    b->made = all;
    b->made[n] = made;
    return true;
}

void bpe_free(bpe *b)
{
    pairs_free(&b->pairs);
    free(b->made);
    free(b->nodes);
    free(b->heap);
    free(b->later);
    *b = (bpe){0};
}

static bool push(bpe *b, uint64_t x)
{
    uint64_t *heap = room_for(b->heap, b->n_heap, &b->heap_room, sizeof *heap);
    if (!heap)
        return false;
    b->heap = heap;
    heap_rise(heap, b->n_heap++, x, NULL);
    return true;
}

static uint64_t pop(bpe *b)
{
    return heap_pop(b->heap, b->n_heap--, NULL);
}

/* Notes that the token at `place` and the next one may merge. */
static bool note(bpe *b, uint32_t place)
{
    const bpe_node *left = &b->nodes[place];
    if (left->next == END)
        return true;
    int64_t rank = pairs_find(&b->pairs, left->id, b->nodes[left->next].id);
    if (rank < 0)
        return true;
    uint64_t *later = room_for(b->later, b->n_later, &b->later_room, sizeof *later);
    if (!later)
        return false;
    b->later = later;
    b->later[b->n_later++] = (uint64_t)rank << 32 | place;
    return true;
}

static bool push_later(bpe *b)
{
    for (int64_t i = 0; i < b->n_later; i++)
        if (!push(b, b->later[i]))
            return false;
    b->n_later = 0;
    return true;
}

/* Joins the token at `place` with the next one, if they are still this pair. */
static bool join(bpe *b, uint32_t rank, uint32_t place)
{
    bpe_node *left = &b->nodes[place], *right = left->next == END ? NULL : &b->nodes[left->next];
    uint64_t key = b->pairs.keys[rank];
    if (!right || left->id != (int32_t)(key >> 32) || right->id != (int32_t)(key & UINT32_MAX))
        return true;
    left->id = b->made[rank];
    right->id = -1;
    left->next = right->next;
    if (left->next != END)
        b->nodes[left->next].prev = place;
    return note(b, place) && (left->prev == END || note(b, left->prev));
}

static bool start(bpe *b, const int32_t *ids, int64_t n)
{
    if (n >= (int64_t)END)
        return false;
    while (b->nodes_room < n) {
        bpe_node *nodes = room_for(b->nodes, b->nodes_room, &b->nodes_room, sizeof *nodes);
        if (!nodes)
            return false;
        b->nodes = nodes;
    }
    for (int64_t i = 0; i < n; i++)
        b->nodes[i] =
            (bpe_node){ids[i], i ? (uint32_t)i - 1 : END, i + 1 < n ? (uint32_t)i + 1 : END};
    b->n_heap = b->n_later = 0;
    for (int64_t i = 0; i + 1 < n; i++)
        if (!note(b, (uint32_t)i))
            return false;
    return true;
}

int64_t bpe_merge(bpe *b, int32_t *ids, int64_t n)
{
    uint32_t rank = UINT32_MAX;
    if (n < 2 || !b->pairs.n)
        return n;
    if (!start(b, ids, n))
        return -1;
    while (b->n_heap || b->n_later) {
        if (!b->n_heap || (uint32_t)(b->heap[0] >> 32) != rank) {
            if (!push_later(b))
                return -1;
            rank = (uint32_t)(b->heap[0] >> 32);
        }
        uint64_t x = pop(b);
        if (!join(b, rank, (uint32_t)(x & UINT32_MAX)))
            return -1;
    }
    n = 0;
    for (uint32_t at = 0; at != END; at = b->nodes[at].next)
        ids[n++] = b->nodes[at].id;
    return n;
}
