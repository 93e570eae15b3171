/* Waiting for a word in memory to change: first by looking at it for some tens of microseconds,
 * about as long as it takes to fall asleep and be woken, then asleep. */
#ifndef TT_KERNEL_PARK_H
#define TT_KERNEL_PARK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* while (!done(...) && spin(&s)) continue; with s = {0} at first: spin is false when the time is
 * up. */
typedef struct spinning {
    int rounds;
    int64_t until; /* nanoseconds */
} spinning;
bool spin(spinning *s);

int64_t nanoseconds(void); /* of a clock that only goes forward */

/* Sleeps while *word is seen; may return earlier. unpark wakes n of those that sleep on the word,
 * after it was changed. */
void park(_Atomic uint32_t *word, uint32_t seen);
void unpark(_Atomic uint32_t *word, int n);
void park_in_child(void); /* after fork */

#endif
