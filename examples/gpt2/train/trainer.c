/* The optimiser's state and its file: one safetensors file with the parameters ("model.NAME"), the
 * means ("m.NAME", "v.NAME"), the losses of steps and evaluations so far, and the step in its
 * metadata. Invariant: a file is loaded by the training that made it only, which its fingerprint
 * tells. */
#include "trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/folder/fingerprint.h"

enum { NAME = 64, SAME = 1024 };

void trainer_make(trainer *t, gpt2 *model)
{
    size_t n = (size_t)model->n_params;
    *t = (trainer){.model = model,
                   .m = calloc(n, sizeof *t->m),
                   .v = calloc(n, sizeof *t->v),
                   .decayed = calloc(n, sizeof *t->decayed),
                   .plain = calloc(n, sizeof *t->plain)};
    if (!t->m || !t->v || !t->decayed || !t->plain) {
        tt_error_set(model->ctx, TT_ERR_NOMEM, "no memory for %d parameters", model->n_params);
        return;
    }
    for (int i = 0; i < model->n_params; i++) {
        tt_tensor *x = model->params[i].x;
        t->m[i] = tt_zeros_like(x);
        t->v[i] = tt_zeros_like(x);
        tt_step_slot slot = {x, tt_data(t->m[i]), tt_data(t->v[i])};
        if (model->params[i].ndim == 2)
            t->decayed[t->n_decayed++] = slot;
        else
            t->plain[t->n_plain++] = slot;
    }
}

void trainer_free(trainer *t)
{
    free(t->m);
    free(t->v);
    free(t->decayed);
    free(t->plain);
    free(t->evals);
    series_free(&t->losses);
    *t = (trainer){0};
}

static bool add_eval(trainer *t, const double *values)
{
    double(*evals)[3] = realloc(t->evals, (size_t)(t->n_evals + 1) * sizeof *evals);
    if (!evals) {
        tt_error_set(t->model->ctx, TT_ERR_NOMEM, "no memory for %d evaluations", t->n_evals + 1);
        return false;
    }
    t->evals = evals;
    memcpy(t->evals[t->n_evals++], values, sizeof *evals);
    return true;
}

void trainer_note(trainer *t, double train_loss, double val_loss)
{
    if (t->n_evals > 0 && t->evals[t->n_evals - 1][0] == (double)t->step)
        t->n_evals--;
    add_eval(t, (double[]){(double)t->step, train_loss, val_loss});
}

bool trainer_note_loss(trainer *t, double loss)
{
    if (!series_add(&t->losses, loss))
        tt_error_set(t->model->ctx, TT_ERR_NOMEM, "no memory for the losses of %lld steps",
                     (long long)t->losses.n);
    return tt_ok(t->model->ctx);
}

void trainer_step(trainer *t, double lr, const train_options *o)
{
    tt_adam_hyper h = {.lr = lr,
                       .beta1 = o->beta1,
                       .beta2 = o->beta2,
                       .eps = 1e-8,
                       .weight_decay = o->weight_decay,
                       .decoupled = true,
                       .step = ++t->step};
    tt_adam_step_(t->n_decayed, t->decayed, &h);
    h.weight_decay = 0;
    tt_adam_step_(t->n_plain, t->plain, &h);
}

static const char EVALS[] = "evaluations", LOSSES[] = "losses";

/* The tensors of the file, three per parameter, and their names; then the losses, where there are
 * any. */
static int list(const trainer *t, char (*names)[NAME], const char **pointers, tt_tensor **tensors)
{
    static const char *const kinds[] = {"model", "m", "v"};
    int n = 0;
    for (int i = 0; i < t->model->n_params; i++) {
        tt_tensor *of[] = {t->model->params[i].x, t->m[i], t->v[i]};
        for (int k = 0; k < 3; k++, n++) {
            snprintf(names[n], NAME, "%s.%s", kinds[k], t->model->params[i].name);
            pointers[n] = names[n];
            tensors[n] = of[k];
        }
    }
    if (t->n_evals > 0) {
        pointers[n] = EVALS;
        tensors[n++] = tt_from_data(t->model->ctx, TT_F64, TT_SHAPE(t->n_evals, 3), t->evals);
    }
    if (t->losses.n > 0) {
        pointers[n] = LOSSES;
        tensors[n++] = tt_from_data(t->model->ctx, TT_F64, TT_SHAPE(t->losses.n), t->losses.values);
    }
    return n;
}

