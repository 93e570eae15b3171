/* tinytensor-mlp: a multi-layer perceptron that learns to classify rows of numbers, by default the
 * handwritten digits that ship with the library. Read main() first, then train_epoch();
 * split.c makes the tensors of the rows. Invariant: an error of the library ends the program. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

#include "common/args/args.h"
#include "common/interrupt.h"
#include "common/page/plot.h"
#include "common/page/series.h"
#include "common/program.h"
#include "common/progress.h"
#include "common/shipped.h"
#include "common/standard.h"
#include "split.h"

const char program_name[] = "tinytensor-mlp";

enum { MAX_LAYERS = 8, MAX_EPOCHS = 100000, EVAL_BATCH = 512, MOST_LINES = 20 };

static const volatile sig_atomic_t *interrupted;

typedef struct options {
    const char *data, *hidden, *activation, *optimizer, *plot, *save, *load;
    int64_t epochs, batch_size, seed, threads;
    double lr, weight_decay, val_fraction;
    bool confusion, verbose;
} options;

typedef struct model {
    int layers; /* of weights: hidden layers + 1 */
    int64_t sizes[MAX_LAYERS + 1];
    tt_tensor *params[2 * MAX_LAYERS]; /* weight, bias, weight, bias, ... */
    tt_tensor *(*activation)(tt_tensor *);
} model;

typedef struct result {
    double loss, accuracy;
} result;

/* Losses and accuracies, one per epoch; the loss of each step; and how far training came. */
typedef struct history {
    double *train, *val, *accuracy;
    series losses;
    int64_t epochs, steps;
} history;

static tt_tensor *forward(const model *m, tt_tensor *x)
{
    for (int i = 0; i < m->layers; i++) {
        x = tt_linear(x, m->params[2 * i], m->params[2 * i + 1]);
        if (i + 1 < m->layers)
            x = m->activation(x);
    }
    return x; /* logits */
}

static void make_model(tt_ctx *ctx, model *m, const options *o)
{
    m->activation = strcmp(o->activation, "tanh") == 0   ? tt_tanh
                    : strcmp(o->activation, "gelu") == 0 ? tt_gelu
                                                         : tt_relu;
    for (int i = 0; i < m->layers; i++) {
        tt_tensor *w = tt_empty(ctx, TT_F32, TT_SHAPE(m->sizes[i + 1], m->sizes[i]));
        tt_init_kaiming_normal_(w, 0);
        m->params[2 * i] = tt_param(w);
        m->params[2 * i + 1] = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(m->sizes[i + 1])));
    }
}

static void param_name(char *name, size_t size, int i)
{
    snprintf(name, size, "layers.%d.%s", i / 2, i % 2 ? "bias" : "weight");
}

static void save_model(const model *m, const char *path)
{
    char names[2 * MAX_LAYERS][32];
    const char *list[2 * MAX_LAYERS];
    for (int i = 0; i < 2 * m->layers; i++) {
        param_name(names[i], sizeof names[i], i);
        list[i] = names[i];
    }
    char room[OUTPUT_ROOM];
    const char *name = output_begin(path, room);
    if (!name)
        program_fail("%s: cannot write: %s", path, strerror(errno));
    tt_save_npz(name, 2 * m->layers, list, m->params);
    if (!output_end(path, room))
        program_fail("%s: cannot write: %s", path, strerror(errno));
}

static void load_model(tt_ctx *ctx, model *m, const char *given)
{
    char room[OUTPUT_ROOM];
    const char *path = input_begin(given, room);
    if (!path)
        program_fail("%s: cannot read: %s", given, strerror(errno));
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *loaded[2 * MAX_LAYERS];
    char name[32];
    for (int i = 0; i < 2 * m->layers; i++) { /* all before any is used */
        param_name(name, sizeof name, i);
        loaded[i] = tt_load_npz(ctx, path, name);
        if (!tt_same_shape(loaded[i], m->params[i]))
            program_fail("%s: '%s' has another shape than --hidden and the data say", given, name);
    }
    for (int i = 0; i < 2 * m->layers; i++)
        tt_copy_(m->params[i], loaded[i]);
    tt_scope_end(ctx, s);
    input_end();
}

