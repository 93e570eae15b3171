/* The data of a training. Input: what --data names and how it is to be divided; output: batches.
 * Invariant: both parts are longer than a stretch, and every token is one of the vocabulary. */
#include "corpus.h"

#include <string.h>

#include "common/error.h"
#include "common/folder/fingerprint.h"
#include "gpt2/text/source.h"

enum { GPT2_WORDS = 50257, STRETCH = 1024, STRETCHES = 1024 };

/* The folder of the tokenizer; NULL: characters. */
static const char *tokenizer_folder(const train_options *o)
{
    const char *dir = o->tokenizer ? o->tokenizer : o->init_from;
    return dir && strcmp(dir, "char") != 0 ? dir : NULL;
}

static bool read_source(corpus *c, const train_options *o, char *error, size_t size)
{
    source s;
    const char *dir = tokenizer_folder(o);
    if (!source_read(&s, o->data, dir, error, size))
        return false;
    c->data = s.data;
    c->words = s.words;
    if (!s.shards && s.bytes == 0)
        return fail_with(error, size, "%s: the file is empty", o->data);
    if (s.shards && dir && !(c->words = tokenizer_open(dir, error, size)))
        return false;
    return true;
}

/* Without a tokenizer tokens are taken for GPT-2's. */
static void number_tokens(corpus *c)
{
    int64_t needed = c->data.largest + 1;
    c->vocabulary = c->words ? tokenizer_size(c->words) : needed > GPT2_WORDS ? needed : GPT2_WORDS;
    c->special = c->words ? tokenizer_special(c->words) : GPT2_WORDS - 1;
}

static bool divide(corpus *c, const train_options *o, char *error, size_t size)
{
    c->split = c->data.n - (int64_t)((double)c->data.n * o->val_fraction);
    if (c->split > o->block_size && c->data.n - c->split > o->block_size)
        return true;
    return fail_with(
        error, size,
        "%s: %lld tokens are too few for two parts, by --val-fraction %g, of more than "
        "--block-size %lld",
        o->data, (long long)c->data.n, o->val_fraction, (long long)o->block_size);
}

/* Of the tokenizer, and of all tokens or of as many as take no time, from everywhere. */
static uint64_t fingerprint(const corpus *c)
{
    int64_t ids[STRETCH], n = c->data.n, parts = n / STRETCH + 1,
                          length = n < STRETCH ? n : STRETCH;
    uint64_t sum = c->words ? tokenizer_fingerprint(c->words) : 0;
    parts = parts < STRETCHES ? parts : STRETCHES;
    for (int64_t i = 0; i < parts; i++) {
        int64_t at =
            parts > 1 ? (int64_t)((double)(n - length) * (double)i / (double)(parts - 1)) : 0;
        tokens_copy(&c->data, at, length, ids);
        sum = fingerprint_add(sum, ids, (size_t)length * sizeof *ids);
    }
    return sum;
}

bool corpus_read(corpus *c, const train_options *o, char *error, size_t size)
{
    *c = (corpus){0};
    bool ok = read_source(c, o, error, size);
    if (ok) {
        number_tokens(c);
        ok = tokens_fit(&c->data, o->data, c->vocabulary, error, size) && divide(c, o, error, size);
    }
    if (ok)
        c->sum = fingerprint(c);
    else
        corpus_free(c);
    return ok;
}

void corpus_free(corpus *c)
{
    tokens_free(&c->data);
    tokenizer_free(c->words);
    *c = (corpus){0};
}

/* splitmix64 */
uint64_t mixed(uint64_t seed, uint64_t step, uint64_t place)
{
    uint64_t z = seed + 0x9e3779b97f4a7c15u * (step + 1) + 0xd1b54a32d192ed03u * (place + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void corpus_batch(const corpus *c, tt_ctx *ctx, const train_options *o, int part, uint64_t seed,
                  int64_t step, int64_t micro, tt_tensor **x, tt_tensor **y)
{
    int64_t b = o->batch_size, t = o->block_size, begin = part == TRAIN ? 0 : c->split;
    int64_t size = part == TRAIN ? c->split : c->data.n - c->split;
    *x = tt_empty(ctx, TT_I64, TT_SHAPE(b, t));
    *y = tt_empty(ctx, TT_I64, TT_SHAPE(b, t));
    if (!*x || !*y)
        return;
    for (int64_t i = 0; i < b; i++) {
        uint64_t z = mixed(seed, (uint64_t)step, (uint64_t)(micro * b + i));
        int64_t at = begin + (int64_t)(z % (uint64_t)(size - t));
        tokens_copy(&c->data, at, t, (int64_t *)tt_data(*x) + i * t);
        tokens_copy(&c->data, at + 1, t, (int64_t *)tt_data(*y) + i * t);
    }
}
