/* tinytensor-gpt2 logits: what a model says of every position. Input: a text or ids; output: a .npy
 * file (tokens, vocabulary) in float32, whatever the weights are. */
#include <stdio.h>

#include "command.h"
#include "common/args.h"
#include "common/program.h"
#include "gpt2/model/forward.h"
#include "prompt.h"

int cmd_logits(int argc, char **argv)
{
    const char *model = NULL, *ids = NULL, *text = NULL, *out = NULL, *dtype = NULL;
    int64_t threads = 0;
    const arg args[] = {
        {"--model", ARG_TEXT, &model, 0, 0, "DIR", "the model's folder"},
        {"--ids", ARG_TEXT, &ids, 0, 0, "1,2,3", "token ids"},
        {"--prompt", ARG_TEXT, &text, 0, 0, "TEXT", "or a text"},
        {"--out", ARG_TEXT, &out, 0, 0, "FILE.npy", "(tokens, vocabulary), float32"},
        {"--dtype", ARG_TEXT, &dtype, 0, 0, "f32|f64|bf16|f16", "of the weights; else as stored"},
        {"--threads", ARG_INT, &threads, 0, 1024, "N", "threads; 0: all"},
    };
    gpt2 m;
    args_parse(argc, argv, "Writes the logits of every position.", args,
               sizeof args / sizeof *args);
    if (!out || !ids == !text)
        program_usage(argv[0], "--out, and either --ids or --prompt are needed");
    tt_ctx *ctx = command_model(&m, argv[0], model, dtype, "f32, f64, bf16 or f16", threads, 0);
    prompt p = prompt_read(&m, model, text, ids, false);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *x = tt_from_data(ctx, TT_I64, TT_SHAPE(1, p.n), p.ids);
    tt_tensor *logits = gpt2_logits(&m, gpt2_hidden(&m, x, NULL));
    tt_save_npy(tt_cast(tt_select(logits, 0, 0), TT_F32), out);
    tt_scope_end(ctx, s);
    prompt_free(&p);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
