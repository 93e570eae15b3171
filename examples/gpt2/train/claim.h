/* That a training destroys no other. */
#ifndef EXAMPLES_CLAIM_H
#define EXAMPLES_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "options.h"

enum { CLAIM_FILES = 3 };

/* What lies in the folder and may be replaced: which files they are on the disk, 0 for none. */
typedef struct claim {
    ino_t file[CLAIM_FILES];
    int64_t since[CLAIM_FILES]; /* in nanoseconds */
} claim;

/* Locks the folder of --out, which is made if it is not there. False: another program holds it, or
 * it has a training or a model that neither --resume nor --overwrite was said about. */
bool claim_folder(claim *c, const train_options *o, char *error, size_t size);
/* What lies there now has been written by us. */
void claim_note(claim *c, const train_options *o);
/* The folder is locked still, or locked again where it, or its lock, was removed. False: another
 * program holds it by now, or has left a training or a model. */
bool claim_hold(const claim *c, const train_options *o, char *error, size_t size);

#endif
