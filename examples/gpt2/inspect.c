/* tinytensor-gpt2 eval, logits, grads, info: numbers of a model. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "commands.h"
#include "prompt.h"
#include "tokens.h"
#include "weights.h"

typedef struct inspect_options {
    const char *model, *data, *prompt, *ids, *targets, *out, *dtype;
    int64_t stride, threads;
} inspect_options;

static tt_ctx *open_model(gpt2 *m, const inspect_options *o, const char *command)
{
    if (!o->model)
        command_usage(command, "--model is needed");
    if (o->dtype && dtype_option(o->dtype) == AS_STORED)
        command_usage(command, "--dtype: f32, f64, bf16 or f16");
    tt_ctx *ctx = command_context(o->threads, 0);
    gpt2_open(m, ctx, o->model, dtype_option(o->dtype));
    return ctx;
}

/* ---- eval ---- */

typedef struct text {
    tokens data;
    int64_t bytes;
} text;

static text read_text(const gpt2 *m, const char *dir, const char *path)
{
    char error[512];
    size_t bytes, n = strlen(path);
    text t = {0};
    if (n > 4 && strcmp(path + n - 4, ".bin") == 0) {
        if (!tokens_map(path, &t.data, error, sizeof error))
            command_fail("%s", error);
    } else {
        const char *data = file_map(path, &bytes, error, sizeof error);
        if (*error)
            command_fail("%s", error);
        tokenizer *words = tokenizer_open(dir, error, sizeof error);
        if (!words)
            command_fail("%s", error);
        int32_t *ids = NULL;
        int64_t count = bytes ? tokenizer_encode(words, data, bytes, true, &ids) : 0;
        if (count < 0)
            command_fail("%s: %s", path, tokenizer_error(words));
        if (!tokens_take(ids, count, &t.data))
            command_fail("%s: no memory for its tokens", path);
        t.bytes = (int64_t)bytes;
        tokenizer_free(words);
        file_unmap(data, bytes);
    }
    if (t.data.n < 2)
        command_fail("%s: two tokens at least are needed, not %lld", path, (long long)t.data.n);
    if (t.data.largest >= m->config.vocab_size)
        command_fail("%s: token %lld is outside of the vocabulary of %lld", path,
                     (long long)t.data.largest, (long long)m->config.vocab_size);
    return t;
}

/* The sum of the losses of the tokens (from, to], with the window that begins at `begin`. */
static double window_loss(gpt2 *m, const tokens *data, int64_t begin, int64_t from, int64_t to)
{
    tt_ctx *ctx = m->ctx;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    int64_t t = to - begin;
    tt_tensor *x = tt_empty(ctx, TT_I64, TT_SHAPE(1, t)),
              *y = tt_empty(ctx, TT_I64, TT_SHAPE(1, t));
    tokens_copy(data, begin, t, tt_data(x));
    tokens_copy(data, begin + 1, t, tt_data(y));
    for (int64_t i = 0; i < from - begin; i++)
        ((int64_t *)tt_data(y))[i] = -100; /* counted in the window before */
    double loss = tt_item(gpt2_loss(m, x, y)) * (double)(to - from);
    tt_scope_end(ctx, s);
    return loss;
}

