/* How the programs end, and the context that they work in: exit 1 and one line on stderr when
 * something fails, exit 2 on wrong usage, and nothing of what was printed lost without a word. */
#ifndef EXAMPLES_PROGRAM_H
#define EXAMPLES_PROGRAM_H

#include <tinytensor/tinytensor.h>

/* Each program's own: "tinytensor-..." */
extern const char program_name[];

/* "PROGRAM: ..." on stderr; exit 1. */
_Noreturn void program_fail(const char *format, ...);
/* "COMMAND: ...; see --help" on stderr; exit 2. command: the program, or one of its subcommands. */
_Noreturn void program_usage(const char *command, const char *format, ...);
/* A context whose first error ends the program by program_fail. threads: 0 is all. */
tt_ctx *program_context(int64_t threads, int64_t seed);
/* Ends the program when a file cannot be written there, as path_writable tells; NULL is no file. */
void program_need_writable(const char *path);
/* Prints the versions of program and library; the exit code. */
int program_version(void);
/* The end of main(): `status`, if all of what was printed has arrived. */
int program_end(int status);

#endif
