/* One-line errors, and files that are written whole or not at all. */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the line into error, and returns false. */
bool fail_with(char *error, size_t size, const char *format, ...);

/* Whole or not at all. False: the error says why. */
bool file_write(const char *path, const char *data, size_t bytes, char *error, size_t size);

#endif
