/* The pool: threads that help with the jobs of all contexts of the process. They start when they
 * are first needed and stop when the library is unloaded or the process ends. */
#ifndef TT_KERNEL_HELPERS_H
#define TT_KERNEL_HELPERS_H

#include <stdbool.h>

/* Starts helpers until there are as many as wanted, and says whether there is at least one. Fewer
 * than wanted where the system gives no more threads. */
bool helpers_start(int wanted);
void helpers_wake(int wanted); /* those that sleep, when not enough others are awake */

/* Whether the calling thread is in a task, that of a helper or its own between enter and leave.
 * enter may fail. They need helpers_start to have said yes. */
bool helpers_inside(void);
bool helpers_enter(void);
void helpers_leave(void);
int helpers_seat(
    void); /* a number of the thread: 0 for those that are no helpers, then 1, 2, ... */

#endif
