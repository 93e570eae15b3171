/* The GPT-2 example against PyTorch (tests/gpt2/generate.py): logits, loss, every gradient, ten
 * steps of AdamW; generation with the cache against generation without; recomputed blocks; saving,
 * and training that goes on after a stop. TINY is the folder of vectors. */
#include "../unit/unit.h"
#include <stdio.h>
#include <unistd.h>

#include "gpt2/train/trainer.h"
#include "gpt2/model/forward.h"
#include "gpt2/model/weights.h"

typedef struct fixture {
    tt_ctx *ctx;
    gpt2 m;
    tt_safetensors *expected;
    tt_tensor *ids, *targets;
} fixture;

static fixture open_tiny(tt_dtype dtype)
{
    fixture f = {.ctx = tt_ctx_new()};
    gpt2_open(&f.m, f.ctx, TINY, (int)dtype);
    f.expected = tt_safetensors_open(f.ctx, TINY "/expected.safetensors");
    f.ids = tt_safetensors_get(f.expected, "ids");
    f.targets = tt_safetensors_get(f.expected, "targets");
    ck_assert_msg(tt_ok(f.ctx), "%s", tt_error_message(f.ctx));
    return f;
}

static void end(fixture *f)
{
    ck_assert_msg(tt_ok(f->ctx), "%s", tt_error_message(f->ctx));
    tt_safetensors_close(f->expected);
    gpt2_free(&f->m);
    tt_ctx_free(f->ctx);
}

static tt_tensor *expected(const fixture *f, tt_dtype dtype, const char *name)
{
    char full[128];
    snprintf(full, sizeof full, "%s.%s", dtype == TT_F32 ? "f32" : "f64", name);
    return tt_safetensors_get(f->expected, full);
}

/* Largest difference over the largest value. */
static double distance(tt_tensor *a, tt_tensor *b)
{
    a = tt_cast(tt_detach(a), TT_F64);
    b = tt_cast(b, TT_F64);
    return tt_item(tt_max(tt_abs(tt_sub(a, b)), TT_ALL_AXES, false)) /
           tt_item(tt_max(tt_abs(b), TT_ALL_AXES, false));
}

static const tt_dtype dtypes[] = {TT_F32, TT_F64};
static double limit(tt_dtype d)
{
    return d == TT_F32 ? 2e-5 : 1e-12;
}

START_TEST(logits_loss_gradients)
{
    tt_dtype d = dtypes[_i / 2];
    fixture f = open_tiny(d);
    f.m.recompute = _i % 2;
    gpt2_trainable(&f.m);
    tt_tensor *logits = gpt2_logits(&f.m, gpt2_hidden(&f.m, f.ids, NULL));
    ck_assert(distance(logits, expected(&f, d, "logits")) < limit(d));
    tt_tensor *loss = gpt2_loss(&f.m, f.ids, f.targets);
    ck_assert(distance(loss, expected(&f, d, "loss")) < limit(d));
    tt_backward(loss);
    for (int i = 0; i < f.m.n_params; i++) {
        char name[80];
        snprintf(name, sizeof name, "grad.%s", f.m.params[i].name);
        double off = distance(tt_grad(f.m.params[i].x), expected(&f, d, name));
        ck_assert_msg(off < 5 * limit(d), "%s is off by %g", name, off);
    }
    end(&f);
}
END_TEST

static const train_options TRAINING = {.lr = 1e-2,
                                       .min_lr = 1e-2,
                                       .beta1 = 0.9,
                                       .beta2 = 0.99,
                                       .weight_decay = 0.1,
                                       .grad_clip = 1,
                                       .steps = 10};

