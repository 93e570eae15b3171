/* What subcommands begin with. Input: the values of their flags; output: what these name, opened.
 * Invariant: flags are looked at before any file is, so that wrong usage is said first. */
#include "command.h"

#include <string.h>

#include "common/files.h"
#include "common/program.h"
#include "common/progress.h"
#include "gpt2/model/weights.h"

enum { ERROR = 512 };

/* TT_F32 and so on for "f32", "f64", "f16", "bf16"; AS_STORED for others. */
static int dtype_named(const char *name)
{
    static const struct {
        const char *name;
        tt_dtype dtype;
    } known[] = {{"f32", TT_F32}, {"f64", TT_F64}, {"f16", TT_F16}, {"bf16", TT_BF16}};
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return (int)known[i].dtype;
    return AS_STORED;
}

tt_ctx *command_model(gpt2 *m, const char *command, const char *dir, const char *dtype,
                      int64_t threads, int64_t seed)
{
    if (!dir)
        program_usage(command, "--model is needed");
    tt_ctx *ctx = program_context(threads, seed);
    gpt2_open(m, ctx, dir, dtype_named(dtype));
    progress_note("%s: %lld layers, %.1f million parameters in %s; %d thread%s", dir,
                  (long long)m->config.n_layer, (double)gpt2_size(m) / 1e6,
                  tt_dtype_name(tt_dtype_of(m->wte->x)), tt_num_threads(ctx),
                  tt_num_threads(ctx) == 1 ? "" : "s");
    return ctx;
}

tokenizer *command_tokenizer(const char *dir)
{
    char error[ERROR];
    tokenizer *t = tokenizer_open(dir, error, sizeof error);
    if (!t || !gpt2_vocabulary_fits(dir, tokenizer_fingerprint(t), error, sizeof error))
        program_fail("%s", error);
    return t;
}

const char *command_file(const char *path, size_t *bytes)
{
    char error[ERROR];
    const char *data = file_map(path, bytes, error, sizeof error);
    if (*error)
        program_fail("%s", error);
    return data;
}
