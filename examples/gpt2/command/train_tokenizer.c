/* tinytensor-gpt2 train-tokenizer: a vocabulary learned from a text. Output: vocab.json and
 * merges.txt in a folder, as tokenizers elsewhere read them; both take their places together. */
#include <stdio.h>

#include "command.h"
#include "common/args/args.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/folder/folder.h"
#include "common/interrupt.h"
#include "common/program.h"
#include "common/progress.h"
#include "gpt2/text/tokenizer.h"

enum { ERROR = 4608 };

typedef struct options {
    const char *data, *out;
    int64_t vocab_size;
    bool overwrite;
} options;

static tokenizer *learn(const options *o, int64_t *bytes)
{
    char error[ERROR];
    size_t n;
    const char *data = command_file(o->data, &n);
    if (!n)
        program_fail("%s: the file is empty", o->data);
    progress_note("%s: %.1f MB of text", o->data, (double)n / 1e6);
    tokenizer *t = tokenizer_train(data, n, o->vocab_size, error, sizeof error);
    if (!t)
        program_fail("%s", error);
    file_unmap(data, n);
    *bytes = (int64_t)n;
    return t;
}

static void save(const tokenizer *t, const char *dir)
{
    char error[ERROR];
    file_set s;
    if (!set_begin(&s, dir, error, sizeof error) ||
        !tokenizer_save(t, s.stage, error, sizeof error) || !set_end(&s, error, sizeof error))
        program_fail("%s", error);
    lock_leave(dir);
}

int cmd_train_tokenizer(int argc, char **argv)
{
    options o = {.vocab_size = 1024};
    char error[ERROR];
    const arg args[] = {
        {"--data", ARG_IN, &o.data, 0, 0, "FILE", "the text"},
        {"--vocab-size", ARG_INT, &o.vocab_size, 257, 1e9, "N",
         "tokens: 256 bytes, merges, <|endoftext|>"},
        {"--out", ARG_OUT, &o.out, 0, 0, "DIR", "where vocab.json and merges.txt go"},
        {"--overwrite", ARG_FLAG, &o.overwrite, 0, 0, NULL,
         "also where a model is, which it does not fit"},
    };
    args_parse(argc, argv,
               &(arg_table){"Learns a byte-level BPE vocabulary from a text.", ARG_ROWS(args),
                            .parts = FOLDER_PARTS},
               NULL);
    if (!o.data || !o.out)
        program_usage(argv[0], "--data and --out are needed");
    double begin = clock_seconds();
    int64_t bytes;
    interrupt_watch();
    if (!folder_claim(o.out, o.overwrite ? NULL : "model.safetensors", error, sizeof error))
        program_fail("%s", error);
    tokenizer *t = learn(&o, &bytes);
    save(t, o.out);
    printf("%lld tokens, %lld of them merges, from %lld bytes in %.2f s\n",
           (long long)tokenizer_size(t), (long long)tokenizer_merges(t), (long long)bytes,
           clock_seconds() - begin);
    if (tokenizer_size(t) < o.vocab_size)
        printf("%lld were asked for; no other pair is in the text twice\n",
               (long long)o.vocab_size);
    tokenizer_free(t);
    return 0;
}