static double one_step(fixture *f, trainer *t)
{
    tt_scope s = tt_scope_begin(f->ctx, TT_GRAD);
    tt_tensor *loss = gpt2_loss(&f->m, f->ids, f->targets);
    tt_backward(loss);
    tt_clip_grad_norm(f->m.n_params, f->m.leaves, 1);
    trainer_step(t, TRAINING.lr, &TRAINING);
    tt_zero_grad(f->m.n_params, f->m.leaves);
    double value = tt_item(loss);
    tt_scope_end(f->ctx, s);
    return value;
}

START_TEST(ten_steps)
{
    tt_dtype d = dtypes[_i];
    fixture f = open_tiny(d);
    trainer t;
    gpt2_trainable(&f.m);
    trainer_make(&t, &f.m);
    tt_tensor *losses = expected(&f, d, "losses");
    for (int i = 0; i < 10; i++) {
        double loss = one_step(&f, &t), want = tt_get(losses, TT_INDEX(i));
        ck_assert_msg(fabs(loss - want) < (d == TT_F32 ? 1e-4 : 1e-10) * want,
                      "step %d: %g, not %g", i, loss, want);
    }
    trainer_free(&t);
    end(&f);
}
END_TEST

START_TEST(cache_changes_nothing)
{
    fixture f = open_tiny(TT_F64);
    tt_scope s = tt_scope_begin(f.ctx, TT_NO_GRAD);
    gpt2_cache cache = gpt2_cache_make(&f.m);
    tt_tensor *ids = tt_narrow(f.ids, 0, 0, 1);
    tt_tensor *whole = gpt2_hidden(&f.m, ids, NULL), *last = NULL;
    gpt2_hidden(&f.m, tt_narrow(ids, 1, 0, 5), &cache);
    for (int64_t i = 5; i < tt_size(ids, 1); i++) {
        last = gpt2_hidden(&f.m, tt_narrow(ids, 1, i, 1), &cache);
        ck_assert(distance(last, tt_narrow(whole, 1, i, 1)) < 1e-12);
    }
    gpt2_cache_free(&cache);
    tt_scope_end(f.ctx, s);
    end(&f);
}
END_TEST

/* Perturbing a later token changes no bit of an earlier logit. */
START_TEST(the_future_is_not_seen)
{
    fixture f = open_tiny(TT_F32);
    tt_tensor *other = tt_clone(f.ids);
    tt_copy_(tt_select(other, 1, 9), tt_full(f.ctx, TT_I64, TT_SHAPE(3), 7));
    tt_tensor *a = gpt2_hidden(&f.m, f.ids, NULL), *b = gpt2_hidden(&f.m, other, NULL);
    ck_assert(tt_array_equal(tt_narrow(a, 1, 0, 9), tt_narrow(b, 1, 0, 9)));
    ck_assert(!tt_array_equal(a, b));
    end(&f);
}
END_TEST

static char folder[] = "/tmp/tinytensor-gpt2-XXXXXX";

