/* The state of a training, and checkpoints from which it goes on bit for bit. */
#ifndef EXAMPLES_TRAINER_H
#define EXAMPLES_TRAINER_H

#include "common/page/series.h"
#include "gpt2/model/params.h"
#include "options.h"

/* AdamW's running means, and where training stands. Everything random is a function of the seed and
 * the step, so that these, the parameters and the step are the whole state. */
typedef struct trainer {
    gpt2 *model;
    tt_tensor **m, **v; /* one each per parameter */
    tt_step_slot *decayed, *plain;
    int n_decayed, n_plain;
    int64_t step;
    int n_evals;
    double (*evals)[3]; /* step, training loss and validation loss of each evaluation */
    series losses;      /* of each step's batch; NAN where an older checkpoint had none */
    uint64_t data;      /* a fingerprint of what is trained on; 0: not known */
} trainer;

void trainer_make(trainer *t, gpt2 *model);
void trainer_free(trainer *t);
/* Adds an evaluation at this step; the one that is there is replaced. */
void trainer_note(trainer *t, double train_loss, double val_loss);
/* Adds the loss of the step that was done last. False: no memory, which the context holds. */
bool trainer_note_loss(trainer *t, double loss);
/* One AdamW step on the gradients that are there; weight decay on matrices only. */
void trainer_step(trainer *t, double lr, const train_options *o);
/* The state in one file, written whole or not at all. */
void trainer_save(trainer *t, const char *path, const train_options *o, int64_t tokens);
/* The step of a checkpoint, and its last validation loss or NAN. False: it cannot be read. */
bool trainer_peek(const char *path, int64_t *step, double *loss);
/* Into a trainer of the same shape; the error is recorded in the context. */
void trainer_load(trainer *t, const char *path, const train_options *o, int64_t tokens);

#endif
