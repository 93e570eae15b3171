/* tinytensor-gpt2 convert: the same model with its matrices in another dtype, or renamed as this
 * program names them. The tokenizer's files go along where there are any. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

#include "args.h"
#include "commands.h"
#include "prompt.h"
#include "weights.h"

enum { PATH = 4096 };

static void copy_tokenizer(const char *from, const char *to)
{
    char path[PATH], error[512];
    snprintf(path, sizeof path, "%s/vocab.json", from);
    if (access(path, F_OK) != 0)
        return;
    tokenizer *t = tokenizer_open(from, error, sizeof error);
    if (!t || !tokenizer_save(t, to, error, sizeof error))
        command_fail("%s", error);
    tokenizer_free(t);
}

int cmd_convert(int argc, char **argv)
{
    const char *model = NULL, *out = NULL, *dtype = NULL;
    const arg args[] = {
        {"--model", ARG_TEXT, &model, 0, 0, "DIR", "the model's folder"},
        {"--out", ARG_TEXT, &out, 0, 0, "DIR", "the new model's"},
        {"--dtype", ARG_TEXT, &dtype, 0, 0, "f32|bf16|f16", "of the matrices; else as stored"},
    };
    args_parse(argc, argv, "Writes a model with another dtype.", args, sizeof args / sizeof *args);
    if (!model || !out)
        command_usage(argv[0], "--model and --out are needed");
    if (dtype && dtype_option(dtype) == AS_STORED)
        command_usage(argv[0], "--dtype: f32, bf16 or f16");
    tt_ctx *ctx = command_context(0, 0);
    gpt2 m;
    gpt2_open(&m, ctx, model, dtype_option(dtype));
    gpt2_save(&m, out);
    copy_tokenizer(model, out);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