static const char *file_in(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

START_TEST(saved_and_opened_again)
{
    fixture f = open_tiny(TT_F32);
    gpt2 again;
    gpt2_save(&f.m, folder);
    gpt2_open(&again, f.ctx, folder, AS_STORED);
    ck_assert_msg(tt_ok(f.ctx), "%s", tt_error_message(f.ctx));
    for (int i = 0; i < f.m.n_params; i++)
        ck_assert(tt_array_equal(f.m.params[i].x, again.params[i].x));
    gpt2_free(&again);
    end(&f);
}
END_TEST

/* Five steps, saved, opened by another trainer, five more: the bits of ten steps. */
START_TEST(goes_on_bit_for_bit)
{
    fixture a = open_tiny(TT_F32), b = open_tiny(TT_F32);
    trainer ta, tb;
    gpt2_trainable(&a.m);
    gpt2_trainable(&b.m);
    trainer_make(&ta, &a.m);
    trainer_make(&tb, &b.m);
    for (int i = 0; i < 10; i++) {
        if (i == 5)
            trainer_save(&ta, file_in("checkpoint.safetensors"), &TRAINING, 99);
        one_step(&a, &ta);
    }
    trainer_load(&tb, file_in("checkpoint.safetensors"), &TRAINING, 98);
    expect_error(b.ctx, TT_ERR_ARG, "tokens 99, this run has tokens 98");
    trainer_load(&tb, file_in("checkpoint.safetensors"), &TRAINING, 99);
    ck_assert_int_eq(tb.step, 5);
    for (int i = 0; i < 5; i++)
        one_step(&b, &tb);
    for (int i = 0; i < a.m.n_params; i++) {
        tt_tensor *x = b.m.params[i].x;
        ck_assert(memcmp(tt_cdata(a.m.params[i].x), tt_cdata(x), (size_t)tt_numel(x) * 4) == 0);
    }
    trainer_free(&ta);
    trainer_free(&tb);
    end(&a);
    end(&b);
}
END_TEST

/* Checkpoints keep the loss of each step; one of before they did is opened all the same, without.
 */
START_TEST(checkpoints_keep_the_losses_of_all_steps)
{
    fixture a = open_tiny(TT_F32);
    const char *path = file_in("losses.safetensors");
    trainer with, without, back;
    gpt2_trainable(&a.m);
    trainer_make(&with, &a.m);
    trainer_make(&without, &a.m);
    with.step = without.step = 3;
    trainer_save(&without, path, &TRAINING, 99);
    trainer_make(&back, &a.m);
    trainer_load(&back, path, &TRAINING, 99);
    ck_assert(back.losses.n == 3 && isnan(back.losses.values[0]) && isnan(back.losses.values[2]));
    for (int i = 0; i < 3; i++)
        ck_assert(trainer_note_loss(&with, 0.5 * i));
    trainer_save(&with, path, &TRAINING, 99);
    trainer_load(&back, path, &TRAINING, 99);
    ck_assert(back.losses.n == 3 && back.losses.values[0] == 0 && back.losses.values[2] == 1);
    ck_assert(trainer_note_loss(&with, 2));
    trainer_save(&with, path, &TRAINING, 99);
    trainer_free(&back);
    trainer_make(&back, &a.m);
    trainer_load(&back, path, &TRAINING, 99);
    expect_error(a.ctx, TT_ERR_FORMAT, "'losses' is not (3)");
    trainer_free(&with);
    trainer_free(&without);
    trainer_free(&back);
    end(&a);
}
END_TEST

/* A file that lacks a tensor and has one too many: both are named in one message. */
START_TEST(all_that_does_not_fit_is_named)
{
    fixture f = open_tiny(TT_F32);
    gpt2 again;
    gpt2_save(&f.m, folder);
    snprintf(f.m.params[3].name, sizeof f.m.params[3].name, "h.0.surprise");
    tt_tensor **all = malloc((size_t)f.m.n_params * sizeof *all);
    for (int i = 0; i < f.m.n_params; i++)
        all[i] = f.m.params[i].x;
    gpt2_save_tensors(&f.m, file_in("model.safetensors"), all);
    free(all);
    gpt2_open(&again, f.ctx, folder, AS_STORED);
    expect_error(f.ctx, TT_ERR_FORMAT, "missing: h.0.ln_1.bias; unknown: h.0.surprise");
    gpt2_free(&again);
    end(&f);
}
END_TEST

int main(void)
{
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    TCase *c = new_case("gpt2");
    tcase_add_loop_test(c, logits_loss_gradients, 0, 4);
    tcase_add_loop_test(c, ten_steps, 0, 2);
    tcase_add_test(c, cache_changes_nothing);
    tcase_add_test(c, the_future_is_not_seen);
    tcase_add_test(c, saved_and_opened_again);
    tcase_add_test(c, goes_on_bit_for_bit);
    tcase_add_test(c, checkpoints_keep_the_losses_of_all_steps);
    tcase_add_test(c, all_that_does_not_fit_is_named);
    return run_suite("gpt2", c);
}
