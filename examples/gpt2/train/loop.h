/* The training loop. */
#ifndef EXAMPLES_LOOP_H
#define EXAMPLES_LOOP_H

#include "run.h"

/* From the step at which the run stands to the last, or until it is interrupted. False: r->error
 * says why it ended. */
bool train_all(run *r);

#endif
