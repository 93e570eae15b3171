/* tinytensor-transformer-block: one pre-norm transformer block between an embedding and an
 * unembedding, trained on a task that only attention can do.
 *
 *     x = embed(token) + embed(position)
 *     x = x + attention(layer_norm(x))          what a token reads from earlier ones
 *     x = x + mlp(layer_norm(x))                what it makes of it
 *     logits = unembed(layer_norm(x))
 *
 * Read attention() first. Each line says in einops words what its shapes are:
 * b: sequences of a batch, t: places in one (q: of queries, k: of keys), c: channels of a place,
 * h: heads, d: channels of a head. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

#include "common/args/args.h"
#include "common/interrupt.h"
#include "common/page/heatmap.h"
#include "common/page/plot.h"
#include "common/page/series.h"
#include "common/page/terminal.h"
#include "common/program.h"
#include "common/progress.h"

const char program_name[] = "tinytensor-transformer-block";

enum { MAX_LAYERS = 8, PARAMS = 12, LAG = 7, MAX_POINTS = 200, NONE = -100 };

typedef struct options {
    const char *task, *plot, *html;
    int64_t heads, width, layers, steps, seed, threads, batch, length, vocabulary;
    double lr;
} options;

typedef struct layer {
    tt_tensor *norm1_w, *norm1_b, *qkv, *out; /* attention: (three h d) c; c (h d) */
    tt_tensor *norm2_w, *norm2_b, *up, *down; /* mlp: (4 c) c; c (4 c) */
    tt_tensor *pattern;                       /* b h q k, of the last forward pass */
} layer;

typedef struct model {
    tt_ctx *ctx;
    const options *o;
    tt_tensor *token, *place, *norm_w, *norm_b, *head;
    layer layers[MAX_LAYERS];
    tt_tensor *params[MAX_LAYERS * PARAMS + 8];
    int n_params;
} model;

static tt_tensor *attention(const model *m, layer *l, tt_tensor *x)
{
    int64_t heads = m->o->heads, t = tt_size(x, 1);
    tt_tensor *qkv = tt_einsum("b t c, e c -> b t e", TT_TENSORS(x, l->qkv)), *part[3];
    qkv = tt_rearrange(qkv, "b t (three h d) -> three b h t d, three=3, h=%d", (int)heads);
    tt_unbind(qkv, 0, 3, part);
    tt_tensor *q = part[0], *k = part[1], *v = part[2];

    /* how much each query wants each key; what lies ahead is -inf, which softmax makes 0 */
    tt_tensor *scores = tt_einsum("b h q d, b h k d -> b h q k", TT_TENSORS(q, k));
    scores = tt_mul_scalar(scores, 1 / sqrt((double)tt_size(q, -1)));
    tt_tensor *ahead = tt_triu(tt_ones(m->ctx, TT_BOOL, TT_SHAPE(t, t)), 1);
    l->pattern = tt_softmax(tt_masked_fill(scores, ahead, -(double)INFINITY), -1);

    /* the values, mixed as the pattern says; then the heads side by side again */
    tt_tensor *y = tt_einsum("b h q k, b h k d -> b h q d", TT_TENSORS(l->pattern, v));
    y = tt_rearrange(y, "b h t d -> b t (h d)");
    return tt_einsum("b t e, c e -> b t c", TT_TENSORS(y, l->out));
}

static tt_tensor *mlp(const layer *l, tt_tensor *x)
{
    x = tt_gelu_tanh(tt_einsum("b t c, m c -> b t m", TT_TENSORS(x, l->up)));
    return tt_einsum("b t m, c m -> b t c", TT_TENSORS(x, l->down));
}

/* tokens (b t) -> logits (b t vocabulary) */
static tt_tensor *forward(model *m, tt_tensor *tokens)
{
    tt_tensor *x = tt_add(tt_embedding(m->token, tokens), m->place); /* b t c + t c */
    for (int i = 0; i < m->o->layers; i++) {
        layer *l = &m->layers[i];
        x = tt_add(x, attention(m, l, tt_layer_norm(x, l->norm1_w, l->norm1_b, 1e-5)));
        x = tt_add(x, mlp(l, tt_layer_norm(x, l->norm2_w, l->norm2_b, 1e-5)));
    }
    x = tt_layer_norm(x, m->norm_w, m->norm_b, 1e-5);
    return tt_einsum("b t c, v c -> b t v", TT_TENSORS(x, m->head));
}

static tt_tensor *param(model *m, tt_tensor *x, double std)
{
    if (std > 0)
        tt_init_normal_(x, 0, std);
    return m->params[m->n_params++] = tt_param(x);
}

static tt_tensor *matrix(model *m, int64_t out, int64_t in)
{
    return param(m, tt_empty(m->ctx, TT_F32, TT_SHAPE(out, in)), 1 / sqrt((double)in));
}

static tt_tensor *vector(model *m, double value)
{
    return param(m, tt_full(m->ctx, TT_F32, TT_SHAPE(m->o->width), value), 0);
}

