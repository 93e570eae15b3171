/* tinytensor-gpt2 convert: the same model with its matrices in another dtype, or renamed as this
 * program names them. The tokenizer's files go along where there are any. */
#define _POSIX_C_SOURCE 200809L /* access */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "common/args.h"
#include "common/program.h"
#include "gpt2/model/weights.h"

enum { PATH = 4096 };

static void copy_tokenizer(const char *from, const char *to)
{
    char path[PATH], error[512];
    snprintf(path, sizeof path, "%s/vocab.json", from);
    if (access(path, F_OK) != 0)
        return;
    tokenizer *t = command_tokenizer(from);
    if (!tokenizer_save(t, to, error, sizeof error))
        program_fail("%s", error);
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
        program_usage(argv[0], "--model and --out are needed");
    gpt2 m;
    tt_ctx *ctx = command_model(&m, argv[0], model, dtype, "f32, bf16 or f16", 0, 0);
    gpt2_save(&m, out);
    copy_tokenizer(model, out);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
