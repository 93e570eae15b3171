/* What a training begins with and what it leaves behind. Input: its options; output: the data as
 * tokens, a model, the optimiser's state, and their files. Invariant: the checkpoint, the model and
 * the vocabulary in the folder are of one step, and no file of another training is replaced
 * unasked.
 */
#define _POSIX_C_SOURCE 200809L /* access */
#include "run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/files.h"
#include "common/folder/folder.h"
#include "common/progress.h"
#include "gpt2/model/weights.h"

static const char CHECKPOINT[] = "checkpoint.safetensors";
enum { PATH = 4400 };

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

/* A failure leaves the files that are there; the stage goes with the program, or at the next start.
 */
static bool write_set(run *r, file_set *s)
{
    char path[PATH];
    const tokenizer *words = r->data.words;
    folder_watch("saving", s, 4 * gpt2_bytes(&r->model));
    trainer_save(&r->trainer, in_folder(s->stage, CHECKPOINT, path), r->o, r->data.data.n);
    bool saved = r->words_saved && access(in_folder(r->o->out, "vocab.json", path), F_OK) == 0 &&
                 access(in_folder(r->o->out, "merges.txt", path), F_OK) == 0;
    bool ok = !words ? gpt2_drop_vocabulary(s, r->error, sizeof r->error)
                     : saved || tokenizer_save(words, s->stage, r->error, sizeof r->error);
    if (ok)
        gpt2_write(&r->model, s->stage, words ? tokenizer_fingerprint(words) : 0);
    progress_end();
    return ok && run_ok(r);
}

bool run_save(run *r)
{
    file_set s;
    if (!claim_hold(&r->folder, r->o, r->error, sizeof r->error) ||
        !set_begin(&s, r->o->out, r->error, sizeof r->error))
        return false;
    if (!write_set(r, &s)) {
        set_abandon(&s);
        return false;
    }
    if (!set_end(&s, r->error, sizeof r->error))
        return false;
    claim_note(&r->folder, r->o);
    r->saved = r->trainer.step;
    r->words_saved = true;
    return true;
}

static bool open_model(run *r)
{
    const train_options *o = r->o;
    gpt2_open(&r->model, r->ctx, o->init_from, TT_F32);
    const gpt2_config *c = &r->model.config;
    const tokenizer *words = r->data.words;
    if (!run_ok(r) || (words && !o->tokenizer &&
                       !gpt2_vocabulary_fits(o->init_from, tokenizer_fingerprint(words), r->error,
                                             sizeof r->error)))
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
    r->trainer.data = r->data.sum;
    in_folder(o->out, CHECKPOINT, path);
    if (o->resume && access(path, F_OK) != 0)
        return fail_with(r->error, sizeof r->error,
                         "%s: cannot read: %s; there is no training to go on with, and without "
                         "--resume one begins",
                         path, strerror(errno));
    if (o->resume && tt_ok(r->ctx))
        trainer_load(&r->trainer, path, o, r->data.data.n);
    r->first = r->trainer.step;
    r->saved = o->resume ? r->first : -1;
    return run_ok(r);
}

/* That what is to be written can be, before hours of work. */
static bool outputs_writable(run *r)
{
    const char *const outputs[] = {r->o->log, r->o->plot};
    char kept[64];
    for (int i = 0; i < 2; i++)
        if (outputs[i] && !path_writable(outputs[i]))
            return fail_with(r->error, sizeof r->error, "%s: cannot write: %s; %s", outputs[i],
                             strerror(errno), run_kept(r, kept));
    return true;
}

static void tell(const run *r)
{
    const corpus *c = &r->data;
    int threads = tt_num_threads(r->ctx);
    progress_note("%s: %lld tokens of a vocabulary of %lld, %lld of them to train on", r->o->data,
                  (long long)c->data.n, (long long)c->vocabulary, (long long)c->split);
    progress_note("%s: %lld layers, %.2f million parameters; %d thread%s", r->o->out,
                  (long long)r->model.config.n_layer, (double)gpt2_size(&r->model) / 1e6, threads,
                  threads == 1 ? "" : "s");
}

bool run_begin(run *r, tt_ctx *ctx, const train_options *o)
{
    *r = (run){.ctx = ctx, .o = o, .saved = -1};
    if (!claim_folder(&r->folder, o, r->error, sizeof r->error))
        return false;
    progress_begin("reading the data", 0);
    bool ok = corpus_read(&r->data, o, r->error, sizeof r->error) && begin_state(r);
    progress_end();
    if (!ok || !outputs_writable(r))
        return false;
    if (o->resume && !journal_open(&r->log, o, r->first)) /* a new one is begun by its first line */
        return fail_with(r->error, sizeof r->error, "%s: cannot write: %s", o->log,
                         strerror(errno));
    tell(r);
    return true;
}

void run_end(run *r)
{
    journal_close(&r->log);
    trainer_free(&r->trainer);
    gpt2_free(&r->model);
    corpus_free(&r->data);
    lock_leave(r->o->out);
}
