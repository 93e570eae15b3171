/* tinytensor-gpt2 train. Read train_all() first: it is the training loop. Invariant: a state is
 * saved only when the loss and the gradient that it leads to are numbers, so that every checkpoint
 * is one that training can go on from. */
#define _POSIX_C_SOURCE 200809L
#include "train.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "commands.h"
#include "corpus.h"
#include "journal.h"
#include "progress.h"
#include "weights.h"

enum { PATH = 4096 };

typedef struct run {
    tt_ctx *ctx;
    const train_options *o;
    corpus data;
    gpt2 model;
    trainer trainer;
    progress bar;
    FILE *log;
    int64_t first, saved; /* the step that this run begins with, and the last that it saved or -1 */
    char trouble[512];    /* why it ends early, once the state is saved; empty: it does not */
} run;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- how it goes ---- */

static const char *what_is_kept(const run *r)
{
    static char text[64] = "nothing has been saved yet";
    if (r->saved >= 0)
        snprintf(text, sizeof text, "the checkpoint of step %lld is kept", (long long)r->saved);
    return text;
}

static void must_be_number(run *r, const char *what, double x)
{
    if (isfinite(x))
        return;
    progress_clear(&r->bar);
    command_fail("%s is %s at step %lld; %s; a smaller --lr may help", what,
                 isnan(x) ? "nan" : "infinite", (long long)r->trainer.step, what_is_kept(r));
}

/* Something beside the training went wrong: it ends, after saving. */
static void get_into_trouble(run *r, const char *path)
{
    snprintf(r->trouble, sizeof r->trouble, "%s: cannot write: %s", path, strerror(errno));
}

/* The mean loss over some batches, the same ones each time. */
static double estimate(run *r, int part)
{
    double total = 0;
    tt_set_training(r->ctx, false);
    for (int64_t i = 0; i < r->o->eval_iters; i++) {
        tt_tensor *x, *y;
        tt_scope s = tt_scope_begin(r->ctx, TT_NO_GRAD);
        corpus_batch(&r->data, r->ctx, r->o, part, (uint64_t)r->o->seed ^ 0xe7a1, i, part, &x, &y);
        total += tt_item(gpt2_loss(&r->model, x, y));
        tt_scope_end(r->ctx, s);
    }
    tt_set_training(r->ctx, true);
    return total / (double)r->o->eval_iters;
}

static double evaluate(run *r)
{
    double train = estimate(r, TRAIN), val = estimate(r, VAL);
    must_be_number(r, "the training loss", train);
    must_be_number(r, "the validation loss", val);
    trainer_note(&r->trainer, train, val);
    progress_clear(&r->bar);
    printf("step %5lld  train loss %.4f  val loss %.4f\n", (long long)r->trainer.step, train, val);
    fflush(stdout);
    if (!journal_draw(r->o, &r->trainer))
        get_into_trouble(r, r->o->plot);
    return val;
}

/* ---- one step ---- */

/* Returns the loss; *norm is the gradient's before clipping. Nothing is changed but gradients. */
static double gradients(run *r, double *norm)
{
    const train_options *o = r->o;
    double total = 0;
    int64_t step = r->trainer.step;
    tt_seed(r->ctx, mixed((uint64_t)o->seed, (uint64_t)step, UINT64_MAX - 1)); /* for dropout */
    for (int64_t micro = 0; micro < o->grad_accum; micro++) {
        tt_tensor *x, *y;
        tt_scope s = tt_scope_begin(r->ctx, TT_GRAD);
        corpus_batch(&r->data, r->ctx, o, TRAIN, (uint64_t)o->seed, step, micro, &x, &y);
        tt_tensor *loss = gpt2_loss(&r->model, x, y);
        tt_backward(o->grad_accum > 1 ? tt_div_scalar(loss, (double)o->grad_accum) : loss);
        total += tt_item(loss);
        tt_scope_end(r->ctx, s);
    }
    *norm = tt_clip_grad_norm(r->model.n_params, r->model.leaves,
                              o->grad_clip > 0 ? o->grad_clip : (double)INFINITY);
    return total / (double)o->grad_accum;
}

static double learning_rate(const run *r)
{
    const train_options *o = r->o;
    return tt_lr_cosine(r->trainer.step, o->warmup, o->steps, o->lr, o->min_lr);
}

static void update(run *r, double lr)
{
    trainer_step(&r->trainer, lr, r->o);
    tt_zero_grad(r->model.n_params, r->model.leaves);
    if (!tt_ok(r->ctx))
        command_fail("%s", tt_error_message(r->ctx));
}

/* ---- saving ---- */

static const char *in_folder(const char *dir, const char *name, char *path)
{
    snprintf(path, PATH, "%s/%s", dir, name);
    return path;
}

