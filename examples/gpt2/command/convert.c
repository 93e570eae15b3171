/* tinytensor-gpt2 convert: the same model with its matrices in another dtype, or renamed as this
 * program names them. The tokenizer's files go along where there are any; all of them take their
 * places together. */
#define _POSIX_C_SOURCE 200809L /* access */
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "common/args/args.h"
#include "common/folder/folder.h"
#include "common/interrupt.h"
#include "common/program.h"
#include "common/progress.h"
#include "gpt2/model/weights.h"

enum { PATH = 4096, ERROR = 4608 };

typedef struct convert_options {
    const char *model, *out, *dtype;
    bool overwrite;
} convert_options;

/* NULL: the model has none. */
static tokenizer *find_tokenizer(const char *dir)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/vocab.json", dir);
    return access(path, F_OK) == 0 ? command_tokenizer(dir) : NULL;
}

/* A signal that comes while the files are written is heeded once they are, when the stage can go.
 */
static void write_all(gpt2 *m, const convert_options *o)
{
    char error[ERROR];
    file_set s;
    tokenizer *t = find_tokenizer(o->model);
    const char *kept = o->overwrite ? NULL
                       : t          ? "checkpoint.safetensors"
                                    : "checkpoint.safetensors vocab.json";
    if (!folder_claim(o->out, kept, error, sizeof error))
        program_fail("%s", error);
    if (!set_begin(&s, o->out, error, sizeof error))
        program_fail("%s", error);
    if (!set_drop(&s, "checkpoint.safetensors", error, sizeof error) || /* of what is replaced */
        (t ? !tokenizer_save(t, s.stage, error, sizeof error)
           : !gpt2_drop_vocabulary(&s, error, sizeof error)))
        program_fail("%s", error);
    folder_watch("writing", &s, gpt2_bytes(m));
    const volatile sig_atomic_t *interrupted = interrupt_defer();
    gpt2_write(m, s.stage, t ? tokenizer_fingerprint(t) : 0);
    progress_end();
    if (*interrupted)
        program_fail("interrupted; %s is as it was", o->out);
    if (!set_end(&s, error, sizeof error))
        program_fail("%s", error);
    lock_leave(o->out);
    tokenizer_free(t);
}

int cmd_convert(int argc, char **argv)
{
    convert_options o = {0};
    const arg args[] = {
        {"--model", ARG_IN, &o.model, 0, 0, "DIR", "the model's folder"},
        {"--out", ARG_OUT, &o.out, 0, 0, "DIR", "the new model's"},
        {"--dtype", ARG_CHOICE, &o.dtype, 0, 0, HALF_DTYPES, "of the matrices; else as stored"},
        {"--overwrite", ARG_FLAG, &o.overwrite, 0, 0, NULL, "replace a training in --out"},
    };
    args_parse(
        argc, argv,
        &(arg_table){"Writes a model with another dtype.", ARG_ROWS(args), .parts = FOLDER_PARTS},
        NULL);
    if (!o.model || !o.out)
        program_usage(argv[0], "--model and --out are needed");
    gpt2 m;
    tt_ctx *ctx = command_model(&m, argv[0], o.model, o.dtype, 0, 0);
    interrupt_watch();
    write_all(&m, &o);
    printf("%s: %.1f million parameters in %s, %.1f MB\n", o.out, (double)gpt2_size(&m) / 1e6,
           tt_dtype_name(tt_dtype_of(m.wte->x)), (double)gpt2_bytes(&m) / 1e6);
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
