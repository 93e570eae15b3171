/* Files as wholes: read by mapping, written whole or not at all; and the folders they go to. */
#ifndef EXAMPLES_FILES_H
#define EXAMPLES_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* A file as it is, mapped; "-" is standard input, read to its end. An empty one gives NULL and no
 * error. */
const char *file_map(const char *path, size_t *bytes, char *error, size_t size);
void file_unmap(const char *data, size_t bytes);

/* Whole or not at all. False: the error says why. */
bool file_write(const char *path, const char *data, size_t bytes, char *error, size_t size);

/* Whether two paths are one file or folder, which need not be there. */
bool path_same(const char *a, const char *b);
/* Whether a file can be written there, as far as can be told without writing. False: errno says why
 * not; what is neither a file nor a device is none. "-" always can. */
bool path_writable(const char *path);

/* Makes the folder if it is not there. False: the error says why. */
bool folder_make(const char *dir, char *error, size_t size);

#endif
