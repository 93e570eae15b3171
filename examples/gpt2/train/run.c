/* What a training begins with and what it leaves behind. Input: its options; output: the data as
 * tokens, a model, the optimiser's state, and their files. Invariant: a folder that holds a
 * checkpoint holds the model of the same step beside it, unless a run was killed between the two.
 */
#define _POSIX_C_SOURCE 200809L
#include "run.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/files.h"
#include "gpt2/model/weights.h"
#include "journal.h"

static const char CHECKPOINT[] = "checkpoint.safetensors";
enum { PATH = 4096 };

static const char *in_folder(const char *dir, const char *name, char *path)
{
    snprintf(path, PATH, "%s/%s", dir, name);
    return path;
}

bool run_ok(run *r)
{
    return tt_ok(r->ctx) || fail_with(r->error, sizeof r->error, "%s", tt_error_message(r->ctx));
}

const char *run_kept(const run *r, char *text)
{
    if (r->saved >= 0)
        snprintf(text, 64, "the checkpoint of step %lld is kept", (long long)r->saved);
    else
        snprintf(text, 64, "nothing has been saved yet");
    return text;
}

bool run_save(run *r)
{
    char path[PATH];
    const char *out = r->o->out;
    progress_clear(&r->bar);
    trainer_save(&r->trainer, in_folder(out, CHECKPOINT, path), r->o, r->data.data.n);
    if (r->data.words && !tokenizer_save(r->data.words, out, r->error, sizeof r->error))
        return false;
    tokenizer_free(r->data.words); /* once is enough */
    r->data.words = NULL;
    gpt2_save(&r->model, out);
    if (!run_ok(r))
        return false;
    r->saved = r->trainer.step;
    return true;
}

/* What a run that was killed while it saved has left: NAME.part-XXXXXX. */
static void clear_away(const char *dir)
{
    static const char *const names[] = {"checkpoint.safetensors.part-", "model.safetensors.part-"};
    char path[PATH];
    DIR *folder = opendir(dir);
    for (struct dirent *e; folder && (e = readdir(folder)) != NULL;)
        for (int i = 0; i < 2; i++) {
            size_t n = strlen(names[i]);
            if (strncmp(e->d_name, names[i], n) == 0 && strlen(e->d_name) == n + 6)
                remove(in_folder(dir, e->d_name, path));
        }
    if (folder)
        closedir(folder);
}

static bool need_folder(run *r)
{
    const char *dir = r->o->out;
    if (!folder_make(dir, r->error, sizeof r->error))
        return false;
    if (access(dir, W_OK | X_OK) != 0)
        return fail_with(r->error, sizeof r->error, "%s: cannot write: %s", dir, strerror(errno));
    clear_away(dir);
    return true;
}

static bool open_model(run *r)
{
    const train_options *o = r->o;
    gpt2_open(&r->model, r->ctx, o->init_from, TT_F32);
    const gpt2_config *c = &r->model.config;
    if (!run_ok(r))
        return false;
    if (c->vocab_size < r->data.vocabulary)
        return fail_with(r->error, sizeof r->error,
                         "%s has a vocabulary of %lld, the data needs %lld", o->init_from,
                         (long long)c->vocab_size, (long long)r->data.vocabulary);
    if (c->n_positions < o->block_size)
        return fail_with(r->error, sizeof r->error,
                         "--block-size %lld is more than the %lld positions of %s",
                         (long long)o->block_size, (long long)c->n_positions, o->init_from);
    gpt2_trainable(&r->model);
    return true;
}

static void make_model(run *r)
{
    const train_options *o = r->o;
    gpt2_config c = gpt2_config_default();
    c.n_layer = o->n_layer;
    c.n_head = o->n_head;
    c.n_embd = o->n_embd;
    c.n_inner = 4 * o->n_embd;
    c.n_positions = o->block_size;
    c.vocab_size = r->data.vocabulary;
    c.bos_token_id = c.eos_token_id = r->data.special;
    gpt2_make(&r->model, r->ctx, &c);
    gpt2_init(&r->model);
}

/* The model and the optimiser's state, as new or as they were saved. */
static bool begin_state(run *r)
{
    const train_options *o = r->o;
    char path[PATH];
    if (!o->init_from)
        make_model(r);
    else if (!open_model(r))
        return false;
    r->model.dropout = o->dropout;
    r->model.recompute = o->recompute;
    if (!run_ok(r))
        return false;
    trainer_make(&r->trainer, &r->model);
    if (o->resume && tt_ok(r->ctx))
        trainer_load(&r->trainer, in_folder(o->out, CHECKPOINT, path), o, r->data.data.n);
    r->first = r->trainer.step;
    r->saved = o->resume ? r->first : -1;
    return run_ok(r);
}

bool run_begin(run *r, tt_ctx *ctx, const train_options *o)
{
    *r = (run){.ctx = ctx, .o = o, .saved = -1};
    if (!need_folder(r) || !corpus_read(&r->data, o, r->error, sizeof r->error) || !begin_state(r))
        return false;
    return journal_open(&r->log, o, r->first) ||
           fail_with(r->error, sizeof r->error, "%s: cannot write: %s", o->log, strerror(errno));
}

void run_end(run *r)
{
    if (r->log)
        fclose(r->log);
    trainer_free(&r->trainer);
    gpt2_free(&r->model);
    corpus_free(&r->data);
}
