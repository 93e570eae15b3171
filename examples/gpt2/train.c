/* tinytensor-gpt2 train. Read run() first: it is the training loop. */
#define _POSIX_C_SOURCE 200809L
#include "train.h"

#include <glob.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "commands.h"
#include "plot.h"
#include "progress.h"
#include "tokenizer.h"
#include "tokens.h"
#include "weights.h"

enum { PATH = 4096, TRAIN = 0, VAL = 1, GPT2_WORDS = 50257 };

typedef struct run {
    tt_ctx *ctx;
    const train_options *o;
    tokens data;
    int64_t split; /* tokens before it are trained on, from it on validated on */
    gpt2 model;
    trainer trainer;
    FILE *log;
    int64_t special; /* the token between texts; -1: none */
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

/* ---- batches ---- */

/* splitmix64: a number for each (seed, step, place), so that a run continues from any step. */
static uint64_t mixed(uint64_t seed, uint64_t step, uint64_t place)
{
    uint64_t z = seed + 0x9e3779b97f4a7c15u * (step + 1) + 0xd1b54a32d192ed03u * (place + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int64_t part_begin(const run *r, int part)
{
    return part == TRAIN ? 0 : r->split;
}

static int64_t part_size(const run *r, int part)
{
    return part == TRAIN ? r->split : r->data.n - r->split;
}

/* Random stretches of the text: x (b t), and y the tokens one place on. */
static void batch(const run *r, int part, uint64_t seed, int64_t step, int64_t micro, tt_tensor **x,
                  tt_tensor **y)
{
    int64_t b = r->o->batch_size, t = r->o->block_size;
    *x = tt_empty(r->ctx, TT_I64, TT_SHAPE(b, t));
    *y = tt_empty(r->ctx, TT_I64, TT_SHAPE(b, t));
    if (!*x || !*y)
        return;
    for (int64_t i = 0; i < b; i++) {
        uint64_t z = mixed(seed, (uint64_t)step, (uint64_t)(micro * b + i));
        int64_t at = part_begin(r, part) + (int64_t)(z % (uint64_t)(part_size(r, part) - t));
        tokens_copy(&r->data, at, t, (int64_t *)tt_data(*x) + i * t);
        tokens_copy(&r->data, at + 1, t, (int64_t *)tt_data(*y) + i * t);
    }
}

/* The mean loss over some batches, the same ones each time. */
static double estimate(run *r, int part)
{
    double total = 0;
    tt_set_training(r->ctx, false);
    for (int64_t i = 0; i < r->o->eval_iters; i++) {
        tt_tensor *x, *y;
        tt_scope s = tt_scope_begin(r->ctx, TT_NO_GRAD);
        batch(r, part, (uint64_t)r->o->seed ^ 0xe7a1, i, part, &x, &y);
        total += tt_item(gpt2_loss(&r->model, x, y));
        tt_scope_end(r->ctx, s);
    }
    tt_set_training(r->ctx, true);
    return total / (double)r->o->eval_iters;
}

/* ---- one step ---- */

static double learning_rate(const run *r, int64_t step)
{
    const train_options *o = r->o;
    return tt_lr_cosine(step, o->warmup, o->steps, o->lr, o->min_lr);
}

/* Returns the loss; *norm is the gradient's before clipping. */
static double train_step(run *r, double *norm)
{
    const train_options *o = r->o;
    double total = 0;
    int64_t step = r->trainer.step;
    tt_seed(r->ctx, mixed((uint64_t)o->seed, (uint64_t)step, UINT64_MAX - 1)); /* for dropout */
    for (int64_t micro = 0; micro < o->grad_accum; micro++) {
        tt_tensor *x, *y;
        tt_scope s = tt_scope_begin(r->ctx, TT_GRAD);
        batch(r, TRAIN, (uint64_t)o->seed, step, micro, &x, &y);
        tt_tensor *loss = gpt2_loss(&r->model, x, y);
        tt_backward(o->grad_accum > 1 ? tt_div_scalar(loss, (double)o->grad_accum) : loss);
        total += tt_item(loss);
        tt_scope_end(r->ctx, s);
    }
    total /= (double)o->grad_accum;
    if (!isfinite(total))
        return total; /* before the parameters are spoilt */
    *norm = tt_clip_grad_norm(r->model.n_params, r->model.leaves,
                              o->grad_clip > 0 ? o->grad_clip : (double)INFINITY);
    trainer_step(&r->trainer, learning_rate(r, step), o);
    tt_zero_grad(r->model.n_params, r->model.leaves);
    return total;
}

/* ---- files ---- */

static const char *in_folder(const char *dir, const char *name, char *path)
{
    snprintf(path, PATH, "%s/%s", dir, name);
    return path;
}

static void save(run *r)
{
    char path[PATH];
    trainer_save(&r->trainer, in_folder(r->o->out, "checkpoint.safetensors", path), r->o, r->data.n);
    gpt2_save(&r->model, r->o->out);
    if (!tt_ok(r->ctx))
        command_fail("%s", tt_error_message(r->ctx));
}

static void log_step(run *r, double loss, double val, double norm, double rate)
{
    if (!r->log)
        return;
    fprintf(r->log, "%lld,%.6f,", (long long)r->trainer.step, loss);
    if (!isnan(val))
        fprintf(r->log, "%.6f", val);
    fprintf(r->log, ",%.6g,%.4f,%.1f\n", learning_rate(r, r->trainer.step - 1), norm, rate);
    fflush(r->log);
}

/* Drops the lines of steps after the checkpoint: these are made again. */
static void cut_log(const char *path, int64_t step)
{
    char line[512];
    long keep = 0;
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f) && (keep == 0 || strtoll(line, NULL, 10) <= step))
        keep = ftell(f);
    if (f)
        fclose(f);
    if (f && truncate(path, keep) != 0)
        command_fail("%s: cannot be written", path);
}

static void open_log(run *r)
{
    if (!r->o->log)
        return;
    bool more = r->o->resume && access(r->o->log, R_OK) == 0;
    if (more)
        cut_log(r->o->log, r->trainer.step);
    r->log = fopen(r->o->log, more ? "a" : "w");
    if (!r->log)
        command_fail("%s: cannot be written", r->o->log);
    if (!more)
        fprintf(r->log, "step,train_loss,val_loss,learning_rate,gradient_norm,tokens_per_second\n");
}

static void draw(const run *r)
{
    const trainer *t = &r->trainer;
    size_t n = (size_t)t->n_evals;
    double *columns[3];
    if (!r->o->plot || n == 0)
        return;
    for (int k = 0; k < 3; k++) {
        columns[k] = malloc(n * sizeof(double));
        if (!columns[k])
            command_fail("no memory for %zu evaluations", n);
        for (size_t i = 0; i < n; i++)
            columns[k][i] = t->evals[i][k];
    }
    const panel panels[] = {
        {"loss", "step", 2, {{"training", columns[1]}, {"validation", columns[2]}}, columns[0]},
    };
    bool ok = plot_write(r->o->plot, 1, panels, t->n_evals);
    for (int k = 0; k < 3; k++)
        free(columns[k]);
    if (!ok)
        exit(1);
}

/* ---- the loop ---- */

static double evaluate(run *r, progress *bar)
{
    double train = estimate(r, TRAIN), val = estimate(r, VAL);
    trainer_note(&r->trainer, train, val);
    progress_clear(bar);
    printf("step %5lld  train loss %.4f  val loss %.4f\n", (long long)r->trainer.step, train, val);
    fflush(stdout);
    return val;
}

static void train_all(run *r)
{
    const train_options *o = r->o;
    double tokens_per_step = (double)(o->batch_size * o->block_size * o->grad_accum);
    progress bar = progress_begin(o->steps - r->trainer.step);
    int64_t first = r->trainer.step;
    double val = NAN;
    while (r->trainer.step < o->steps && !interrupted) {
        int64_t step = r->trainer.step;
        double norm = 0, begin = now();
        val = NAN;
        if (step % o->eval_every == 0)
            val = evaluate(r, &bar);
        if (val == val)
            begin = now();
        double loss = train_step(r, &norm), rate = tokens_per_step / (now() - begin);
        if (!tt_ok(r->ctx))
            command_fail("%s", tt_error_message(r->ctx));
        if (!isfinite(loss))
            command_fail("the loss is %g at step %lld; the last checkpoint in %s is kept; a smaller "
                         "--lr may help",
                         loss, (long long)step, o->out);
        log_step(r, loss, val, norm, rate);
        char note[80];
        snprintf(note, sizeof note, "loss %.4f  %.0f tokens/s", loss, rate);
        progress_step(&bar, r->trainer.step - first, note);
        if (o->save_every > 0 && r->trainer.step % o->save_every == 0 && r->trainer.step < o->steps)
            save(r);
    }
    progress_clear(&bar);
    if (interrupted)
        printf("interrupted after step %lld; continue with --resume\n", (long long)r->trainer.step);
    else
        val = evaluate(r, &bar);
    save(r);
    draw(r);
    if (!interrupted)
        printf("val loss %.4f\n", val);
}

/* ---- setting up ---- */

/* What a run that was killed while it saved has left: files under temporary names. */
static void clear_away(const char *dir)
{
    static const char *const names[] = {"checkpoint.safetensors", "model.safetensors"};
    for (int i = 0; i < 2; i++) {
        char pattern[PATH];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/%s.??????", dir, names[i]);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            remove(found.gl_pathv[k]);
        globfree(&found);
    }
}

static bool is_shard(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".bin") == 0;
}

