/* The training loop: read train_all() first. Input: a run that has begun; output: its model, saved,
 * and a line for each evaluation. Invariant: a state is saved only when the loss and the gradient
 * that it leads to are numbers, so that every checkpoint is one that training can go on from. */
#include "loop.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/progress.h"
#include "gpt2/model/forward.h"

static bool is_number(run *r, const char *what, double x)
{
    char kept[64];
    if (!run_ok(r) || isfinite(x))
        return tt_ok(r->ctx);
    return fail_with(r->error, sizeof r->error,
                     "%s is %s at step %lld; %s; a smaller --lr may help", what,
                     isnan(x) ? "nan" : "infinite", (long long)r->trainer.step, run_kept(r, kept));
}

/* Something beside the training went wrong: it ends, after saving. */
static void get_into_trouble(run *r, const char *path)
{
    snprintf(r->trouble, sizeof r->trouble, "%s: cannot write: %s", path, strerror(errno));
}

static bool must_end(const run *r)
{
    return (r->interrupt && *r->interrupt) || *r->trouble;
}

/* Nothing is lost yet when it ends here. */
static bool ends_at_once(const run *r)
{
    return must_end(r) && r->trainer.step == r->first && !r->o->resume;
}

/* The mean loss over some batches, the same ones each time. */
static double estimate(run *r, int part)
{
    double total = 0;
    tt_set_training(r->ctx, false);
    for (int64_t i = 0; i < r->o->eval_iters && !ends_at_once(r); i++) {
        tt_tensor *x, *y;
        tt_scope s = tt_scope_begin(r->ctx, TT_NO_GRAD);
        corpus_batch(&r->data, r->ctx, r->o, part, (uint64_t)r->o->seed ^ 0xe7a1, i, part, &x, &y);
        total += tt_item(gpt2_loss(&r->model, x, y));
        tt_scope_end(r->ctx, s);
        progress_step(i + 1 + (part == VAL ? r->o->eval_iters : 0), NULL);
    }
    tt_set_training(r->ctx, true);
    return total / (double)r->o->eval_iters;
}

static bool evaluate(run *r, double *val)
{
    progress_begin("evaluating", 2 * r->o->eval_iters);
    double train = estimate(r, TRAIN);
    *val = estimate(r, VAL);
    progress_end();
    if (ends_at_once(r))
        return run_ok(r);
    if (!is_number(r, "the training loss", train) || !is_number(r, "the validation loss", *val))
        return false;
    trainer_note(&r->trainer, train, *val);
    progress_print(stdout, "step %5lld  train loss %.4f  val loss %.4f", (long long)r->trainer.step,
                   train, *val);
    bool begun = r->trainer.step > r->first || r->trainer.step == r->o->steps;
    if (begun && !journal_draw(r->o, &r->trainer))
        get_into_trouble(r, r->o->plot);
    return run_ok(r);
}

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

static bool update(run *r, double lr)
{
    trainer_step(&r->trainer, lr, r->o);
    tt_zero_grad(r->model.n_params, r->model.leaves);
    return run_ok(r);
}

static void say_nothing_saved(void)
{
    progress_print(stdout, "interrupted before the first step; nothing is saved");
}

/* Before the update of a step whose gradient is made of numbers; *end: training ends here. A run
 * that has not done a step yet saves nothing over what may be in its folder. */
static bool save_when_due(run *r, bool *end)
{
    const train_options *o = r->o;
    bool begun = r->trainer.step > r->first || o->resume;
    *end = must_end(r);
    if (begun && (*end || (o->save_every > 0 && r->trainer.step % o->save_every == 0)) &&
        !run_save(r))
        return false;
    if (*end && begun && !*r->trouble)
        progress_print(stdout, "interrupted after step %lld; continue with --resume",
                       (long long)r->trainer.step);
    else if (*end && !*r->trouble)
        say_nothing_saved();
    return true;
}

/* One step and, where they are due, a checkpoint before it and an evaluation after it. *val: what
 * the latter found, or NAN; *end: it was not done, since training ends here. */
static bool one_step(run *r, double *val, bool *end)
{
    const train_options *o = r->o;
    double norm, lr = learning_rate(r), begin = clock_seconds(), loss = gradients(r, &norm);
    if (!is_number(r, "the loss", loss) || !is_number(r, "the gradient's norm", norm))
        return false;
    double seconds = clock_seconds() - begin;
    if (!save_when_due(r, end))
        return false;
    if (*end)
        return true;
    begin = clock_seconds();
    if (!update(r, lr) || !trainer_note_loss(&r->trainer, loss))
        return false;
    double batch = (double)(o->batch_size * o->block_size * o->grad_accum);
    double rate = batch / (seconds + clock_seconds() - begin);
    int64_t done = r->trainer.step;
    *val = NAN;
    if ((done % o->eval_every == 0 || done == o->steps) && !evaluate(r, val))
        return false;
    if (!journal_write(&r->log, o, &(journal_line){done, loss, *val, lr, norm, rate}))
        get_into_trouble(r, o->log);
    char note[80];
    snprintf(note, sizeof note, "loss %.4f  %.0f tokens/s", loss, rate);
    progress_step(done - r->first, note);
    return true;
}

static bool finish(run *r, double val)
{
    if (isnan(val) && !evaluate(r, &val)) /* not a step was left */
        return false;
    if (!run_save(r))
        return false;
    progress_print(stdout, "val loss %.4f", val);
    progress_note("the model is in %s: tinytensor-gpt2 generate --model %s", r->o->out, r->o->out);
    return true;
}

bool train_all(run *r)
{
    const train_options *o = r->o;
    double val = NAN, first;
    bool end = false;
    char kept[64];
    tt_set_training(r->ctx, true);
    progress_begin("training", o->steps - r->trainer.step);
    bool ok = r->trainer.step > 0 || o->steps == 0 || evaluate(r, &first);
    if (ok && ends_at_once(r)) {
        end = true;
        say_nothing_saved();
    }
    while (ok && r->trainer.step < o->steps && !end)
        ok = one_step(r, &val, &end);
    progress_end();
    ok = ok && (end || finish(r, val));
    return ok && (!*r->trouble ||
                  fail_with(r->error, sizeof r->error, "%s; %s", r->trouble, run_kept(r, kept)));
}
