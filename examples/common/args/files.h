/* That nothing is written over what is read. */
#ifndef EXAMPLES_ARGS_FILES_H
#define EXAMPLES_ARGS_FILES_H

#include "args.h"

/* Exits 2 when an output is an input or another output; makes "-" of an output standard output. */
void args_check_files(const char *program, const arg_table *table);

#endif
