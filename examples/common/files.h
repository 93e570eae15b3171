/* Files as wholes: read by mapping, written whole or not at all; and the folders they go to. */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* A file as it is, mapped; an empty one gives NULL and no error. */
const char *file_map(const char *path, size_t *bytes, char *error, size_t size);
void file_unmap(const char *data, size_t bytes);

/* Whole or not at all. False: the error says why. */
bool file_write(const char *path, const char *data, size_t bytes, char *error, size_t size);

/* Makes the folder if it is not there. False: the error says why. */
bool folder_make(const char *dir, char *error, size_t size);

#endif
