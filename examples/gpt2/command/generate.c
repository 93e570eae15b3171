/* tinytensor-gpt2 generate: continues a prompt with a cache of keys and values. When the context is
 * full, its oldest quarter is dropped, and the rest read again: positions are absolute. Invariant:
 * what is shown is whole characters, and never part of the text at which it stops. */
#define _POSIX_C_SOURCE 200809L /* access */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "common/args/args.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/program.h"
#include "common/progress.h"
#include "common/shipped.h"
#include "gpt2/model/forward.h"
#include "gpt2/model/sample.h"
#include "gpt2/text/bytes.h"
#include "prompt.h"

typedef struct generate_options {
    const char *model, *prompt, *prompt_file, *stop, *dtype, *ids;
    int64_t tokens, seed, num_samples, threads;
    bool stream, no_cache;
    sample_options sampling;
} generate_options;

typedef struct generator {
    gpt2 *model;
    tokenizer *words; /* NULL: ids are printed */
    gpt2_cache cache;
    const generate_options *o;
    int64_t *ids, n; /* the prompt and what followed */
    int64_t window;  /* the first token of the context */
    float *logits;
    candidate *room;
} generator;

/* Logits of the token after ids[window .. n). Reads what the cache does not hold. */
static void next_logits(generator *g)
{
    tt_ctx *ctx = g->model->ctx;
    int64_t limit = g->model->config.n_positions, vocabulary = g->model->config.vocab_size;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    if (g->n - g->window > limit) {
        g->window = g->n - (limit - limit / 4 > 0 ? limit - limit / 4 : 1);
        g->cache.length = 0;
    }
    if (g->o->no_cache)
        g->cache.length = 0;
    int64_t held = g->window + g->cache.length, t = g->n - held;
    tt_tensor *ids = tt_from_data(ctx, TT_I64, TT_SHAPE(1, t), g->ids + held);
    tt_tensor *h = gpt2_hidden(g->model, ids, &g->cache);
    tt_tensor *logits = gpt2_logits(g->model, tt_narrow(h, 1, t - 1, 1));
    tt_copy_out(tt_cast(logits, TT_F32), g->logits, (size_t)vocabulary * sizeof(float));
    tt_scope_end(ctx, s);
    for (int64_t i = 0; i < vocabulary; i++) /* no choice can be made among these */
        if (isnan(g->logits[i]) || g->logits[i] == (float)INFINITY)
            program_fail("after %lld tokens the logit of token %lld is %g: broken weights?",
                         (long long)g->n, (long long)i, (double)g->logits[i]);
}

static double uniform(tt_ctx *ctx)
{
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    double u = tt_item(tt_rand(ctx, TT_F64, TT_SCALAR));
    tt_scope_end(ctx, s);
    return u;
}

typedef struct output {
    char *text; /* of all tokens of this sample after the prompt */
    size_t n, room, shown;
} output;

static void append(output *out, const char *text, size_t n)
{
    if (out->n + n + 1 > out->room) {
        out->room = 2 * (out->n + n + 1);
        out->text = realloc(out->text, out->room);
        if (!out->text)
            program_fail("no memory for the text");
    }
    memcpy(out->text + out->n, text, n);
    out->n += n;
    out->text[out->n] = 0;
}

/* Where the stop text begins in what is there, or n. None ends in the first `known` bytes. */
static size_t stop_at(const output *out, const char *stop, size_t known)
{
    size_t n = stop ? strlen(stop) : 0;
    for (size_t i = known > n ? known - n : 0; n && i + n <= out->n; i++)
        if (memcmp(out->text + i, stop, n) == 0)
            return i;
    return out->n;
}

/* Up to `end`, without the beginning of a character that is not whole. */
static void show(output *out, size_t end)
{
    end -= utf8_unfinished(out->text, end);
    if (end > out->shown) {
        fwrite(out->text + out->shown, 1, end - out->shown, stdout);
        fflush(stdout);
        out->shown = end;
    }
}

