/* Folders that one program at a time writes to. The lock is a hidden file in the folder, which says
 * who holds it, and an advisory lock on that file, which goes with the process. */
#ifndef EXAMPLES_LOCK_H
#define EXAMPLES_LOCK_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the folder if it is not there, and takes its lock. False: the error says who holds it, or
 * why it cannot be had. */
bool lock_take(const char *dir, char *error, size_t size);
/* Whether the folder and its lock are still those that were taken: somebody may have removed them.
 */
bool lock_held(const char *dir);
/* Lets go of the lock, and of a folder that lock_take() has made and that is empty. All locks are
 * let go of when the program exits, or is ended by a signal (interrupt.h). */
void lock_leave(const char *dir);

#endif