typedef struct lists {
    char (*names)[NAME];
    const char **pointers;
    tt_tensor **tensors;
    int n;
} lists;

static lists lists_make(const trainer *t)
{
    size_t n = 3 * (size_t)t->model->n_params + 2;
    lists l = {calloc(n, NAME), calloc(n, sizeof *l.pointers), calloc(n, sizeof *l.tensors), 0};
    if (l.names && l.pointers && l.tensors)
        l.n = list(t, l.names, l.pointers, l.tensors);
    else
        tt_error_set(t->model->ctx, TT_ERR_NOMEM, "no memory for a list of %zu tensors", n);
    return l;
}

static void lists_free(lists *l)
{
    free(l->names);
    free(l->pointers);
    free(l->tensors);
}

/* What must be the same for training to go on as if it had never stopped. */
static void fingerprint(char *text, size_t size, const gpt2_config *c, const train_options *o,
                        int64_t tokens)
{
    snprintf(
        text, size,
        "tokens %lld, vocabulary %lld, positions %lld, --n-layer %lld, --n-head %lld, "
        "--n-embd %lld, --batch-size %lld, --block-size %lld, --grad-accum %lld, --steps %lld, "
        "--lr %.17g, --min-lr %.17g, --warmup %lld, --weight-decay %.17g, --beta1 %.17g, "
        "--beta2 %.17g, --grad-clip %.17g, --dropout %.17g, --val-fraction %.17g, --seed %lld",
        (long long)tokens, (long long)c->vocab_size, (long long)c->n_positions,
        (long long)c->n_layer, (long long)c->n_head, (long long)c->n_embd, (long long)o->batch_size,
        (long long)o->block_size, (long long)o->grad_accum, (long long)o->steps, o->lr, o->min_lr,
        (long long)o->warmup, o->weight_decay, o->beta1, o->beta2, o->grad_clip, o->dropout,
        o->val_fraction, (long long)o->seed);
}

void trainer_save(trainer *t, const char *path, const train_options *o, int64_t tokens)
{
    char step[32], same[SAME], data[FINGERPRINT_TEXT];
    tt_scope s = tt_scope_begin(t->model->ctx, TT_NO_GRAD);
    lists l = lists_make(t);
    snprintf(step, sizeof step, "%lld", (long long)t->step);
    fingerprint(same, sizeof same, &t->model->config, o, tokens);
    fingerprint_spell(t->data, data);
    if (l.n)
        tt_safetensors_save(path, l.n, l.pointers, l.tensors, t->data ? 3 : 2,
                            (const char *[]){"step", "run", "data"},
                            (const char *[]){step, same, data});
    lists_free(&l);
    tt_scope_end(t->model->ctx, s);
}

/* Says which part of the fingerprint differs first. */
static void refuse(tt_ctx *ctx, const char *path, const char *saved, const char *now)
{
    size_t from = 0;
    for (size_t i = 0; saved[i] && saved[i] == now[i]; i++)
        if (saved[i] == ',')
            from = i + 2;
    tt_error_set(ctx, TT_ERR_ARG, "%s was made with %.*s, this run has %.*s", path,
                 (int)strcspn(saved + from, ","), saved + from, (int)strcspn(now + from, ","),
                 now + from);
}

/* Exactly as it was saved: tt_copy_ alone would spread a smaller tensor. */
static void load_tensor(tt_tensor *to, tt_safetensors *file, const char *path, const char *name)
{
    tt_tensor *from = tt_safetensors_get(file, name);
    bool fits = from && tt_ndim(from) == tt_ndim(to) && tt_dtype_of(from) == tt_dtype_of(to);
    for (int i = 0; fits && i < tt_ndim(to); i++)
        fits = tt_size(from, i) == tt_size(to, i);
    if (fits)
        tt_copy_(to, from);
    else
        tt_error_set(tt_ctx_of(to), TT_ERR_FORMAT, "%s: '%s' does not fit the model", path, name);
}

