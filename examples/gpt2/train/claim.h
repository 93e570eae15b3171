/* That a training destroys no other. */
#ifndef EXAMPLES_CLAIM_H
#define EXAMPLES_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

/* Locks the folder of --out, which is made if it is not there. False: another program holds it, or
 * it has a training or a model that neither --resume nor --overwrite was said about. */
bool claim_folder(const train_options *o, char *error, size_t size);

#endif
