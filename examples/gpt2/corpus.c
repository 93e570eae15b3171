/* The data of a training. Invariant: both parts are longer than a stretch, and every token is one
 * of the vocabulary. */
#include "corpus.h"

#include <string.h>

#include "commands.h"

enum { GPT2_WORDS = 50257, ERROR = 512 };

/* ---- reading ---- */

static bool is_shard(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".bin") == 0;
}

/* The folder of the tokenizer; NULL: characters. */
static const char *tokenizer_folder(const train_options *o)
{
    const char *dir = o->tokenizer ? o->tokenizer : o->init_from;
    return dir && strcmp(dir, "char") != 0 ? dir : NULL;
}

static void need_tokenizer(corpus *c, const char *error)
{
    if (!c->words)
        command_fail("%s", error);
    c->vocabulary = tokenizer_size(c->words);
    c->special = tokenizer_special(c->words);
}

static void read_shards(corpus *c, const train_options *o)
{
    char error[ERROR];
    const char *dir = tokenizer_folder(o);
    if (!tokens_map(o->data, &c->data, error, sizeof error))
        command_fail("%s", error);
    if (dir) {
        c->words = tokenizer_open(dir, error, sizeof error);
        need_tokenizer(c, error);
        return;
    }
    c->vocabulary = c->data.largest + 1 > GPT2_WORDS ? c->data.largest + 1 : GPT2_WORDS;
    c->special = GPT2_WORDS - 1;
}

static void read_text(corpus *c, const train_options *o)
{
    char error[ERROR];
    size_t bytes;
    int32_t *ids = NULL;
    const char *dir = tokenizer_folder(o), *text = file_map(o->data, &bytes, error, sizeof error);
    if (*error)
        command_fail("%s", error);
    if (bytes == 0)
        command_fail("%s: the file is empty", o->data);
    c->words = dir ? tokenizer_open(dir, error, sizeof error)
                   : tokenizer_chars(text, bytes, error, sizeof error);
    need_tokenizer(c, error);
    int64_t n = tokenizer_encode(c->words, text, bytes, true, &ids);
    if (n < 0)
        command_fail("%s: %s", o->data, tokenizer_error(c->words));
    if (!tokens_take(ids, n, &c->data))
        command_fail("%s: no memory for its tokens", o->data);
    file_unmap(text, bytes);
}

static void divide(corpus *c, const train_options *o)
{
    c->split = c->data.n - (int64_t)((double)c->data.n * o->val_fraction);
    if (c->split <= o->block_size || c->data.n - c->split <= o->block_size)
        command_fail(
            "%s: %lld tokens are too few for two parts, by --val-fraction %g, of more than "
            "--block-size %lld",
            o->data, (long long)c->data.n, o->val_fraction, (long long)o->block_size);
}

void corpus_read(corpus *c, const train_options *o)
{
    *c = (corpus){0};
    if (is_shard(o->data))
        read_shards(c, o);
    else
        read_text(c, o);
    if (c->data.largest >= c->vocabulary)
        command_fail("%s: token %lld is outside of the vocabulary of %lld", o->data,
                     (long long)c->data.largest, (long long)c->vocabulary);
    divide(c, o);
}

void corpus_free(corpus *c)
{
    tokens_free(&c->data);
    tokenizer_free(c->words);
    *c = (corpus){0};
}

/* ---- batches ---- */

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