static void load_evals(trainer *t, tt_safetensors *file, const char *path)
{
    bool there = false;
    for (int64_t i = 0; i < tt_safetensors_count(file); i++)
        there = there || strcmp(tt_safetensors_name(file, i), EVALS) == 0;
    tt_tensor *x = there ? tt_contiguous(tt_safetensors_get(file, EVALS)) : NULL;
    if (x && (tt_dtype_of(x) != TT_F64 || tt_ndim(x) != 2 || tt_size(x, 1) != 3)) {
        tt_error_set(t->model->ctx, TT_ERR_FORMAT, "%s: '%s' is not (n 3)", path, EVALS);
        return;
    }
    t->n_evals = 0;
    for (int64_t i = 0; x && i < tt_size(x, 0); i++)
        if (!add_eval(t, (const double *)tt_cdata(x) + 3 * i))
            return;
}

/* One for each step so far. A checkpoint of before they were kept has none. */
static void load_losses(trainer *t, tt_safetensors *file, const char *path, int64_t steps)
{
    bool there = tt_safetensors_find(file, LOSSES) >= 0;
    tt_tensor *x = there ? tt_contiguous(tt_safetensors_get(file, LOSSES)) : NULL;
    if (x && (tt_dtype_of(x) != TT_F64 || tt_ndim(x) != 1 || tt_size(x, 0) != steps)) {
        tt_error_set(t->model->ctx, TT_ERR_FORMAT, "%s: '%s' is not (%lld)", path, LOSSES,
                     (long long)steps);
        return;
    }
    t->losses.n = 0;
    for (int64_t i = 0; i < steps; i++)
        if (!trainer_note_loss(t, x ? ((const double *)tt_cdata(x))[i] : (double)NAN))
            return;
}

/* Whether a checkpoint is of what is trained on now. One of before this was kept names nothing. */
static bool is_of_data(const trainer *t, const tt_safetensors *file)
{
    char now[FINGERPRINT_TEXT];
    const char *then = tt_safetensors_metadata(file, "data");
    fingerprint_spell(t->data, now);
    return !then || !t->data || strcmp(then, now) == 0;
}

/* The step that a checkpoint's text says; -1: none of this training. */
static int64_t read_step(const char *text, const train_options *o)
{
    char *end;
    long long step = strtoll(text, &end, 10);
    return end == text || *end || step < 0 || step > o->steps ? -1 : step;
}

bool trainer_peek(const char *path, int64_t *step, double *loss)
{
    tt_ctx *ctx = tt_ctx_new(); /* of its own: what is wrong with the file is no error here */
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    const char *text = tt_safetensors_metadata(file, "step");
    *step = text ? strtoll(text, NULL, 10) : 0;
    *loss = (double)NAN;
    if (tt_safetensors_find(file, EVALS) >= 0) {
        tt_tensor *x = tt_safetensors_get(file, EVALS);
        if (tt_ndim(x) == 2 && tt_size(x, 0) > 0 && tt_size(x, 1) == 3)
            *loss = tt_item(tt_select(tt_select(x, 0, -1), 0, 2));
    }
    tt_safetensors_close(file);
    tt_ctx_free(ctx);
    return text != NULL;
}

void trainer_load(trainer *t, const char *path, const train_options *o, int64_t tokens)
{
    char same[SAME];
    tt_ctx *ctx = t->model->ctx;
    tt_safetensors *file = tt_safetensors_open(ctx, path);
    if (!file)
        return;
    const char *step = tt_safetensors_metadata(file, "step"), *run;
    run = tt_safetensors_metadata(file, "run");
    fingerprint(same, sizeof same, &t->model->config, o, tokens);
    lists l = lists_make(t);
    int64_t at = -1;
    if (!step || !run)
        tt_error_set(ctx, TT_ERR_FORMAT, "%s: not a checkpoint of training", path);
    else if (strcmp(run, same) != 0)
        refuse(ctx, path, run, same);
    else if (!is_of_data(t, file))
        tt_error_set(ctx, TT_ERR_ARG, "%s was made with other data than %s, of the same length",
                     path, o->data);
    else if ((at = read_step(step, o)) < 0)
        tt_error_set(ctx, TT_ERR_FORMAT, "%s: '%.40s' is not a step", path, step);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    for (int i = 0; i < l.n && tt_ok(ctx); i++)
        load_tensor(l.tensors[i], file, path, l.pointers[i]);
    if (tt_ok(ctx))
        load_evals(t, file, path);
    if (tt_ok(ctx))
        load_losses(t, file, path, at);
    tt_scope_end(ctx, s);
    if (tt_ok(ctx))
        t->step = at;
    lists_free(&l);
    tt_safetensors_close(file);
}
