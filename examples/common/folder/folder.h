/* Folders that programs write sets of files into. */
#ifndef EXAMPLES_FOLDER_H
#define EXAMPLES_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lock.h"
#include "set.h"

/* Takes the folder's lock, making the folder if it is not there, and cleans up what a program that
 * was interrupted has left. kept: names of files, with blanks between, that must not be there,
 * since what is written would not go with them; or NULL. False: the error says why, and the lock is
 * not held. */
bool folder_claim(const char *dir, const char *kept, char *error, size_t size);

/* progress_watch over the bytes that have arrived in the stage of a set, which is to get so many.
 */
void folder_watch(const char *name, const file_set *s, int64_t bytes);

#endif
