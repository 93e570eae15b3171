/* Loading. Files may prefix names with "transformer."; the causal masks that some store as buffers
 * are ignored. Invariant: a model that was opened without an error has a tensor of the right shape
 * for each parameter, out of the file that config.json was saved with; everything that does not fit
 * is named in one message. */
#define _DEFAULT_SOURCE /* usleep */
#include "weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/progress.h"
#include "common/folder/set.h"

static const char PREFIX[] = "transformer.";
enum { PATH = 4096, LIST = 600, NAME = 200, EACH = 12, TRIES = 3 };

static const char *without_prefix(const char *name)
{
    return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0 ? name + sizeof PREFIX - 1 : name;
}

/* "attn.bias" and "attn.masked_bias" of a block are constants. */
static bool is_buffer(const char *name)
{
    const char *attn = strstr(name, ".attn.");
    return attn && (strcmp(attn, ".attn.bias") == 0 || strcmp(attn, ".attn.masked_bias") == 0);
}

static gpt2_param *find(gpt2 *m, const char *name)
{
    for (int i = 0; i < m->n_params; i++)
        if (strcmp(m->params[i].name, name) == 0)
            return &m->params[i];
    return NULL;
}

/* The number of the block in "h.N.rest", or -1. */
static long block_of(const char *name)
{
    char *end;
    name = without_prefix(name);
    if (strncmp(name, "h.", 2) != 0 || name[2] < '0' || name[2] > '9')
        return -1;
    long block = strtol(name + 2, &end, 10);
    return *end == '.' ? block : -1;
}

/* Names behind a title, with commas. When there are many, those of one block are "h.3.* (12)". */
static void spell(char *text, const char *title, const char *const *names, int64_t n)
{
    size_t used = 0;
    *text = 0;
    for (int64_t i = 0, same; i < n; i += same) {
        long block = n > EACH ? block_of(names[i]) : -1;
        for (same = 1; block >= 0 && i + same < n && block_of(names[i + same]) == block;)
            same++;
        char one[NAME];
        if (same > 1)
            snprintf(one, sizeof one, "h.%ld.* (%lld)", block, (long long)same);
        else
            snprintf(one, sizeof one, "%s", names[i]);
        if (used + strlen(one) + sizeof " and 1000000 more" + sizeof "; missing: " > LIST) {
            snprintf(text + used, LIST - used, " and %lld more", (long long)(n - i));
            return;
        }
        used += (size_t)snprintf(text + used, LIST - used, "%s%s", i ? ", " : title, one);
    }
}

static bool shape_fits(const gpt2_param *p, tt_tensor *x)
{
    bool fits = tt_ndim(x) == p->ndim;
    for (int i = 0; fits && i < p->ndim; i++)
        fits = tt_size(x, i) == p->shape[i];
    return fits;
}

static tt_dtype dtype_for(const gpt2_param *p, tt_tensor *x, int wanted)
{
    tt_dtype stored = tt_dtype_of(x);
    if (wanted == AS_STORED)
        wanted = (int)stored;
    bool half = wanted == TT_F16 || wanted == TT_BF16;
    return half && p->ndim < 2 ? TT_F32 : (tt_dtype)wanted; /* only matrices are worth it */
}

static void take_tensor(gpt2 *m, tt_safetensors *file, const char *path, const char *stored,
                        int wanted)
{
    gpt2_param *p = find(m, without_prefix(stored));
    tt_tensor *x = tt_safetensors_get(file, stored);
    if (!x)
        return;
    if (tt_dtype_of(x) != TT_F32 && tt_dtype_of(x) != TT_F64 && tt_dtype_of(x) != TT_F16 &&
        tt_dtype_of(x) != TT_BF16)
        tt_error_set(m->ctx, TT_ERR_DTYPE, "%s: '%s' is %s, not a float", path, stored,
                     tt_dtype_name(tt_dtype_of(x)));
    else if (!shape_fits(p, x))
        tt_error_set(
            m->ctx, TT_ERR_SHAPE,
            "%s: '%s' has %d axes of %lld, %lld, where config.json asks for %d of %lld, %lld", path,
            stored, tt_ndim(x), (long long)(tt_ndim(x) > 0 ? tt_size(x, 0) : 0),
            (long long)(tt_ndim(x) > 1 ? tt_size(x, 1) : 0), p->ndim, (long long)p->shape[0],
            (long long)p->shape[1]);
    else
        p->x = tt_dtype_of(x) == dtype_for(p, x, wanted) ? x : tt_cast(x, dtype_for(p, x, wanted));
}

/* Names of the file and of the model that have no partner; room for all of them. */
typedef struct misfits {
    const char **missing, **unknown, **twice;
    int64_t n_missing, n_unknown, n_twice;
} misfits;

