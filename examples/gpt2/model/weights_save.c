/* Saving. Input: a model; output: config.json and model.safetensors. Invariant: the same model
 * gives the same bytes, and the set that both files name is a fingerprint of all that they hold. */
#define _POSIX_C_SOURCE 200809L /* access */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/folder/lock.h"
#include "common/folder/set.h"
#include "weights.h"

static const char PREFIX[] = "transformer.";
enum { PATH = 4400, ERROR = 4608 };

/* set: NULL for files that are of none. */
static void save(gpt2 *m, const char *path, tt_tensor *const *tensors, const char *set)
{
    const char **names = calloc((size_t)m->n_params, sizeof *names);
    char(*full)[64] = calloc((size_t)m->n_params, sizeof *full);
    for (int i = 0; i < m->n_params && names && full; i++) {
        bool prefix = m->prefixed && strcmp(m->params[i].name, "lm_head.weight") != 0;
        snprintf(full[i], sizeof *full, "%s%s", prefix ? PREFIX : "", m->params[i].name);
        names[i] = full[i];
    }
    if (names && full)
        tt_safetensors_save(path, m->n_params, names, tensors, set ? 2 : 1,
                            (const char *[]){"format", GPT2_SET}, (const char *[]){"pt", set});
    else
        tt_error_set(m->ctx, TT_ERR_NOMEM, "no memory for the names of %d tensors", m->n_params);
    free(names);
    free(full);
}

void gpt2_save_tensors(gpt2 *m, const char *path, tt_tensor *const *tensors)
{
    save(m, path, tensors, NULL);
}

/* Of the sizes and of all bytes of the parameters. */
static uint64_t fingerprint(const gpt2 *m, uint64_t vocabulary)
{
    const gpt2_config *c = &m->config;
    const int64_t sizes[] = {
        c->n_layer,      c->n_head,       c->n_embd,          c->n_positions,
        c->vocab_size,   c->n_inner,      c->activation,      c->tie_word_embeddings,
        c->bos_token_id, c->eos_token_id, (int64_t)vocabulary};
    uint64_t sum = fingerprint_add(0, sizes, sizeof sizes);
    sum = fingerprint_add(sum, &c->layer_norm_epsilon, sizeof c->layer_norm_epsilon);
    for (int i = 0; i < m->n_params; i++) {
        tt_tensor *x = tt_contiguous(m->params[i].x);
        tt_dtype dtype = tt_dtype_of(x);
        sum = fingerprint_add(sum, &dtype, sizeof dtype);
        if (x)
            sum = fingerprint_add(sum, tt_cdata(x), (size_t)tt_numel(x) * tt_itemsize(dtype));
    }
    return sum;
}

void gpt2_write(gpt2 *m, const char *dir, uint64_t vocabulary)
{
    char path[PATH], error[ERROR];
    gpt2_config config = m->config;
    tt_tensor **tensors = calloc((size_t)m->n_params, sizeof *tensors);
    if (!tensors) {
        tt_error_set(m->ctx, TT_ERR_NOMEM, "no memory for %d parameters", m->n_params);
        return;
    }
    tt_scope s = tt_scope_begin(m->ctx, TT_NO_GRAD);
    for (int i = 0; i < m->n_params; i++)
        tensors[i] = m->params[i].x;
    *config.vocabulary = 0;
    if (vocabulary)
        fingerprint_spell(vocabulary, config.vocabulary);
    fingerprint_spell(fingerprint(m, vocabulary), config.set);
    snprintf(path, sizeof path, "%s/config.json", dir);
    if (!gpt2_config_write(path, &config, error, sizeof error))
        tt_error_set(m->ctx, TT_ERR_IO, "%s", error);
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    m->prefixed = false;
    save(m, path, tensors, config.set);
    tt_scope_end(m->ctx, s);
    free(tensors);
}

static bool holds(const char *dir, const char *name, char *path)
{
    snprintf(path, PATH, "%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

bool gpt2_drop_vocabulary(file_set *s, char *error, size_t size)
{
    char path[PATH];
    gpt2_config old;
    if ((!holds(s->dir, "vocab.json", path) && !holds(s->dir, "merges.txt", path)) ||
        !holds(s->dir, "config.json", path))
        return true;
    if (!gpt2_config_read(path, &old, error, size))
        return false;
    return !*old.vocabulary ||
           (set_drop(s, "vocab.json", error, size) && set_drop(s, "merges.txt", error, size));
}

void gpt2_save(gpt2 *m, const char *dir)
{
    char error[ERROR];
    file_set s;
    bool ok = lock_take(dir, error, sizeof error);
    if (ok && (ok = set_begin(&s, dir, error, sizeof error))) {
        gpt2_write(m, s.stage, 0);
        if (tt_ok(m->ctx))
            ok = set_end(&s, error, sizeof error);
        else
            set_abandon(&s);
    }
    if (!ok)
        tt_error_set(m->ctx, TT_ERR_IO, "%s", error);
    lock_leave(dir);
}