static void save(run *r)
{
    char path[PATH], error[512];
    progress_clear(&r->bar);
    trainer_save(&r->trainer, in_folder(r->o->out, "checkpoint.safetensors", path), r->o,
                 r->data.data.n);
    if (r->data.words && !tokenizer_save(r->data.words, r->o->out, error, sizeof error))
        command_fail("%s", error);
    tokenizer_free(r->data.words); /* once is enough */
    r->data.words = NULL;
    gpt2_save(&r->model, r->o->out);
    if (!tt_ok(r->ctx))
        command_fail("%s", tt_error_message(r->ctx));
    r->saved = r->trainer.step;
}

/* Before the update of a step whose gradient is made of numbers. True: training ends here. A run
 * that has not done a step yet saves nothing over what may be in its folder. */
static bool save_when_due(run *r)
{
    const train_options *o = r->o;
    bool end = interrupted || *r->trouble, begun = r->trainer.step > r->first || o->resume;
    if (begun && (end || (o->save_every > 0 && r->trainer.step % o->save_every == 0)))
        save(r);
    if (end && begun && !*r->trouble)
        printf("interrupted after step %lld; continue with --resume\n", (long long)r->trainer.step);
    else if (end && !*r->trouble)
        printf("interrupted before the first step; nothing is saved\n");
    return end;
}

/* ---- the loop ---- */

static void finish(run *r, double val)
{
    if (isnan(val)) /* not a step was left */
        val = evaluate(r);
    save(r);
    printf("val loss %.4f\n", val);
}

static void train_all(run *r)
{
    const train_options *o = r->o;
    double batch = (double)(o->batch_size * o->block_size * o->grad_accum), val = NAN, norm;
    r->bar = progress_begin(o->steps - r->trainer.step);
    if (r->trainer.step == 0 && o->steps > 0)
        evaluate(r);
    while (r->trainer.step < o->steps) {
        double lr = learning_rate(r), begin = now(), loss = gradients(r, &norm);
        must_be_number(r, "the loss", loss);
        must_be_number(r, "the gradient's norm", norm);
        double seconds = now() - begin;
        if (save_when_due(r))
            return;
        begin = now();
        update(r, lr);
        double rate = batch / (seconds + now() - begin);
        int64_t step = r->trainer.step;
        val = NAN;
        if (step % o->eval_every == 0 || step == o->steps)
            val = evaluate(r);
        if (!journal_write(r->log, &(journal_line){step, loss, val, lr, norm, rate}))
            get_into_trouble(r, o->log);
        char note[80];
        snprintf(note, sizeof note, "loss %.4f  %.0f tokens/s", loss, rate);
        progress_step(&r->bar, step - r->first, note);
    }
    finish(r, val);
}

/* ---- setting up ---- */

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

static void make_model(run *r)
{
    const train_options *o = r->o;
    int64_t vocabulary = r->data.vocabulary;
    if (o->init_from) {
        gpt2_open(&r->model, r->ctx, o->init_from, TT_F32);
        if (r->model.config.vocab_size < vocabulary)
            command_fail("%s has a vocabulary of %lld, the data needs %lld", o->init_from,
                         (long long)r->model.config.vocab_size, (long long)vocabulary);
        if (r->model.config.n_positions < o->block_size)
            command_fail("--block-size %lld is more than the %lld positions of %s",
                         (long long)o->block_size, (long long)r->model.config.n_positions,
                         o->init_from);
        gpt2_trainable(&r->model);
    } else {
        gpt2_config c = gpt2_config_default();
        c.n_layer = o->n_layer;
        c.n_head = o->n_head;
        c.n_embd = o->n_embd;
        c.n_inner = 4 * o->n_embd;
        c.n_positions = o->block_size;
        c.vocab_size = vocabulary;
        c.bos_token_id = c.eos_token_id = r->data.special;
        gpt2_make(&r->model, r->ctx, &c);
        gpt2_init(&r->model);
    }
    r->model.dropout = o->dropout;
    r->model.recompute = o->recompute;
}

static void need_folder(tt_ctx *ctx, const char *dir)
{
    if (!make_folder(ctx, dir))
        command_fail("%s", tt_error_message(ctx));
    if (access(dir, W_OK | X_OK) != 0)
        command_fail("%s: cannot write: %s", dir, strerror(errno));
    clear_away(dir);
}