static void begin_text(const generate_options *o)
{
    if (o->prompt)
        printf("%s", o->prompt);
    fflush(stdout);
}

static void append_token(const generator *g, output *out, int64_t id)
{
    char number[32], *text = NULL;
    int32_t one = (int32_t)id;
    if (!g->words) {
        snprintf(number, sizeof number, "%s%lld", out->n ? " " : "", (long long)id);
        append(out, number, strlen(number));
        return;
    }
    int64_t n = tokenizer_decode(g->words, &one, 1, &text);
    if (n < 0)
        program_fail("token %lld is not in the tokenizer's vocabulary", (long long)id);
    append(out, text, (size_t)n);
    free(text);
}

/* One sample, from the prompt of n ids; returns the number of tokens made. */
static int64_t generate(generator *g, int64_t n)
{
    const generate_options *o = g->o;
    output out = {0};
    int64_t made = 0, end = g->words ? tokenizer_special(g->words) : -1;
    size_t hold = o->stop ? strlen(o->stop) : 0; /* may be the beginning of the stop text */
    g->n = n;
    g->window = 0;
    g->cache.length = 0;
    append(&out, "", 0);
    if (o->stream)
        begin_text(o);
    else
        progress_begin("generating", o->tokens);
    while (made < o->tokens) {
        next_logits(g);
        int64_t id = sample(g->logits, g->model->config.vocab_size, g->ids, g->n, &o->sampling,
                            uniform(g->model->ctx), g->room);
        if (id == end)
            break;
        g->ids[g->n++] = id;
        made++;
        progress_step(made, NULL);
        size_t known = out.n;
        append_token(g, &out, id);
        size_t stop = stop_at(&out, o->stop, known);
        if (stop < out.n) {
            out.n = stop;
            break;
        }
        if (o->stream)
            show(&out, out.n > hold ? out.n - hold : 0);
    }
    if (!o->stream) {
        progress_end();
        begin_text(o);
    }
    show(&out, out.n);
    printf("\n");
    fflush(stdout);
    free(out.text);
    return made;
}

/* As a string, for the rest of the program; a prompt ends at a zero. */
static const char *read_prompt(const char *path)
{
    static char *text; /* lives as long as arguments do */
    size_t bytes;
    const char *data = command_file(path, &bytes);
    text = calloc(bytes + 1, 1);
    if (!text)
        program_fail("no memory for the prompt");
    if (data)
        memcpy(text, data, bytes);
    file_unmap(data, bytes);
    return text;
}

/* For those who have none of their own yet. */
static const char *shipped_model(const char *command)
{
    static char path[4096];
    char config[4200];
    shipped_path("models/shakespeare", DATA_DIR, path);
    snprintf(config, sizeof config, "%s/config.json", path);
    if (access(config, R_OK) != 0)
        program_usage(command, "--model is needed: the model that ships is not in %s", path);
    fprintf(stderr, "the model is %s, which ships with the program; --model takes another\n", path);
    return path;
}