static bool misfits_make(misfits *f, int64_t stored, int params)
{
    *f = (misfits){.missing = calloc((size_t)(params + 2 * stored), sizeof *f->missing)};
    f->unknown = f->missing + params;
    f->twice = f->unknown + stored;
    return f->missing != NULL;
}

static void refuse(gpt2 *m, const char *path, const misfits *f)
{
    char missing[LIST], unknown[LIST], twice[LIST];
    spell(missing, " missing: ", f->missing, f->n_missing);
    spell(unknown, f->n_missing ? "; unknown: " : " unknown: ", f->unknown, f->n_unknown);
    spell(twice, f->n_missing + f->n_unknown ? "; twice: " : " twice: ", f->twice, f->n_twice);
    tt_error_set(m->ctx, TT_ERR_FORMAT, "%s does not fit config.json:%s%s%s", path, missing,
                 unknown, twice);
}

static void take_all(gpt2 *m, tt_safetensors *file, const char *path, int wanted)
{
    misfits f;
    if (!misfits_make(&f, tt_safetensors_count(file), m->n_params)) {
        tt_error_set(m->ctx, TT_ERR_NOMEM, "no memory for the names of %d tensors", m->n_params);
        return;
    }
    tt_scope s = tt_scope_begin(m->ctx, TT_NO_GRAD);
    progress_begin("opening the model", tt_safetensors_count(file));
    for (int64_t i = 0; i < tt_safetensors_count(file) && tt_ok(m->ctx); i++) {
        const char *stored = tt_safetensors_name(file, i), *name = without_prefix(stored);
        gpt2_param *p = find(m, name);
        m->prefixed = m->prefixed || name != stored;
        progress_step(i, NULL);
        if (p && p->x)
            f.twice[f.n_twice++] = stored;
        else if (p)
            take_tensor(m, file, path, stored, wanted);
        else if (!is_buffer(name) && strcmp(name, "lm_head.weight") != 0)
            f.unknown[f.n_unknown++] = stored; /* a head beside a tied one is the embedding again */
    }
    progress_end();
    for (int i = 0; i < m->n_params; i++) {
        m->params[i].x = tt_keep(m->params[i].x);
        if (!m->params[i].x)
            f.missing[f.n_missing++] = m->params[i].name;
    }
    tt_scope_end(m->ctx, s);
    if (f.n_missing + f.n_unknown + f.n_twice > 0)
        refuse(m, path, &f);
    free(f.missing);
}

/* A file that names a set is of config.json's, or config.json is another's. */
static bool same_set(const gpt2 *m, tt_safetensors *file)
{
    const char *set = tt_safetensors_metadata(file, GPT2_SET);
    return !set || strcmp(set, m->config.set) == 0;
}

/* The configuration, and the weights' file beside it, open; NULL: the error is recorded. */
static tt_safetensors *open_files(gpt2 *m, tt_ctx *ctx, const char *dir, char *path)
{
    char error[512];
    gpt2_config config;
    *m = (gpt2){.ctx = ctx};
    snprintf(path, PATH, "%s/config.json", dir);
    if (!gpt2_config_read(path, &config, error, sizeof error)) {
        tt_error_set(ctx, TT_ERR_FORMAT, "%s", error);
        return NULL;
    }
    gpt2_make(m, ctx, &config);
    snprintf(path, PATH, "%s/model.safetensors", dir);
    return tt_safetensors_open(ctx, path);
}

void gpt2_open(gpt2 *m, tt_ctx *ctx, const char *dir, int wanted)
{
    char path[PATH];
    set_settle(dir);
    tt_safetensors *file = open_files(m, ctx, dir, path);
    for (int i = 0; i < TRIES && file && !same_set(m, file); i++) {
        tt_safetensors_close(file); /* perhaps a training saves right now */
        gpt2_free(m);
        usleep(50000);
        set_settle(dir);
        file = open_files(m, ctx, dir, path);
    }
    if (!file)
        return;
    if (same_set(m, file))
        take_all(m, file, path, wanted);
    else
        tt_error_set(ctx, TT_ERR_FORMAT,
                     "%s: config.json and model.safetensors were not saved together: one was "
                     "replaced, or a copy was interrupted",
                     dir);
    tt_safetensors_close(file);
}

bool gpt2_vocabulary_fits(const char *dir, uint64_t vocabulary, char *error, size_t size)
{
    char path[PATH], ours[FINGERPRINT_TEXT], unread[512];
    gpt2_config c;
    snprintf(path, sizeof path, "%s/config.json", dir);
    fingerprint_spell(vocabulary, ours);
    if (!gpt2_config_read(path, &c, unread, sizeof unread) || !*c.vocabulary ||
        strcmp(c.vocabulary, ours) == 0)
        return true;
    return fail_with(error, size,
                     "%s: vocab.json and merges.txt are not those that the model was saved with: "
                     "they were replaced, or a copy was interrupted",
                     dir);
}
