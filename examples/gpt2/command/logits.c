/* tinytensor-gpt2 logits: what a model says of every position. Input: a text or ids; output: a .npy
 * file (tokens, vocabulary) in float32, whatever the weights are. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/program.h"
#include "common/progress.h"
#include "common/standard.h"
#include "gpt2/model/forward.h"
#include "prompt.h"

static void save_logits(gpt2 *m, const prompt *p, const char *path)
{
    char room[OUTPUT_ROOM];
    const char *name = output_begin(path, room);
    if (!name)
        program_fail("%s: cannot write: %s", path, strerror(errno));
    m->watched = true;
    progress_begin("computing the logits", m->config.n_layer + 1);
    tt_scope s = tt_scope_begin(m->ctx, TT_NO_GRAD);
    tt_tensor *x = tt_from_data(m->ctx, TT_I64, TT_SHAPE(1, p->n), p->ids);
    tt_tensor *logits = gpt2_logits(m, gpt2_hidden(m, x, NULL));
    tt_save_npy(tt_cast(tt_select(logits, 0, 0), TT_F32), name);
    tt_scope_end(m->ctx, s);
    progress_end();
    if (!output_end(path, room))
        program_fail("%s: cannot write: %s", path, strerror(errno));
}

int cmd_logits(int argc, char **argv)
{
    const char *model = NULL, *ids = NULL, *text = NULL, *out = NULL, *dtype = NULL;
    int64_t threads = 0;
    const arg args[] = {
        {"--model", ARG_IN, &model, 0, 0, "DIR", "the model's folder"},
        {"--ids", ARG_TEXT, &ids, 0, 0, "1,2,3", "token ids"},
        {"--prompt", ARG_TEXT, &text, 0, 0, "TEXT", "or a text"},
        {"--out", ARG_OUT, &out, 0, 0, "FILE.npy", "(tokens, vocabulary), float32"},
        {"--dtype", ARG_CHOICE, &dtype, 0, 0, DTYPES, "of the weights; else as stored"},
        {"--threads", ARG_INT, &threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    args_parse(
        argc, argv,
        &(arg_table){"Writes the logits of every position.", ARG_ROWS(args), .parts = FOLDER_PARTS},
        NULL);
    if (!out || !ids == !text)
        program_usage(argv[0], "--out, and either --ids or --prompt are needed");
    tt_ctx *ctx = command_model(&m, argv[0], model, dtype, threads, 0);
    prompt p = prompt_read(&m, model, text, ids, false);
    save_logits(&m, &p, out);
    printf("%s: %lld token%s, %lld logits each, float32\n", out, (long long)p.n,
           p.n == 1 ? "" : "s", (long long)m.config.vocab_size);
    prompt_free(&p);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