/* Reads the data; returns the size of the vocabulary. The tokenizer's files go with the model. */
static int64_t read_data(run *r)
{
    const train_options *o = r->o;
    char error[512];
    size_t bytes;
    const char *dir = o->tokenizer ? o->tokenizer : o->init_from;
    if (is_shard(o->data)) {
        if (!tokens_map(o->data, &r->data, error, sizeof error))
            command_fail("%s", error);
        if (!dir || strcmp(dir, "char") == 0)
            return r->data.largest + 1 > GPT2_WORDS ? r->data.largest + 1 : GPT2_WORDS;
    }
    const char *text = is_shard(o->data) ? NULL : file_map(o->data, &bytes, error, sizeof error);
    if (!is_shard(o->data) && *error)
        command_fail("%s", error);
    if (!is_shard(o->data) && bytes == 0)
        command_fail("%s: the file is empty", o->data);
    bool chars = !dir || strcmp(dir, "char") == 0;
    tokenizer *t = chars ? tokenizer_chars(text, bytes, error, sizeof error)
                         : tokenizer_open(dir, error, sizeof error);
    if (!t)
        command_fail("%s", error);
    if (text) {
        int32_t *ids = NULL;
        int64_t n = tokenizer_encode(t, text, bytes, true, &ids);
        if (n < 0)
            command_fail("%s: %s", o->data, tokenizer_error(t));
        if (!tokens_take(ids, n, &r->data))
            command_fail("%s: no memory for its tokens", o->data);
        file_unmap(text, bytes);
    }
    if (!tokenizer_save(t, o->out, error, sizeof error))
        command_fail("%s", error);
    int64_t vocabulary = tokenizer_size(t);
    r->special = tokenizer_special(t);
    tokenizer_free(t);
    if (r->data.largest >= vocabulary)
        command_fail("%s: token %lld is outside of the vocabulary of %lld", o->data,
                     (long long)r->data.largest, (long long)vocabulary);
    return vocabulary;
}

