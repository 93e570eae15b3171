/* tinytensor-gpt2 train: its flags, and Ctrl-C. The training itself is train/loop.c. Invariant: a
 * signal that comes before the loop ends the program at once, one that comes later after saving. */
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/interrupt.h"
#include "common/program.h"
#include "gpt2/train/loop.h"

/* Each of the three adds its flags to a table, and returns how many. */
static int model_flags(train_options *o, arg *to)
{
    const arg args[] = {
        {"--data", ARG_IN, &o->data, 0, 0, "FILE", "text, or token shards (*.bin, a glob)"},
        {"--out", ARG_OUT, &o->out, 0, 0, "DIR", "where the model goes"},
        {"--tokenizer", ARG_IN, &o->tokenizer, 0, 0, "char|DIR",
         "characters, or vocab.json and merges.txt of a folder"},
        {"--init-from", ARG_IN, &o->init_from, 0, 0, "DIR", "begin with this model, and its sizes"},
        {"--resume", ARG_FLAG, &o->resume, 0, 0, NULL, "go on from the checkpoint in --out"},
        {"--overwrite", ARG_FLAG, &o->overwrite, 0, 0, NULL,
         "begin anew where --out has a training or a model"},
        {"--n-layer", ARG_INT, &o->n_layer, 1, 1000, "N", "blocks"},
        {"--n-head", ARG_INT, &o->n_head, 1, 1000, "N", "heads of a block"},
        {"--n-embd", ARG_INT, &o->n_embd, 1, 1e6, "N", "channels"},
        {"--block-size", ARG_INT, &o->block_size, 1, 1e6, "N", "tokens of context"},
    };
    memcpy(to, args, sizeof args);
    return sizeof args / sizeof *args;
}

static int step_flags(train_options *o, arg *to)
{
    const arg args[] = {
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
    };
    memcpy(to, args, sizeof args);
    return sizeof args / sizeof *args;
}

static int run_flags(train_options *o, arg *to)
{
    const arg args[] = {
        {"--eval-every", ARG_INT, &o->eval_every, 1, 1e9, "N", "steps between evaluations"},
        {"--eval-iters", ARG_INT, &o->eval_iters, 1, 1e9, "N", "batches of an evaluation"},
        {"--val-fraction", ARG_REAL, &o->val_fraction, 0, 1, "X", "of the data, from its end"},
        {"--save-every", ARG_INT, &o->save_every, 0, 1e9, "N",
         "steps between checkpoints; 0: none"},
        {"--seed", ARG_INT, &o->seed, 0, 9e15, "N", "seed of everything random"},
        {"--threads", ARG_INT, &o->threads, 0, 1024, "N", "threads; 0: all"},
        {"--recompute", ARG_FLAG, &o->recompute, 0, 0, NULL,
         "compute blocks again going back: less memory, more time"},
        {"--plot", ARG_OUT, &o->plot, 0, 0, "FILE.svg", "draw the losses"},
        {"--log", ARG_OUT, &o->log, 0, 0, "FILE.csv", "write a line per step"},
    };
    memcpy(to, args, sizeof args);
    return sizeof args / sizeof *args;
}

static void parse(int argc, char **argv, train_options *o)
{
    arg args[40];
    int n = model_flags(o, args);
    n += step_flags(o, args + n);
    n += run_flags(o, args + n);
    args_parse(
        argc, argv,
        &(arg_table){"Trains a GPT-2. Ctrl-C saves and ends with exit code 0; --resume, with "
                     "the same flags, goes on\nfrom there, bit for bit.",
                     args, n, .parts = FOLDER_PARTS},
        NULL);
    if (!o->data || !o->out)
        program_usage(argv[0], "--data and --out are needed");
    if (o->resume && o->overwrite)
        program_usage(argv[0], "--resume and --overwrite exclude each other");
    if (o->n_embd % o->n_head)
        program_usage(argv[0], "--n-embd must be a multiple of --n-head");
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
    run r;
    parse(argc, argv, &o);
    tt_ctx *ctx = program_context(o.threads, o.seed);
    interrupt_watch();
    if (!run_begin(&r, ctx, &o))
        program_fail("%s", r.error);
    r.interrupt = interrupt_defer();
    if (!train_all(&r))
        program_fail("%s", r.error);
    run_end(&r);
    tt_ctx_free(ctx);
    return 0;
}