/* The mean loss, unless it was interrupted. h->steps goes on. */
static double train_epoch(tt_ctx *ctx, const model *m, tt_optim *opt, tt_tensor *x, tt_tensor *y,
                          const options *o, history *h)
{
    double total = 0;
    int64_t n = tt_size(x, 0), batches = (n + o->batch_size - 1) / o->batch_size;
    tt_scope whole = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *order = tt_randperm(ctx, n);
    for (int64_t i = 0; i < batches && !*interrupted; i++) {
        tt_scope step = tt_scope_begin(ctx, TT_GRAD);
        int64_t size =
            n - i * o->batch_size < o->batch_size ? n - i * o->batch_size : o->batch_size;
        tt_tensor *rows = tt_narrow(order, 0, i * o->batch_size, size);
        tt_tensor *logits = forward(m, tt_take(x, 0, rows));
        tt_tensor *loss = tt_cross_entropy(logits, tt_take(y, 0, rows), -100);
        tt_optim_set_lr(
            opt, tt_lr_cosine(h->epochs * batches + i, 0, o->epochs * batches, o->lr, o->lr / 100));
        tt_optim_zero_grad(opt);
        tt_backward(loss);
        tt_optim_step(opt);
        double value = tt_item(loss);
        total += value * (double)size;
        if (!series_add(&h->losses, value))
            program_fail("no memory for the losses of %lld steps", (long long)h->steps);
        tt_scope_end(ctx, step); /* every temporary of the step, and the recorded graph */
        progress_step(++h->steps, NULL);
    }
    tt_scope_end(ctx, whole);
    return total / (double)n;
}

static result evaluate(tt_ctx *ctx, const model *m, tt_tensor *x, tt_tensor *y, int64_t *confusion)
{
    result r = {0, 0};
    int64_t n = tt_size(x, 0), classes = m->sizes[m->layers];
    for (int64_t i = 0; i < n; i += EVAL_BATCH) {
        tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
        int64_t size = n - i < EVAL_BATCH ? n - i : EVAL_BATCH;
        tt_tensor *logits = forward(m, tt_narrow(x, 0, i, size)), *truth = tt_narrow(y, 0, i, size);
        tt_tensor *guess = tt_argmax(logits, 1, false);
        r.loss += tt_item(tt_cross_entropy(logits, truth, -100)) * (double)size;
        r.accuracy += tt_item(tt_count_nonzero(tt_eq(guess, truth), TT_ALL_AXES, false));
        for (int64_t k = 0; confusion && k < size; k++)
            confusion[(int64_t)tt_get(truth, TT_INDEX(k)) * classes +
                      (int64_t)tt_get(guess, TT_INDEX(k))]++;
        tt_scope_end(ctx, s);
    }
    r.loss /= (double)n;
    r.accuracy /= (double)n;
    return r;
}

static void print_confusion(const int64_t *c, int64_t classes)
{
    printf("rows: the truth, columns: the guess\n     ");
    for (int64_t j = 0; j < classes; j++)
        printf(" %5lld", (long long)j);
    for (int64_t i = 0; i < classes; i++) {
        printf("\n%5lld", (long long)i);
        for (int64_t j = 0; j < classes; j++)
            printf(" %5lld", (long long)c[i * classes + j]);
    }
    printf("\n");
}

static void parse_hidden(model *m, const char *text)
{
    m->layers = 1;
    for (const char *s = text; *s;) {
        char *end;
        long v = strtol(s, &end, 10);
        if (end == s || v < 1 || v > 1 << 20 || (*end && *end != ',') || m->layers == MAX_LAYERS)
            program_usage(program_name, "--hidden: sizes such as 64,32 are needed, seven at most");
        m->sizes[m->layers++] = v;
        s = *end ? end + 1 : end;
    }
}