static void make_model(model *m)
{
    int64_t c = m->o->width;
    m->token = param(m, tt_empty(m->ctx, TT_F32, TT_SHAPE(m->o->vocabulary, c)), 0.5);
    m->place = param(m, tt_empty(m->ctx, TT_F32, TT_SHAPE(m->o->length, c)), 0.5);
    for (int i = 0; i < m->o->layers; i++)
        m->layers[i] = (layer){.norm1_w = vector(m, 1),
                               .norm1_b = vector(m, 0),
                               .qkv = matrix(m, 3 * c, c),
                               .out = matrix(m, c, c),
                               .norm2_w = vector(m, 1),
                               .norm2_b = vector(m, 0),
                               .up = matrix(m, 4 * c, c),
                               .down = matrix(m, c, 4 * c)};
    m->norm_w = vector(m, 1);
    m->norm_b = vector(m, 0);
    m->head = matrix(m, m->o->vocabulary, c);
}

/* The tasks: what stood where, and what is to be said there. This one: say what stood LAG places
 * ago. */
static void copy_task(const int64_t *x, int64_t *y, int64_t t)
{
    for (int64_t i = 0; i < t; i++)
        y[i] = i < LAG ? NONE : x[i - LAG];
}

/* The sequence repeats from a random place on; say the next token wherever it can be known. */
static void induction_task(int64_t *x, int64_t *y, int64_t t, int64_t period)
{
    for (int64_t i = period; i < t; i++)
        x[i] = x[i - period];
    for (int64_t i = 0; i < t; i++)
        y[i] = i < period || i + 1 >= t ? NONE : x[i + 1 - period];
}

static bool is_induction(const options *o)
{
    return strcmp(o->task, "induction") == 0;
}

static void batch(const model *m, tt_tensor **x, tt_tensor **y)
{
    int64_t b = m->o->batch, t = m->o->length;
    *x = tt_randint(m->ctx, TT_SHAPE(b, t), 0, m->o->vocabulary);
    *y = tt_empty(m->ctx, TT_I64, TT_SHAPE(b, t));
    tt_tensor *period = tt_randint(m->ctx, TT_SHAPE(b), t / 4, 3 * t / 4);
    for (int64_t i = 0; i < b; i++) {
        int64_t *xi = (int64_t *)tt_data(*x) + i * t, *yi = (int64_t *)tt_data(*y) + i * t;
        if (is_induction(m->o))
            induction_task(xi, yi, t, ((const int64_t *)tt_cdata(period))[i]);
        else
            copy_task(xi, yi, t);
    }
}

/* Right answers among those that are asked for. */
static double accuracy(tt_tensor *logits, tt_tensor *y)
{
    tt_tensor *right = tt_eq(tt_argmax(tt_detach(logits), -1, false), y);
    double asked = tt_item(tt_count_nonzero(tt_ne_scalar(y, NONE), TT_ALL_AXES, false));
    return tt_item(tt_count_nonzero(right, TT_ALL_AXES, false)) / asked;
}

typedef struct curves {
    int n;
    double step[MAX_POINTS], loss[MAX_POINTS], accuracy[MAX_POINTS];
    series steps; /* the loss of each */
} curves;

/* False: it was interrupted before the first step. */
static bool train(model *m, tt_optim *optim, curves *c)
{
    const options *o = m->o;
    const volatile sig_atomic_t *interrupted = interrupt_defer();
    int64_t every = (o->steps + 19) / 20, step = 1;
    progress_begin("training", o->steps);
    for (; step <= o->steps && !*interrupted; step++) {
        tt_tensor *x, *y;
        tt_scope s = tt_scope_begin(m->ctx, TT_GRAD);
        batch(m, &x, &y);
        tt_tensor *logits = forward(m, x), *loss = tt_cross_entropy(logits, y, NONE);
        tt_optim_set_lr(optim, tt_lr_cosine(step, o->steps / 20, o->steps, o->lr, o->lr / 20));
        tt_optim_zero_grad(optim);
        tt_backward(loss);
        tt_clip_grad_norm(m->n_params, m->params, 1);
        tt_optim_step(optim);
        double value = tt_item(loss);
        if (!series_add(&c->steps, value))
            program_fail("no memory for the losses of %lld steps", (long long)step);
        if (step % every == 0 || step == o->steps || *interrupted) {
            double right = accuracy(logits, y);
            if (c->n < MAX_POINTS) {
                c->step[c->n] = (double)step;
                c->loss[c->n] = value;
                c->accuracy[c->n++] = right;
            }
            progress_print(stdout, "step %5lld  loss %.4f  accuracy %.4f", (long long)step, value,
                           right);
        }
        tt_scope_end(m->ctx, s);
        progress_step(step, NULL);
    }
    progress_end();
    if (*interrupted && step == 1)
        printf("interrupted before the first step; nothing is drawn\n");
    else if (*interrupted)
        printf("interrupted after %lld of %lld steps\n", (long long)step - 1, (long long)o->steps);
    return !*interrupted || step > 1;
}