static void parse(int argc, char **argv, train_options *o)
{
    const arg args[] = {
        {"--data", ARG_TEXT, &o->data, 0, 0, "FILE", "text, or token shards (*.bin, a glob)"},
        {"--out", ARG_TEXT, &o->out, 0, 0, "DIR", "where the model goes"},
        {"--tokenizer", ARG_TEXT, &o->tokenizer, 0, 0, "char|DIR",
         "characters, or vocab.json and merges.txt of a folder"},
        {"--init-from", ARG_TEXT, &o->init_from, 0, 0, "DIR",
         "begin with this model, and its sizes"},
        {"--resume", ARG_FLAG, &o->resume, 0, 0, NULL, "go on from the checkpoint in --out"},
        {"--n-layer", ARG_INT, &o->n_layer, 1, 1000, "N", "blocks"},
        {"--n-head", ARG_INT, &o->n_head, 1, 1000, "N", "heads of a block"},
        {"--n-embd", ARG_INT, &o->n_embd, 1, 1e6, "N", "channels"},
        {"--block-size", ARG_INT, &o->block_size, 1, 1e6, "N", "tokens of context"},
        {"--batch-size", ARG_INT, &o->batch_size, 1, 1e6, "N", "stretches of text in a batch"},
        {"--grad-accum", ARG_INT, &o->grad_accum, 1, 1e6, "N", "batches in a step"},
        {"--steps", ARG_INT, &o->steps, 0, 1e9, "N", "steps of the optimiser"},
        {"--lr", ARG_REAL, &o->lr, 0, 1e3, "X", "highest learning rate"},
        {"--min-lr", ARG_REAL, &o->min_lr, 0, 1e3, "X", "learning rate at the end"},
        {"--warmup", ARG_INT, &o->warmup, 0, 1e9, "N", "steps in which it rises"},
        {"--weight-decay", ARG_REAL, &o->weight_decay, 0, 1e3, "X", "of matrices"},
        {"--beta1", ARG_REAL, &o->beta1, 0, 1 - 1e-9, "X", "AdamW's decay of the mean, below 1"},
        {"--beta2", ARG_REAL, &o->beta2, 0, 1 - 1e-9, "X",
         "AdamW's decay of the mean square, below 1"},
        {"--grad-clip", ARG_REAL, &o->grad_clip, 0, 1e9, "X",
         "largest norm of the gradient; 0: any"},
        {"--dropout", ARG_REAL, &o->dropout, 0, 0.99, "X", "probability"},
        {"--eval-every", ARG_INT, &o->eval_every, 1, 1e9, "N", "steps between evaluations"},
        {"--eval-iters", ARG_INT, &o->eval_iters, 1, 1e9, "N", "batches of an evaluation"},
        {"--val-fraction", ARG_REAL, &o->val_fraction, 0, 1, "X", "of the data, from its end"},
        {"--save-every", ARG_INT, &o->save_every, 0, 1e9, "N",
         "steps between checkpoints; 0: none"},
        {"--seed", ARG_INT, &o->seed, 0, 9e15, "N", "seed of everything random"},
        {"--threads", ARG_INT, &o->threads, 0, 1024, "N", "threads; 0: all"},
        {"--recompute", ARG_FLAG, &o->recompute, 0, 0, NULL,
         "compute blocks again going back: less memory, more time"},
        {"--plot", ARG_TEXT, &o->plot, 0, 0, "FILE.svg", "draw the losses"},
        {"--log", ARG_TEXT, &o->log, 0, 0, "FILE.csv", "write a line per step"},
    };
    args_parse(
        argc, argv,
        "Trains a GPT-2. Ctrl-C saves and ends with exit code 0; --resume, with the same flags, "
        "goes on\nfrom there, bit for bit.",
        args, sizeof args / sizeof *args);
    if (!o->data || !o->out)
        command_usage(argv[0], "--data and --out are needed");
    if (o->n_embd % o->n_head)
        command_usage(argv[0], "--n-embd must be a multiple of --n-head");
}

int cmd_train(int argc, char **argv)
{
    /* nanoGPT's small configuration for processors */
    train_options o = {.n_layer = 4,
                       .n_head = 4,
                       .n_embd = 128,
                       .block_size = 64,
                       .batch_size = 12,
                       .grad_accum = 1,
                       .steps = 2000,
                       .lr = 1e-3,
                       .min_lr = 1e-4,
                       .warmup = 100,
                       .weight_decay = 0.1,
                       .beta1 = 0.9,
                       .beta2 = 0.99,
                       .grad_clip = 1,
                       .eval_every = 250,
                       .eval_iters = 20,
                       .val_fraction = 0.1,
                       .save_every = 500,
                       .seed = 1337};
    run r = {.o = &o, .saved = -1};
    char path[PATH];
    parse(argc, argv, &o);
    r.ctx = command_context(o.threads, o.seed);
    need_folder(r.ctx, o.out);
    corpus_read(&r.data, &o);
    make_model(&r);
    trainer_make(&r.trainer, &r.model);
    if (o.resume)
        trainer_load(&r.trainer, in_folder(o.out, "checkpoint.safetensors", path), &o,
                     r.data.data.n);
    if (!tt_ok(r.ctx))
        command_fail("%s", tt_error_message(r.ctx));
    r.first = r.trainer.step;
    r.saved = o.resume ? r.first : -1;
    r.log = journal_open(&o, r.first);
    tt_set_training(r.ctx, true);
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    train_all(&r);
    if (*r.trouble)
        command_fail("%s; %s", r.trouble, what_is_kept(&r));
    if (r.log)
        fclose(r.log);
    trainer_free(&r.trainer);
    gpt2_free(&r.model);
    corpus_free(&r.data);
    tt_ctx_free(r.ctx);
    return 0;
}
