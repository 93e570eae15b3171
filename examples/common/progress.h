/* What a program is doing, on a terminal: one line at the bottom with a bar and the time left,
 * drawn by a thread of its own, so that it goes on while a long call is under way; and remarks.
 * Elsewhere all of it is silent. There is one line, so its state belongs to the process. */
#ifndef EXAMPLES_PROGRESS_H
#define EXAMPLES_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

/* Begins something of `total` parts; 0: nobody knows how many. The name is shown until a note is,
 * and kept by pointer. What begins inside it is shown in its place until that ends. */
void progress_begin(const char *name, int64_t total);
/* The same, where how much is done is found out by measure(user), on the thread that draws. */
void progress_watch(const char *name, int64_t total, int64_t (*measure)(void *user), void *user);
/* So much is done; note: more about it, or NULL. */
void progress_step(int64_t done, const char *note);
void progress_end(void);
/* Prints a line of text, to stdout as a rule, and flushes it: the words of printf. While something
 * is under way, whatever is printed goes through here. */
void progress_print(FILE *to, const char *format, ...);
/* Before a program's last words: the line goes away. */
void progress_clear(void);

/* A line about what is going on, on a terminal's stderr only; the words of printf. */
void progress_note(const char *format, ...);

#endif