static void parse(int argc, char **argv, options *o)
{
    const arg args[] = {
        {"--data", ARG_IN, &o->data, 0, 0, "FILE|DIR",
         "CSV, last column the label; or MNIST idx files"},
        {"--hidden", ARG_TEXT, &o->hidden, 0, 0, "N,N,...", "sizes of the hidden layers"},
        {"--activation", ARG_CHOICE, &o->activation, 0, 0, "relu|tanh|gelu", "between the layers"},
        {"--epochs", ARG_INT, &o->epochs, 0, MAX_EPOCHS, "N", "passes over the training rows"},
        {"--batch-size", ARG_INT, &o->batch_size, 1, 1e9, "N", "rows in a step"},
        {"--lr", ARG_REAL, &o->lr, 0, 1e6, "X", "learning rate, falling along a cosine"},
        {"--weight-decay", ARG_REAL, &o->weight_decay, 0, 1e6, "X", "weight decay"},
        {"--optimizer", ARG_CHOICE, &o->optimizer, 0, 0, "adamw|sgd", "sgd has a momentum of 0.9"},
        {"--val-fraction", ARG_REAL, &o->val_fraction, 0, 1, "X", "share of a CSV held out"},
        {"--seed", ARG_INT, &o->seed, 0, 9e15, "N", "seed of everything random"},
        {"--threads", ARG_INT, &o->threads, 0, 1024, "N", "threads; 0: all"},
        {"--plot", ARG_OUT, &o->plot, 0, 0, "FILE.svg", "draw loss and accuracy"},
        {"--save", ARG_OUT, &o->save, 0, 0, "FILE.npz", "save the weights"},
        {"--load", ARG_IN, &o->load, 0, 0, "FILE.npz", "begin with these weights"},
        {"--confusion", ARG_FLAG, &o->confusion, 0, 0, NULL, "print the confusion matrix"},
        {"--verbose", ARG_FLAG, &o->verbose, 0, 0, NULL, "a line for every epoch, not for 20"},
    };
    args_parse(argc, argv,
               &(arg_table){"Trains a multi-layer perceptron to classify rows of numbers. Ctrl-C "
                            "ends training early,\nand draws and saves what there is.",
                            ARG_ROWS(args), .parts = IDX_FILES},
               NULL);
    program_need_writable(o->plot);
    program_need_writable(o->save);
}

static tt_optim *make_optimizer(tt_ctx *ctx, const model *m, const options *o)
{
    tt_adamw_options adamw = TT_ADAMW_OPTIONS_INIT;
    tt_sgd_options sgd = TT_SGD_OPTIONS_INIT;
    adamw.weight_decay = sgd.weight_decay = o->weight_decay;
    sgd.momentum = 0.9;
    return strcmp(o->optimizer, "sgd") == 0
               ? tt_sgd(ctx, 2 * m->layers, m->params, o->lr, &sgd)
               : tt_adamw(ctx, 2 * m->layers, m->params, o->lr, &adamw);
}

static void draw(const char *path, const history *h, int64_t batches)
{
    const curve train = {.name = "training", .n = h->epochs, .y = h->train},
                val = {.name = "validation", .n = h->epochs, .y = h->val},
                accuracy = {.name = "validation", .n = h->epochs, .y = h->accuracy},
                steps = {.name = "training",
                         .n = h->losses.n,
                         .y = h->losses.values,
                         .x_step = 1 / (double)batches, /* in epochs */
                         .each_step = true};
    const panel panels[] = {{"loss", "epoch", PANEL_LOSSES, 3, {train, val, steps}},
                            {"accuracy", "epoch", PANEL_SHARES, 1, {accuracy}}};
    if (!plot_write(path, 2, panels))
        program_fail("%s: %s", path, strerror(errno));
}

/* Columns in which all numbers up to n stand one below the other, two at least. */
static int digits_of(int64_t n)
{
    int digits = snprintf(NULL, 0, "%lld", (long long)n);
    return digits > 2 ? digits : 2;
}

