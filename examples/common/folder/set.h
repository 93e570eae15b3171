/* Files of a folder that belong together, replaced together. They are written into a hidden folder
 * beside their places, and moved once all of them are on the disk: whatever happens before leaves
 * the old ones, and what happens later is made good by whoever opens the folder next. The folder's
 * lock (lock.h) must be held. */
#ifndef EXAMPLES_SET_H
#define EXAMPLES_SET_H

#include <stdbool.h>
#include <stddef.h>

typedef struct file_set {
    char dir[4096];
    char stage[4160]; /* where the new files are to be written, under their names */
} file_set;

/* Here and below false: the error says why. */
bool set_begin(file_set *s, const char *dir, char *error, size_t size);
/* Instead of a new file: the old one goes, when the others take their places. */
bool set_drop(file_set *s, const char *name, char *error, size_t size);
/* All that was written into s->stage takes its place; nothing is left of the stage. */
bool set_end(file_set *s, char *error, size_t size);
/* Instead: the old files stay. A program that exits in between does this. */
void set_abandon(file_set *s);

/* Finishes a set that was interrupted while it was moved, and removes one that was not whole. */
bool set_recover(const char *dir, char *error, size_t size);
/* The same for those who only read, without the lock: as far as it is possible, or waits for the
 * program that is at it. */
void set_settle(const char *dir);

#endif