int cmd_eval(int argc, char **argv)
{
    inspect_options o = {0};
    const arg args[] = {
        {"--model", ARG_TEXT, &o.model, 0, 0, "DIR", "the model's folder"},
        {"--data", ARG_TEXT, &o.data, 0, 0, "FILE", "text, or token shards (*.bin, a glob)"},
        {"--stride", ARG_INT, &o.stride, 0, 1e9, "N", "tokens between windows; 0: the context"},
        {"--dtype", ARG_TEXT, &o.dtype, 0, 0, "f32|f64", "of the weights; else as stored"},
        {"--threads", ARG_INT, &o.threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    args_parse(argc, argv, "Loss of a model on a text.", args, sizeof args / sizeof *args);
    if (!o.data)
        command_usage(argv[0], "--data is needed");
    tt_ctx *ctx = open_model(&m, &o, argv[0]);
    text t = read_text(&m, o.model, o.data);
    int64_t context = m.config.n_positions, last = t.data.n - 1;
    int64_t stride = o.stride > 0 && o.stride < context ? o.stride : context;
    double loss = 0;
    for (int64_t from = 0; from < last;) {
        int64_t to = from == 0 ? context : from + stride, begin;
        to = to < last ? to : last;
        begin = to - context > 0 && from > 0 && stride < context ? to - context : from;
        loss += window_loss(&m, &t.data, begin, from, to);
        from = to;
    }
    double mean = loss / (double)last;
    printf("loss %.6f\nperplexity %.4f\n", mean, exp(mean));
    if (t.bytes)
        printf("bits per byte %.6f\n", loss / log(2) / (double)t.bytes);
    printf("tokens %lld\n", (long long)last);
    tokens_free(&t.data);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}

/* ---- logits ---- */

int cmd_logits(int argc, char **argv)
{
    inspect_options o = {0};
    const arg args[] = {
        {"--model", ARG_TEXT, &o.model, 0, 0, "DIR", "the model's folder"},
        {"--ids", ARG_TEXT, &o.ids, 0, 0, "1,2,3", "token ids"},
        {"--prompt", ARG_TEXT, &o.prompt, 0, 0, "TEXT", "or a text"},
        {"--out", ARG_TEXT, &o.out, 0, 0, "FILE.npy", "(tokens, vocabulary), float32"},
        {"--dtype", ARG_TEXT, &o.dtype, 0, 0, "f32|f64|bf16|f16", "of the weights; else as stored"},
        {"--threads", ARG_INT, &o.threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    args_parse(argc, argv, "Writes the logits of every position.", args,
               sizeof args / sizeof *args);
    if (!o.out || !o.ids == !o.prompt)
        command_usage(argv[0], "--out, and either --ids or --prompt are needed");
    tt_ctx *ctx = open_model(&m, &o, argv[0]);
    prompt p = prompt_read(&m, o.model, o.prompt, o.ids, false);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *ids = tt_from_data(ctx, TT_I64, TT_SHAPE(1, p.n), p.ids);
    tt_tensor *logits = gpt2_logits(&m, gpt2_hidden(&m, ids, NULL));
    tt_save_npy(tt_cast(tt_select(logits, 0, 0), TT_F32), o.out);
    tt_scope_end(ctx, s);
    if (p.words)
        tokenizer_free(p.words);
    free(p.ids);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}

/* ---- grads ---- */

int cmd_grads(int argc, char **argv)
{
    inspect_options o = {0};
    const arg args[] = {
        {"--model", ARG_TEXT, &o.model, 0, 0, "DIR", "the model's folder"},
        {"--ids", ARG_TEXT, &o.ids, 0, 0, "1,2,3", "token ids"},
        {"--targets", ARG_TEXT, &o.targets, 0, 0, "2,3,4", "the tokens after; -100: not counted"},
        {"--out", ARG_TEXT, &o.out, 0, 0, "FILE.safetensors", "one gradient per parameter"},
        {"--dtype", ARG_TEXT, &o.dtype, 0, 0, "f32|f64", "of the weights (f32)"},
        {"--threads", ARG_INT, &o.threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    int64_t n, n_targets;
    args_parse(argc, argv, "Writes the gradients of the mean loss.", args,
               sizeof args / sizeof *args);
    if (!o.out || !o.ids || !o.targets)
        command_usage(argv[0], "--ids, --targets and --out are needed");
    o.dtype = o.dtype ? o.dtype : "f32";
    tt_ctx *ctx = open_model(&m, &o, argv[0]);
    prompt p = prompt_read(&m, o.model, NULL, o.ids, false);
    int64_t *targets = ids_parse(o.targets, &n_targets, true);
    n = p.n;
    if (n_targets != n)
        command_fail("%lld ids, but %lld targets", (long long)n, (long long)n_targets);
    bool counted = false;
    for (int64_t i = 0; i < n; i++)
        counted = counted || targets[i] != -100;
    if (!counted)
        command_fail("every target is -100, which is not counted: there is no loss");
    gpt2_trainable(&m);
    tt_tensor *loss = gpt2_loss(&m, tt_from_data(ctx, TT_I64, TT_SHAPE(1, n), p.ids),
                                tt_from_data(ctx, TT_I64, TT_SHAPE(1, n), targets));
    tt_backward(loss);
    tt_tensor **grads = calloc((size_t)m.n_params, sizeof *grads);
    for (int i = 0; i < m.n_params && grads; i++) {
        grads[i] = tt_grad(m.params[i].x);
        if (!grads[i]) /* positions that were not reached, for instance */
            grads[i] = tt_zeros_like(m.params[i].x);
    }
    if (!grads)
        command_fail("no memory for %d gradients", m.n_params);
    gpt2_save_tensors(&m, o.out, grads);
    printf("loss %.9g\n", tt_item(loss));
    free(grads);
    free(targets);
    free(p.ids);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}

/* ---- info ---- */

static int64_t count(const gpt2_param *p)
{
    return p->shape[0] * (p->ndim == 2 ? p->shape[1] : 1);
}

static void part(const gpt2 *m, const char *title, const char *word)
{
    int64_t n = 0;
    for (int i = 0; i < m->n_params; i++)
        if (strstr(m->params[i].name, word))
            n += count(&m->params[i]);
    printf("  %-22s %13lld\n", title, (long long)n);
}

int cmd_info(int argc, char **argv)
{
    inspect_options o = {0};
    const arg args[] = {{"--model", ARG_TEXT, &o.model, 0, 0, "DIR", "the model's folder"}};
    gpt2 m;
    args_parse(argc, argv, "What a model folder holds.", args, 1);
    tt_ctx *ctx = open_model(&m, &o, argv[0]);
    const gpt2_config *c = &m.config;
    int64_t total = 0;
    for (int i = 0; i < m.n_params; i++)
        total += count(&m.params[i]);
    printf("layers %lld, heads %lld, channels %lld, context %lld, vocabulary %lld\n",
           (long long)c->n_layer, (long long)c->n_head, (long long)c->n_embd,
           (long long)c->n_positions, (long long)c->vocab_size);
    printf("activation %s, layer norm epsilon %g, %s head, weights stored as %s\n",
           c->activation == GPT2_GELU ? "gelu" : "gelu_new", c->layer_norm_epsilon,
           c->tie_word_embeddings ? "tied" : "separate", tt_dtype_name(tt_dtype_of(m.wte->x)));
    printf("\nparameters               %13lld\n", (long long)total);
    part(&m, "token embedding", "wte");
    part(&m, "position embedding", "wpe");
    part(&m, "attention", ".attn.");
    part(&m, "mlp", ".mlp.");
    part(&m, "layer norms", "ln_");
    if (!c->tie_word_embeddings)
        part(&m, "head", "lm_head");
    double mb = 1e6, cache = 2.0 * (double)(c->n_layer * c->n_positions * c->n_embd) * 4;
    printf("\nmemory to generate      %10.1f MB in float32, %.1f MB in bf16 or f16\n",
           ((double)total * 4 + cache) / mb, ((double)total * 2 + cache) / mb);
    /* parameters, gradients, two means; per token of a batch about 34 channels a layer */
    double per_token = (double)(c->n_layer * c->n_embd) * 34 * 4;
    printf("memory to train         %10.1f MB, and %.2f MB for each token of a batch\n",
           (double)total * 16 / mb, per_token / mb);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
