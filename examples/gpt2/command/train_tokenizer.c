/* tinytensor-gpt2 train-tokenizer: a vocabulary learned from a text. Output: vocab.json and
 * merges.txt in a folder, as tokenizers elsewhere read them. */
#include <stdio.h>

#include "command.h"
#include "common/args.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/program.h"
#include "gpt2/text/tokenizer.h"

enum { ERROR = 512 };

int cmd_train_tokenizer(int argc, char **argv)
{
    const char *path = NULL, *out = NULL;
    int64_t vocab_size = 1024;
    char error[ERROR];
    const arg args[] = {
        {"--data", ARG_TEXT, &path, 0, 0, "FILE", "the text"},
        {"--vocab-size", ARG_INT, &vocab_size, 257, 1e9, "N",
         "tokens: 256 bytes, merges, <|endoftext|>"},
        {"--out", ARG_TEXT, &out, 0, 0, "DIR", "where vocab.json and merges.txt go"},
    };
    args_parse(argc, argv, "Learns a byte-level BPE vocabulary from a text.", args,
               sizeof args / sizeof *args);
    if (!path || !out)
        program_usage(argv[0], "--data and --out are needed");
    size_t bytes;
    double begin = clock_seconds();
    const char *data = command_file(path, &bytes);
    if (!bytes)
        program_fail("%s: the file is empty", path);
    tokenizer *t = tokenizer_train(data, bytes, vocab_size, error, sizeof error);
    if (!t)
        program_fail("%s", error);
    if (!folder_make(out, error, sizeof error) || !tokenizer_save(t, out, error, sizeof error))
        program_fail("%s", error);
    printf("%lld tokens, %lld of them merges, from %lld bytes in %.2f s\n",
           (long long)tokenizer_size(t), (long long)tokenizer_merges(t), (long long)bytes,
           clock_seconds() - begin);
    if (tokenizer_size(t) < vocab_size)
        printf("%lld were asked for; no other pair is in the text twice\n", (long long)vocab_size);
    file_unmap(data, bytes);
    tokenizer_free(t);
    return 0;
}
