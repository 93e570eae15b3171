/* A binary heap in an array: of the items at(i), those at 2 i + 1 and 2 i + 2 are not above it, so
 * that the first is above all. Include it once, after defining HEAP_ITEM, the type of an item, and
 * HEAP_ABOVE(user, a, b), whether a is above b; `user` is what that needs to know, or NULL. */
#include <stddef.h>
#include <stdint.h>

/* Puts x into the empty place `at`, or above it. */
static inline void heap_rise(HEAP_ITEM *heap, int64_t at, HEAP_ITEM x, const void *user)
{
    (void)user;
    for (; at > 0 && HEAP_ABOVE(user, x, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = x;
}

/* Puts x into the empty place `at` of n, or below it. */
static inline void heap_sink(HEAP_ITEM *heap, int64_t n, int64_t at, HEAP_ITEM x, const void *user)
{
    (void)user;
    for (int64_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && HEAP_ABOVE(user, heap[child + 1], heap[child]))
            child++;
        if (!HEAP_ABOVE(user, heap[child], x))
            break;
        heap[at] = heap[child];
    }
    heap[at] = x;
}

/* Takes the first of n items out, and leaves n - 1 in order. */
static inline HEAP_ITEM heap_pop(HEAP_ITEM *heap, int64_t n, const void *user)
{
    HEAP_ITEM top = heap[0];
    heap_sink(heap, n - 1, 0, heap[n - 1], user);
    return top;
}