static void draw(const char *path, const curves *c)
{
    const curve loss = {.name = "training", .n = c->n, .y = c->loss, .x = c->step},
                steps = {.name = "training",
                         .n = c->steps.n,
                         .y = c->steps.values,
                         .each_step = true},
                right = {.name = "training", .n = c->n, .y = c->accuracy, .x = c->step};
    const panel panels[] = {{"loss", "step", PANEL_LOSSES, 2, {loss, steps}},
                            {"accuracy", "step", PANEL_SHARES, 1, {right}}};
    if (!plot_write(path, 2, panels))
        program_fail("%s: %s", path, strerror(errno));
}

/* What training should lead to. */
static const char *expected(const options *o)
{
    if (!is_induction(o))
        return "What to see: one diagonal, 7 left of the main one: each token reads the one that "
               "stood "
               "7 places before it.";
    return "What to see with two layers: in layer 1 a head that reads 1 back; in layer 2 a "
           "diagonal "
           "that begins where the sequence repeats: each token reads what followed it the last "
           "time.";
}

static void write_page(const options *o, int n, const pattern *patterns)
{
    char title[80];
    snprintf(title, sizeof title, "Attention patterns: %s, %lld layer%s", o->task,
             (long long)o->layers, o->layers > 1 ? "s" : "");
    if (!heatmaps_page(o->html, title, expected(o), n, patterns))
        program_fail("%s: %s", o->html, strerror(errno));
}

static void show(model *m)
{
    const options *o = m->o;
    char names[64][8];
    const char *tokens[64];
    pattern patterns[MAX_LAYERS * 64];
    int n = 0;
    tt_tensor *x, *y;
    tt_scope s = tt_scope_begin(m->ctx, TT_NO_GRAD);
    batch(m, &x, &y);
    double right = accuracy(forward(m, x), y);
    for (int64_t i = 0; i < o->length; i++) {
        snprintf(names[i], sizeof names[i], "%lld", (long long)tt_get(x, TT_INDEX(0, i)));
        tokens[i] = names[i];
    }
    for (int i = 0; i < o->layers; i++)
        for (int64_t h = 0; h < o->heads; h++) {
            tt_tensor *w = tt_contiguous(tt_slice(m->layers[i].pattern, "0, %lld", (long long)h));
            pattern *p = &patterns[n++];
            *p = (pattern){.n = o->length, .weights = tt_cdata(w), .tokens = tokens};
            snprintf(p->title, sizeof p->title, "layer %d, head %lld", i + 1, (long long)h + 1);
        }
    terminal window = terminal_of(stdout);
    heatmaps_print(stdout, &window, expected(o), n, patterns);
    if (o->html)
        write_page(o, n, patterns);
    printf("accuracy %.4f\n", right);
    tt_scope_end(m->ctx, s);
}

static void parse(int argc, char **argv, options *o)
{
    const arg args[] = {
        {"--task", ARG_CHOICE, &o->task, 0, 0, "copy|induction", "what is learned"},
        {"--layers", ARG_INT, &o->layers, 1, MAX_LAYERS, "N", "blocks"},
        {"--heads", ARG_INT, &o->heads, 1, 16, "N", "heads of a block"},
        {"--width", ARG_INT, &o->width, 1, 4096, "N", "channels"},
        {"--steps", ARG_INT, &o->steps, 0, 1e9, "N",
         "training steps; 0: as many as the task needs"},
        {"--lr", ARG_REAL, &o->lr, 0, 10, "X", "learning rate"},
        {"--seed", ARG_INT, &o->seed, 0, 9e15, "N", "seed of everything random"},
        {"--threads", ARG_INT, &o->threads, 0, 1024, "N", "threads; 0: all"},
        {"--plot", ARG_OUT, &o->plot, 0, 0, "FILE.svg", "draw loss and accuracy"},
        {"--html", ARG_OUT, &o->html, 0, 0, "FILE.html", "draw the attention patterns"},
    };
    args_parse(argc, argv,
               &(arg_table){"Trains a transformer block, and shows what it attends to. Ctrl-C ends "
                            "training early,\nand draws what there is.",
                            ARG_ROWS(args)},
               NULL);
    program_need_writable(o->plot);
    program_need_writable(o->html);
    if (o->width % o->heads)
        program_usage(program_name, "--width: must be a multiple of --heads");
}

int main(int argc, char **argv)
{
    options o = {.task = "copy",
                 .heads = 2,
                 .width = 64,
                 .layers = 1,
                 .lr = 3e-3,
                 .batch = 32,
                 .length = 32,
                 .vocabulary = 16};
    parse(argc, argv, &o);
    if (o.steps == 0)
        o.steps = is_induction(&o) ? 1500 : 600;
    model m = {.ctx = program_context(o.threads, o.seed), .o = &o};
    make_model(&m);
    tt_adamw_options adamw = TT_ADAMW_OPTIONS_INIT;
    tt_optim *optim = tt_adamw(m.ctx, m.n_params, m.params, o.lr, &adamw);
    curves c = {0};
    if (!train(&m, optim, &c)) {
        tt_ctx_free(m.ctx);
        return program_end(0);
    }
    show(&m);
    if (o.plot && c.n > 0)
        draw(o.plot, &c);
    series_free(&c.steps);
    tt_ctx_free(m.ctx);
    return program_end(0);
}
