/* tinytensor-gpt2 eval: how well a model foretells a text. Input: a text, or shards of tokens;
 * output: loss, perplexity, bits per byte. Invariant: every token but the first is counted once,
 * however the windows of the context overlap. */
#include <math.h>
#include <stdio.h>

#include "command.h"
#include "common/args/args.h"
#include "common/program.h"
#include "common/progress.h"
#include "gpt2/model/forward.h"
#include "gpt2/model/weights.h"
#include "gpt2/text/source.h"

typedef struct eval_options {
    const char *model, *data, *dtype;
    int64_t stride, threads;
} eval_options;

static source read_source(const gpt2 *m, const eval_options *o)
{
    char error[4608];
    source s;
    progress_begin("reading the text", 0);
    if (!source_read(&s, o->data, o->model, error, sizeof error))
        program_fail("%s", error);
    progress_end();
    if (s.words &&
        !gpt2_vocabulary_fits(o->model, tokenizer_fingerprint(s.words), error, sizeof error))
        program_fail("%s", error);
    if (s.data.n < 2)
        program_fail("%s: two tokens at least are needed, not %lld", o->data, (long long)s.data.n);
    if (!tokens_fit(&s.data, o->data, m->config.vocab_size, error, sizeof error))
        program_fail("%s", error);
    progress_note("%s: %lld tokens", o->data, (long long)s.data.n);
    return s;
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

/* The sum over all tokens; stride: tokens between the windows, 0: as many as the context has. */
static double text_loss(gpt2 *m, const tokens *data, int64_t stride)
{
    int64_t context = m->config.n_positions, last = data->n - 1;
    double loss = 0;
    char note[64] = "evaluating";
    progress_begin("evaluating", last);
    stride = stride > 0 && stride < context ? stride : context;
    for (int64_t from = 0; from < last;) {
        int64_t to = from == 0 ? context : from + stride, begin;
        to = to < last ? to : last;
        begin = to - context > 0 && from > 0 && stride < context ? to - context : from;
        loss += window_loss(m, data, begin, from, to);
        from = to;
        snprintf(note, sizeof note, "loss %.4f", loss / (double)to);
        progress_step(to, note);
    }
    progress_end();
    return loss;
}

int cmd_eval(int argc, char **argv)
{
    eval_options o = {0};
    const arg args[] = {
        {"--model", ARG_IN, &o.model, 0, 0, "DIR", "the model's folder"},
        {"--data", ARG_IN, &o.data, 0, 0, "FILE", "text, or token shards (*.bin, a glob)"},
        {"--stride", ARG_INT, &o.stride, 0, 1e9, "N", "tokens between windows; 0: the context"},
        {"--dtype", ARG_CHOICE, &o.dtype, 0, 0, DTYPES, "of the weights; else as stored"},
        {"--threads", ARG_INT, &o.threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    args_parse(argc, argv, &(arg_table){"Loss of a model on a text.", ARG_ROWS(args)}, NULL);
    if (!o.data)
        program_usage(argv[0], "--data is needed");
    tt_ctx *ctx = command_model(&m, argv[0], o.model, o.dtype, o.threads, 0);
    source s = read_source(&m, &o);
    int64_t last = s.data.n - 1;
    double loss = text_loss(&m, &s.data, o.stride), mean = loss / (double)last;
    printf("loss %.6f\nperplexity %.4f\n", mean, exp(mean));
    if (s.bytes)
        printf("bits per byte %.6f\n", loss / log(2) / (double)s.bytes);
    printf("tokens %lld\n", (long long)last);
    source_free(&s);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
