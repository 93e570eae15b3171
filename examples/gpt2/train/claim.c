/* What is in the folder that a training is to write to. Input: the options; output: the folder,
 * locked, or a line that says what is there. Invariant: nothing but what an interrupted program has
 * left is changed. */
#define _POSIX_C_SOURCE 200809L
#include "claim.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/folder/folder.h"
#include "trainer.h"

enum { PATH = 4400, ERROR = 512 };

static bool holds(const char *dir, const char *name, char *path)
{
    return snprintf(path, PATH, "%s/%s", dir, name) < PATH && access(path, F_OK) == 0;
}

/* "a training of 500 steps (validation loss 1.8801)" */
static void describe(const char *path, char *text, size_t size)
{
    int64_t step;
    double loss;
    if (!trainer_peek(path, &step, &loss))
        snprintf(text, size, "a checkpoint that cannot be read");
    else if (loss == loss)
        snprintf(text, size, "a training of %lld steps (validation loss %.4f)", (long long)step,
                 loss);
    else
        snprintf(text, size, "a training of %lld steps", (long long)step);
}

static bool refuse(const char *dir, char *error, size_t size)
{
    char path[PATH], what[128];
    if (holds(dir, "checkpoint.safetensors", path)) {
        describe(path, what, sizeof what);
        return fail_with(error, size,
                         "%s holds %s: --resume goes on with it, --overwrite begins anew", dir,
                         what);
    }
    if (holds(dir, "model.safetensors", path) || holds(dir, "vocab.json", path))
        return fail_with(error, size, "%s holds %s: --overwrite replaces it", dir,
                         strstr(path, "vocab") ? "a vocabulary" : "a model");
    return true;
}

bool claim_folder(const train_options *o, char *error, size_t size)
{
    if (!folder_claim(o->out, NULL, error, size))
        return false;
    if (o->resume || o->overwrite || refuse(o->out, error, size))
        return true;
    lock_leave(o->out);
    return false;
}
