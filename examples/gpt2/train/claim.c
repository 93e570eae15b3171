/* What is in the folder that a training is to write to. Input: the options; output: the folder,
 * locked, or a line that says what is there. Invariant: nothing but what an interrupted program has
 * left is changed. */
#define _POSIX_C_SOURCE 200809L
#include "claim.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "common/folder/folder.h"
#include "common/progress.h"
#include "trainer.h"

enum { PATH = 4400, ERROR = 512 };

static const char *const files[CLAIM_FILES] = {"checkpoint.safetensors", "model.safetensors",
                                               "vocab.json"};

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
    if (holds(dir, files[0], path)) {
        describe(path, what, sizeof what);
        return fail_with(error, size,
                         "%s holds %s: --resume goes on with it, --overwrite begins anew", dir,
                         what);
    }
    if (holds(dir, files[1], path) || holds(dir, files[2], path))
        return fail_with(error, size, "%s holds %s: --overwrite replaces it", dir,
                         strstr(path, "vocab") ? "a vocabulary" : "a model");
    return true;
}

void claim_note(claim *c, const train_options *o)
{
    char path[PATH];
    struct stat st;
    for (int i = 0; i < CLAIM_FILES; i++) {
        bool there = holds(o->out, files[i], path) && stat(path, &st) == 0;
        c->file[i] = there ? st.st_ino : 0;
        c->since[i] = there ? st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec : 0;
    }
}

bool claim_folder(claim *c, const train_options *o, char *error, size_t size)
{
    if (!folder_claim(o->out, NULL, error, size))
        return false;
    claim_note(c, o);
    if (o->resume || o->overwrite || refuse(o->out, error, size))
        return true;
    lock_leave(o->out);
    return false;
}

/* Whether nothing is there but what was there before. */
static bool is_ours(const claim *c, const train_options *o)
{
    claim now;
    claim_note(&now, o);
    for (int i = 0; i < CLAIM_FILES; i++)
        if (now.file[i] && (now.file[i] != c->file[i] || now.since[i] != c->since[i]))
            return false;
    return true;
}

bool claim_hold(const claim *c, const train_options *o, char *error, size_t size)
{
    if (lock_held(o->out))
        return true;
    if (!folder_claim(o->out, NULL, error, size))
        return false;
    if (is_ours(c, o)) {
        progress_print(stderr, "%s was removed; it is made again", o->out);
        return true;
    }
    lock_leave(o->out);
    return fail_with(error, size, "%s was removed, and holds by now what another program has made",
                     o->out);
}
