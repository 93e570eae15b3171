/* The text of --help. */
#ifndef EXAMPLES_ARGS_HELP_H
#define EXAMPLES_ARGS_HELP_H

#include "args.h"

/* Prints what a program is for, how it is called, and its flags with their defaults. */
void args_help(const char *program, const arg_table *table);

#endif
