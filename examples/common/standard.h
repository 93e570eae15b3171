/* Standard output and input as files, for those that are called "-". */
#ifndef EXAMPLES_STANDARD_H
#define EXAMPLES_STANDARD_H

#include <stdbool.h>
#include <stdio.h>

/* Keeps standard output for such an output: what is printed goes to standard error from here on.
 * False: it cannot be had. */
bool standard_take(void);
/* Where such an output is written; NULL before standard_take. */
FILE *standard_file(void);

/* Outputs that others write under a name of their own. output_begin gives the name: the path, or
 * for "-" a temporary one in room, of which output_end copies what was written. False (NULL): errno
 * says why, and nothing is left behind. */
enum { OUTPUT_ROOM = 256 };
const char *output_begin(const char *path, char *room);
bool output_end(const char *path, const char *room);
/* The same for inputs that others read: "-" is copied to a temporary file, which is removed by
 * input_end. */
const char *input_begin(const char *path, char *room);
void input_end(void);

#endif
