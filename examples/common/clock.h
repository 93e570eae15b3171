/* Time for measuring how long something takes. */
#ifndef EXAMPLES_CLOCK_H
#define EXAMPLES_CLOCK_H

/* Seconds since a moment that stays the same while the program runs. */
double clock_seconds(void);

#endif
