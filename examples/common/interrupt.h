/* Ctrl-C, and the other signals that ask a program to end: SIGINT, SIGTERM, SIGHUP. */
#ifndef EXAMPLES_INTERRUPT_H
#define EXAMPLES_INTERRUPT_H

#include <signal.h>

/* What is done before a signal ends the program; it calls only what a handler of a signal may. */
void interrupt_before_end(void (*clean_up)(void));
void interrupt_clean_up(void);

/* From here on a signal ends the program as before, but cleans up first. */
void interrupt_watch(void);
/* From here on it only sets the flag, so that what is there can be saved; a second one ends the
 * program. */
const volatile sig_atomic_t *interrupt_defer(void);

#endif