static void make_model(run *r, int64_t vocabulary)
{
    const train_options *o = r->o;
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
        c.bos_token_id = c.eos_token_id = r->special;
        gpt2_make(&r->model, r->ctx, &c);
        gpt2_init(&r->model);
    }
    r->model.dropout = o->dropout;
    r->model.recompute = o->recompute;
}

static void divide_data(run *r)
{
    const train_options *o = r->o;
    r->split = r->data.n - (int64_t)((double)r->data.n * o->val_fraction);
    if (r->split <= o->block_size || r->data.n - r->split <= o->block_size)
        command_fail("%s: %lld tokens are too few for parts of more than --block-size %lld", o->data,
                     (long long)r->data.n, (long long)o->block_size);
}

static void parse(int argc, char **argv, train_options *o)
{
    const arg args[] = {
        {"--data", ARG_TEXT, &o->data, 0, 0, "FILE", "text, or token shards (*.bin, a glob)"},
        {"--out", ARG_TEXT, &o->out, 0, 0, "DIR", "where the model goes"},
        {"--tokenizer", ARG_TEXT, &o->tokenizer, 0, 0, "char|DIR",
         "characters, or vocab.json and merges.txt of a folder"},
        {"--init-from", ARG_TEXT, &o->init_from, 0, 0, "DIR", "begin with this model"},
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
        {"--beta1", ARG_REAL, &o->beta1, 0, 1, "X", "AdamW's decay of the mean"},
        {"--beta2", ARG_REAL, &o->beta2, 0, 1, "X", "AdamW's decay of the mean square"},
        {"--grad-clip", ARG_REAL, &o->grad_clip, 0, 1e9, "X", "largest norm of the gradient; 0: any"},
        {"--dropout", ARG_REAL, &o->dropout, 0, 0.99, "X", "probability"},
        {"--eval-every", ARG_INT, &o->eval_every, 1, 1e9, "N", "steps between evaluations"},
        {"--eval-iters", ARG_INT, &o->eval_iters, 1, 1e9, "N", "batches of an evaluation"},
        {"--val-fraction", ARG_REAL, &o->val_fraction, 0, 1, "X", "of the data, from its end"},
        {"--save-every", ARG_INT, &o->save_every, 0, 1e9, "N", "steps between checkpoints; 0: none"},
        {"--seed", ARG_INT, &o->seed, 0, 9e15, "N", "seed of everything random"},
        {"--threads", ARG_INT, &o->threads, 0, 1024, "N", "threads; 0: all"},
        {"--recompute", ARG_FLAG, &o->recompute, 0, 0, NULL,
         "compute blocks again going back: less memory, more time"},
        {"--plot", ARG_TEXT, &o->plot, 0, 0, "FILE.svg", "draw the losses"},
        {"--log", ARG_TEXT, &o->log, 0, 0, "FILE.csv", "write a line per step"},
    };
    args_parse(argc, argv, "Trains a GPT-2.", args, sizeof args / sizeof *args);
    if (!o->data || !o->out)
        command_usage(argv[0], "--data and --out are needed");
    if (o->n_embd % o->n_head)
        command_usage(argv[0], "--n-embd must be a multiple of --n-head");
}

