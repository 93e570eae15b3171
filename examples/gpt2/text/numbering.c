/* Open addressing, linear probing, at most half full. A slot holds half of the hash beside the
 * number: strings are compared only when they are the same, but for one case in four billion.
 * Invariant: the slots hold the numbers below n, each once. */
#include "numbering.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

void *room_for(void *array, int64_t n, int64_t *room, size_t size)
{
    if (n < *room)
        return array;
    int64_t more = *room ? 2 * *room : 64;
    void *grown = (uint64_t)more <= SIZE_MAX / size ? realloc(array, (size_t)more * size) : NULL;
    if (grown)
        *room = more;
    return grown;
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

static uint64_t hash_bytes(const char *bytes, size_t n)
{
    uint64_t h = n * 0x9e3779b97f4a7c15u, part = 0;
    for (; n >= 8; n -= 8, bytes += 8) {
        memcpy(&part, bytes, 8);
        h = mix(h ^ part);
    }
    part = 0;
    if (n)
        memcpy(&part, bytes, n);
    return mix(h ^ part);
}

static uint64_t slot_value(uint64_t hash, int64_t number)
{
    return (hash & 0xffffffff00000000u) | (uint64_t)(number + 1);
}

static int64_t slot_number(uint64_t slot)
{
    return (int64_t)(slot & 0xffffffffu) - 1;
}

/* What the search needs to know of either table. */
typedef struct key {
    uint64_t hash;
    const char *bytes; /* NULL: a pair */
    size_t n;
    uint64_t pair;
} key;

static bool same(const void *table, const key *k, int64_t number)
{
    if (!k->bytes)
        return ((const pairs *)table)->keys[number] == k->pair;
    size_t n;
    const char *bytes = words_get(table, number, &n);
    return n == k->n && memcmp(bytes, k->bytes, n) == 0;
}

/* The slot with the key, or the empty one where it belongs. */
static size_t search(const void *table, const slots *s, const key *k)
{
    size_t mask = s->n - 1, at = (size_t)k->hash & mask;
    uint64_t upper = k->hash >> 32;
    while (s->at[at] && !(s->at[at] >> 32 == upper && same(table, k, slot_number(s->at[at]))))
        at = (at + 1) & mask;
    return at;
}

/* Its number, or -1. */
static int64_t find(const void *table, const slots *s, int64_t n, const key *k)
{
    return n ? slot_number(s->at[search(table, s, k)]) : -1;
}

static void insert(slots *s, uint64_t hash, int64_t number)
{
    size_t at = (size_t)hash & (s->n - 1);
    while (s->at[at])
        at = (at + 1) & (s->n - 1);
    s->at[at] = slot_value(hash, number);
}

typedef uint64_t hash_fn(const void *table, int64_t number);

/* Slots for one more than n numbers. */
static bool grow(slots *s, int64_t n, const void *table, hash_fn *hash)
{
    if (2 * (size_t)(n + 1) <= s->n)
        return true;
    slots more = {.n = s->n ? 2 * s->n : FIRST_SLOTS};
    more.at = calloc(more.n, sizeof *more.at);
    if (!more.at)
        return false;
    for (int64_t i = 0; i < n; i++)
        insert(&more, hash(table, i), i);
    free(s->at);
    *s = more;
    return true;
}

static key word_key(const char *bytes, size_t n)
{
    return (key){.hash = hash_bytes(bytes, n), .bytes = bytes, .n = n};
}

static key pair_key(uint64_t pair)
{
    return (key){.hash = mix(pair), .pair = pair};
}

const char *words_get(const words *w, int64_t number, size_t *n)
{
    size_t begin = number ? w->ends[number - 1] : 0;
    *n = w->ends[number] - begin;
    return w->bytes + begin;
}

int64_t words_find(const words *w, const char *bytes, size_t n)
{
    key k = word_key(bytes, n);
    return find(w, &w->slots, w->n, &k);
}

static uint64_t word_hash(const void *table, int64_t number)
{
    size_t n;
    const char *bytes = words_get(table, number, &n);
    return hash_bytes(bytes, n);
}

static bool room_for_bytes(words *w, size_t n)
{
    if (w->n_bytes + n < w->room_bytes)
        return true;
    size_t room = 2 * (w->n_bytes + n) + 64;
    char *bytes = realloc(w->bytes, room);
    if (!bytes)
        return false;
    w->bytes = bytes;
    w->room_bytes = room;
    return true;
}

int64_t words_add(words *w, const char *bytes, size_t n)
{
    if (!grow(&w->slots, w->n, w, word_hash))
        return -1;
    key k = word_key(bytes, n);
    size_t at = search(w, &w->slots, &k);
    if (w->slots.at[at])
        return slot_number(w->slots.at[at]);
    if (w->n == INT32_MAX)
        return -1;
    size_t *ends = room_for(w->ends, w->n, &w->room, sizeof *ends);
    if (!ends)
        return -1;
    w->ends = ends;
    if (!room_for_bytes(w, n))
        return -1;
    memcpy(w->bytes + w->n_bytes, bytes, n);
    w->n_bytes += n;
    w->ends[w->n] = w->n_bytes;
    w->slots.at[at] = slot_value(k.hash, w->n);
    return w->n++;
}

void words_clear(words *w)
{
    w->n = 0;
    w->n_bytes = 0;
    if (w->slots.at)
        memset(w->slots.at, 0, w->slots.n * sizeof *w->slots.at);
}

void words_free(words *w)
{
    free(w->ends);
    free(w->bytes);
    free(w->slots.at);
    *w = (words){0};
}

static uint64_t joined(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

int64_t pairs_find(const pairs *p, int32_t left, int32_t right)
{
    key k = pair_key(joined(left, right));
    return find(p, &p->slots, p->n, &k);
}

static uint64_t pair_hash(const void *table, int64_t number)
{
    return mix(((const pairs *)table)->keys[number]);
}

int64_t pairs_add(pairs *p, int32_t left, int32_t right)
{
    if (!grow(&p->slots, p->n, p, pair_hash))
        return -1;
    key k = pair_key(joined(left, right));
    size_t at = search(p, &p->slots, &k);
    if (p->slots.at[at])
        return slot_number(p->slots.at[at]);
    if (p->n == INT32_MAX)
        return -1;
    uint64_t *keys = room_for(p->keys, p->n, &p->room, sizeof *keys);
    if (!keys)
        return -1;
    p->keys = keys;
    p->keys[p->n] = k.pair;
    p->slots.at[at] = slot_value(k.hash, p->n);
    return p->n++;
}

void pairs_free(pairs *p)
{
    free(p->keys);
    free(p->slots.at);
    *p = (pairs){0};
}