static void parse(int argc, char **argv, generate_options *o)
{
    const arg args[] = {
        {"--model", ARG_IN, &o->model, 0, 0, "DIR", "the model's folder; else the shipped model"},
        {"--prompt", ARG_TEXT, &o->prompt, 0, 0, "TEXT", "what is continued"},
        {"--prompt-file", ARG_IN, &o->prompt_file, 0, 0, "FILE", "a file with the prompt"},
        {"--ids", ARG_TEXT, &o->ids, 0, 0, "1,2,3", "the prompt as token ids; ids are printed"},
        {"--tokens", ARG_INT, &o->tokens, 0, 1e9, "N", "tokens to make"},
        {"--temperature", ARG_REAL, &o->sampling.temperature, 0, 1e6, "X", "0: greedy"},
        {"--top-k", ARG_INT, &o->sampling.top_k, 0, 1e9, "K", "of the K likeliest only; 0: all"},
        {"--top-p", ARG_REAL, &o->sampling.top_p, 0, 1, "P", "of the likeliest that add up to P"},
        {"--repetition-penalty", ARG_REAL, &o->sampling.repetition_penalty, 0.01, 100, "X",
         "divides the logits of tokens that have been said"},
        {"--greedy", ARG_FLAG, &o->sampling.greedy, 0, 0, NULL, "always the likeliest token"},
        {"--seed", ARG_INT, &o->seed, 0, 9e15, "N", "seed of the choices"},
        {"--num-samples", ARG_INT, &o->num_samples, 1, 1e6, "N", "continuations"},
        {"--stop", ARG_TEXT, &o->stop, 0, 0, "TEXT", "end before this text"},
        {"--dtype", ARG_CHOICE, &o->dtype, 0, 0, HALF_DTYPES, "of the matrices; else as stored"},
        {"--stream", ARG_FLAG, &o->stream, 0, 0, NULL, "print text as it is made"},
        {"--no-cache", ARG_FLAG, &o->no_cache, 0, 0, NULL,
         "read the whole context for every token"},
        {"--threads", ARG_INT, &o->threads, 0, 1024, "N", "threads; 0: all"},
    };
    args_parse(argc, argv, &(arg_table){"Continues a text.", ARG_ROWS(args)}, NULL);
    if (!o->model)
        o->model = shipped_model(argv[0]);
    if (o->prompt && o->ids)
        program_usage(argv[0], "--prompt and --ids exclude each other");
    if (o->prompt_file && (o->prompt || o->ids))
        program_usage(argv[0], "--prompt-file and %s exclude each other",
                      o->prompt ? "--prompt" : "--ids");
    if (o->prompt_file)
        o->prompt = read_prompt(o->prompt_file);
}

/* The prompt, and room for all that is made. */
static generator make(gpt2 *m, const prompt *p, const generate_options *o)
{
    size_t vocabulary = (size_t)m->config.vocab_size;
    generator g = {.model = m,
                   .words = p->words,
                   .o = o,
                   .ids = malloc((size_t)(p->n + o->tokens) * sizeof *g.ids),
                   .logits = malloc(vocabulary * sizeof *g.logits),
                   .room = malloc(vocabulary * sizeof *g.room)};
    if (!g.ids || !g.logits || !g.room)
        program_fail("no memory for %lld logits", (long long)vocabulary);
    memcpy(g.ids, p->ids, (size_t)p->n * sizeof *g.ids);
    g.cache = gpt2_cache_make(m);
    return g;
}

static void end(generator *g)
{
    gpt2_cache_free(&g->cache);
    free(g->ids);
    free(g->logits);
    free(g->room);
}

int cmd_generate(int argc, char **argv)
{
    generate_options o = {.tokens = 200,
                          .num_samples = 1,
                          .seed = 1337,
                          .sampling = {.temperature = 1, .top_p = 1, .repetition_penalty = 1}};
    gpt2 m;
    parse(argc, argv, &o);
    tt_ctx *ctx = command_model(&m, argv[0], o.model, o.dtype, o.threads, o.seed);
    prompt p = prompt_read(&m, o.model, o.prompt, o.ids, true);
    generator g = make(&m, &p, &o);
    int64_t made = 0;
    double begin = clock_seconds();
    for (int64_t i = 0; i < o.num_samples; i++) {
        if (o.num_samples > 1)
            printf("%s--- %lld ---\n", i ? "\n" : "", (long long)i + 1);
        made += generate(&g, p.n);
    }
    double seconds = clock_seconds() - begin;
    fprintf(stderr, "%lld tokens in %.2f s: %.1f tokens/s\n", (long long)made, seconds,
            (double)made / seconds);
    end(&g);
    prompt_free(&p);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