/* One epoch and what it led to; false: it was interrupted. */
static bool one_epoch(tt_ctx *ctx, const model *m, tt_optim *opt, const split *s, const options *o,
                      history *h)
{
    int64_t e = h->epochs, every = o->verbose ? 1 : (o->epochs + MOST_LINES - 1) / MOST_LINES;
    char note[80];
    h->train[e] = train_epoch(ctx, m, opt, s->x, s->y, o, h);
    if (*interrupted)
        return false;
    if (!isfinite(h->train[e]))
        program_fail("training: the loss is no longer a number; try a smaller --lr");
    result r = evaluate(ctx, m, s->val_x, s->val_y, NULL);
    h->val[e] = r.loss;
    h->accuracy[e] = r.accuracy;
    h->epochs++;
    snprintf(note, sizeof note, "epoch %lld of %lld  val accuracy %.4f", (long long)e + 1,
             (long long)o->epochs, r.accuracy);
    if ((e + 1) % every == 0 || e + 1 == o->epochs)
        progress_print(stdout, "epoch %*lld  train loss %.4f  val loss %.4f  val accuracy %.4f",
                       digits_of(o->epochs), (long long)e + 1, h->train[e], r.loss, r.accuracy);
    progress_step(h->steps, note);
    return true;
}

/* False: it was interrupted before there was anything to be kept. */
static bool train_all(tt_ctx *ctx, const model *m, const split *s, const options *o, history *h)
{
    tt_optim *opt = make_optimizer(ctx, m, o);
    int64_t batches = (tt_size(s->x, 0) + o->batch_size - 1) / o->batch_size;
    interrupted = interrupt_defer();
    progress_begin("training", o->epochs * batches);
    while (h->epochs < o->epochs && one_epoch(ctx, m, opt, s, o, h))
        ;
    progress_end();
    if (*interrupted && h->steps == 0)
        printf("interrupted before the first step; nothing is saved\n");
    else if (*interrupted)
        printf("interrupted after %lld of %lld steps\n", (long long)h->steps,
               (long long)(o->epochs * batches));
    return !*interrupted || h->steps > 0;
}

/* All that training leads to. */
static void finish(tt_ctx *ctx, const model *m, const split *s, const options *o, const history *h)
{
    int64_t *confusion = calloc((size_t)(s->classes * s->classes), sizeof *confusion);
    if (!confusion)
        program_fail("no memory for %lld classes", (long long)s->classes);
    result final = evaluate(ctx, m, s->val_x, s->val_y, confusion);
    if (o->save)
        save_model(m, o->save);
    if (o->plot && (h->epochs > 0 || o->epochs == 0))
        draw(o->plot, h, (tt_size(s->x, 0) + o->batch_size - 1) / o->batch_size);
    if (o->confusion)
        print_confusion(confusion, s->classes);
    printf("val accuracy %.4f\n", final.accuracy);
    free(confusion);
}

static split read_data(tt_ctx *ctx, const options *o)
{
    progress_begin("reading the data", 0);
    split s = split_read(ctx, o->data, o->val_fraction);
    progress_end();
    progress_note("%s: %lld rows of %lld numbers to train on, %lld to test on, %lld classes; %d "
                  "thread%s",
                  o->data, (long long)tt_size(s.x, 0), (long long)s.features,
                  (long long)tt_size(s.val_x, 0), (long long)s.classes, tt_num_threads(ctx),
                  tt_num_threads(ctx) == 1 ? "" : "s");
    return s;
}

int main(int argc, char **argv)
{
    char shipped[4096];
    options o = {.data = shipped_path("data/digits.csv.gz", DATA_DIR, shipped),
                 .hidden = "256,128",
                 .activation = "relu",
                 .optimizer = "adamw",
                 .epochs = 40,
                 .batch_size = 32,
                 .lr = 2e-3,
                 .weight_decay = 0.05,
                 .val_fraction = 0.2};
    model m = {0};
    parse(argc, argv, &o);
    parse_hidden(&m, o.hidden);

    tt_ctx *ctx = program_context(o.threads, o.seed);
    split s = read_data(ctx, &o);
    m.sizes[0] = s.features;
    m.sizes[m.layers] = s.classes;
    make_model(ctx, &m, &o);
    if (o.load)
        load_model(ctx, &m, o.load);

    double *values = calloc((size_t)o.epochs * 3 + 1, sizeof *values);
    if (!values)
        program_fail("no memory for %lld epochs", (long long)o.epochs);
    history h = {values, values + o.epochs, values + 2 * o.epochs, {0}, 0, 0};
    if (train_all(ctx, &m, &s, &o, &h))
        finish(ctx, &m, &s, &o, &h);
    free(values);
    series_free(&h.losses);
    tt_ctx_free(ctx);
    return program_end(0);
}
