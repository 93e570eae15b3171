/* One training under way: its data, its model, the state of its optimiser, and what it has saved.
 * Functions that return false say why in r->error; nothing here ends the program. */
#ifndef EXAMPLES_RUN_H
#define EXAMPLES_RUN_H

#include <signal.h>
#include <stdio.h>

#include "claim.h"
#include "corpus.h"
#include "journal.h"
#include "options.h"
#include "trainer.h"

typedef struct run {
    tt_ctx *ctx;
    const train_options *o;
    corpus data;
    gpt2 model;
    trainer trainer;
    journal log;
    claim folder;
    bool words_saved;     /* the vocabulary lies in the folder, unless it was removed */
    int64_t first, saved; /* the step that it begins with, and the last that it saved or -1 */
    const volatile sig_atomic_t *interrupt; /* NULL, or true once it is to end early */
    char trouble[512];                      /* why it ends once the state is saved, or empty */
    char error[4608];                       /* of a function that returned false */
} run;

/* All that comes before the first step, which may be the one after a checkpoint. The folder of
 * --out is locked from here on; nothing in it is changed before the first state is saved. run_end()
 * is due in either case. */
bool run_begin(run *r, tt_ctx *ctx, const train_options *o);
void run_end(run *r);

/* The state into the folder of --out: a checkpoint, and a model that can be opened. They replace
 * what is there together; a folder that somebody has removed is made again, with all that belongs
 * in it. */
bool run_save(run *r);
/* "the checkpoint of step N is kept" and the like, in room for 64 characters. */
const char *run_kept(const run *r, char *text);
/* False: the library has met an error. */
bool run_ok(run *r);

#endif