int cmd_train(int argc, char **argv)
{
    /* nanoGPT's small configuration for processors */
    train_options o = {.n_layer = 4, .n_head = 4, .n_embd = 128, .block_size = 64, .batch_size = 12,
                       .grad_accum = 1, .steps = 2000, .lr = 1e-3, .min_lr = 1e-4, .warmup = 100,
                       .weight_decay = 0.1, .beta1 = 0.9, .beta2 = 0.99, .grad_clip = 1,
                       .eval_every = 250, .eval_iters = 20, .val_fraction = 0.1, .save_every = 500,
                       .seed = 1337};
    run r = {.o = &o, .special = GPT2_WORDS - 1}; /* of shards without a tokenizer */
    char path[PATH];
    parse(argc, argv, &o);
    r.ctx = command_context(o.threads, o.seed);
    if (!make_folder(r.ctx, o.out))
        command_fail("%s", tt_error_message(r.ctx));
    clear_away(o.out);
    int64_t vocabulary = read_data(&r);
    divide_data(&r);
    make_model(&r, vocabulary);
    trainer_make(&r.trainer, &r.model);
    if (o.resume)
        trainer_load(&r.trainer, in_folder(o.out, "checkpoint.safetensors", path), &o, r.data.n);
    if (!tt_ok(r.ctx))
        command_fail("%s", tt_error_message(r.ctx));
    open_log(&r);
    tt_set_training(r.ctx, true);
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    train_all(&r);
    if (r.log)
        fclose(r.log);
    trainer_free(&r.trainer);
    gpt2_free(&r.model);
    tokens_free(&r.data);
    tt_ctx_free(r.ctx);
    return 0;
}
