/* Hash tables that number what they are given, 0, 1, 2, ... in order: strings of bytes, and pairs
 * of tokens. What belongs to a number lies in arrays of their users. */
#ifndef EXAMPLES_NUMBERING_H
#define EXAMPLES_NUMBERING_H

#include <stddef.h>
#include <stdint.h>

/* Upper half of the hash, number + 1; 0: nothing. */
typedef struct slots {
    size_t n;
    uint64_t *at;
} slots;

/* Both begin as {0}. A number is at most INT32_MAX. */
typedef struct words {
    int64_t n, room;
    size_t *ends; /* of each in bytes */
    char *bytes;
    size_t n_bytes, room_bytes;
    slots slots;
} words;

typedef struct pairs {
    int64_t n, room;
    uint64_t *keys; /* left << 32 | right */
    slots slots;
} pairs;

/* The number, or -1. */
int64_t words_find(const words *w, const char *bytes, size_t n);
/* The number, of a new one where need be; -1: no memory. */
int64_t words_add(words *w, const char *bytes, size_t n);
/* Valid until the next is added. */
const char *words_get(const words *w, int64_t number, size_t *n);
/* None, without giving memory back. */
void words_clear(words *w);
void words_free(words *w);

int64_t pairs_find(const pairs *p, int32_t left, int32_t right);
int64_t pairs_add(pairs *p, int32_t left, int32_t right);
void pairs_free(pairs *p);

/* Room for one more of `size` bytes in an array of n that grows by doubling; NULL: no memory, and
 * the array is as it was. */
void *room_for(void *array, int64_t n, int64_t *room, size_t size);

#endif
