/* One-line errors, for functions that return false and say why. */
#ifndef EXAMPLES_ERROR_H
#define EXAMPLES_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes the line into error, and returns false. */
bool fail_with(char *error, size_t size, const char *format, ...);
/* Each line goes through this function, which may make it shorter: names that users need not see
 * become those that they know. */
void fail_rewritten(void (*rewrite)(char *line));
bool fail_with_list(char *error, size_t size, const char *format, va_list list);

#endif
