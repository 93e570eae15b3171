/* One-line errors, and files that are written whole or not at all. */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the line into error, and returns false. */
bool fail_with(char *error, size_t size, const char *format, ...);

/* Under another name first, which takes the place of path once all is on the disk: a full disk or a
 * crash leaves the file that was there. False: the error says why. */
bool file_write(const char *path, const char *data, size_t bytes, char *error, size_t size);

#endif
